"""The posting file of the core system: its headings, and its lines understood or all its faults.

Pure, and whole or not at all, as the import of loans is. docs/core-files.md has the format.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.office.import_cells import BALANCE_FEN_MAX, CellFault, read_amount, read_day, read_id
from server.office.import_headings import columns_by_heading, place_columns, plain_heading
from server.office.import_rules import LineFault, Row, Table, cells_by_column
from sync.amounts import format_yuan
from sync.parts import PARTS

# column -> headings; the first in each language is the one that our own files use.
HEADINGS: dict[str, tuple[str, ...]] = {
    "posted_on": ("入账日", "posted_on", "入账日期", "记账日期", "交易日期", "posting_date"),
    "voucher_no": ("凭证号", "voucher_no", "传票号", "流水号", "交易流水号", "voucher"),
    "loan": ("贷款编号", "loan", "loan_id", "借据号", "贷款账号"),
    "contract_no": ("合同号", "contract_no", "合同编号", "contract"),
    "receipt_no": ("收据号", "receipt_no", "收据编号", "receipt"),
    "amount": ("金额", "amount", "交易金额", "还款金额", "入账金额"),
    "principal": ("本金", "principal", "收回本金"),
    "interest": ("利息", "interest", "收回利息"),
    "penalty": ("罚息", "penalty", "收回罚息"),
    "cost": ("费用", "cost", "costs", "fee"),
}
REQUIRED = ("posted_on", "voucher_no", "amount")
_COLUMNS = columns_by_heading(HEADINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreLine:
    """One posting of the core system. Amounts in fen; parts is None where the file has none.

    loan, contract_no, receipt_no  '' where the core system does not say.
    """

    line: int
    posted_on: str
    voucher_no: str
    loan: str
    contract_no: str
    receipt_no: str
    amount_fen: int
    parts: tuple[int, ...] | None

    @property
    def key(self) -> tuple[str, str, str, int]:
        """By this a posting is the same one again, whatever file it stands in."""
        what = self.receipt_no or self.loan or self.contract_no
        return self.posted_on, self.voucher_no, what, self.amount_fen


def column_of(heading: str) -> str | None:
    """The column of a posting file that a heading names, or None."""
    return _COLUMNS.get(plain_heading(heading))


def check_postings(
    table: Table, *, today: str, lines_said: int, total_said_fen: int
) -> tuple[list[CoreLine], list[LineFault]]:
    """The lines of a file and every fault of it. With one fault there is nothing to match.

    lines_said, total_said_fen  What the core system's own list says: the controls.
    """
    places, wrong = place_columns(table.headings, HEADINGS, REQUIRED)
    faults = [*table.faults, *(LineFault(1, heading, heading, rule) for heading, rule in wrong)]
    if any(fault.rule == "heading_missing" for fault in faults):
        return [], faults
    lines = []
    for number, cells in table.rows:
        row = Row(number, cells_by_column(cells, places), names=HEADINGS, required=REQUIRED)
        line = _understand(row, today)
        faults += row.faults
        if not row.faults:
            lines.append(line)
    faults += _repeated(lines)
    if not faults:
        faults += _controls(lines, lines_said, total_said_fen)
    return lines, sorted(faults, key=lambda fault: fault.line)


def _understand(row: Row, today: str) -> CoreLine:
    line = CoreLine(
        line=row.line,
        posted_on=row.read("posted_on", read_day) or "",
        voucher_no=row.read("voucher_no", read_id) or "",
        loan=row.read("loan", read_id) or "",
        contract_no=row.read("contract_no", read_id) or "",
        receipt_no=row.read("receipt_no", _receipt_no) or "",
        amount_fen=row.read("amount", _amount) or 0,
        parts=_parts(row),
    )
    if line.posted_on > today:
        row.fault("posted_on", "posted_later", today)
    if not (line.loan or line.contract_no or line.receipt_no or row.faults):
        row.fault("loan" if "loan" in row.cells else "voucher_no", "loan_or_receipt")
    if line.parts and not row.faults and sum(line.parts) != line.amount_fen:
        row.fault("amount", "parts_sum")
    return line


def _amount(cell: str) -> int:
    fen = read_amount(cell, max_fen=BALANCE_FEN_MAX)
    if fen == 0:
        raise CellFault("amount_zero")
    return fen


def _receipt_no(cell: str) -> str:
    """The number alone: the check characters behind it, if they were typed too, are not of it."""
    return read_id(cell).partition("-")[0]


def _parts(row: Row) -> tuple[int, ...] | None:
    """Principal, interest, penalty, costs; an empty cell beside a filled one is zero."""
    found = [row.read(part, read_amount) for part in PARTS]
    return None if all(fen is None for fen in found) else tuple(fen or 0 for fen in found)


def _repeated(lines: Iterable[CoreLine]) -> list[LineFault]:
    seen: dict[tuple[str, str, str, int], int] = {}
    return [
        LineFault(line.line, HEADINGS["voucher_no"][0], line.voucher_no, "posting_repeated", str(n))
        for line in lines
        if (n := seen.setdefault(line.key, line.line)) != line.line
    ]


def _controls(lines: list[CoreLine], lines_said: int, total_said_fen: int) -> list[LineFault]:
    if not lines:
        return [LineFault(1, "", "", "no_rows")]
    total_fen, last, name = sum(line.amount_fen for line in lines), lines[-1].line, ""
    faults = []
    if len(lines) != lines_said:
        faults.append(LineFault(last, name, str(len(lines)), "control_lines", str(lines_said)))
    if total_fen != total_said_fen:
        said, name = format_yuan(total_said_fen), HEADINGS["amount"][0]
        faults.append(LineFault(last, name, format_yuan(total_fen), "control_amount", said))
    return faults
