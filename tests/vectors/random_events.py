"""Random events, histories and amounts out of one seed, legal and illegal, for two languages."""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections.abc import Callable, Mapping
from typing import Any

from sync.capitals import capitals
from sync.handovers import pieces_fen
from sync.kinds import FIELDS, version_of

# Characters that writers of JSON like to disagree on.
LETTERS = (
    'abcXYZ019 "\\/\b\f\n\r\t\x01\x1f\x7f\x80\u00a0\u00e9e\u0301\u2028\u2029\ufeff\ufffd\uffff'
    "测生二企壹仟零陆元整，。、（）￥\U00020bb7\U0001f642\U0010ffff"
)
POISONS: list[Any] = [
    *(0.5, -1.25, 1e-9, [[0.1]]),
    *(2**53, -(2**53), 2**64),
    *("\ud800", "x\udfff", "\udc00\ud800"),
    *({"a": {"金": 1}}, {"é": 1}, [{"k\U0001f642": None}]),
]
STRANGE: list[Any] = [None, 0, -1, True, "", "x" * 5000, [], {}, [[]], "2026-02-30", 10**9]
PARTS = ("principal", "interest", "penalty", "cost")


class RandomEvents:
    """Makes things at random; the same seed makes the same things."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self, longest: int = 12) -> str:
        count = self.random.randint(1, longest)
        return "".join(self.random.choice(LETTERS) for _ in range(count))

    def hex(self, digits: int) -> str:
        return f"{self.random.getrandbits(digits * 4):0{digits}x}"

    def integer(self) -> int:
        near = self.random.choice([0, 1, 2**31, 2**32, 2**53 - 1])
        return max(-(2**53 - 1), self.random.choice([-1, 1]) * near - self.random.randint(0, 3))

    def day(self, first: str = "2014-01-01", days: int = 5000) -> str:
        start = dt.date.fromisoformat(first)
        return (start + dt.timedelta(days=self.random.randrange(days))).isoformat()

    def value(self, rule: object) -> Any:
        """A value that keeps a rule of the table of fields."""
        if isinstance(rule, Mapping):
            return self.table(rule)
        word, _, limits = str(rule).partition(":")
        if word == "int":
            low, _, high = limits.partition(":")
            return self.random.randint(int(low or -(10**6)), int(high or 10**6))
        if word == "list":
            return [self.value(limits) for _ in range(self.random.randint(0, 4))]
        if word == "strokes":
            lines = range(self.random.randint(1, 4))
            return [[self.random.randint(-9, 999) for _ in range(30)] for _ in lines]
        makers: dict[str, Callable[[], Any]] = {
            "amount": lambda: self.random.randint(1, 500_000_000),
            "bool": lambda: self.random.random() < 0.5,
            "date": self.day,
            "fen": lambda: self.random.randint(0, 100_000_000),
            "hex": lambda: self.hex(int(limits or 0)),
            "id": lambda: self.random.choice(["L-W01", "officer-1", "SJ000101", "a.b~!"]),
            "one": lambda: self.random.choice(limits.split("|")),
            "text": self.text,
        }
        return makers[word]()

    def table(self, rules: Mapping[str, object]) -> dict[str, Any]:
        body = {}
        for name, rule in rules.items():
            is_null = name.endswith("?") and self.random.random() < 0.4
            body[name.removesuffix("?")] = None if is_null else self.value(rule)
        return body

    def body(self, kind: str) -> dict[str, Any]:
        """A body that has no fault, its text without NUL."""
        body = self.table(FIELDS[kind])
        if kind == "cash.receipt":
            body["amount_fen"] = sum(body[f"{part}_fen"] for part in PARTS) or 1
            body["principal_fen"] += body["amount_fen"] - sum(body[f"{p}_fen"] for p in PARTS)
            body["words"] = capitals(body["amount_fen"])
            body["evidence_no"] = body["evidence_no"] or "T-7"
        if kind.startswith("custody."):
            body["denominations"] = {piece: n % 100 for piece, n in body["denominations"].items()}
            body["amount_fen"] = pieces_fen(body["denominations"])
            body["expected_fen"] = body["amount_fen"] + self.random.choice([0, 1_00])
            body["cause"] = body["cause"] or "x"
        if kind == "custody.taken":
            body["variance_fen"] = body["amount_fen"] - body["expected_fen"]
        return body

    def envelope(self) -> dict[str, Any]:
        kind = self.random.choice(list(FIELDS))
        body = self.body(kind)
        return {
            "v": 1,
            "lane": self.hex(32),
            "seq": self.random.randint(1, 2**53 - 1),
            "prev": self.hex(64),
            "kind": kind,
            "sv": version_of(kind),
            "actor": "officer-1",
            "case": body.get("loan"),
            "visit": self.random.choice([None, self.hex(32)]),
            "subject": body.get("household"),
            "base_rev": self.random.choice([None, 0, 17]),
            "anchor": self.random.choice([None, {"tick": 7, "mac": self.hex(16)}]),
            "occurred_at": self.integer(),
            "tz": 480,
            "boot": self.random.randint(0, 99),
            "app": "0.1.0",
            "body": body,
        }

    def poisoned(self) -> dict[str, Any]:
        """A legal event with one thing in it that the languages would write differently."""
        event = copy.deepcopy(self.envelope())
        place = self.random.choice([event, event["body"]])
        name = self.random.choice(["app", "kind", "note", "extra"])
        place[name] = self.random.choice(POISONS)
        return event

    def broken_body(self) -> tuple[str, dict[str, Any]]:
        """A body with some of its fields changed, dropped or added."""
        kind = self.random.choice(list(FIELDS))
        body = self.body(kind)
        for name in self.random.sample(sorted(body), k=self.random.randint(0, min(3, len(body)))):
            if self.random.random() < 0.2:
                del body[name]
            else:
                body[name] = self.random.choice(STRANGE)
        if self.random.random() < 0.2:
            body["extra"] = 1
        return kind, body

    def amount_text(self) -> str:
        letters = "0123456789..,-+e 　０５．元\n"
        return "".join(self.random.choice(letters) for _ in range(self.random.randint(0, 7)))

    def interruption(self, ref: str) -> dict[str, Any]:
        on = self.day("2004-01-01", 9000)
        is_suit = self.random.random() < 0.2
        kinds = ["SIGNED_NOTICE", "SIGNED_NOTICE", "PARTIAL_PAYMENT", "WAIVER", "INTENTION"]
        roles = ["debtor", "debtor", "debtor", "adult_relative", "neighbour", "guarantor"]
        return {
            "ref": ref,
            "on": on,
            "kind": "PROCEDURE" if is_suit else self.random.choice(kinds),
            "review": self.random.choice(["ACCEPTED"] * 5 + ["PENDING", "REFUSED"]),
            "signer_role": self.random.choice(roles),
            "lives_here": self.random.random() < 0.7,
            "adult": self.random.random() < 0.7,
            "relation": self.random.choice([None, "", "妻子"]),
            "ended_on": self.day(on, 900) if is_suit and self.random.random() < 0.8 else None,
        }

    def debt(self) -> dict[str, Any]:
        due_on = self.random.choice([None, *[self.day("2004-01-01", 8000) for _ in range(9)]])
        count = self.random.randint(0, 8)
        return {
            "due_on": due_on,
            "loan_on": self.random.choice([None, self.day("2004-01-01", 4000)]),
            "today": self.day("2010-01-01", 8000),
            "events": [self.interruption(f"e{number}") for number in range(count)],
            "rest_days": [self.day("2004-01-01", 9000) for _ in range(400)],
        }
