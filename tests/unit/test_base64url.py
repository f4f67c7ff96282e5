"""Bytes in words of the wire. Method: every length there and back, and every other spelling."""

from __future__ import annotations

import pytest

from sync.base64url import from_base64url, to_base64url


@pytest.mark.parametrize("length", range(70))
def test_it_reads_back_what_it_writes(length: int) -> None:
    data = bytes((251 * index) % 256 for index in range(length))

    assert from_base64url(to_base64url(data)) == data
    assert "=" not in to_base64url(data)


@pytest.mark.parametrize(
    "text", ["A", "AA==", "AB", "AAA=", "+/+/", "A A A", "A\nAA", "测", "AAAA=", "!!!!"]
)
def test_it_takes_no_other_spelling(text: str) -> None:
    assert from_base64url(text) is None
