"""Bytes in words of the wire: base64url without padding (RFC 4648 section 5)."""

from __future__ import annotations

import base64
import binascii


def to_base64url(data: bytes) -> str:
    """The bytes as text, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes | None:
    """The bytes of a text, or None if it is not exactly what to_base64url writes.

    One value has one spelling: padding, other alphabets and loose last bits are not taken.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if to_base64url(data) == text else None
