"""A backup is made while the server works, restored into a scratch database, checked, then kept.

Only what a verified copy holds is archived: phones may forget nothing else (protocol section 5).
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from server.clock import now_ms, stamp_of
from server.db import Tx, db, transaction
from server.journal import Journal
from server.journal_file import flush_folder, segments
from server.keys import random_bytes, running_settings
from server.services.attachments import attachment_path
from server.services.backup_database import (
    drop_scratch,
    dump_database,
    file_of,
    kind_of,
    scratch_database,
)
from server.services.backup_files import (
    DRAFT,
    FILES,
    MANIFEST,
    NAME,
    Manifest,
    check_files,
    copy_data,
    described,
    read_manifest,
    sha256_of,
)
from server.services.branches import SYSTEM
from server.services.check_history import check_history
from server.services.settle_lanes import settle_lanes
from server.settings import Settings
from server.tables import Attachment, BackupRecord, Clock, Lane
from sync.canonical import canonical_bytes
from sync.problems import Problem


@dataclass(slots=True, kw_only=True)
class Verified:
    """What the restored copy holds.

    heads   Branch -> lane -> end of its contiguous prefix.
    photos  Branch -> photos whose bytes lie in the backup and are what their name says.
    missing Photos that the database has as stored and the backup has not.
    """

    ticks: dict[str, int] = field(default_factory=dict)
    heads: dict[str, dict[str, int]] = field(default_factory=dict)
    photos: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that is kept: where it lies, what it holds, and how long its two halves took."""

    folder: Path
    manifest: Manifest
    verified: Verified
    copy_seconds: float
    verify_seconds: float


def make_backup(settings: Settings, journal: Journal) -> Made:
    """Make, verify and keep a backup; then archive what it holds and remove the oldest ones.

    Refuses by a Problem that says where it failed; nothing is archived then, and older backups
    are as they were.
    """
    folder = settings.backup_folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder):
            for draft in folder.glob(f"{DRAFT}*"):
                shutil.rmtree(draft)  # of a run that was killed
            drop_scratch(settings)
            made = _make(settings, folder)
            journal.turn()  # what follows is another file, so that old ones can be removed whole
            _archive(made)
            _remove_old(settings, made.folder)
            return made
    except OSError as error:
        raise _refusal(folder, error) from error
    except (sqlite3.OperationalError, DatabaseError) as error:
        if "disk is full" in str(error):
            raise Problem("backup_disk_full", folder=folder) from error
        raise


