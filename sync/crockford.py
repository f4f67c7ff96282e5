"""Crockford base 32: the characters printed behind a receipt number, and enrolment codes.

The alphabet leaves out I, L, O and U, so that a code survives a telephone and a biro.
"""

from __future__ import annotations

from sync.problems import Problem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# Eight characters of five bits: 40 bits, a code that lives ten minutes behind a rate limit.
CODE_CHARS = 8
CODE_BYTES = 5

# Twenty bits of an event hash, printed behind a receipt number.
CHECK_CHARS = 4

# What hands write and eyes read for one another.
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def check_characters(hash_hex: str) -> str:
    """The first 20 bits of an event hash as four characters, printed behind its receipt number."""
    return _digits(int(hash_hex[:5], 16), CHECK_CHARS)


def hash_prefix(typed: str) -> str | None:
    """The five hexadecimal digits of an event hash that four check characters stand for.

    Typed in any case, O for 0, I and L for 1. None for what are no check characters.
    """
    plain = typed.upper().translate(_READ_AS)
    if len(plain) != CHECK_CHARS or not all(character in ALPHABET for character in plain):
        return None
    number = 0
    for character in plain:
        number = number * 32 + ALPHABET.index(character)
    return f"{number:05x}"


def read_characters(typed: str) -> str:
    """Check characters as they are printed, however a hand wrote them: O for 0, I and L for 1."""
    return typed.upper().translate(_READ_AS)


def encode_code(random: bytes) -> str:
    """An enrolment code of eight characters from five random bytes."""
    assert len(random) == CODE_BYTES, "a code is made of 40 bits"
    return _digits(int.from_bytes(random), CODE_CHARS)


def decode_code(code: str) -> bytes:
    """The five bytes of a code, however it was typed. Refuses `code_unknown`."""
    number = 0
    for character in normal_code(code):
        number = number * 32 + ALPHABET.index(character)
    return number.to_bytes(CODE_BYTES)


def show_code(code: str) -> str:
    """The code as people read it: XXXX-XXXX."""
    plain = normal_code(code)
    return f"{plain[:4]}-{plain[4:]}"


def normal_code(typed: str) -> str:
    """Eight characters of the alphabet from what was typed: any case, spaces, hyphens, O for 0.

    Refuses `code_unknown`, in the words of a code that was never given: a stranger learns nothing.
    """
    plain = typed.upper().replace("-", "").replace(" ", "").translate(_READ_AS)
    known = typed.isascii() and all(character in ALPHABET for character in plain)
    if len(plain) != CODE_CHARS or not known:
        raise Problem("code_unknown")
    return plain


def _digits(number: int, width: int) -> str:
    return "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(width)))
