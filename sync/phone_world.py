"""What a phone takes from outside: its key, its clock, randomness, and the build it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Signer(Protocol):
    """The device's key. It signs and shows its public half; nothing else leaves it."""

    @property
    def alg(self) -> str:
        """The algorithm of the key: "ES256"."""

    @property
    def public_key(self) -> str:
        """The uncompressed point as base64url."""

    def sign(self, data: bytes, /) -> str:
        """The signature over the bytes, as base64url of r||s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a phone takes from outside: its clock (ms UTC), randomness, and the build it runs."""

    now_ms: Callable[[], int]
    random_bytes: Callable[[int], bytes]
    app: str = "phone-py"
    boot: int = 1
