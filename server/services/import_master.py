"""Import households and loans with their balances from a file of the core system.

Whole or not at all: a file with one fault changes nothing, and all faults are named (U46).

**The rule of balances.** A file says what was owed at the end of its as-of day, by what the core
system had booked. Our receipts that it had not booked by then stay in force on top (see
`contained.py`):

    balance = imported - receipts that are not contained

The difference between this and what the ledger says now is posted against `core`. A receipt is
therefore never counted twice and never forgotten, whichever comes first. What lies below zero is
over-collected, and the borrower's. A balance older than the one we have of a loan is a fault of
its line, because it would bring back debts that have been paid. A part that the file does not know
(an empty cell) is left as it is. A loan that is not in the file is left as it is and counted in
the answer: files of single villages are allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.clock import today
from server.db import Tx, snapshot, transaction
from server.office.import_cells import CellFault, read_amount
from server.office.import_headings import HEADINGS
from server.office.import_rules import LineFault, LoanLine, check_table
from server.office.import_text import rule_text
from server.services import office_events
from server.services.core_balances import plan_balances, post_balances
from server.services.import_rows import Known, known_rows, touch_holders, write_rows
from server.services.read_table import ReadFile, read_table
from server.tables import ImportBatch, Loan
from sync.canonical import sha256_hex
from sync.dates import parse_date
from sync.problems import Problem

# A branch, not a bank: a larger control total is a mistake of units.
CONTROL_FEN_MAX = 100_000_000_000_00


class ImportRefused(Problem):
    """The file has faults; `faults` are all of them, in the order of its lines."""

    def __init__(self, faults: list[LineFault]) -> None:
        super().__init__("import_refused", count=len(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says about a file, from elsewhere than the file.

    as_of              The day of its balances, 'YYYY-MM-DD'.
    control_total_fen  What its principals must sum to.
    encoding           'utf-8' or 'gb18030' of a CSV; None to find out.
    """

    as_of: str
    control_total_fen: int
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDone:
    """What an import has changed. `form` is the encoding that was found, or 'xlsx'."""

    event_hash: str
    form: str
    loans: int
    households: int
    new_loans: int
    changed_loans: int
    not_in_file: int
    principal_fen: int


def read_control_total(text: str) -> int:
    """The control total as a person copies it from a list: yuan, thousands grouped or not; in fen.

    Refuses `form_invalid`.
    """
    try:
        return read_amount(text.strip(), max_fen=CONTROL_FEN_MAX)
    except CellFault as fault:
        rule = rule_text(fault.rule, "")
        raise Problem("form_invalid", field="控制总额 control total", rule=rule) from fault


def import_master(branch_id: str, data: bytes, said: Said, *, by: str) -> ImportDone:
    """Import a file into a branch, in one transaction.

    Refuses ImportRefused with all faults; `as_of_invalid` for a day to come; `import_unreadable`
    and `import_too_large` for the file as such.
    """
    as_of = said.as_of
    if parse_date(as_of).isoformat() > today():
        raise Problem("as_of_invalid", as_of=as_of, rule="≤ 今天 today")
    read = read_table(data, encoding=said.encoding)
    lines, faults = _check(branch_id, read, said)
    if faults:
        raise ImportRefused(faults)
    with transaction(branch_id, actor=by, cause="import_master") as tx:
        known = known_rows(tx.session, branch_id)
        if clash := _against_known(lines, known, as_of):
            raise ImportRefused(clash)  # somebody imported between our reading and this
        return _write(tx, read, lines, _Heading(data, as_of, by), known)


@dataclass(frozen=True, slots=True)
class _Heading:
    data: bytes
    as_of: str
    by: str


def _check(branch_id: str, read: ReadFile, said: Said) -> tuple[list[LoanLine], list[LineFault]]:
    if read.table.faults and not read.table.headings:
        return [], list(read.table.faults)
    if not read.table.rows and not read.table.faults:
        raise Problem("import_empty")
    lines, faults = check_table(
        read.table, as_of=said.as_of, control_total_fen=said.control_total_fen
    )
    with snapshot() as session:
        faults += _against_known(lines, known_rows(session, branch_id), said.as_of)
    return lines, sorted(faults, key=lambda fault: fault.line)


def _against_known(lines: Iterable[LoanLine], known: Known, as_of: str) -> list[LineFault]:
    """What a file must not change: whose loan it is, what kind of borrower, a newer balance."""
    faults: list[LineFault] = []
    for line in lines:
        loan = known.loans.get(line.loan_id)
        if loan and loan.household_id != line.household_id:
            faults.append(
                _fault(line, "household_id", line.household_id, "loan_moved", loan.household_id)
            )
        if loan and loan.as_of > as_of:
            faults.append(_fault(line, "loan_id", line.loan_id, "balance_older", loan.as_of))
        household = known.households.get(line.household_id)
        if household and household.kind != line.kind:
            faults.append(
                _fault(line, "kind", line.kind, "household_known_differs", household.kind)
            )
    return faults


def _fault(line: LoanLine, column: str, value: str, rule: str, detail: str) -> LineFault:
    return LineFault(line.line, HEADINGS[column][0], value, rule, detail)


def _write(
    tx: Tx, read: ReadFile, lines: list[LoanLine], heading: _Heading, known: Known
) -> ImportDone:
    total_fen = sum(line.principal_fen for line in lines)
    body: dict[str, object] = {
        "file_sha256": sha256_hex(heading.data),
        "as_of": heading.as_of,
        "loans": len(lines),
        "households": len({line.household_id for line in lines}),
        "control_total_fen": total_fen,
    }
    office_events.branch_lane(tx)  # before the loans, as everywhere
    plan = plan_balances(tx, {line.loan_id: line.parts for line in lines}, heading.as_of)
    event_hash = office_events.record(tx, "master.imported", body | plan.said, actor=heading.by)
    is_new = [line.loan_id not in known.loans for line in lines]
    write_rows(tx, lines, known, as_of=heading.as_of)
    moved = post_balances(tx, event_hash, plan, heading.as_of)
    _add_batch(tx, event_hash, body, heading.by)
    touch_holders(tx, lines)
    return ImportDone(
        event_hash=event_hash,
        form=read.form,
        loans=len(lines),
        households=len({line.household_id for line in lines}),
        new_loans=sum(is_new),
        changed_loans=moved - sum(is_new),
        not_in_file=_open_loans(tx.session, tx.branch_id) - len(lines),
        principal_fen=total_fen,
    )


def _add_batch(tx: Tx, event_hash: str, body: dict[str, object], by: str) -> None:
    tx.session.add(
        ImportBatch(
            branch_id=tx.branch_id,
            id=event_hash,
            file_sha256=body["file_sha256"],
            as_of=body["as_of"],
            loans=body["loans"],
            control_total_fen=body["control_total_fen"],
            by_id=by,
            at_ms=tx.now_ms,
        )
    )


def _open_loans(session: Session, branch_id: str) -> int:
    count = session.scalar(
        select(func.count()).select_from(Loan).where(Loan.branch_id == branch_id)
    )
    return int(count or 0)
