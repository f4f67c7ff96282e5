"""The rules that two languages share, by the vectors of sync/vectors: here in Python.

Method: every case of every file is one test; a runner turns its "in" into an answer, which must be
its "out" exactly, or a Problem with the code of its "error". A file without a runner fails.
pwa/src/sync/vectors.test.ts runs the same files in TypeScript.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sync.allocation import DEFAULT_ORDER, allocate
from sync.amounts import format_yuan, parse_yuan
from sync.books import (
    Leg,
    balances,
    cash_of,
    cleared_legs,
    count_legs,
    deposit_legs,
    due_fen,
    excess_fen,
    handover_legs,
    import_legs,
    is_contained,
    kept_legs,
    over_legs,
    receipt_legs,
    refund_legs,
    reversal,
    suspense_legs,
    target_fen,
    undone_legs,
)
from sync.canonical import canonical_bytes, sha256_hex
from sync.capitals import capitals, chinese_number
from sync.classification import DAYS, days_past_due, five_tier, legacy, worse_of
from sync.columns import pack, unpack
from sync.crockford import check_characters, show_code
from sync.custody import hand_fen, hand_of_all, held_since
from sync.deposits import due_on
from sync.digest import bucket_digests, rows_digest, sums_of
from sync.events import check_body, may_sign
from sync.guarantee import Claim, Guarantee, guarantee_state
from sync.kinds import FIELDS, VERSIONS
from sync.lane import Head, expand_batch, extend
from sync.limitation import Interruption, last_instalment, limitation
from sync.overlay import view
from sync.problems import Problem
from sync.receipt_states import SIGNS, WORDS, marks_of, receipt_state, slip_state
from sync.receipts import Book, next_of, printed_number
from sync.squeeze import squeeze, unsqueeze
from tests.vectors.courier_runners import run_base45, run_bundle, run_fountain

__all__ = ["run_base45", "run_bundle", "run_fountain"]

VECTORS = Path(__file__).resolve().parents[2] / "sync" / "vectors"
Given = Mapping[str, Any]


@dataclass(frozen=True)
class Link:
    """An event as the chain sees it."""

    seq: int
    prev: str
    hash: str


def run_allocation(given: Given) -> object:
    return allocate(given["total_fen"], given["due"], given.get("order", DEFAULT_ORDER))


def run_amounts(given: Given) -> object:
    if "fen" in given:
        return format_yuan(given["fen"])
    if "rule_of" in given:
        with pytest.raises(Problem) as refused:
            parse_yuan(given["rule_of"])
        return refused.value.details["rule"]
    options = {name: given[name] for name in ("max_fen", "zero_ok") if name in given}
    return parse_yuan(given["text"], **options)


def run_books(given: Given) -> object:
    legs = [Leg(*pair) for pair in given.get("legs", [])]
    match given["op"]:
        case "cash":
            return cash_of(given["body"])
        case "balances":
            return balances(legs)
        case "due":
            return due_fen(given["parts"], is_interest_known=given["known"])
        case "excess":
            return excess_fen(given["said_fen"], given["booked_fen"])
        case "target":
            return target_fen(given["imported_fen"], given["current_fen"], given["on_top_fen"])
        case "contained":
            said = {name: value for name, value in given.items() if name != "op"}
            return is_contained(**said)
    moved = _movement(given, legs)
    assert sum(leg.amount_fen for leg in moved) == 0
    return [[leg.account, leg.amount_fen] for leg in moved]


def _movement(given: Given, legs: list[Leg]) -> tuple[Leg, ...]:
    match given["op"]:
        case "over":
            return over_legs(given["loan"], given["sum_fen"], given["over_fen"])
        case "kept":
            return kept_legs(given["loan"], given["kept_fen"], given["held_fen"])
        case "refund":
            return refund_legs(given["loan"], given["amount_fen"])
        case "receipt":
            moved = receipt_legs(given["body"], given["officer"])
        case "suspense":
            moved = suspense_legs(given["body"], given["officer"])
        case "cleared":
            moved = cleared_legs(given["amount_fen"])
        case "undone":
            moved = undone_legs(legs, given["officer"], given["cash_from"])
        case "reversal":
            moved = reversal(legs)
        case "import":
            moved = import_legs(given["loan"], given["current"], given["imported"])
        case "count":
            moved = count_legs(given["officer"], given["expected_fen"], given["counted_fen"])
        case "handover":
            moved = handover_legs(given["giver"], given["body"], given["receiver"])
        case "deposit":
            moved = deposit_legs(given["amount_fen"])
        case other:
            raise AssertionError(f"no such operation: {other}")
    return moved


def run_canonical(given: Given) -> object:
    data = canonical_bytes(json.loads(given["json"]))
    return {"text": data.decode(), "sha256": sha256_hex(data)}


def run_capitals(given: Given) -> object:
    return capitals(given["fen"]) if "fen" in given else chinese_number(given["count"])


def run_check_characters(given: Given) -> object:
    return check_characters(given["hash"]) if "hash" in given else show_code(given["code"])


def run_classification(given: Given) -> object:
    if "by_days" in given:
        return worse_of(given["by_days"], given["reviewed"])
    if given.get("legacy"):
        grounds = {key: given[key] for key in given if key not in ("legacy", "due_on", "on")}
        return legacy(given["due_on"], given["on"], **grounds)
    days = days_past_due(given["due_on"], given["on"])
    return {"days": days, "tier": five_tier(days, tuple(given.get("thresholds", DAYS)))}


def run_columns(given: Given) -> object:
    if given["op"] == "unpack":
        return unpack(given["packed"])
    packed = pack(given["records"])
    assert unpack(packed) == given["records"]
    return packed


def run_custody(given: Given) -> object:
    proofs = set(given.get("proofs", []))
    if "held_fen" in given:
        return held_since(given["log"], given["held_fen"])
    if "total_fen" in given:
        return hand_of_all(given["total_fen"], given["as_of"], given["log"], proofs)
    return hand_fen(given["log"], given["counted_total_fen"], proofs)


def run_deposits(given: Given) -> object:
    return due_on(given["since"], given["rules"], given["until"])


def run_digest(given: Given) -> object:
    buckets = enumerate(bucket_digests(sums_of(given["rows"])))
    return {
        "all": rows_digest(given["rows"]),
        "buckets": {str(bucket): digest for bucket, digest in buckets if digest},
    }


def run_events(given: Given) -> object:
    if given.get("table"):
        return FIELDS
    if given.get("versions"):
        return VERSIONS
    faults = check_body(given["kind"], given["sv"], given["body"])
    return [[fault.field, fault.rule, fault.reason] for fault in faults]


def run_guarantee(given: Given) -> object:
    claims = [Claim(**claim) for claim in given["claims"]]
    terms = Guarantee(**given["terms"])
    state = guarantee_state(given["due_on"], terms, claims, today=given["today"])
    return {
        "status": state.status,
        "ends_on": state.ends_on,
        "free_from": state.free_from,
        "limitation_ends_on": state.limitation_ends_on,
        "legal_review": list(state.legal_review),
    }


def run_lane(given: Given) -> object:
    if given["op"] == "expand":
        return [event.hash for event in expand_batch(given["push"])]
    after = extend(Head(**given["head"]), [Link(**link) for link in given["batch"]])
    head = {"seq": after.head.seq, "hash": after.head.hash}
    return {"places": list(after.places), "head": head}


def run_limitation(given: Given) -> object:
    due_on = last_instalment(given["instalments"]) if "instalments" in given else given["due_on"]
    found = limitation(
        due_on,
        loan_on=given["loan_on"],
        events=[Interruption(**event) for event in given["events"]],
        today=given["today"],
        is_rest_day=lambda day: day in given["rest_days"],
    )
    return {
        "status": found.status,
        "ends_on": found.ends_on,
        "rolled_on": found.rolled_on,
        "longstop_on": found.longstop_on,
        "used": [event.ref for event in found.used],
        "refused": [[refused.event.ref, refused.reason] for refused in found.refused],
        "days_left": found.days_left,
        "colour": found.colour,
        "legal_review": list(found.legal_review),
    }


def run_may_sign(given: Given) -> object:
    return may_sign(given["signer_role"], **{k: given[k] for k in given if k != "signer_role"})


def run_overlay(given: Given) -> object:
    return view(given["etype"], given["row"], given["as_of"], given["events"])


def run_problems(given: Given) -> object:
    problem = Problem(given["code"], **given["details"])
    return [problem.zh, problem.next_zh]


def run_receipt_states(given: Given) -> object:
    facts = {name: value for name, value in given.items() if name != "op"}
    match given["op"]:
        case "row":
            return receipt_state(facts.pop("row"), **facts)
        case "marks":
            return marks_of(Book(**given["book"]), given["states"])
        case "shown":
            return {"words": [*WORDS[given["state"]]], "sign": SIGNS[given["state"]]}
        case _:
            return slip_state(**facts)


def run_receipts(given: Given) -> object:
    if given["op"] == "printed":
        return printed_number(given["no"], given["hash"])
    if given["op"] == "next_of":
        found = next_of([Book(**book) for book in given["books"]], given["used"])
        return [found[0].from_no, found[1]] if found else None
    book = Book(**given["book"])
    match given["op"]:
        case "next":
            return book.next_number(given["used"])
        case "remaining":
            return book.remaining(given["used"])
        case "holes":
            return book.holes(given["used"])
        case _:
            return book.contains(given["no"])


def run_squeeze(given: Given) -> object:
    if given["op"] == "unsqueeze":
        return unsqueeze(given["body"], given["before"])
    squeezed = squeeze(given["body"], given["before"])
    assert unsqueeze(squeezed, given["before"]) == given["body"]
    return squeezed


RUNNERS: dict[str, Callable[[Given], object]] = {
    name.removeprefix("run_"): runner
    for name, runner in list(globals().items())
    if name.startswith("run_")
}


def all_cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
        for path in sorted(VECTORS.glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]


@pytest.mark.parametrize(("file", "case"), all_cases())
def test_it_gives_the_answer_of_the_vector(file: str, case: Given) -> None:
    assert file in RUNNERS, f"write a runner for {file}.json, here and in vectors.test.ts"
    runner = RUNNERS[file]

    if "error" in case:
        with pytest.raises(Problem) as refused:
            runner(case["in"])
        assert refused.value.code == case["error"]
    else:
        assert runner(case["in"]) == case["out"]


def test_it_has_a_file_for_every_runner() -> None:
    assert set(RUNNERS) == {path.stem for path in VECTORS.glob("*.json")}


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: str(path.stem))
def test_it_says_what_each_file_is_about_and_names_each_case_once(path: Path) -> None:
    vectors = json.loads(path.read_text(encoding="utf-8"))
    names = [case["name"] for case in vectors["cases"]]

    assert set(vectors) == {"about", "cases"} and vectors["about"].endswith(".")
    assert len(set(names)) == len(names)
    assert all(
        set(case) in ({"name", "in", "out"}, {"name", "in", "error"}) for case in vectors["cases"]
    )


def test_it_keeps_every_limitation_vector_of_the_law_under_its_name() -> None:
    names = [
        case["name"] for case in json.loads((VECTORS / "limitation.json").read_text())["cases"]
    ]

    for number in range(1, 18):
        assert any(name.startswith(f"LV{number} ") for name in names), f"LV{number}"
