"""Photos that an event has named: where their bytes lie, and what they turned out to be."""

from __future__ import annotations

from pathlib import Path

from server.db import Tx, transaction
from server.keys import running_settings
from server.services import feed
from server.services.devices import KnownDevice
from server.tables import Attachment, ReceiptRow

NOT_AN_IMAGE = "not_an_image"
_HEAD_BYTES = 16


def settle_attachment(device: KnownDevice, sha256: str) -> Attachment:
    """The bytes are here whole: note it. What is no picture is kept too, apart."""
    with attachment_path(device.branch_id, sha256).open("rb") as file:
        is_image = looks_like_image(file.read(_HEAD_BYTES))
    with transaction(device.branch_id, actor=device.officer_id, cause="store_attachment") as tx:
        row = tx.session.get_one(Attachment, (device.branch_id, sha256), with_for_update=True)
        if row.state == "promised":
            row.state = "stored" if is_image else "quarantined"
            row.reason = None if is_image else NOT_AN_IMAGE
            row.stored_at_ms = tx.now_ms
            _tell_the_slip(tx, row)
        return row


def _tell_the_slip(tx: Tx, photo: Attachment) -> None:
    """A photo of a receipt has come: the evidence of that receipt may be complete."""
    slip = tx.session.get(ReceiptRow, (tx.branch_id, photo.about)) if photo.about else None
    if slip is not None:
        feed.touch_slips(tx, slip)


def attachment_path(branch_id: str, sha256: str) -> Path:
    """Where the bytes lie: two letters of the hash as a folder, so that no folder grows long."""
    return attachments_folder(branch_id) / sha256[:2] / sha256


def attachments_folder(branch_id: str) -> Path:
    """All photos of a branch; `partial` in it holds those on their way."""
    return running_settings().data_dir / "attachments" / branch_id


def looks_like_image(data: bytes) -> bool:
    """Do the first bytes say JPEG, PNG or WebP? Nothing else comes from the phone's camera."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n" or is_webp