def _make(settings: Settings, folder: Path) -> Made:
    made_at_ms = now_ms()
    name = f"{stamp_of(made_at_ms)}-{random_bytes(2).hex()}"
    draft, final = folder / f"{DRAFT}{name}", folder / f"{NAME}{name}"
    draft.mkdir(mode=0o700)
    try:
        started = time.monotonic()
        manifest = _copy(settings, draft, made_at_ms)
        copied = time.monotonic()
        verified = verify(settings, draft)
        os.sync()  # folders and links, too
        draft.rename(final)
        flush_folder(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Made(
        folder=final,
        manifest=manifest,
        verified=verified,
        copy_seconds=copied - started,
        verify_seconds=time.monotonic() - copied,
    )


def _copy(settings: Settings, draft: Path, made_at_ms: int) -> Manifest:
    """Database first: a photo is on the disk before a row says so, and none is ever removed."""
    mark = dump_database(settings, draft / file_of(settings))
    kept = backups(settings.backup_folder)
    copy_data(settings, draft, kept[-1] if kept else None)
    manifest = Manifest(
        id=draft.name.removeprefix(DRAFT),
        made_at_ms=made_at_ms,
        kind=kind_of(settings),
        database=file_of(settings),
        journal=(mark.n, mark.chain) if mark else None,
        files=described(draft),
    )
    (draft / MANIFEST).touch(mode=0o600)
    (draft / MANIFEST).write_bytes(manifest.to_bytes())
    return manifest


def verify(settings: Settings, folder: Path) -> Verified:
    """Read every file again, restore into a scratch database, and check its whole history.

    Refuses `backup_damaged` and `backup_unverified`.
    """
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    scratch = folder / "scratch"
    scratch.mkdir(mode=0o700)
    try:
        with scratch_database(settings, folder / manifest.database, scratch) as engine:
            return _verified(engine, manifest)
    finally:
        shutil.rmtree(scratch)


def _verified(engine: Engine, manifest: Manifest) -> Verified:
    with Session(engine) as session:
        try:
            if engine.dialect.name == "sqlite":
                _check_pages(session, manifest)
            findings = check_history(session)
        except DatabaseError as error:
            raise Problem("backup_damaged", file=manifest.database) from error
        if findings:
            first = str(findings[0]).rstrip("。.")
            raise Problem("backup_unverified", count=len(findings), first=first)
        return _contents(session, manifest)


def _check_pages(session: Session, manifest: Manifest) -> None:
    if session.execute(text("PRAGMA integrity_check")).scalar_one() != "ok":
        raise Problem("backup_damaged", file=manifest.database)


def _contents(session: Session, manifest: Manifest) -> Verified:
    found = Verified(ticks={row.branch_id: row.tick for row in session.scalars(select(Clock))})
    for lane in session.scalars(select(Lane)):
        found.heads.setdefault(lane.branch_id, {})[lane.id] = lane.head_seq
    root = running_settings().data_dir
    for photo in session.scalars(select(Attachment).where(Attachment.state != "promised")):
        path = attachment_path(photo.branch_id, photo.sha256).relative_to(root)
        told = manifest.files.get(f"{FILES}/{path}")
        if told is not None and told["sha256"] == photo.sha256:
            found.photos.setdefault(photo.branch_id, []).append(photo.sha256)
        else:
            found.missing.append(photo.sha256)
    return found


def _archive(made: Made) -> None:
    """Write down that the backup is good, and in each branch what may now be forgotten."""
    with Session(db.engine) as session:
        session.connection(execution_options={"write": True})
        session.add(
            BackupRecord(
                id=made.manifest.id,
                made_at_ms=made.manifest.made_at_ms,
                verified_at_ms=now_ms(),
                sha256=sha256_of(made.folder / MANIFEST),
                size=made.manifest.size,
                ticks=canonical_bytes(made.verified.ticks).decode(),
            )
        )
        session.commit()
    for branch_id in sorted(made.verified.ticks):
        with transaction(branch_id, actor=SYSTEM, cause="backup") as tx:
            _archive_branch(tx, made.verified)
        settle_lanes(branch_id)


def _archive_branch(tx: Tx, verified: Verified) -> None:
    held = verified.heads.get(tx.branch_id, {})
    lanes = select(Lane).where(Lane.branch_id == tx.branch_id).order_by(Lane.id).with_for_update()
    for lane in tx.session.scalars(lanes):
        lane.archived_seq = max(lane.archived_seq, min(held.get(lane.id, 0), lane.head_seq))
    for sha256 in verified.photos.get(tx.branch_id, []):
        tx.session.get_one(Attachment, (tx.branch_id, sha256)).archived = True
    tx.session.flush()


def _remove_old(settings: Settings, newest: Path) -> None:
    """Keep the newest backups, and of the journal what the oldest of them joins on to."""
    kept = backups(settings.backup_folder)
    for old in kept[: -max(settings.backups_kept, 1)]:
        if old != newest:
            shutil.rmtree(old)
    marks = [read_manifest(each).journal for each in backups(settings.backup_folder)]
    if settings.sqlite_path is None or None in marks:
        return
    oldest = min(mark[0] for mark in marks if mark)
    found = segments(settings.journal_folder)
    for segment, following in pairwise(found):
        if following.base.n <= oldest:
            segment.path.unlink()


def backups(folder: Path) -> list[Path]:
    """The verified backups of a folder, oldest first."""
    return sorted(path for path in folder.glob(f"{NAME}*") if (path / MANIFEST).is_file())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time. The lock is gone with the process that held it."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Problem("backup_busy", folder=folder) from None
    finally:
        os.close(descriptor)


def _refusal(folder: Path, error: OSError) -> Problem:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Problem("backup_disk_full", folder=folder)
    return Problem("backup_not_written", file=error.filename or folder, error=error.strerror)
