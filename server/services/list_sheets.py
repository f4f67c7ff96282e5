"""Recovery sheets for their pages: the list, and one of them with what was done about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import day_of
from server.db import snapshot
from server.office.paper import Paper
from server.services.recovery_sheets import frozen_paper, has_changed
from server.services.staff_names import names
from server.tables import RecoverySheet
from sync.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage:
    """One sheet. paper: as frozen, with the names of those who audited and released it."""

    sheet: RecoverySheet
    paper: Paper
    has_changed: bool


def sheets(branch_id: str, *, only_of: str | None = None) -> list[tuple[RecoverySheet, str]]:
    """The sheets with their collectors' names, the newest first.

    only_of  A collector, who sees his own when they are released.
    """
    with snapshot() as session:
        query = select(RecoverySheet).where(RecoverySheet.branch_id == branch_id)
        if only_of is not None:
            query = query.where(
                RecoverySheet.collector_id == only_of, RecoverySheet.state == "released"
            )
        rows = session.scalars(
            query.order_by(RecoverySheet.month.desc(), RecoverySheet.number.desc())
        ).all()
        who = names(session, branch_id)
        return [(row, who.get(row.collector_id, row.collector_id)) for row in rows]


def sheet_page(branch_id: str, number: str, *, only_of: str | None = None) -> SheetPage:
    """A sheet. Refuses `sheet_unknown`, also for a collector whose released sheet it is not."""
    with snapshot() as session:
        sheet = session.get(RecoverySheet, (branch_id, number))
        if sheet is None or (
            only_of is not None and (sheet.collector_id, sheet.state) != (only_of, "released")
        ):
            raise Problem("sheet_unknown", number=number)
        return SheetPage(
            sheet=sheet, paper=_signed(session, sheet), has_changed=has_changed(session, sheet)
        )


def _signed(session: Session, sheet: RecoverySheet) -> Paper:
    """The frozen paper, and behind its facts who audited it and who released it."""
    who = names(session, sheet.branch_id)
    paper = frozen_paper(sheet)
    more = [("文件指纹", sheet.sha256[:16])]
    for words, by, at_ms in (
        ("退回" if sheet.state == "returned" else "稽核", sheet.audited_by, sheet.audited_at_ms),
        ("发出", sheet.released_by, sheet.released_at_ms),
    ):
        if by and at_ms:
            more.append((words, f"{who.get(by, by)} {day_of(at_ms)}"))
    return replace(paper, facts=(*paper.facts, *more))
