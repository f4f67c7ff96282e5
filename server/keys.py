"""Secrets of the installation, made once and kept in the data folder, readable by the server only.

secret.key   signs sessions, anchors and cursors (unless DOORSTEP_SECRET_KEY is set)
office.pem   the EC P-256 key that signs the events of the office
seal.pem     the EC P-256 key that bundles of phones are sealed to (docs/courier.md); the ones
             before it stay as seal-<id>.pem, for a bundle may be carried for weeks
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import current_app

from server.device_key import ALGORITHM, point_of, sign
from server.settings import Settings
from sync.base64url import to_base64url
from sync.bundle import key_id

_SEAL = "seal.pem"


def secret_key(settings: Settings) -> str:
    """The secret of this installation, made at the first start."""
    return settings.secret_key or _kept(
        settings.data_dir / "secret.key", lambda: secrets.token_hex(32)
    )


def office_key(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """The key that signs what the office records, made at the first use."""
    return _loaded(_kept(settings.data_dir / "office.pem", _new_pem))


def sealing_key(settings: Settings, wanted: bytes | None = None) -> ec.EllipticCurvePrivateKey:
    """The key that bundles are sealed to now, made at the first use; or the one of this id.

    Raises KeyError for an id that was never ours.
    """
    key = _loaded(_kept(settings.data_dir / _SEAL, _new_pem))
    if wanted is None or wanted == key_id(point_of(key)):
        return key
    older = settings.data_dir / f"seal-{wanted.hex()}.pem"
    if not older.exists():
        raise KeyError(wanted.hex())
    return _loaded(older.read_text(encoding="utf-8"))


def rotate_sealing_key(settings: Settings) -> None:
    """From now on bundles are sealed to a new key; the one before still opens what comes late."""
    current = settings.data_dir / _SEAL
    name = key_id(point_of(sealing_key(settings))).hex()
    with suppress(FileExistsError):
        os.link(current, settings.data_dir / f"seal-{name}.pem")
    draft = settings.data_dir / f".{_SEAL}.{secrets.token_hex(4)}"
    _kept(draft, _new_pem)
    draft.replace(current)


def server_key() -> str:
    """The point that bundles for the running application are sealed to, as base64url."""
    return to_base64url(point_of(sealing_key(running_settings())))


def _loaded(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "our files hold EC keys"
    return key


def _new_pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The text of a file; if there is none, made, flushed, and linked into place at once.

    Two processes may start together: the link decides which of the two files stays.
    """
    if path.exists():
        return path.read_text(encoding="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text(encoding="utf-8")


def installation_secret() -> bytes:
    """The secret of the running application, under anchors, cursors and enrolment codes."""
    secret: str = current_app.config["SECRET_KEY"]
    return secret.encode()


def sign_for_the_office(digest: bytes) -> str:
    """The office's signature over the 32 bytes of an event hash, as base64url."""
    return sign(_office_key_of(running_settings()), digest)


def office_public_key() -> tuple[str, str]:
    """The algorithm and the public point (base64url) with which the office's events verify."""
    return ALGORITHM, to_base64url(point_of(_office_key_of(running_settings())))


@lru_cache(maxsize=16)
def _office_key_of(settings: Settings) -> ec.EllipticCurvePrivateKey:
    return office_key(settings)


def random_bytes(count: int) -> bytes:
    """Random bytes for keys, codes and ids; the one place where the server takes them."""
    return secrets.token_bytes(count)


def running_settings() -> Settings:
    """The settings of the running application, for services, which know no request."""
    settings: Settings = current_app.extensions["settings"]
    return settings
