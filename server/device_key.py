"""Signatures of devices and of the office: ECDSA P-256 with SHA-256, raw r||s as browsers make it.

A public key travels as the uncompressed point of 65 bytes, a signature as 64 bytes, both in
base64url without padding.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from sync.base64url import from_base64url, to_base64url
from sync.problems import Problem

ALGORITHM = "ES256"

_HALF = 32  # bytes of r, and of s
_POINT = 65
_ECDSA = ec.ECDSA(SHA256())


class DeviceKey:
    """A private key as a phone has one: it signs, and gives away its public point only."""

    alg = ALGORITHM

    def __init__(self, key: ec.EllipticCurvePrivateKey | None = None) -> None:
        self._key = key or ec.generate_private_key(ec.SECP256R1())
        self.public_key = to_base64url(point_of(self._key))

    def sign(self, data: bytes) -> str:
        """The signature over these bytes, in base64url."""
        return sign(self._key, data)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public point of a key, uncompressed: 65 bytes."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> str:
    """ECDSA with SHA-256 over the bytes, as base64url of r||s."""
    r, s = decode_dss_signature(key.sign(data, _ECDSA))
    return to_base64url(r.to_bytes(_HALF) + s.to_bytes(_HALF))


def verify(public_key: str, data: bytes, signature: str) -> bool:
    """Is this the signature of that key over these bytes? False for anything malformed."""
    raw = from_base64url(signature)
    if raw is None or len(raw) != 2 * _HALF:
        return False
    try:
        pair = int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:])
        _loaded(public_key).verify(encode_dss_signature(*pair), data, _ECDSA)
    except (InvalidSignature, ValueError):
        return False
    return True


def check_public_key(alg: str, public_key: str) -> None:
    """Refuse (`key_invalid`) a key of another kind, or a point that is not on the curve."""
    if alg != ALGORITHM:
        raise Problem("key_invalid", rule=f"alg_is_{ALGORITHM}")
    try:
        _loaded(public_key)
    except ValueError:
        raise Problem("key_invalid", rule="point_on_p256") from None


@lru_cache(maxsize=1024)
def _loaded(public_key: str) -> ec.EllipticCurvePublicKey:
    point = from_base64url(public_key)
    if point is None or len(point) != _POINT:
        raise ValueError("not an uncompressed point")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
