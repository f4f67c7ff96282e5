"""Check characters and enrolment codes, beyond the vectors.

Method: every code is made, shown, typed as people type, and read back.
"""

from __future__ import annotations

import random

import pytest

from sync.crockford import (
    ALPHABET,
    check_characters,
    decode_code,
    encode_code,
    normal_code,
    show_code,
)
from sync.problems import Problem


def test_it_reads_back_every_code_it_makes() -> None:
    source = random.Random(7)

    for _ in range(500):
        data = source.randbytes(5)
        code = encode_code(data)

        assert decode_code(show_code(code).lower()) == data
        assert set(code) <= set(ALPHABET) and len(code) == 8


def test_it_keeps_leading_zeros() -> None:
    assert encode_code(bytes(5)) == "00000000"
    assert decode_code("00000000") == bytes(5)


def test_it_uses_no_letter_that_is_read_as_another() -> None:
    assert not set(ALPHABET) & set("ILOU")
    assert len(set(ALPHABET)) == 32


@pytest.mark.parametrize("typed", ["", "ABC", "ABCDEFGHJ", "ABCD-EFG!", "ABCDEFGU", "ＡBCDEFGH"])
def test_it_refuses_other_codes_in_the_words_of_an_unknown_one(typed: str) -> None:
    with pytest.raises(Problem) as refused:
        normal_code(typed)

    assert refused.value.code == "code_unknown"


def test_it_asks_for_forty_bits() -> None:
    with pytest.raises(AssertionError):
        encode_code(b"four")


def test_it_takes_the_first_twenty_bits_of_a_hash() -> None:
    assert check_characters("fffff" + "0" * 59) == "ZZZZ"
    assert check_characters("00001" + "f" * 59) == "0001"
