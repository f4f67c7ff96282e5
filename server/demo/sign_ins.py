"""The people of the demonstration and their passwords, kept in demo.json of the data folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from server.services.passwords import first_password

BRANCH = "demo"
FILE = "demo.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One person of the demonstration."""

    id: str
    name: str
    role: str
    username: str
    password: str


_CAST = (
    ("officer-1", "李薇", "collector", "liwei"),
    ("officer-2", "张敏", "collector", "zhangmin"),
    ("supervisor-1", "陈杰", "supervisor", "chenjie"),
    ("cashier-1", "周兰", "cashier", "zhoulan"),
    ("bookkeeper-1", "何青", "bookkeeper", "heqing"),
    ("auditor-1", "吴平", "auditor", "wuping"),
)


def sign_ins(data_dir: Path) -> list[SignIn]:
    """Everybody's sign-in: read from the data folder, or made and written there first.

    The file is written before anybody is added, so that no password is ever lost.
    """
    path = data_dir / FILE
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return [SignIn(**one) for one in kept["sign_ins"]]
    made = [
        SignIn(id=one, name=name, role=role, username=username, password=first_password())
        for one, name, role, username in _CAST
    ]
    _write(path, {"branch": BRANCH, "sign_ins": [asdict(one) for one in made]})
    return made


def _write(path: Path, value: dict[str, object]) -> None:
    """Whole or not at all, readable by the owner only."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
