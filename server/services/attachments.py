"""The bytes of photos: kept under their hash, once an event has named it."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from server.db import snapshot, transaction
from server.keys import running_settings
from server.services.devices import KnownDevice
from server.tables import Attachment
from sync.problems import Problem

NOT_AN_IMAGE = "not_an_image"


def store_attachment(device: KnownDevice, sha256: str, data: bytes) -> Attachment:
    """Keep the bytes of a photo; again is no change. What is no picture is kept too, apart.

    Refuses `attachment_unknown` if no event of the branch names this hash, and
    `attachment_hash_mismatch` if these are other bytes.
    """
    with snapshot() as session:
        row = session.get(Attachment, (device.branch_id, sha256))
    if row is None:
        raise Problem("attachment_unknown")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Problem("attachment_hash_mismatch")
    if row.state != "promised":
        return row
    _write(attachment_path(device.branch_id, sha256), data)
    with transaction(device.branch_id, actor=device.officer_id, cause="store_attachment") as tx:
        row = tx.session.get_one(Attachment, (device.branch_id, sha256))
        is_image = looks_like_image(data)
        row.state = "stored" if is_image else "quarantined"
        row.reason = None if is_image else NOT_AN_IMAGE
        return row


def attachment_path(branch_id: str, sha256: str) -> Path:
    """Where the bytes lie: two letters of the hash as a folder, so that no folder grows long."""
    return running_settings().data_dir / "attachments" / branch_id / sha256[:2] / sha256


def looks_like_image(data: bytes) -> bool:
    """Do the first bytes say JPEG, PNG or WebP? Nothing else comes from the phone's camera."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n" or is_webp


def _write(path: Path, data: bytes) -> None:
    """Write the file whole or not at all: flushed, then moved to its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
