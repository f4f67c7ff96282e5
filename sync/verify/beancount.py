"""The ledger of an export as a Beancount file: a second pair of eyes that knows nothing of ours.

One transaction for each event that has legs, with its hash as link; every account asserted at the
end of every month, the last time against the balance that the export states. No names of people:
accounts are called by ids. docs/export.md has the table of accounts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sync.verify.records import Event
from sync.verify.world import World

# First word of our account -> account of Beancount, and what it is. Beancount wants a name to
# begin with a capital letter, so that none can be Chinese; the Chinese name stands as metadata.
ACCOUNTS: dict[str, tuple[str, str]] = {
    "loan": ("Assets:Loans", "贷款"),
    "hand": ("Assets:Hand", "外勤手中现金"),
    "vault": ("Assets:Vault", "库存现金"),
    "bank": ("Assets:Bank", "银行存款"),
    "clearing": ("Assets:Clearing", "待入账转账与支票"),
    "credit": ("Liabilities:Credit", "应退借款人款"),
    "suspense": ("Liabilities:Suspense", "待核实款"),
    "over_short": ("Expenses:OverShort", "现金长短款"),
    "core": ("Equity:Core", "核心系统"),
}
_PLAIN = re.compile(r"[A-Z0-9][A-Za-z0-9-]*")
_ODD = re.compile(r"[^A-Za-z0-9-]|-(?=x)")


def account_of(account: str) -> str:
    """The name in Beancount: hand:officer-1 is Assets:Hand:N-officer-1. Two never become one.

    Raises KeyError for an account that no rule of the ledger knows.
    """
    first, *rest = account.split(":")
    return ":".join([ACCOUNTS[first][0], *map(_component, rest)])


def _component(word: str) -> str:
    """An id as Beancount takes it: what it does not take is -x, its code, and a dash."""
    safe = _ODD.sub(lambda odd: f"-x{ord(odd[0]):02X}-", word)
    is_plain = _PLAIN.fullmatch(safe) is not None and not safe.startswith("N-")
    return safe if is_plain else f"N-{safe}"


def beancount_lines(world: World) -> Iterator[str]:
    """The file, line by line. The export must have been verified before."""
    events = sorted(
        (event for event in world.events.values() if event.legs),
        key=lambda event: (min(event.value_days), event.recorded_at, event.lane, event.seq),
    )
    first = min((min(event.value_days) for event in events), default="1970-01-01")
    yield f'option "title" "Doorstep {world.header["branch"]}"'
    yield 'option "operating_currency" "CNY"'
    yield f"{first} commodity CNY"
    yield from _opens(events, first)
    sums: defaultdict[str, int] = defaultdict(int)
    month = first[:7]
    for event in events:
        day = min(event.value_days)
        while month < day[:7]:
            month = _next(month)
            yield from _balances(f"{month}-01", sums)
        yield from _transaction(event, day)
        for leg in event.legs:
            sums[leg.account] += leg.amount_fen
    stated = {row["account"]: row["fen"] for row in world.rows["account"]}
    last = dict.fromkeys(sums, 0) | stated
    yield from _balances(f"{_next(month)}-01", last)


def _opens(events: Iterable[Event], first: str) -> Iterator[str]:
    for account in sorted({leg.account for event in events for leg in event.legs}):
        yield f"{first} open {account_of(account)} CNY"
        yield f'  doorstep: "{account}"'
        yield f'  name: "{ACCOUNTS[account.partition(":")[0]][1]}"'


def _transaction(event: Event, day: str) -> Iterator[str]:
    yield f'{day} * "{event.kind}" ^{event.hash}'
    yield f'  lane: "{event.lane}"'
    yield f"  seq: {event.seq}"
    for leg in event.legs:
        yield f"  {account_of(leg.account)}  {_yuan(leg.amount_fen)} CNY"


def _balances(day: str, sums: dict[str, int]) -> Iterator[str]:
    """To the fen: Beancount's own tolerance would let one pass."""
    for account, fen in sorted(sums.items()):
        yield f"{day} balance {account_of(account)}  {_yuan(fen)} ~ 0 CNY"


def _yuan(fen: int) -> str:
    """Two decimals, always: Beancount takes the precision of a number from how it is written."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"
