"""The cash half of a check of the history: legs, custody and receipt numbers.

Everything is worked out again from the bytes of the events and their latest verdicts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.services.findings import Finding
from server.stores import ledger
from server.stores.events import chunks, find_recorded, latest_verdicts
from server.tables import EventRow, LedgerLeg, ReceiptRow
from sync.books import (
    Leg,
    balances,
    handover_legs,
    receipt_legs,
    reversal,
    suspense_legs,
    without_credit,
)
from sync.receipts import printed_number
from sync.store import Recorded
from sync.verdicts import Verdict


@dataclass(slots=True)
class _Cash:
    """What the events of one branch say about cash."""

    session: Session
    branch_id: str
    expected: dict[str, tuple[Leg, ...]] = field(default_factory=dict)  # receipt -> its legs
    hands: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def finding(self, code: str, about: str) -> Finding:
        return Finding(code=code, branch_id=self.branch_id, about=about)


def cash_findings(session: Session, branch_id: str) -> Iterator[Finding]:
    """Everything in a branch that contradicts I2, I3 or I29."""
    cash = _Cash(session, branch_id)
    yield from _unbalanced(cash)
    yield from _receipts(cash)
    yield from _voids(cash)
    yield from _handovers(cash)
    _counts(cash)
    yield from _custody(cash)
    yield from _over_collected(cash)
    yield from _numbers(cash)


def _unbalanced(cash: _Cash) -> Iterator[Finding]:
    hashes = cash.session.scalars(
        select(LedgerLeg.event_hash)
        .where(LedgerLeg.branch_id == cash.branch_id)
        .group_by(LedgerLeg.event_hash)
        .having(func.sum(LedgerLeg.amount_fen) != 0)
    )
    for event_hash in hashes.all():
        yield cash.finding("legs_unbalanced", event_hash)


def _receipts(cash: _Cash) -> Iterator[Finding]:
    """The legs of each receipt, its row, and what it puts into somebody's hand."""
    for chunk in chunks(_of_kind(cash, "cash.receipt")):
        verdicts = latest_verdicts(cash.session, cash.branch_id, chunk)
        legs, rows = _legs(cash, chunk), _rows(cash, chunk)
        for recorded in find_recorded(cash.session, cash.branch_id, chunk, {}):
            event_hash = recorded.event.hash
            expected = _receipt_legs(recorded, verdicts.get(event_hash))
            cash.expected[event_hash] = expected
            if balances(legs[event_hash]) != balances(expected):
                yield cash.finding("legs_wrong", event_hash)
            for leg in expected:
                if leg.account.startswith("hand:"):
                    cash.hands[leg.account] += leg.amount_fen
            yield from _row_findings(cash, recorded, rows.get(event_hash))


def _receipt_legs(recorded: Recorded, verdict: Verdict | None) -> tuple[Leg, ...]:
    if verdict is not None and verdict.verdict == "voided":
        return ()
    if verdict is not None and verdict.verdict == "applied":
        return receipt_legs(recorded.event.body, recorded.holder)
    return suspense_legs(recorded.event.body, recorded.holder)


def _row_findings(cash: _Cash, recorded: Recorded, row: ReceiptRow | None) -> Iterator[Finding]:
    event = recorded.event
    said = event.body.get("receipt_no")
    if row is None:
        yield cash.finding("receipt_row_missing", event.hash)
    elif isinstance(said, str) and row.receipt_no not in (
        said[:64],
        printed_number(said, event.hash),
    ):
        yield cash.finding("receipt_no_wrong", event.hash)


def _voids(cash: _Cash) -> Iterator[Finding]:
    """An applied void undoes exactly what its receipt did, once."""
    for chunk in chunks(_of_kind(cash, "cash.void")):
        verdicts = latest_verdicts(cash.session, cash.branch_id, chunk)
        legs = _legs(cash, chunk)
        for recorded in find_recorded(cash.session, cash.branch_id, chunk, {}):
            event = recorded.event
            verdict = verdicts.get(event.hash)
            expected: tuple[Leg, ...] = ()
            if verdict is not None and verdict.verdict == "applied":
                expected = reversal(cash.expected.get(str(event.body["target"]), ()))
            if balances(legs[event.hash]) != balances(expected):
                yield cash.finding("legs_wrong", event.hash)
            for leg in expected:
                if leg.account.startswith("hand:"):
                    cash.hands[leg.account] += leg.amount_fen


