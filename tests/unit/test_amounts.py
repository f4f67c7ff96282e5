"""Amounts typed, written, in capitals and split, beyond the vectors.

Method: random amounts go there and back by an independent reader; a split is checked by its sum and
by the rule that no part is filled before the one above it.
"""

from __future__ import annotations

import random

import pytest

from sync.allocation import DEFAULT_ORDER, allocate
from sync.amounts import format_yuan, parse_yuan
from sync.capitals import CAPITALS_FEN_MAX, capitals, chinese_number
from sync.fields import AMOUNT_FEN_MAX
from sync.problems import Problem

DIGITS = {word: value for value, word in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def read_capitals(words: str) -> int:
    """The fen of an amount in capitals, read the way a cashier does, from left to right."""
    yuan, _, rest = words.rpartition("元")
    total = group = digit = 0
    for word in yuan:
        if word in DIGITS:
            digit = DIGITS[word]
        elif word in PLACES:
            group, digit = group + digit * PLACES[word], 0
        else:
            unit = {"万": 10_000, "亿": 100_000_000}[word]
            total, group, digit = total + (group + digit) * unit, 0, 0
    fen = (total + group + digit) * 100
    for word, before in zip(rest[1:], rest, strict=False):
        fen += DIGITS[before] * {"角": 10, "分": 1}[word] if word in "角分" else 0
    return fen


def random_fen(source: random.Random) -> int:
    """Many sizes, many zeros in the middle."""
    digits = [source.choice("0000123456789") for _ in range(source.randint(1, 14))]
    return int("".join(digits))


def test_it_writes_capitals_that_a_cashier_reads_back() -> None:
    source = random.Random(3)
    for _ in range(5000):
        fen = random_fen(source)

        words = capitals(fen)

        assert read_capitals(words) == fen, words
        assert fen == 0 or ("零零" not in words and not words.startswith("零"))
        assert words.endswith("整") or words.endswith("分")


def test_it_writes_no_two_amounts_alike() -> None:
    assert len({capitals(fen) for fen in range(20_000)}) == 20_000


@pytest.mark.parametrize("fen", [-1, CAPITALS_FEN_MAX + 1])
def test_it_writes_no_capitals_out_of_range(fen: int) -> None:
    with pytest.raises(Problem, match="amount_invalid"):
        capitals(fen)


@pytest.mark.parametrize("count", [-1, CAPITALS_FEN_MAX // 100 + 1])
def test_it_writes_no_count_out_of_range(count: int) -> None:
    with pytest.raises(Problem, match="amount_invalid"):
        chinese_number(count)


def test_it_reads_back_every_amount_it_writes() -> None:
    source = random.Random(4)
    for _ in range(5000):
        fen = source.randint(1, AMOUNT_FEN_MAX)

        assert parse_yuan(format_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("0", "positive"),
        ("-1", "positive"),
        ("-0.01", "positive"),
        ("1.005", "two_decimals"),
        ("1e3", "digits_only"),
        ("-1e3", "digits_only"),
        ("1,550", "digits_only"),
        ("007", "leading_zero"),
        ("5000000.01", "limit"),
        ("9" * 400, "limit"),
    ],
)
def test_it_names_the_rule_that_was_broken(text: str, rule: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_yuan(text)

    assert refused.value.code == "amount_invalid"
    assert refused.value.details["rule"] == rule
    assert len(str(refused.value.details["text"])) <= 40


def test_it_takes_nothing_where_nothing_is_an_answer() -> None:
    assert parse_yuan("0", zero_ok=True) == 0
    with pytest.raises(Problem, match="positive"):
        parse_yuan("-1", zero_ok=True)


def test_it_fills_no_part_before_the_one_above_it() -> None:
    source = random.Random(6)
    for _ in range(3000):
        due = {part: source.choice([None, 0, source.randrange(500)]) for part in DEFAULT_ORDER}
        order = source.sample(DEFAULT_ORDER, k=4)
        total = source.randint(1, 2000)

        parts = allocate(total, due, order)

        assert sum(parts.values()) == total
        assert all(fen >= 0 for fen in parts.values())
        excess = max(0, total - sum(fen or 0 for fen in due.values()))
        plain = {**parts, "principal": parts["principal"] - excess}
        open_parts = [part for part in order if plain[part] < (due[part] or 0)]
        if open_parts:
            below = order[order.index(open_parts[0]) + 1 :]
            assert all(plain[part] == 0 for part in below)


@pytest.mark.parametrize("order", [[], ["principal"], [*DEFAULT_ORDER, "fee"]])
def test_it_refuses_an_order_that_is_not_all_parts(order: list[str]) -> None:
    with pytest.raises(Problem, match="allocation_order_invalid"):
        allocate(1, {}, order)
