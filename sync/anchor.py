"""The anchor an event carries: the last tick its device had seen, with the server's mark."""

from __future__ import annotations

import hashlib
import hmac

MAC_CHARS = 16


def anchor_mac(secret: bytes, device: str, tick: int) -> str:
    """The first 64 bits of HMAC-SHA256 over "device|tick", as 16 hexadecimal characters.

    Nobody without the secret can name a tick before it was issued to that device.
    """
    mark = hmac.new(secret, f"{device}|{tick}".encode(), hashlib.sha256).hexdigest()
    return mark[:MAC_CHARS]


def anchor_holds(secret: bytes, device: str, tick: int, mac: str) -> bool:
    """True if the mark is ours for this device and tick. Compared in constant time."""
    return mac.isascii() and hmac.compare_digest(anchor_mac(secret, device, tick), mac)
