"""Envelopes and bodies, beyond the vectors: what is frozen, what is refused, what is only judged.

Method: one sound event of Li Wei's phone, changed in one place at a time.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from sync.canonical import event_hash
from sync.events import (
    ENVELOPE_KEYS,
    EVENT_BYTES_MAX,
    OFFICE_KINDS,
    OFFICER_KINDS,
    Envelope,
    check_body,
    signed_too_early,
)
from sync.fields import check_fields
from sync.problems import PROBLEMS, Problem
from tests.unit.cast import envelope, intention, notice, receipt


def test_it_hashes_exactly_the_keys_of_the_envelope() -> None:
    event = envelope()

    assert tuple(event.to_json()) == ENVELOPE_KEYS
    assert event.hash == event_hash(event.to_json())


def test_it_reads_back_what_it_writes() -> None:
    event = envelope(anchor={"tick": 7, "mac": "0" * 16}, visit="a" * 32, base_rev=3, case="L-1")

    assert Envelope.from_json(event.to_json()) == event


def test_it_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        envelope().seq = 2  # type: ignore[misc]


CHANGES: list[tuple[str, Any]] = [
    ("v", 2),
    ("lane", "00"),
    ("lane", "A" * 32),
    ("seq", 0),
    ("seq", True),
    ("seq", "1"),
    ("seq", 1.0),
    ("prev", "0" * 63),
    ("kind", ""),
    ("kind", None),
    ("sv", 0),
    ("actor", "李薇"),
    ("actor", None),
    ("case", ""),
    ("visit", "a"),
    ("subject", 5),
    ("base_rev", -1),
    ("anchor", {"tick": 1}),
    ("anchor", {"tick": -1, "mac": "0" * 16}),
    ("anchor", {"tick": 1, "mac": "0" * 16, "more": 1}),
    ("anchor", []),
    ("occurred_at", None),
    ("occurred_at", 2**53),
    ("tz", 900),
    ("boot", -1),
    ("app", "a b"),
    ("body", None),
    ("body", []),
    ("body", "x"),
]


@pytest.mark.parametrize(("field", "value"), CHANGES)
def test_it_refuses_a_broken_envelope_and_names_the_field(field: str, value: Any) -> None:
    broken = {**envelope().to_json(), field: value}

    with pytest.raises(Problem) as refused:
        Envelope.from_json(broken)

    assert refused.value.code == "envelope_invalid"
    assert str(refused.value.details["field"]).split(".")[0] == field


@pytest.mark.parametrize("key", ENVELOPE_KEYS)
def test_it_refuses_an_envelope_without_a_key(key: str) -> None:
    fields = envelope().to_json()
    del fields[key]

    with pytest.raises(Problem, match="envelope_invalid"):
        Envelope.from_json(fields)


@pytest.mark.parametrize("key", ["hash", "sig", "", "x" * 500])
def test_it_refuses_an_envelope_with_another_key(key: str) -> None:
    with pytest.raises(Problem, match="envelope_invalid"):
        Envelope.from_json({**envelope().to_json(), key: 1})


def test_it_refuses_a_body_that_cannot_be_hashed() -> None:
    with pytest.raises(Problem, match="not_canonical"):
        envelope(body={"amount": 1.5})


def test_it_takes_a_body_it_does_not_understand() -> None:
    assert envelope(kind="cash.gift", body={"anything": [1, {"deep": None}]}).hash


def test_it_gives_another_hash_for_every_change() -> None:
    changed = [
        envelope(),
        envelope(seq=2),
        envelope(prev="1" * 64),
        envelope(actor="officer-2"),
        envelope(occurred_at=1),
        envelope(boot=2),
        envelope(app="0.1.1"),
        envelope(tz=0),
        envelope(case="L-1"),
        envelope(body=intention("W02")),
    ]

    assert len({event.hash for event in changed}) == len(changed)


def test_it_asks_that_a_notice_has_the_hash_of_its_text() -> None:
    assert check_body("notice.made", 1, notice()) == []
    (fault,) = check_body("notice.made", 1, notice(text_hash="0" * 64))

    assert (fault.field, fault.reason) == ("text_hash", "body_invalid")


def test_it_takes_a_notice_text_of_4000_characters_and_no_more() -> None:
    assert check_body("notice.made", 1, notice(text="测" * 4000)) == []
    (fault,) = check_body("notice.made", 1, notice(text="测" * 4001))

    assert fault.field == "text"


def test_it_quarantines_a_body_that_is_too_large() -> None:
    body = {**intention(), "note": "x" * EVENT_BYTES_MAX}

    (fault,) = check_body("intention.recorded", 1, body)

    assert (fault.rule, fault.reason) == ("event_bytes_max", "body_invalid")


@pytest.mark.parametrize(("kind", "sv"), [("cash.gift", 1), ("cash.receipt", 1), ("", 1)])
def test_it_does_not_know_other_kinds_and_versions(kind: str, sv: int) -> None:
    (fault,) = check_body(kind, sv, receipt())

    assert fault.reason == "schema_unknown"


def test_it_says_only_reasons_that_the_table_knows() -> None:
    broken = [receipt(amount_fen=0), receipt(interest_fen=1, amount_fen=5), receipt(loan=""), {}]

    reasons = {fault.reason for body in broken for fault in check_body("cash.receipt", 2, body)}

    assert reasons == {"amount_invalid", "parts_mismatch", "body_invalid"}
    assert reasons <= set(PROBLEMS)


def test_it_keeps_the_kinds_of_officers_and_of_the_office_apart() -> None:
    assert not set(OFFICER_KINDS) & set(OFFICE_KINDS)


def test_it_knows_a_blank_form_signed_in_advance() -> None:
    assert signed_too_early("2026-03-02", "2026-03-01")
    assert not signed_too_early("2026-03-02", "2026-03-02")


def test_it_asks_only_for_rules_it_can_read() -> None:
    with pytest.raises(KeyError):
        check_fields({"a": "colour"}, {"a": 1})
    with pytest.raises(AssertionError):
        check_fields({"a": 5}, {"a": 1})
