"""Export a branch for an auditor: one file, sealed by an event of the office (docs/export.md).

The lines are read from one snapshot and written to a draft beside the file; then the office
records `export.made` with the hash of all of them and the heads of all lanes, and that event is
the last line. If the office has worked meanwhile, its lane has a new head and all is read again.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.clock import now_ms
from server.db import snapshot, transaction
from server.files import sync_folder
from server.keys import office_public_key
from server.services import office_events
from server.services.export_lines import export_lines
from server.tables import EventRow
from sync.problems import Problem
from sync.verify.ecdsa import fingerprint
from sync.verify.reading import blocks_of, mark_of, to_line
from sync.verify.records import FORMAT

SYSTEM = "system"
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: the event that seals it, how much, and the key to verify it with."""

    event_hash: str
    lines: int
    size: int
    fingerprint: str


@dataclass(slots=True)
class _Draft:
    """The lines written so far, and what the seal must say of them."""

    file: Any
    whole: Any = field(default_factory=hashlib.sha256)
    marks: list[str] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=dict)

    def add(self, line: dict[str, Any]) -> None:
        raw = to_line(line)
        self.file.write(raw)
        self.whole.update(raw)
        self.marks.append(mark_of(raw))
        if line["t"] == "lane":
            head = {"lane": line["id"], "seq": line["head_seq"], "hash": line["head_hash"]}
            self.heads.append(head)
        elif line["t"] == "export":
            self.header = line

    def end(self) -> None:
        """The digest: the last line that the seal covers."""
        self.add({"t": "digest", "lines": len(self.marks), "marks": list(self.marks)})

    def body(self) -> dict[str, Any]:
        """What export.made says."""
        header = self.header
        return {
            "format": FORMAT,
            "branch": header["branch"],
            "epoch": header["epoch"],
            "tick": header["tick"],
            "sha256": self.whole.hexdigest(),
            "lines": len(self.marks),
            "blocks": blocks_of(self.marks),
            "heads": self.heads,
        }


def export_branch(branch_id: str, path: Path, *, by: str = SYSTEM) -> Exported:
    """Write the export of a branch to a file that is not there yet.

    Refuses `export_exists`, and `export_disturbed` when the office recorded something during each
    of several tries; then nothing is left behind. Raises OSError if the file cannot be written.
    """
    if path.exists():
        raise Problem("export_exists", file=path.name)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        for _ in range(TRIES):
            made = _write(branch_id, draft, by)
            if made is not None:
                draft.replace(path)
                sync_folder(path.parent)
                return made
    finally:
        draft.unlink(missing_ok=True)
    raise Problem("export_disturbed", branch=branch_id)


def _write(branch_id: str, path: Path, by: str) -> Exported | None:
    """One try; None if the office recorded something between reading and sealing."""
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)  # it holds what people said and owe
        draft = _Draft(file)
        with snapshot() as session:
            for line in export_lines(session, branch_id, now_ms()):
                draft.add(line)
        draft.end()
        event_hash, sealed = _seal(branch_id, draft, by)
        if event_hash is None:
            return None
        file.write(to_line(sealed))
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    mark = fingerprint(office_public_key()[1])
    return Exported(event_hash=event_hash, lines=len(draft.marks) + 1, size=size, fingerprint=mark)


def _seal(branch_id: str, draft: _Draft, by: str) -> tuple[str | None, dict[str, Any]]:
    with transaction(branch_id, actor=by, cause="export") as tx:
        lane = office_events.branch_lane(tx)
        known = {head["lane"]: head["hash"] for head in draft.heads}
        if lane.head_hash != known.get(lane.id):
            return None, {}
        event_hash = office_events.record(tx, "export.made", draft.body(), actor=by)
        row = tx.session.get_one(EventRow, (branch_id, event_hash))
        return event_hash, {"t": "seal", "canonical": row.canonical.decode(), "sig": row.sig}