def _handovers(cash: _Cash) -> Iterator[Finding]:
    """A confirmed handover moves what both sides said; one that waits moves nothing."""
    for chunk in chunks(_of_kind(cash, "custody.taken")):
        verdicts = latest_verdicts(cash.session, cash.branch_id, chunk)
        legs = _legs(cash, chunk)
        for recorded in find_recorded(cash.session, cash.branch_id, chunk, {}):
            event, verdict = recorded.event, verdicts.get(recorded.event.hash)
            expected: tuple[Leg, ...] = ()
            if verdict is not None and verdict.verdict == "applied":
                expected = handover_legs(str(event.body["from"]), event.body, recorded.holder)
            if balances(legs[event.hash]) != balances(expected):
                yield cash.finding("legs_wrong", event.hash)
            for leg in expected:
                if leg.account.startswith("hand:"):
                    cash.hands[leg.account] += leg.amount_fen


def _counts(cash: _Cash) -> None:
    for body in _bodies(cash, "cash.counted"):
        cash.hands[f"hand:{body['officer']}"] -= body["expected_fen"]


def _custody(cash: _Cash) -> Iterator[Finding]:
    """I3: the account of each hand, against receipts less voids less counts."""
    held = ledger.balances(cash.session, cash.branch_id, "hand:")
    for account in sorted({*held, *cash.hands}):
        if held.get(account, 0) != cash.hands.get(account, 0):
            yield cash.finding("custody_wrong", account.removeprefix("hand:"))


def _over_collected(cash: _Cash) -> Iterator[Finding]:
    """What stands below zero on a loan is over-collected, and owed unless it was paid back."""
    session, branch_id = cash.session, cash.branch_id
    held = ledger.balances(session, branch_id, "loan:") | ledger.balances(
        session, branch_id, "credit:"
    )
    refunded: defaultdict[str, int] = defaultdict(int)
    for body in _bodies(cash, "credit.refunded"):
        refunded[body["loan"]] += body["amount_fen"]
    for body in _bodies(cash, "reversal.decided"):  # what stays here is owed beside it
        if body["decision"] == "approved" and body["cash_from"].startswith("credit:"):
            refunded[body["loan"]] -= body["amount_fen"]
    loans = {account.partition(":")[2] for account in held if account.startswith("credit:")}
    loans |= {a.removeprefix("loan:").rpartition(":")[0] for a in held if a.startswith("loan:")}
    for loan, sums in ledger.loan_sums(session, branch_id, loans, lock=False).items():
        owed = sums.over_fen + sums.fen["kept"] - refunded[loan]
        is_right = sums.over_fen == max(0, -sums.due_fen)
        if not is_right or held.get(f"credit:{loan}", 0) != -owed:
            yield cash.finding("credit_wrong", loan)


def _numbers(cash: _Cash) -> Iterator[Finding]:
    twice = cash.session.scalars(
        select(ReceiptRow.receipt_no)
        .where(ReceiptRow.branch_id == cash.branch_id, ReceiptRow.state == "applied")
        .group_by(ReceiptRow.receipt_no)
        .having(func.count() > 1)
    )
    for number in twice.all():
        yield cash.finding("receipt_no_twice", number)


def _of_kind(cash: _Cash, kind: str) -> list[str]:
    return list(
        cash.session.scalars(
            select(EventRow.hash).where(EventRow.branch_id == cash.branch_id, EventRow.kind == kind)
        )
    )


def _bodies(cash: _Cash, kind: str) -> list[Mapping[str, Any]]:
    canonical = cash.session.scalars(
        select(EventRow.canonical).where(
            EventRow.branch_id == cash.branch_id, EventRow.kind == kind
        )
    )
    return [json.loads(raw)["body"] for raw in canonical.all()]


def _legs(cash: _Cash, hashes: Sequence[str]) -> defaultdict[str, list[Leg]]:
    rows = cash.session.execute(
        select(LedgerLeg.event_hash, LedgerLeg.account, LedgerLeg.amount_fen).where(
            LedgerLeg.branch_id == cash.branch_id, LedgerLeg.event_hash.in_(hashes)
        )
    )
    found: defaultdict[str, list[Leg]] = defaultdict(list)
    for row in rows:
        found[row.event_hash].append(Leg(row.account, row.amount_fen))
    return defaultdict(list, {key: without_credit(legs) for key, legs in found.items()})


def _rows(cash: _Cash, hashes: Sequence[str]) -> dict[str, ReceiptRow]:
    rows = cash.session.scalars(
        select(ReceiptRow).where(
            ReceiptRow.branch_id == cash.branch_id, ReceiptRow.event_hash.in_(hashes)
        )
    )
    return {row.event_hash: row for row in rows}
