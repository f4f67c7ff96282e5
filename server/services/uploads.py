"""Photos on their way: what has come of each, kept until it is whole and has the right hash.

What has come lies in the data folder under the device that sends it, so that one phone's broken
bytes never stand in the way of another's. A piece is added only where the file ends: of two
requests with the same piece one writes, the other is told where to go on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import now_ms
from server.db import snapshot
from server.keys import running_settings
from server.services.attachments import attachment_path, attachments_folder, settle_attachment
from server.services.devices import KnownDevice
from server.tables import Attachment, EventRow, Lane
from sync.problems import Problem
from sync.store import Busy

DAY_MS = 24 * 60 * 60_000

# An officer may be away for weeks, and a phone lie in a drawer; hours would throw away his 2G.
PARTIAL_DAYS_MAX = 60

# A thousand photos; an officer takes some forty a day. A phone gone wild must not fill the disk.
DEVICE_BYTES_A_DAY_MAX = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How far the bytes of a photo are here, for one device.

    offset  Bytes that have come; the whole `size` once the photo is kept under its hash.
    state   promised, stored, or quarantined (no picture).
    """

    sha256: str
    size: int
    offset: int
    state: str
    is_archived: bool

    @property
    def is_whole(self) -> bool:
        """All bytes are here, and have the hash."""
        return self.state != "promised"


def upload_of(device: KnownDevice, sha256: str) -> Upload:
    """How far a photo of the branch is. Refuses `attachment_unknown` if no event names it."""
    with snapshot() as session:
        row = session.get(Attachment, (device.branch_id, sha256))
    if row is None:
        raise Problem("attachment_unknown")
    path = _partial_path(device, sha256)
    offset = _size(path)  # before the look at the whole one: it may be moved there in between
    if attachment_path(device.branch_id, sha256).exists():
        # Also after a restore: the event came again, and the bytes had never gone.
        if row.state == "promised":
            row = settle_attachment(device, sha256)
        return _upload(row, row.size, row.state)
    if offset == row.size:  # killed between its last byte and its move
        return append_piece(device, _upload(row, offset, "promised"), b"")
    return _upload(row, offset, "promised")


def _upload(row: Attachment, offset: int, state: str) -> Upload:
    return Upload(
        sha256=row.sha256,
        size=row.size,
        offset=offset,
        state=state,
        is_archived=row.archived and state != "promised",
    )


def check_quota(device: KnownDevice, upload: Upload) -> None:
    """Refuse (`photos_too_many`) to begin another photo of a device that sent too much today."""
    if upload.offset == 0:
        folder = _partial_folder(device)
        waiting = sum(map(_size, folder.iterdir())) if folder.exists() else 0
        with snapshot() as session:
            stored = _stored_since(session, device, now_ms() - DAY_MS)
        if waiting + stored + upload.size > DEVICE_BYTES_A_DAY_MAX:
            raise Problem("photos_too_many")


def _stored_since(session: Session, device: KnownDevice, since_ms: int) -> int:
    named = (EventRow.branch_id == Attachment.branch_id) & (EventRow.hash == Attachment.event_hash)
    own = (Lane.branch_id == EventRow.branch_id) & (Lane.id == EventRow.lane_id)
    return (
        session.scalar(
            select(func.sum(Attachment.size))
            .join(EventRow, named)
            .join(Lane, own)
            .where(
                Attachment.branch_id == device.branch_id,
                Attachment.stored_at_ms >= since_ms,
                Lane.device_id == device.id,
            )
        )
        or 0
    )


def append_piece(device: KnownDevice, upload: Upload, data: bytes) -> Upload:
    """Add bytes behind `upload.offset`, on the disk before this returns.

    Refuses `upload_offset_wrong` if the file ends elsewhere by now, and
    `attachment_hash_mismatch` when all have come and are other bytes: then it begins anew.
    Raises Busy if the disk takes no more.
    """
    path, target = _partial_path(device, upload.sha256), _target(device, upload)
    try:
        with _locked(path) as file:
            if target.exists():  # somebody else brought the last piece
                path.unlink(missing_ok=True)
            elif file.tell() != upload.offset:
                raise Problem("upload_offset_wrong", offset=file.tell())
            else:
                _write(file, data)
                if file.tell() == upload.size:
                    _keep_whole(file, path, target)
    except OSError as error:
        raise Busy from error
    return upload_of(device, upload.sha256)


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """The file, at its end, for one writer of all processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        flock(file, LOCK_EX)  # released when the file is closed, also by a kill
        file.seek(0, os.SEEK_END)
        yield file


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def _keep_whole(file: BinaryIO, path: Path, target: Path) -> None:
    """Move the file under its hash, if it has it; if not, empty it."""
    file.seek(0)
    if hashlib.sha256(file.read()).hexdigest() != target.name:
        file.truncate(0)
        raise Problem("attachment_hash_mismatch")
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    for folder in (target.parent, target.parent.parent):
        _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def received_bytes(branch_id: str, sha256: str) -> int:
    """How many bytes of a photo have come, from the phone that is furthest."""
    folder = attachments_folder(branch_id) / "partial"
    return max(map(_size, folder.glob(f"*/{sha256}")), default=0)


def forget_partials() -> int:
    """Remove what has come of photos that nobody went on with for 60 days; how many there were.

    The photo stays promised: a phone that comes back begins it anew.
    """
    oldest_s = (now_ms() - PARTIAL_DAYS_MAX * DAY_MS) / 1000
    folder = running_settings().data_dir / "attachments"
    old = [path for path in folder.glob("*/partial/*/*") if path.stat().st_mtime < oldest_s]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _target(device: KnownDevice, upload: Upload) -> Path:
    return attachment_path(device.branch_id, upload.sha256)


def _partial_folder(device: KnownDevice) -> Path:
    return attachments_folder(device.branch_id) / "partial" / device.id


def _partial_path(device: KnownDevice, sha256: str) -> Path:
    return _partial_folder(device) / sha256
