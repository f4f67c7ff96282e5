"""Photos for tests: named by a phone, sent in pieces, and looked for on the disk."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from server.services.attachments import attachment_path
from sync.canonical import sha256_hex
from sync.client import Phone
from sync.specimens import photo_body
from tests.small_bank import BRANCH, Bank

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
TEXT = "这是一份文字，不是照片".encode()
PIECE = "application/offset+octet-stream"


def proof(phone: Phone, words: str) -> dict[str, str]:
    return {**phone.headers(words.encode()), "Tus-Resumable": "1.0.0"}


def head(bank: Bank, phone: Phone, sha256: str) -> Any:
    path = f"/v1/attachments/{sha256}"
    return bank.http.head(path, headers=proof(phone, f"HEAD {path}"))


def patch(bank: Bank, phone: Phone, sha256: str, piece: tuple[int, bytes], **changes: str) -> Any:
    """Send (offset, bytes); `changes` put other headers in the place of the right ones."""
    offset, data = piece
    path, checksum = f"/v1/attachments/{sha256}", checksum_of(data)
    headers = {
        **proof(phone, f"PATCH {path} {offset} {checksum}"),
        "Upload-Offset": str(offset),
        "Upload-Checksum": f"sha256 {checksum}",
        "Content-Type": PIECE,
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return bank.http.patch(path, data=data, headers=headers)


def checksum_of(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def named(bank: Bank, data: bytes, phone: Phone | None = None) -> Phone:
    phone = phone or bank.phone()
    phone.record("attachment.added", photo_body(data))
    phone.sync(bank.send)
    return phone


def kept(bank: Bank, data: bytes) -> bytes:
    with bank.app.app_context():
        return attachment_path(BRANCH, sha256_hex(data)).read_bytes()


def partials(bank: Bank) -> list[Path]:
    return sorted((bank.app.extensions["settings"].data_dir / "attachments").glob("*/partial/*/*"))
