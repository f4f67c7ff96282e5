"""What travels, in two languages: random records as columns, random bodies squeezed and unsqueezed.

Method: as in test_differential.py, one Node process runs the TypeScript of pwa/src/sync and both
sides are asked the same; here also broken packages and marks that say nothing.
DIFFERENTIAL_SEED runs a seed again.
"""

from __future__ import annotations

import copy
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sync.columns import pack, unpack
from sync.problems import Problem
from sync.squeeze import squeeze, unsqueeze
from tests.vectors.random_events import RandomEvents
from tests.vectors.test_differential import Question, typescript


@pytest.fixture(name="source")
def fixture_source() -> RandomEvents:
    seed = int(os.environ.get("DIFFERENTIAL_SEED") or secrets.randbits(32))
    print(f"DIFFERENTIAL_SEED={seed}")
    return RandomEvents(seed)


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    assert shutil.which("node"), "Node 20 runs the TypeScript side: make install"
    return tmp_path


def python(question: Mapping[str, Any]) -> Question:
    """The answer of the Python, or the code by which it refuses."""
    try:
        return {"out": _answer(question)}
    except Problem as problem:
        return {"refused": problem.code}


def _answer(question: Mapping[str, Any]) -> object:
    match question["op"]:
        case "columns":
            packed = pack(question["records"])
            return [packed, unpack(packed)]
        case "unpack":
            return unpack(question["packed"])
        case "squeeze":
            squeezed = squeeze(question["body"], question["before"])
            return [squeezed, unsqueeze(squeezed, question["before"])]
        case _:
            return unsqueeze(question["body"], question["before"])


def same(folder: Path, questions: list[Question]) -> list[Question]:
    """Ask both; the first difference fails with its question. Gives the answers."""
    theirs = typescript(folder, questions)
    ours = [python(question) for question in questions]

    assert len(theirs) == len(questions)
    for question, mine, other in zip(questions, ours, theirs, strict=True):
        assert json.dumps(mine, sort_keys=True) == json.dumps(_by_code(other), sort_keys=True), (
            question
        )
    return ours


def _by_code(answer: Question) -> Question:
    """Which rule of several is broken first is nobody's business."""
    if "refused" in answer:
        return {"refused": answer["refused"][0]}
    return {"out": answer["out"]}


def records(source: RandomEvents) -> list[dict[str, Any]]:
    """Events of one phone: many of few forms, with columns that are equal, rising or mixed."""
    count = source.random.randint(0, 12)
    return [source.envelope() for _ in range(count)] * source.random.choice([1, 1, 2])


def broken(source: RandomEvents, packed: dict[str, Any]) -> object:
    """A package with one place in it changed."""
    place: Any = packed
    for _ in range(source.random.randint(0, 6)):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        inner = [key for key in keys if isinstance(place[key], dict | list)]
        if not inner:
            break
        place = place[source.random.choice(inner)]
    strange = [None, 0, -1, 1, 2, True, "", "~", "a/b", "~2", [], {}, [0, 1], {"c": 1}, {"e": 0}]
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    if keys:
        place[source.random.choice(keys)] = source.random.choice(strange)
    return packed


def squeezable(source: RandomEvents) -> Question:
    """A body as phones make them, or one that has marks where nobody put any."""
    before = [source.hex(64) for _ in range(source.random.randint(0, 5))]
    _, body = source.broken_body()
    for field in ("made", "target", "about"):
        if field in body and before and source.random.random() < 0.7:
            body[field] = source.random.choice(before)
    for field in ("text_hash", "words", "made", "target", "about"):
        if source.random.random() < 0.1:
            body[field] = source.random.choice(["~", "~1", "~~", "~9", "~0", "~x", "", None])
    return {"op": "squeeze", "body": body, "before": before}


def test_it_packs_and_unpacks_a_thousand_batches_alike(source: RandomEvents, folder: Path) -> None:
    questions: list[Question] = [{"op": "columns", "records": records(source)} for _ in range(1000)]

    answers = same(folder, questions)

    for question, answer in zip(questions, answers, strict=True):
        assert answer["out"][1] == question["records"]


def test_it_refuses_broken_columns_alike(source: RandomEvents, folder: Path) -> None:
    packages = [broken(source, copy.deepcopy(pack(records(source)))) for _ in range(1500)]

    answers = same(folder, [{"op": "unpack", "packed": packed} for packed in packages])

    assert any("refused" in answer for answer in answers)


def test_it_squeezes_two_thousand_bodies_alike(source: RandomEvents, folder: Path) -> None:
    questions = [squeezable(source) for _ in range(2000)]

    answers = same(folder, questions)

    for question, answer in zip(questions, answers, strict=True):
        assert answer["out"][1] == question["body"]
    assert any(answer["out"][0] != answer["out"][1] for answer in answers)


def test_it_reads_marks_that_say_nothing_alike(source: RandomEvents, folder: Path) -> None:
    questions = [squeezable(source) | {"op": "unsqueeze"} for _ in range(1500)]
    for question in questions:
        if source.random.random() < 0.3:
            letters = [
                source.random.choice("ABgh_-~9z*") for _ in range(source.random.randint(0, 9))
            ]
            question["body"]["signature"] = {"w": 1, "h": 1, "strokes": "~" + "".join(letters)}

    answers = same(folder, questions)

    assert {"out", "refused"} == {next(iter(answer)) for answer in answers}
