"""The cipher of bundles: ECDH on P-256, HKDF-SHA-256, AES-256-GCM with random nonces.

A bundle is sealed to the server's key from an ephemeral one; its acknowledgement with a key that
comes from the secret of enrolment, so that only the phone that made the bundle can read it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.device_key import point_of
from server.keys import random_bytes
from sync.bundle import ANSWER_INFO, BUNDLE_INFO, NONCE_BYTES, Answer, Bundle, key_id
from sync.problems import Problem

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What must be fresh for every bundle. Never counted: a phone's memory may go backwards."""

    id: bytes
    key: ec.EllipticCurvePrivateKey
    nonce: bytes


def fresh() -> Chances:
    """A new id, a new ephemeral key, a new nonce."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Chances(id=random_bytes(16), key=key, nonce=random_bytes(NONCE_BYTES))


def seal(server_point: bytes, count: int, packed: bytes, chances: Chances | None = None) -> Bundle:
    """Seal the packed content of a bundle to a server's point, as a phone does."""
    chances = chances or fresh()
    server = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), server_point)
    bundle = Bundle(
        id=chances.id,
        count=count,
        key_id=key_id(server_point),
        point=point_of(chances.key),
        nonce=chances.nonce,
    )
    shared = chances.key.exchange(ec.ECDH(), server)
    cipher = _bundle_cipher(shared, bundle, server_point)
    return replace(bundle, sealed=cipher.encrypt(bundle.nonce, packed, bundle.head))


def unseal(bundle: Bundle, key: ec.EllipticCurvePrivateKey) -> bytes:
    """The packed content. Refuses `bundle_unreadable` if one bit of the bundle is another."""
    try:
        ours = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bundle.point)
        cipher = _bundle_cipher(key.exchange(ec.ECDH(), ours), bundle, point_of(key))
        return cipher.decrypt(bundle.nonce, bundle.sealed, bundle.head)
    except ValueError:
        raise Problem("bundle_unreadable", rule="point") from None
    except InvalidTag:
        raise Problem("bundle_unreadable", rule="seal") from None


def seal_answer(secret: bytes, bundle_id: bytes, packed: bytes) -> Answer:
    """Seal an acknowledgement for the phone that holds the secret of enrolment."""
    answer = Answer(id=bundle_id, nonce=random_bytes(NONCE_BYTES))
    cipher = _answer_cipher(secret, bundle_id)
    return replace(answer, sealed=cipher.encrypt(answer.nonce, packed, answer.head))


def open_answer(answer: Answer, secret: bytes) -> bytes:
    """The packed content of an acknowledgement. Refuses `bundle_unreadable`."""
    try:
        cipher = _answer_cipher(secret, answer.id)
        return cipher.decrypt(answer.nonce, answer.sealed, answer.head)
    except InvalidTag:
        raise Problem("bundle_unreadable", rule="seal") from None


def _bundle_cipher(shared: bytes, bundle: Bundle, server_point: bytes) -> AESGCM:
    info = BUNDLE_INFO + bundle.point + server_point
    return AESGCM(_derived(shared, bundle.id, info))


def _answer_cipher(secret: bytes, bundle_id: bytes) -> AESGCM:
    return AESGCM(_derived(secret, bundle_id, ANSWER_INFO))


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt, info).derive(secret)
