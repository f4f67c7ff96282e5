"""The overlay and custody, beyond the vectors: what must hold of any log.

Method: random logs of one phone; as verdicts and rows arrive, what the officer sees of her own
money may move only where the rule says so.
"""

from __future__ import annotations

import random
from typing import Any

from sync.overlay import BLANK_STATE, fold_state, view
from tests.unit.cast import receipt, void

LOAN: dict[str, Any] = {"id": "L-W14", "principal_fen": 100_000_00, "interest_fen": None}


def own(hash_hex: str, kind: str, body: dict[str, Any], **known: Any) -> dict[str, Any]:
    return {"hash": hash_hex, "kind": kind, "body": body, "occurred_on": "2026-03-02", **known}


def random_log(source: random.Random) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = []
    for number in range(source.randint(1, 9)):
        slips = [event["hash"] for event in log if event["kind"] == "cash.receipt"]
        if slips and source.random() < 0.3:
            log.append(own(f"h{number}", "cash.void", void(source.choice(slips))))
        else:
            body = receipt(principal_fen=source.randint(1, 900), interest_fen=0)
            log.append(own(f"h{number}", "cash.receipt", body))
    return log


def true_balance(log: list[dict[str, Any]]) -> int:
    """What the books will say once all of the log is applied."""
    voided = {event["body"]["target"] for event in log if event["kind"] == "cash.void"}
    paid = sum(
        event["body"]["principal_fen"]
        for event in log
        if event["kind"] == "cash.receipt" and event["hash"] not in voided
    )
    return int(LOAN["principal_fen"] - paid)


def test_it_shows_the_same_balance_before_and_after_the_server_knows(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(500):
        log = random_log(source)
        expected = true_balance(log)
        for known in range(len(log) + 1):
            applied = log[:known]
            for tick, event in enumerate(applied, start=1):
                event |= {"verdict": "applied", "tick": tick}
            row = {**LOAN, "principal_fen": true_balance(applied)}

            shown = view("loan", row, known, log)

            assert shown["principal_fen"] == expected
            assert shown["pending"] == [event["hash"] for event in log[known:]]


def test_it_does_not_count_twice_when_verdicts_run_ahead_of_the_row(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(500):
        log = random_log(source)
        for tick, event in enumerate(log, start=1):
            event |= {"verdict": "applied", "tick": tick}
        as_of = source.randint(0, len(log))
        row = {**LOAN, "principal_fen": true_balance(log[:as_of])}

        assert view("loan", row, as_of, log)["principal_fen"] == true_balance(log)


def test_it_changes_neither_the_row_nor_the_log() -> None:
    log = [own("h1", "cash.receipt", receipt())]
    before = repr((LOAN, log))

    view("loan", LOAN, 0, log)

    assert repr((LOAN, log)) == before


def test_it_folds_a_sweep_into_one_state() -> None:
    state = BLANK_STATE
    served = {"made": "x", "signer_role": "debtor", "lives_here": True, "adult": True}
    body = {**served, "relation": None, "household": "W14"}
    state = fold_state(state, own("h1", "notice.served", body))
    state = fold_state(state, own("h2", "cash.receipt", receipt()))
    state = fold_state(state, own("h3", "notice.unsigned", {"reason": "REFUSED"}))

    assert state == {**BLANK_STATE, "outcome": "CASH", "visited_on": "2026-03-02"}


def test_it_holds_i13_each_event_is_in_exactly_one_place(seed: int) -> None:
    """In the row, over it, or in the list for review: whatever is known of which event."""
    source = random.Random(seed)
    for _ in range(500):
        log = random_log(source)
        for tick, event in enumerate(log, start=1):
            verdict = source.choice([None, "applied", "quarantined", "parked", "voided"])
            if verdict:
                event |= {"verdict": verdict, "tick": source.choice([tick, tick, None])}
        as_of = source.randint(0, len(log))

        shown = view("loan", LOAN, as_of, log)

        over, review = shown["pending"], [each["hash"] for each in shown["under_review"]]
        in_row = [
            event["hash"]
            for event in log
            if event.get("verdict") == "applied" and (event["tick"] or as_of + 1) <= as_of
        ]
        assert sorted([*over, *review, *in_row]) == [event["hash"] for event in log]
