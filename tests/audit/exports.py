"""Exports for tests: of any database that a test has, and of the golden week."""

from __future__ import annotations

import json
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from server.rehearsal.stage import BRANCH
from server.services.export_branch import export_branch
from sync.verify.check import Answer, verify_export
from tests.golden.weeks import golden, on_stage


def export_of(branch_id: str) -> tuple[bytes, str]:
    """The export of a branch of the running application, and the fingerprint of its key."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "branch.export")
        made = export_branch(branch_id, path)
        return path.read_bytes(), made.fingerprint


@lru_cache(maxsize=1)
def golden_export() -> tuple[bytes, str]:
    """The golden week, played once through the real system, and exported."""
    with on_stage(golden()) as player:
        player.play()
        with player.stage.app.app_context():
            return export_of(BRANCH)


def verified(data: bytes, key: str | None = None) -> Answer:
    """What the verifier answers to these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "given.export")
        path.write_bytes(data)
        return verify_export(path, key)


def rows_of(data: bytes, kind: str) -> list[dict[str, Any]]:
    """The lines of one type."""
    rows = [json.loads(raw) for raw in data.splitlines()]
    return [row for row in rows if row["t"] == kind]


def told(answer: Answer) -> str:
    """Everything that is broken, for the message of a failing test."""
    return "\n".join(one.en for one in answer.findings.breaks) or "nothing is broken"
