"""What a backup is on the disk: a folder of files, and a manifest with the SHA-256 of each."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.catch_up import EPOCH_WANTED
from server.settings import Settings
from sync.problems import Problem

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files"
NAME = "doorstep-"  # of a backup that was verified
DRAFT = ".making-"  # of one that is not finished: the next run removes it
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says about itself.

    kind      sqlite or postgresql.
    database  Name of the file with the database.
    journal   [n, chain] of SQLite's journal that lies in it; null with PostgreSQL.
    files     Path in the backup -> SHA-256 and size, for every file but the manifest.
    """

    id: str
    made_at_ms: int
    kind: str
    database: str
    journal: tuple[int, str] | None
    files: Mapping[str, Mapping[str, Any]]

    @property
    def size(self) -> int:
        """All bytes of the backup."""
        return sum(int(told["size"]) for told in self.files.values())

    def to_bytes(self) -> bytes:
        """The file of the manifest."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps({"format": FORMAT, **told}, indent=1, sort_keys=True).encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Refuses `backup_unknown` and `backup_damaged`."""
    path = folder / MANIFEST
    if not path.is_file():
        raise Problem("backup_unknown", folder=folder)
    try:
        told = json.loads(path.read_bytes())
        if told.pop("format") != FORMAT:
            raise Problem("backup_unknown", folder=folder)
        journal = told.pop("journal")
        return Manifest(**told, journal=(int(journal[0]), str(journal[1])) if journal else None)
    except (ValueError, KeyError, TypeError, IndexError):
        raise Problem("backup_damaged", file=MANIFEST) from None


def check_files(folder: Path, manifest: Manifest) -> None:
    """Read every file of the backup again. Refuses `backup_damaged` and names the file."""
    for name, told in sorted(manifest.files.items()):
        path = folder / name
        is_inside = path.resolve().is_relative_to(folder.resolve())
        if not is_inside or not path.is_file() or path.stat().st_size != told["size"]:
            raise Problem("backup_damaged", file=name)
        if sha256_of(path) != told["sha256"]:
            raise Problem("backup_damaged", file=name)


def sha256_of(path: Path) -> str:
    """The hash of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def described(folder: Path) -> dict[str, dict[str, Any]]:
    """Every file of a folder with its hash and size."""
    return {
        str(path.relative_to(folder)): {"sha256": sha256_of(path), "size": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def copy_data(settings: Settings, target: Path, previous: Path | None) -> None:
    """Copy keys, photos and bundles. A photo that an older backup holds is linked, if unharmed."""
    for source in _data_files(settings):
        name = source.relative_to(settings.data_dir)
        copy = target / FILES / name
        make_private(copy.parent)
        older = previous / FILES / name if previous else None
        # A photo's name is the hash of its bytes.
        if older and older.is_file() and sha256_of(older) == source.name:
            try:
                os.link(older, copy)
                continue
            except OSError:
                pass  # a disk without links: it is copied
        copy_file(source, copy)


def make_private(folder: Path) -> None:
    """Make a folder and those above it, for the server's account only."""
    if not folder.exists():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def copy_file(source: Path, copy: Path) -> None:
    """Copy the bytes of a file; the copy is readable by the server's account only."""
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out, source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())


def _data_files(settings: Settings) -> Iterator[Path]:
    """The files of the data folder but database, journal, backups, and drafts of any kind."""
    root = settings.data_dir.resolve()
    apart = {settings.journal_folder.resolve(), settings.backup_folder.resolve()}
    database = settings.sqlite_path.resolve().name if settings.sqlite_path else "doorstep.db"
    skipped = {database, f"{database}-wal", f"{database}-shm", EPOCH_WANTED}
    for folder, names, files in os.walk(root):
        here = Path(folder)
        names[:] = [n for n in names if not n.startswith(".") and here / n not in apart]
        for name in sorted(files):
            if not name.startswith(".") and not (here == root and name in skipped):
                yield settings.data_dir / (here / name).relative_to(root)
