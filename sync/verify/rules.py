"""The legs of every kind of event, worked out again from its body and its verdict.

RULES is the one table: kind -> rule. A kind that moves cash or debt and stands not in it is a
break that says so: whoever adds such a kind adds its rule here, as a pure function of sync/books.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sync.books import (
    Leg,
    cleared_legs,
    count_legs,
    deposit_legs,
    handover_legs,
    legs_hash,
    receipt_legs,
    refund_legs,
    reversal,
    suspense_legs,
    undone_legs,
    without_credit,
)
from sync.parts import PARTS
from sync.verify.handings import open_day
from sync.verify.records import Event
from sync.verify.world import World, balances

Legs = tuple[Leg, ...]
Rule = Callable[[World, Event], tuple[Legs, str]]  # -> the legs, and the day that they bear


def _receipt(world: World, event: Event) -> tuple[Legs, str]:
    """By its latest verdict: on the loan, against suspense, or nothing after a ruling."""
    verdict = event.latest.verdict if event.latest else ""
    if verdict == "voided":
        return (), event.effective_on
    if verdict == "applied":
        return receipt_legs(event.body, event.holder), event.effective_on
    return suspense_legs(event.body, event.holder), event.effective_on


def _void(world: World, event: Event) -> tuple[Legs, str]:
    """The opposite of the receipt that it names, if it was applied."""
    target = world.events.get(str(event.body.get("target")))
    if not event.is_applied or target is None:
        return (), event.effective_on
    return reversal(_receipt(world, target)[0]), event.effective_on


def _counted(world: World, event: Event) -> tuple[Legs, str]:
    body = event.body
    return count_legs(body["officer"], body["expected_fen"], body["counted_fen"]), body["day"]


def _taken(world: World, event: Event) -> tuple[Legs, str]:
    """A handover in person that both sides have confirmed; the vault's only on an open day."""
    if not event.is_applied:
        return (), event.effective_on
    is_vault = event.body["into"] == "vault"
    day = open_day(world, event) if is_vault else event.effective_on
    return handover_legs(event.body["from"], event.body, event.holder), day


def _deposited(world: World, event: Event) -> tuple[Legs, str]:
    return deposit_legs(event.body["amount_fen"]), event.body["day"]


def _imported(world: World, event: Event) -> tuple[Legs, str]:
    """The balances of a file of the core system: what the file said is sealed as a hash."""
    said, day = event.body.get("legs_sha256"), event.body["as_of"]
    legs = tuple(without_credit(event.legs))
    if said is None:
        world.findings.note("import_unsealed", **world.where(event))
        is_so = all(_may_import(leg.account) for leg in legs)
    else:
        is_so = said == legs_hash(legs)
    return (legs if is_so else ()), day


def _may_import(account: str) -> bool:
    first, _, rest = account.partition(":")
    return account == "core" or (first == "loan" and rest.rpartition(":")[2] in PARTS)


def _refunded(world: World, event: Event) -> tuple[Legs, str]:
    return refund_legs(event.body["loan"], event.body["amount_fen"]), event.body["day"]


def _reversed(world: World, event: Event) -> tuple[Legs, str]:
    """The opposite of a receipt whose cash was counted, if somebody approved it."""
    body = event.body
    target = world.events[body["receipt"]]
    if body["decision"] != "approved":
        return (), body["day"]
    legs = undone_legs(_receipt(world, target)[0], target.holder, body["cash_from"])
    return legs, body["day"]


def _cleared(world: World, event: Event) -> tuple[Legs, str]:
    return cleared_legs(event.body["amount_fen"]), event.body["day"]


def _bounced(world: World, event: Event) -> tuple[Legs, str]:
    target = world.events[event.body["receipt"]]
    return reversal(_receipt(world, target)[0]), event.body["day"]


RULES: Mapping[str, Rule] = {
    "cash.receipt": _receipt,
    "cash.void": _void,
    "cash.counted": _counted,
    "cash.deposited": _deposited,
    "custody.taken": _taken,
    "master.imported": _imported,
    "credit.refunded": _refunded,
    "reversal.decided": _reversed,
    "transfer.cleared": _cleared,
    "transfer.bounced": _bounced,
}


def check_legs(world: World) -> None:
    """The legs of every event: zero in sum, and exactly what its rule gives, on its day."""
    for event in world.events.values():
        rule, place = RULES.get(event.kind), world.where(event)
        if sum(leg.amount_fen for leg in event.legs):
            world.findings.broken("legs_unbalanced", **place)
        if rule is None:
            if event.legs:
                world.findings.broken("kind_without_rule", kind=event.kind, **place)
            continue
        try:
            legs, day = rule(world, event)
            _compare(world, event, legs, day)
        except (KeyError, TypeError, ValueError, AttributeError, AssertionError):
            world.findings.broken("body_unreadable", kind=event.kind, **place)


def _compare(world: World, event: Event, legs: Legs, day: str) -> None:
    place = world.where(event)
    # What is worked out of a loan's balance is checked loan by loan: see credit.py.
    now = balances((leg.account, leg.amount_fen) for leg in without_credit(event.legs))
    then = balances((leg.account, leg.amount_fen) for leg in without_credit(legs))
    for account in sorted({*now, *then}):
        said, should = now.get(account, 0), then.get(account, 0)
        if said != should:
            world.findings.broken("legs_wrong", account=account, said=said, should=should, **place)
    if event.legs and event.value_days != {day}:
        said_day = ",".join(sorted(event.value_days))
        world.findings.broken("legs_day", day=said_day, should=day, **place)


def check_accounts(world: World) -> None:
    """The balance of every account is the sum of its legs; no account is left out or made up."""
    sums = balances((account, fen) for _, account, fen in world.legs())
    rows = world.once("account", "account", "account")
    said = {account: row["fen"] for account, row in rows.items()}
    for account in sorted({*sums, *said}):
        fen, should = said.get(account, 0), sums.get(account, 0)
        if fen != should:
            world.findings.broken("account_wrong", account=account, said=fen, should=should)
    if sums.get("vault", 0) < 0:
        world.findings.broken("vault_negative", account="vault", said=sums["vault"])
