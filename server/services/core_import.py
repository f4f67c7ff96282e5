"""The core system's posting file: read, matched line by line, previewed, and then taken in.

Nothing is written by a preview. The same file a second time, or a line that stood in an earlier
file, changes nothing. A receipt hears only that it was posted; what differs is an exception.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import day_of, today
from server.db import Tx, snapshot, transaction
from server.office.core_file import CoreLine, check_postings, column_of
from server.office.core_match import Candidate, Matched, Odd, match_lines
from server.services import feed, office_events
from server.services.import_master import ImportRefused
from server.services.read_table import read_table
from server.tables import (
    CoreException,
    CoreFile,
    CoreLineRow,
    Loan,
    ReceiptBook,
    ReceiptRow,
)
from sync.canonical import canonical_bytes, sha256_hex
from sync.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What the core system's own list says of the file: lines and sum (fen).

    encoding  'utf-8' or 'gb18030' of a CSV; None to find out.
    """

    lines: int
    total_fen: int
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A file understood and matched against what is known now.

    known        Lines that stood in a file before: they change nothing.
    is_repeated  The very same file was taken in before.
    proof        Hash of all this: what was previewed is what is written, or it is refused.
    """

    sha256: str
    form: str
    lines: tuple[CoreLine, ...]
    known: int
    is_repeated: bool
    matched: Matched
    numbers: Mapping[str, str]

    @property
    def total_fen(self) -> int:
        """The sum of all lines."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def proof(self) -> str:
        """What decides about it, as one hash."""
        matches = [[match.line.line, match.receipt] for match in self.matched.matches]
        odd = [[odd.kind, odd.line.line, odd.receipt] for odd in self.matched.odd]
        return sha256_hex(canonical_bytes([self.sha256, self.known, matches, odd]))


def preview_posting(branch_id: str, data: bytes, controls: Controls) -> Posting:
    """What a file would do. Refuses ImportRefused with all faults, and an unreadable file."""
    with snapshot() as session:
        return _plan(session, branch_id, data, controls)


def take_in_posting(
    branch_id: str, data: bytes, controls: Controls, *, by: str, proof: str
) -> Posting:
    """Take a file in as it was previewed; what was done.

    Refuses as the preview does, and `stale_edit` if something changed since. The same file again
    is no fault: nothing is written.
    """
    with transaction(branch_id, actor=by, cause="match_core") as tx:
        office_events.branch_lane(tx)  # one file after the other
        posting = _plan(tx.session, branch_id, data, controls)
        if posting.is_repeated:
            return posting
        if posting.proof != proof:
            raise Problem("stale_edit")
        _write(tx, posting)
        return posting


def mark_posted(tx: Tx, posted: Mapping[str, str], event_hash: str) -> None:
    """Receipts (hash -> day) that the core system has booked, by this event; their books tell."""
    books = set()
    for receipt, day in posted.items():
        row = tx.session.get_one(ReceiptRow, (tx.branch_id, receipt), with_for_update=True)
        row.posted_on, row.posted_by = day, event_hash
        books.add(row.book_id)
    for book in tx.session.scalars(
        select(ReceiptBook).where(
            ReceiptBook.branch_id == tx.branch_id, ReceiptBook.id.in_(books - {None})
        )
    ):
        feed.touch_book(tx, book)


def key_text(line: CoreLine) -> str:
    """The key of a posting as it is stored."""
    return "|".join(str(part) for part in line.key)


def _plan(session: Session, branch_id: str, data: bytes, controls: Controls) -> Posting:
    read = read_table(data, encoding=controls.encoding, knows=column_of)
    if not read.table.rows and not read.table.faults:
        raise Problem("import_empty")
    lines: list[CoreLine] = []
    faults = list(read.table.faults)
    if read.table.headings or not faults:
        lines, faults = check_postings(
            read.table,
            today=today(),
            lines_said=controls.lines,
            total_said_fen=controls.total_fen,
        )
    if faults:
        raise ImportRefused(faults)
    sha256 = sha256_hex(data)
    before = set(session.scalars(select(CoreLineRow.key).where(CoreLineRow.branch_id == branch_id)))
    fresh = [line for line in lines if key_text(line) not in before]
    receipts = candidates(session, branch_id)
    return Posting(
        sha256=sha256,
        form=read.form,
        lines=tuple(lines),
        known=len(lines) - len(fresh),
        is_repeated=session.get(CoreFile, (branch_id, sha256)) is not None,
        matched=match_lines(fresh, receipts),
        numbers={one.event: one.number for one in receipts},
    )


