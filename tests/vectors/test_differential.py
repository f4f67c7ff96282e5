"""Two languages, one answer: random questions put to Python and to TypeScript.

Method: one Node process runs the TypeScript of pwa/src/sync; both sides are asked the same
thousands of questions, and every answer and every refusal must be equal, text and hash byte for
byte. The seed is printed; DIFFERENTIAL_SEED runs it again.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sync.amounts import parse_yuan
from sync.canonical import canonical_bytes, event_hash
from sync.capitals import capitals
from sync.events import Envelope, check_body
from sync.kinds import FIELDS
from sync.limitation import Interruption, limitation
from sync.overlay import view
from sync.problems import Problem
from tests.vectors.random_events import RandomEvents
from tests.vectors.random_logs import random_question

MIRROR = Path(__file__).with_name("mirror.mjs")
ASK_S_MAX = 120
Question = dict[str, Any]


@pytest.fixture(name="source")
def fixture_source() -> RandomEvents:
    seed = int(os.environ.get("DIFFERENTIAL_SEED") or secrets.randbits(32))
    print(f"DIFFERENTIAL_SEED={seed}")
    return RandomEvents(seed)


@pytest.fixture(name="mirror")
def fixture_mirror(tmp_path: Path) -> Path:
    assert shutil.which("node"), "Node 20 runs the TypeScript side: make install"
    return tmp_path


def typescript(mirror: Path, questions: Iterable[Question]) -> list[Question]:
    """The answers of the TypeScript, in order. All of it travels as ASCII."""
    lines = "".join(f"{json.dumps(question)}\n" for question in questions)
    done = subprocess.run(
        ["node", str(MIRROR), str(mirror / "built")],
        input=lines,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=ASK_S_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Not splitlines: that would cut at U+2028 inside a text.
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def python(question: Mapping[str, Any]) -> Question:
    """The answer of the Python, in the same form."""
    try:
        return {"out": _answer(question)}
    except Problem as problem:
        return {"refused": [problem.code, problem.details.get("rule")]}


def _answer(question: Mapping[str, Any]) -> object:
    match question["op"]:
        case "canonical":
            value = question["value"]
            return [canonical_bytes(value).decode(), event_hash(value)]
        case "amounts":
            return parse_yuan(question["text"])
        case "capitals":
            return capitals(question["fen"])
        case "check_body":
            faults = check_body(question["kind"], 1, question["body"])
            return [[fault.field, fault.rule, fault.reason] for fault in faults]
        case "overlay":
            return view(question["etype"], question["row"], question["as_of"], question["events"])
        case _:
            return _limitation(question)


def _limitation(question: Mapping[str, Any]) -> object:
    found = limitation(
        question["due_on"],
        loan_on=question["loan_on"],
        events=[Interruption(**event) for event in question["events"]],
        today=question["today"],
        is_rest_day=lambda day: day in question["rest_days"],
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


def same(mirror: Path, questions: list[Question]) -> list[Question]:
    """Ask both; the first difference fails with its question. Gives the answers."""
    theirs = typescript(mirror, questions)
    ours = [python(question) for question in questions]

    assert len(theirs) == len(questions)
    for question, mine, other in zip(questions, ours, theirs, strict=True):
        assert mine == other, question
    return ours


def test_it_hashes_three_thousand_random_events_alike(source: RandomEvents, mirror: Path) -> None:
    events = [source.envelope() for _ in range(3000)]

    answers = same(mirror, [{"op": "canonical", "value": event} for event in events])

    assert all("out" in answer for answer in answers)
    for event, answer in zip(events, answers, strict=True):
        assert Envelope.from_json(event).hash == answer["out"][1]


def test_it_refuses_poisoned_events_alike(source: RandomEvents, mirror: Path) -> None:
    events = [source.poisoned() for _ in range(600)]

    answers = same(mirror, [{"op": "canonical", "value": event} for event in events])

    assert all(answer["refused"][0] == "not_canonical" for answer in answers)


def test_it_finds_the_same_faults_in_random_bodies(source: RandomEvents, mirror: Path) -> None:
    # That a text has its hash is asked by the server alone, so that kind is left out here.
    broken = [source.broken_body() for _ in range(1500)]
    sound = [(kind, source.body(kind)) for kind in FIELDS for _ in range(20)]
    asked = [pair for pair in broken + sound if pair[0] != "notice.made"]

    answers = same(mirror, [{"op": "check_body", "kind": k, "body": b} for k, b in asked])

    assert any(answer["out"] for answer in answers)
    assert any(not answer["out"] for answer in answers)


def test_it_reads_and_writes_amounts_alike(source: RandomEvents, mirror: Path) -> None:
    typed: list[Question] = [{"op": "amounts", "text": source.amount_text()} for _ in range(2000)]
    written: list[Question] = [
        {"op": "capitals", "fen": source.random.randrange(10 ** source.random.randint(1, 14))}
        for _ in range(2000)
    ]

    same(mirror, typed + written)


def test_it_counts_limitation_alike(source: RandomEvents, mirror: Path) -> None:
    answers = same(mirror, [{"op": "limitation", **source.debt()} for _ in range(1500)])

    statuses = {answer["out"]["status"] for answer in answers}
    assert {"RUNNING", "EXPIRED", "IN_PROCEDURE", "LONGSTOP_PASSED", "UNKNOWN"} <= statuses


def test_it_lays_random_logs_over_rows_alike(source: RandomEvents, mirror: Path) -> None:
    same(mirror, [{"op": "overlay", **random_question(source)} for _ in range(1500)])
