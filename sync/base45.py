"""Base45 (RFC 9285): bytes in the 45 letters that a QR code packs into 5.5 bits each."""

from __future__ import annotations

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

_VALUES = {letter: value for value, letter in enumerate(LETTERS)}


def to_base45(data: bytes) -> str:
    """Two bytes as three letters, a last single byte as two."""
    return "".join(_letters(data[at : at + 2]) for at in range(0, len(data), 2))


def from_base45(text: str) -> bytes | None:
    """The bytes of a text, or None if it is not what to_base45 writes."""
    if len(text) % 3 == 1 or not set(text) <= _VALUES.keys():
        return None
    data = bytearray()
    for at in range(0, len(text), 3):
        values = [_VALUES[letter] for letter in text[at : at + 3]]
        number = sum(value * 45**place for place, value in enumerate(values))
        length = len(values) - 1
        if number >= 256**length:
            return None
        data += number.to_bytes(length)
    return bytes(data)


def _letters(piece: bytes) -> str:
    number, letters = int.from_bytes(piece), ""
    for _ in range(len(piece) + 1):
        number, value = divmod(number, 45)
        letters += LETTERS[value]
    return letters
