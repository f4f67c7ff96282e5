"""What a body need not say: hashes and words that follow from the rest, strokes as differences.

docs/protocol.md section 3 is the contract, vectors/squeeze.json its examples. The hash of an event
is that of its full body: what is squeezed wrongly never matches, and what does not follow from the
rest travels as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sync.canonical import sha256_hex
from sync.capitals import CAPITALS_FEN_MAX, capitals
from sync.problems import Problem

MARK = "~"
REFERENCES = ("made", "target", "about")

# A difference of two such numbers takes six characters at most, and 32 bits with its sign.
STROKE_NUMBER_MAX = 2**28

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_DIGITS = {character: value for value, character in enumerate(_ALPHABET)}
_GROUPS_MAX = 7
_SURROGATES = re.compile("[\ud800-\udfff]")


def squeeze(body: Mapping[str, object], before: Sequence[str]) -> dict[str, object]:
    """The body with marks where they say all.

    before  The hashes of the events before this one in the batch, in their order.
    """
    squeezed = dict(body)
    for field in ("text_hash", "words", *REFERENCES):
        if isinstance(value := body.get(field), str):
            squeezed[field] = _mark_of(field, value, body, before) or _escaped(value)
    signature = body.get("signature")
    if isinstance(signature, Mapping) and "strokes" in signature:
        squeezed["signature"] = {**signature, "strokes": _squeezed_strokes(signature["strokes"])}
    return squeezed


def unsqueeze(body: Mapping[str, object], before: Sequence[str]) -> dict[str, object]:
    """The full body; squeeze undone. Refuses `batch_invalid` for a mark that says nothing."""
    full = dict(body)
    for field in ("text_hash", "words", *REFERENCES):
        value = body.get(field)
        if isinstance(value, str) and value.startswith(MARK):
            full[field] = value[1:] if _is_escaped(value) else _meant(field, value, body, before)
    signature = body.get("signature")
    if isinstance(signature, Mapping):
        strokes = signature.get("strokes")
        if isinstance(strokes, str) and strokes.startswith(MARK):
            read = strokes[1:] if _is_escaped(strokes) else read_strokes(strokes[1:])
            full["signature"] = {**signature, "strokes": read}
    return full


def write_strokes(strokes: Sequence[Sequence[int]]) -> str:
    """Strokes as differences in base64 VLQ: each list its length first, then dx, dy, dt, …"""
    written: list[str] = []
    for stroke in strokes:
        written.append(_vlq(len(stroke)))
        last = (0, 0, 0)
        for start in range(0, len(stroke), 3):
            point = (stroke[start], stroke[start + 1], stroke[start + 2])
            written += [_vlq(now - then) for now, then in zip(point, last, strict=True)]
            last = point
    return "".join(written)


def read_strokes(text: str) -> list[list[int]]:
    """The strokes that write_strokes wrote. Refuses `batch_invalid`."""
    numbers, strokes, at = _read_vlq(text), [], 0
    while at < len(numbers):
        length, at = numbers[at], at + 1
        if length < 0 or length % 3 or at + length > len(numbers):
            raise _broken("signature.strokes", "whole_points")
        stroke = numbers[at : at + length]
        for index in range(3, length):
            stroke[index] += stroke[index - 3]
        strokes.append(stroke)
        at += length
    return strokes


def _mark_of(
    field: str, value: str, body: Mapping[str, object], before: Sequence[str]
) -> str | None:
    """The mark from which the value can be found again, if there is one."""
    if field in REFERENCES:
        return f"{MARK}{len(before) - before.index(value)}" if value in before else None
    return MARK if value == _derived(field, body) else None


def _meant(field: str, mark: str, body: Mapping[str, object], before: Sequence[str]) -> str:
    if field in REFERENCES:
        back = mark[1:]
        if not (back.isascii() and back.isdecimal() and len(back) <= 4 and back[0] != "0"):
            raise _broken(field, "places_before")
        if int(back) > len(before):
            raise _broken(field, "places_before")
        return before[len(before) - int(back)]
    found = _derived(field, body) if mark == MARK else None
    if found is None:
        raise _broken(field, "mark")
    return found


def _derived(field: str, body: Mapping[str, object]) -> str | None:
    """What `text_hash` and `words` say if they say what they should."""
    if field == "text_hash":
        text = body.get("text")
        return sha256_hex(text.encode()) if isinstance(text, str) and _is_whole(text) else None
    fen = body.get("amount_fen")
    if type(fen) is int and 0 <= fen <= CAPITALS_FEN_MAX:
        return capitals(fen)
    return None


def _is_whole(text: str) -> bool:
    return text.isascii() or not _SURROGATES.search(text)


def _escaped(value: str) -> str:
    return MARK + value if value.startswith(MARK) else value


def _is_escaped(value: str) -> bool:
    return value.startswith(MARK * 2)


def _squeezed_strokes(strokes: object) -> object:
    if isinstance(strokes, str):
        return _escaped(strokes)
    if isinstance(strokes, list) and all(map(_is_stroke, strokes)):
        return MARK + write_strokes(strokes)
    return strokes


def _is_stroke(stroke: object) -> bool:
    if not isinstance(stroke, list) or len(stroke) % 3:
        return False
    return all(type(n) is int and -STROKE_NUMBER_MAX <= n <= STROKE_NUMBER_MAX for n in stroke)


def _vlq(number: int) -> str:
    rest = -number << 1 | 1 if number < 0 else number << 1
    written = ""
    while rest > 31:
        written += _ALPHABET[rest & 31 | 32]
        rest >>= 5
    return written + _ALPHABET[rest]


def _read_vlq(text: str) -> list[int]:
    numbers: list[int] = []
    value, groups = 0, 0
    for character in text:
        digit = _DIGITS.get(character)
        if digit is None or groups == _GROUPS_MAX:
            raise _broken("signature.strokes", "base64_vlq")
        value |= (digit & 31) << 5 * groups
        groups += 1
        if digit & 32:
            continue
        numbers.append(-(value >> 1) if value & 1 else value >> 1)
        value, groups = 0, 0
    if groups:
        raise _broken("signature.strokes", "base64_vlq")
    return numbers


def _broken(field: str, rule: str) -> Problem:
    return Problem("batch_invalid", field=field, rule=rule)
