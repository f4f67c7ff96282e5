"""The cashier's books, derived from movements and receipts: journal, day, month. Nothing is typed.

Given the same legs and receipts anybody gets the same figures: the office prints them, and
`doorstep verify` derives them again from an export.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sync.books import Leg
from sync.parts import PARTS

CASH = "vault"  # the account whose journal this is: the cash in the cashier's keeping

# A receipt that says anything else about how it was paid stands for notes and coins.
NOT_CASH = ("transfer", "cheque")

# By these a hand is emptied into the vault: at the counter, or in person in the field.
COUNTS = ("cash.counted", "custody.taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One event with its legs.

    at_ms, seq   When it was recorded, and its place in its lane: the order of the journal.
    value_on     The day that its legs bear.
    recorded_on  The day of at_ms in Shanghai. Both 'YYYY-MM-DD'.
    body         Of the event; read of it are `receipts` and `denominations` of a count,
                 and `slip_no` of a deposit.
    """

    event: str
    kind: str
    at_ms: int
    seq: int
    value_on: str
    recorded_on: str
    legs: tuple[Leg, ...]
    body: Mapping[str, object] = field(default_factory=dict)

    def fen(self, account: str) -> int:
        """What this movement does to one account, in fen."""
        return sum(leg.amount_fen for leg in self.legs if leg.account == account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A receipt as the books need it. Amounts in fen.

    state       applied, voided or quarantined, as it stands now.
    taken_on    The true day on which the money was given.
    arrived_on  The day on which the office heard of it; voided_on, of its void.
    counted_by  The count or handover by which its cash came into the vault, if it did.
    """

    event: str
    number: str
    officer: str
    loan: str
    household: str
    method: str
    state: str
    amount_fen: int
    parts: Mapping[str, int]
    taken_on: str
    arrived_on: str
    voided_on: str | None = None
    counted_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One line of the cash journal (现金日记账). One of in_fen and out_fen is 0.

    number   Its place in the period, from 1, without a gap.
    what     receipt, unlisted, over, short, deposit, or the kind of any other event.
    voucher  Number of the receipt or bank slip; else the first of the hash of the event.
    contra   The accounts on the other side.
    true_on  Its own day, if that was shut already when it was recorded, or a late receipt's.
    """

    number: int
    day: str
    at_ms: int
    event: str
    what: str
    voucher: str
    slip: str | None
    contra: tuple[str, ...]
    in_fen: int
    out_fen: int
    balance_fen: int
    true_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The lines of a period, with the cash before the first and after the last of them, in fen."""

    first_day: str
    last_day: str
    opening_fen: int
    lines: tuple[JournalLine, ...]

    @property
    def in_fen(self) -> int:
        """All that came in."""
        return sum(line.in_fen for line in self.lines)

    @property
    def out_fen(self) -> int:
        """All that went out."""
        return sum(line.out_fen for line in self.lines)

    @property
    def closing_fen(self) -> int:
        """The cash at the end."""
        return self.opening_fen + self.in_fen - self.out_fen

    def sums(self) -> dict[str, tuple[int, int]]:
        """What -> (in, out) in fen, in the order in which it first stands in the journal."""
        found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for line in self.lines:
            found[line.what][0] += line.in_fen
            found[line.what][1] += line.out_fen
        return {what: (in_fen, out_fen) for what, (in_fen, out_fen) in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerDay:
    """What one officer's receipts gave on a day: those whose cash was counted on it."""

    officer: str
    receipts: int
    first: str
    last: str
    parts: Mapping[str, int]
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CashReport:
    """The daily cash report (日报).

    officers  By staff number.                void     Numbers made void on this day.
    pieces    Fen of a piece -> how many.     deposits (bank slip, fen), in order.
    """

    day: str
    journal: Journal
    officers: tuple[OfficerDay, ...]
    void: tuple[str, ...]
    pieces: Mapping[int, int]
    deposits: tuple[tuple[str, int], ...]

    @property
    def variance_fen(self) -> int:
        """Over less short."""
        return _variance(self.journal)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthReport:
    """The cashier's monthly report (出纳报告单, S210).

    used   Numbers that reached the office in this month, whatever became of them.
    void   Numbers made void in it.
    days   (day, in, out, balance at its end) in fen, for each day with a line.
    """

    month: str
    journal: Journal
    used: tuple[str, ...]
    void: tuple[str, ...]
    days: tuple[tuple[str, int, int, int], ...]

    @property
    def variance_fen(self) -> int:
        """Over less short."""
        return _variance(self.journal)


def booked_on(movement: Movement, shut: Mapping[str, int]) -> str:
    """The day in whose journal a movement stands.

    shut  Day -> the instant in ms at which it was closed. What is recorded behind that stands on
          the day of its recording, and refers to its own day: a closed day never changes.
    """
    shut_at_ms = shut.get(movement.value_on)
    late = shut_at_ms is not None and shut_at_ms <= movement.at_ms
    return movement.recorded_on if late else movement.value_on


def journal(
    movements: Iterable[Movement],
    slips: Mapping[str, Slip],
    shut: Mapping[str, int],
    days: tuple[str, str],
) -> Journal:
    """The cash journal of a period, line by line in the order of time.

    movements  All there are, from the first day on: what lies before the period is its opening.
    slips      Event hash -> receipt.
    days       First and last day of the period.

    Each receipt of a count is a line of its own, and so is its variance: nothing is netted.
    """
    first, last = days
    cash = [(booked_on(one, shut), one) for one in movements if one.fen(CASH)]
    cash.sort(key=lambda each: (each[0], each[1].at_ms, each[1].seq, each[1].event))
    opening = balance = sum(one.fen(CASH) for day, one in cash if day < first)
    lines: list[JournalLine] = []
    for day, one in cash:
        if not first <= day <= last:
            continue
        for entry in _entries(one, slips):
            balance += entry.fen
            lines.append(_line(len(lines) + 1, day, one, entry, balance))
    return Journal(first_day=first, last_day=last, opening_fen=opening, lines=tuple(lines))


def day_report(
    movements: Iterable[Movement],
    slips: Mapping[str, Slip],
    shut: Mapping[str, int],
    day: str,
) -> CashReport:
    """The figures of one day."""
    moved = list(movements)
    here = [one for one in moved if booked_on(one, shut) == day and one.fen(CASH)]
    pieces: Counter[int] = Counter()
    for one in here:
        counted = one.body.get("denominations")
        if isinstance(counted, Mapping):
            pieces.update({int(fen): int(n) for fen, n in counted.items()})
    return CashReport(
        day=day,
        journal=journal(moved, slips, shut, (day, day)),
        officers=_officers([slip for one in here for slip in _counted(one, slips)]),
        void=_numbers(slip for slip in slips.values() if slip.voided_on == day),
        pieces=dict(sorted(pieces.items(), reverse=True)),
        deposits=tuple(
            (str(one.body["slip_no"]), -one.fen(CASH)) for one in here if "slip_no" in one.body
        ),
    )


def month_report(
    movements: Iterable[Movement],
    slips: Mapping[str, Slip],
    shut: Mapping[str, int],
    month: str,
) -> MonthReport:
    """The figures of one month, 'YYYY-MM'."""
    book = journal(movements, slips, shut, (f"{month}-01", f"{month}-31"))
    days: dict[str, list[int]] = {}
    for line in book.lines:
        sums = days.setdefault(line.day, [0, 0, 0])
        sums[0] += line.in_fen
        sums[1] += line.out_fen
        sums[2] = line.balance_fen
    return MonthReport(
        month=month,
        journal=book,
        used=_numbers(slip for slip in slips.values() if slip.arrived_on.startswith(month)),
        void=_numbers(slip for slip in slips.values() if (slip.voided_on or "").startswith(month)),
        days=tuple((day, sums[0], sums[1], sums[2]) for day, sums in days.items()),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line before it has its place: more cash or less (fen), and why."""

    what: str
    fen: int
    contra: tuple[str, ...]
    slip: Slip | None = None


def _entries(movement: Movement, slips: Mapping[str, Slip]) -> list[_Entry]:
    others = tuple(dict.fromkeys(leg.account for leg in movement.legs if leg.account != CASH))
    if movement.kind not in COUNTS:
        what = "deposit" if movement.kind == "cash.deposited" else movement.kind
        return [
            _Entry(what, leg.amount_fen, others) for leg in movement.legs if leg.account == CASH
        ]
    hands = tuple(account for account in others if account != "over_short")
    entries = [
        _Entry("receipt", slip.amount_fen, hands, slip) for slip in _counted(movement, slips)
    ]
    variance = -movement.fen("over_short")
    rest = movement.fen(CASH) - variance - sum(entry.fen for entry in entries)
    entries.append(_Entry("unlisted", rest, hands))
    entries.append(_Entry("over" if variance > 0 else "short", variance, ("over_short",)))
    return [entry for entry in entries if entry.fen]


def _counted(movement: Movement, slips: Mapping[str, Slip]) -> Sequence[Slip]:
    """The receipts in cash that a count took over: in the order of its list or, after a handover
    in person, which has none, by number. One that came later is not among them: what stands in
    the journal does not change."""
    if movement.kind not in COUNTS:
        return []
    listed = movement.body.get("receipts")
    if isinstance(listed, list):
        found = [slips[one] for one in listed if one in slips]
    else:
        found = [
            slip
            for slip in slips.values()
            if slip.counted_by == movement.event and slip.arrived_on <= movement.recorded_on
        ]
        found.sort(key=lambda slip: (slip.number, slip.event))
    return [slip for slip in found if slip.method not in NOT_CASH]


def _line(number: int, day: str, movement: Movement, entry: _Entry, balance: int) -> JournalLine:
    own = entry.slip.taken_on if entry.slip else movement.value_on
    voucher = entry.slip.number if entry.slip else str(movement.body.get("slip_no") or "")
    return JournalLine(
        number=number,
        day=day,
        at_ms=movement.at_ms,
        event=movement.event,
        what=entry.what,
        voucher=voucher or movement.event[:8].upper(),
        slip=entry.slip.event if entry.slip else None,
        contra=entry.contra,
        in_fen=max(entry.fen, 0),
        out_fen=max(-entry.fen, 0),
        balance_fen=balance,
        true_on=own if own < day else None,
    )


def _officers(slips: Iterable[Slip]) -> tuple[OfficerDay, ...]:
    of: defaultdict[str, list[Slip]] = defaultdict(list)
    for slip in slips:
        of[slip.officer].append(slip)
    return tuple(
        OfficerDay(
            officer=officer,
            receipts=len(own),
            first=_numbers(own)[0],
            last=_numbers(own)[-1],
            parts={part: sum(slip.parts.get(part, 0) for slip in own) for part in PARTS},
            amount_fen=sum(slip.amount_fen for slip in own),
        )
        for officer, own in sorted(of.items())
    )


def _numbers(slips: Iterable[Slip]) -> tuple[str, ...]:
    return tuple(sorted(slip.number for slip in slips))


def _variance(book: Journal) -> int:
    return sum(line.in_fen - line.out_fen for line in book.lines if line.what in ("over", "short"))
