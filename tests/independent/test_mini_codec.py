"""A second client, written from docs/protocol.md alone: its bytes against the vectors of the page.

Every case of columns.json, squeeze.json, canonical.json, capitals.json and digest.json is computed
by tests/independent/codec.py, which imports nothing of this project.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.independent import codec
from tests.independent.codec import Bad

VECTORS = Path(__file__).parents[2] / "sync" / "vectors"


def cases(name: str) -> list[Any]:
    """The cases of a file, each named."""
    told = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in told["cases"]]


def refusal(act: Any, *given: Any) -> str:
    """The code with which something is refused."""
    with pytest.raises(Bad) as refused:
        act(*given)
    return str(refused.value)


@pytest.mark.parametrize("name", ["client", "codec", "courier", "line"])
def test_it_takes_nothing_from_the_other_clients(name: str) -> None:
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
    roots: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            is_own = (node.module or "").startswith("tests.independent")
            roots.add("of its own" if is_own else (node.module or "").split(".")[0])

    strange = roots - set(sys.stdlib_module_names)
    assert strange <= {"of its own", "brotli", "cryptography"}


@pytest.mark.parametrize("case", cases("canonical"))
def test_it_writes_canonical_bytes(case: dict[str, Any]) -> None:
    value = json.loads(case["in"]["json"])
    if "error" in case:
        assert refusal(codec.canonical, value) == case["error"]
        return
    text = codec.canonical(value)
    assert {"text": text.decode(), "sha256": codec.sha(text)} == case["out"]


@pytest.mark.parametrize("case", cases("columns"))
def test_it_folds_and_unfolds_columns(case: dict[str, Any]) -> None:
    given = case["in"]
    if "error" in case:
        assert refusal(codec.unpack, given["packed"]) == case["error"]
    elif given["op"] == "pack":
        assert json.dumps(codec.pack(given["records"])) == json.dumps(case["out"])
        assert codec.unpack(case["out"]) == given["records"]
    else:
        assert codec.unpack(given["packed"]) == case["out"]


@pytest.mark.parametrize("case", cases("squeeze"))
def test_it_squeezes_and_finds_again(case: dict[str, Any]) -> None:
    given = case["in"]
    if "error" in case:
        assert refusal(codec.unsqueeze, given["body"], given["before"]) == case["error"]
        return
    assert given["op"] == "squeeze"
    assert codec.squeeze(given["body"], given["before"]) == case["out"]
    assert codec.unsqueeze(case["out"], given["before"]) == given["body"]


@pytest.mark.parametrize("case", [c for c in cases("capitals") if "fen" in c.values[0]["in"]])
def test_it_writes_amounts_in_capitals(case: dict[str, Any]) -> None:
    fen = case["in"]["fen"]
    if "error" in case:
        assert refusal(codec.capitals, fen) == case["error"]
    else:
        assert codec.capitals(fen) == case["out"]


@pytest.mark.parametrize("case", cases("digest"))
def test_it_sums_rows(case: dict[str, Any]) -> None:
    rows, out = case["in"]["rows"], case["out"]
    held = {str(n): part for n, part in enumerate(codec.buckets(rows)) if part}
    assert {"all": codec.digest(rows), "buckets": held} == out


HANDS = [case for case in cases("custody") if "held_fen" not in case.values[0]["in"]]


@pytest.mark.parametrize("case", HANDS)
def test_it_counts_the_cash_in_hand(case: dict[str, Any]) -> None:
    count = codec.hand_of_all if "total_fen" in case["in"] else codec.hand_fen
    assert count(**case["in"]) == case["out"]
