"""ECDSA P-256 with SHA-256, raw r||s in base64url. The one place here that is not plain Python."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from sync.base64url import from_base64url
from sync.canonical import sha256_hex

ALGORITHM = "ES256"

_HALF = 32  # bytes of r, and of s
_POINT = 65
_ECDSA = ec.ECDSA(SHA256())


def is_signed_by(alg: str, public_key: str, digest: bytes, signature: str | None) -> bool:
    """Is this the signature of that key over these bytes? False for anything malformed."""
    raw = from_base64url(signature or "")
    if alg != ALGORITHM or raw is None or len(raw) != 2 * _HALF:
        return False
    try:
        pair = int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:])
        _loaded(public_key).verify(encode_dss_signature(*pair), digest, _ECDSA)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """SHA-256 of the point of a key in groups of four, to be read over the telephone."""
    point = from_base64url(public_key)
    digits = sha256_hex(point or b"")
    return " ".join(digits[start : start + 4] for start in range(0, 32, 4))


@lru_cache(maxsize=1024)
def _loaded(public_key: str) -> ec.EllipticCurvePublicKey:
    point = from_base64url(public_key)
    if point is None or len(point) != _POINT:
        raise ValueError("not an uncompressed point")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