def candidates(session: Session, branch_id: str) -> list[Candidate]:
    """Every receipt of the branch as matching needs it."""
    rows = session.execute(
        select(ReceiptRow, Loan.contract_no)
        .outerjoin(Loan, (Loan.branch_id == ReceiptRow.branch_id) & (Loan.id == ReceiptRow.loan_id))
        .where(ReceiptRow.branch_id == branch_id)
    )
    return [
        Candidate(
            event=row.event_hash,
            number=row.receipt_no,
            loan=row.loan_id,
            contract_no=contract_no or "",
            amount_fen=row.amount_fen,
            parts=(row.principal_fen, row.interest_fen, row.penalty_fen, row.cost_fen),
            taken_on=row.effective_on,
            state=row.state,
            posted_on=row.posted_on,
        )
        for row, contract_no in rows
    ]


def _write(tx: Tx, posting: Posting) -> None:
    matched = posting.matched
    event_hash = office_events.record(tx, "core.matched", _body(posting), actor=tx.actor)
    tx.session.add(
        CoreFile(
            branch_id=tx.branch_id,
            sha256=posting.sha256,
            event_hash=event_hash,
            lines=len(posting.lines),
            known=posting.known,
            total_fen=posting.total_fen,
            by_id=tx.actor,
            at_ms=tx.now_ms,
        )
    )
    receipt_of = {key_text(match.line): match.receipt for match in matched.matches}
    fresh = {key_text(match.line): match.line for match in matched.matches}
    fresh |= {key_text(odd.line): odd.line for odd in matched.odd}
    tx.session.add_all(
        _line_row(tx, posting.sha256, line, receipt_of.get(key)) for key, line in fresh.items()
    )
    tx.session.add_all(_exception(tx, odd) for odd in matched.odd)
    tx.session.flush()
    posted = {match.receipt: match.line.posted_on for match in matched.matches}
    mark_posted(tx, posted, event_hash)


def _body(posting: Posting) -> dict[str, object]:
    """What the event says: the file, every match, every exception."""
    return {
        "file_sha256": posting.sha256,
        "lines": len(posting.lines),
        "known": posting.known,
        "total_fen": posting.total_fen,
        "matches": [
            {
                "line": match.line.line,
                "posted_on": match.line.posted_on,
                "voucher_no": match.line.voucher_no,
                "amount_fen": match.line.amount_fen,
                "receipt": match.receipt,
            }
            for match in posting.matched.matches
        ],
        "exceptions": [
            {"id": exception_id(odd), "kind": odd.kind, "receipt": odd.receipt}
            for odd in posting.matched.odd
        ],
    }


def exception_id(odd: Odd) -> str:
    """A split that differs stands beside a match; all else stands for the line itself."""
    return f"{'split' if odd.kind == 'split_differs' else 'line'}:{key_text(odd.line)}"


def _line_row(tx: Tx, sha256: str, line: CoreLine, receipt: str | None) -> CoreLineRow:
    return CoreLineRow(
        branch_id=tx.branch_id,
        key=key_text(line),
        file_sha256=sha256,
        line=line.line,
        posted_on=line.posted_on,
        voucher_no=line.voucher_no,
        loan=line.loan,
        contract_no=line.contract_no,
        receipt_no=line.receipt_no,
        amount_fen=line.amount_fen,
        parts=json.dumps(line.parts) if line.parts else None,
        receipt=receipt,
    )


def _exception(tx: Tx, odd: Odd) -> CoreException:
    """Owned by whoever brought the file: she has the core system's list on her desk."""
    return CoreException(
        branch_id=tx.branch_id,
        id=exception_id(odd),
        kind=odd.kind,
        line_key=key_text(odd.line),
        receipt=odd.receipt,
        owner_id=tx.actor,
        opened_on=day_of(tx.now_ms),
        state="open",
    )
