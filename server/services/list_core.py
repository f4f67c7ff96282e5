"""The page of the core system: what waits, what was taken in, what went out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from server.db import snapshot
from server.services.core_export import waiting_for_export
from server.services.staff_names import names
from server.tables import CoreBatch, CoreFile, ReceiptRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CorePage:
    """Amounts in fen. files and batches: the newest first."""

    waiting: int
    waiting_fen: int
    posted: int
    files: tuple[CoreFile, ...]
    batches: tuple[CoreBatch, ...]
    names: dict[str, str]


LISTED_MAX = 50


def core_page(branch_id: str) -> CorePage:
    """Everything but the exceptions."""
    with snapshot() as session:
        waiting = waiting_for_export(session, branch_id)
        posted = session.scalar(
            select(func.count())
            .select_from(ReceiptRow)
            .where(ReceiptRow.branch_id == branch_id, ReceiptRow.posted_on.is_not(None))
        )
        files = session.scalars(
            select(CoreFile)
            .where(CoreFile.branch_id == branch_id)
            .order_by(CoreFile.at_ms.desc(), CoreFile.sha256)
            .limit(LISTED_MAX)
        )
        batches = session.scalars(
            select(CoreBatch)
            .where(CoreBatch.branch_id == branch_id)
            .order_by(CoreBatch.at_ms.desc(), CoreBatch.id.desc())
            .limit(LISTED_MAX)
        )
        return CorePage(
            waiting=len(waiting),
            waiting_fen=sum(row.amount_fen for row in waiting),
            posted=int(posted or 0),
            files=tuple(files),
            batches=tuple(batches),
            names=names(session, branch_id),
        )
