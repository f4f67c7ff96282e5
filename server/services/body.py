"""Fields of a body whose form has been checked, with their types."""

from __future__ import annotations

from collections.abc import Mapping

Body = Mapping[str, object]


def text(body: Body, name: str) -> str:
    """A text that is always there."""
    value = body[name]
    assert isinstance(value, str), f"{name} was checked to be text"
    return value


def optional_text(body: Body, name: str) -> str | None:
    """A text, or None."""
    return None if body[name] is None else text(body, name)


def number(body: Body, name: str) -> int:
    """A whole number that is always there."""
    value = body[name]
    assert isinstance(value, int), f"{name} was checked to be a whole number"
    return value


def optional_number(body: Body, name: str) -> int | None:
    """A whole number, or None."""
    return None if body[name] is None else number(body, name)


def flag(body: Body, name: str) -> bool:
    """True or false."""
    value = body[name]
    assert isinstance(value, bool), f"{name} was checked to be true or false"
    return value


def texts(body: Body, name: str) -> list[str]:
    """A list of texts."""
    value = body[name]
    assert isinstance(value, list), f"{name} was checked to be a list"
    return value


def clipped(body: Body, name: str, chars: int = 64) -> str:
    """What stands there, as far as it can be kept: for a body that may be wrong in any way."""
    value = body.get(name)
    return value.replace("\0", "")[:chars] if isinstance(value, str) else ""


def fen_or_zero(body: Body, name: str) -> int:
    """The fen that stand there, or 0: for a body that may be wrong in any way."""
    value = body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
