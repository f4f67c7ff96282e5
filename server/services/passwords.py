"""Passwords of the office: Argon2id, with the library's parameters of RFC 9106."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.keys import random_bytes
from sync.crockford import encode_code
from sync.problems import Problem

CHARS_MIN = 10
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to keep. Refuses `password_weak` when it is shorter than ten characters."""
    if len(password) < CHARS_MIN:
        raise Problem("password_weak", min_chars=CHARS_MIN)
    return _HASHER.hash(password)


def password_fits(kept: str | None, typed: str) -> bool:
    """Is this the password? As slow for somebody who is not known (kept is None) as for others."""
    try:
        return _HASHER.verify(kept or _nobody(), typed) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("the password of nobody")


def first_password() -> str:
    """A random password to begin with: three groups of four characters, 60 bits."""
    text = encode_code(random_bytes(5)) + encode_code(random_bytes(5))
    return "-".join((text[:4], text[4:8], text[8:12]))
