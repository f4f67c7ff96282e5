"""Secrets of the installation, made once and kept in the data folder, readable by the server only.

secret.key   signs sessions, anchors and cursors (unless DOORSTEP_SECRET_KEY is set)
office.pem   the EC P-256 key that signs the events of the office
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

from server.device_key import sign
from server.settings import Settings


def secret_key(settings: Settings) -> str:
    """The secret of this installation, made at the first start."""
    return settings.secret_key or _kept(
        settings.data_dir / "secret.key", lambda: secrets.token_hex(32)
    )


def office_key(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """The key that signs what the office records, made at the first use."""
    pem = _kept(settings.data_dir / "office.pem", _new_pem)
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "office.pem holds an EC key"
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
