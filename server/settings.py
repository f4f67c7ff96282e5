"""What the operator may set, read from the environment once, at the start.

Each field `name` is the variable DOORSTEP_NAME; a secret may come from DOORSTEP_NAME_FILE.
`docs/settings.md` lists the same names, and a test compares the two.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIX = "DOORSTEP_"


class SettingsError(Exception):
    """The environment says something that the server does not understand; it must not start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the operator decides.

    data_dir               Folder of database, keys and attachments. Must be writable.
    database_url           SQLAlchemy address; empty means SQLite inside data_dir.
    secret_key             Signs sessions and anchors; empty means a random one kept in data_dir.
    pwa_dir                Folder with the built phone app.
    request_bytes_max      Largest body of one request as received, in bytes.
    enrol_code_minutes     Life of an enrolment code, in minutes.
    receipt_fen_max        Largest amount of one receipt, in fen.
    refund_days            A borrower's credit is to be paid back within so many days.
    hand_fen_max           Most cash an officer should carry, in fen.
    message_url            Where messages to payers are posted; empty means that they wait.
    secure_cookies         Send the session cookie over HTTPS only.
    proxies                So many reverse proxies stand before the server; the address of whoever
                           asks is what they say, not theirs. Guesses are counted by it.
    core_days              A counted receipt that the core system has not posted for more days than
                           these is an exception.
    journal_dir            Folder of SQLite's journal; empty means inside data_dir. Another disk is
                           better.
    backup_dir             Folder of backups; empty means inside data_dir. Another disk is better.
    backups_kept           So many verified backups are kept; older ones are removed.
    """

    data_dir: Path = Path("var")
    database_url: str = ""
    secret_key: str = ""
    pwa_dir: Path = Path("pwa/dist")
    request_bytes_max: int = 512_000  # 100 events with signatures are some 200 kB as JSON
    enrol_code_minutes: int = 10
    receipt_fen_max: int = 50_000_00  # S154: no minimum; the most one slip may say
    hand_fen_max: int = 100_000_00  # domain 3.9: limit per bag
    refund_days: int = 5
    message_url: str = ""
    secure_cookies: bool = False
    proxies: int = 0
    core_days: int = 3  # a weekend between the count and the booking
    journal_dir: str = ""
    backup_dir: str = ""
    backups_kept: int = 7

    @property
    def sqlalchemy_url(self) -> str:
        """The address of the database, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'doorstep.db').resolve()}"

    @property
    def sqlite_path(self) -> Path | None:
        """The file of the database; None with PostgreSQL, or a database in memory."""
        scheme, _, path = self.sqlalchemy_url.partition(":///")
        return Path(path) if scheme.startswith("sqlite") and path not in {"", ":memory:"} else None

    @property
    def journal_folder(self) -> Path:
        """Where the journal lies."""
        return Path(self.journal_dir) if self.journal_dir else self.data_dir / "journal"

    @property
    def backup_folder(self) -> Path:
        """Where backups lie."""
        return Path(self.backup_dir) if self.backup_dir else self.data_dir / "backups"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment. Raises SettingsError on an unknown or malformed variable."""
    known = {field.name: field for field in dataclasses.fields(Settings)}
    given: dict[str, str] = {}
    for name, value in environ.items():
        if name.startswith(PREFIX):
            key = name.removeprefix(PREFIX).lower()
            if key.endswith("_file") and key.removesuffix("_file") in known:
                key, value = key.removesuffix("_file"), _from_file(name, value)
            if key not in known:
                raise SettingsError(f"{name} is not a setting of Doorstep; see docs/settings.md")
            given[key] = value
    values: dict[str, Any] = {key: _read(known[key], value) for key, value in given.items()}
    return Settings(**values)


def _from_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name} names a file that cannot be read: {error.strerror}") from error


def _read(field: dataclasses.Field[object], value: str) -> object:
    name = PREFIX + field.name.upper()
    if field.type == "bool":
        if value.lower() not in {"true", "false"}:
            raise SettingsError(f"{name} must be true or false")
        return value.lower() == "true"
    if field.type == "int":
        if not value.isdecimal():
            raise SettingsError(f"{name} must be a whole number")
        return int(value)
    return Path(value) if field.type == "Path" else value
