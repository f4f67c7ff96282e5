"""The rules of an import file: from the cells of a table to loans, or to every fault at once.

Pure: no database, no clock. Nothing is guessed and nothing is half done: a file with one fault is
refused whole, and the faults of all lines are found in one reading (U46).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from server.office.import_cells import (
    CellFault,
    read_amount,
    read_day,
    read_id,
    read_phone,
    read_text,
)
from server.office.import_headings import HEADINGS, KINDS, REQUIRED_VALUES, place_columns
from sync.amounts import format_yuan

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LineFault:
    """One fault: the line as the file counts it (1 is the heading), the column, what stands there.

    rule    A code of server.office.import_text.RULES.
    detail  Completes the sentence of the rule, such as the line that is repeated.
    """

    line: int
    field: str
    value: str
    rule: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What was read from a file: its headings, and each row of cells with its line number."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    faults: tuple[LineFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanLine:
    """One line of the file, understood. Amounts in fen, None where the file is silent."""

    line: int
    household_id: str
    name: str
    kind: str
    area: str
    village: str | None
    natural_village: str | None
    phone: str | None
    loan_id: str
    contract_no: str
    borrower: str
    guarantor: str | None
    principal_fen: int
    interest_fen: int | None
    penalty_fen: int | None
    cost_fen: int | None
    loan_on: str | None
    due_on: str | None

    @property
    def parts(self) -> dict[str, int | None]:
        """What the file says is owed, part by part, in fen."""
        return {
            "principal": self.principal_fen,
            "interest": self.interest_fen,
            "penalty": self.penalty_fen,
            "cost": self.cost_fen,
        }


@dataclass(slots=True)
class Row:
    """The cells of one line by column, and the faults found in it so far.

    names     Column -> its headings, of which the first is told to people.
    required  Columns that must not be empty.
    """

    line: int
    cells: Mapping[str, str]
    faults: list[LineFault] = field(default_factory=list)
    names: Mapping[str, Sequence[str]] = field(default_factory=lambda: HEADINGS)
    required: Sequence[str] = REQUIRED_VALUES

    def read(self, column: str, reader: Callable[[str], T]) -> T | None:
        """The cell as `reader` understands it; None when it is empty or wrong."""
        cell = self.cells.get(column, "")
        if not cell:
            if column in self.required:
                self.fault(column, "required")
            return None
        try:
            return reader(cell)
        except CellFault as wrong:
            self.fault(column, wrong.rule)
            return None

    def fault(self, column: str, rule: str, detail: str = "") -> None:
        """Note a fault of this line under the heading that people know."""
        value = self.cells.get(column, "")[:60]
        self.faults.append(LineFault(self.line, self.names[column][0], value, rule, detail))


def check_table(
    table: Table, *, as_of: str, control_total_fen: int
) -> tuple[list[LoanLine], list[LineFault]]:
    """The loans of a file and every fault of it. With one fault there is nothing to import.

    as_of              'YYYY-MM-DD', the day of the balances. No loan begins after it.
    control_total_fen  What the principals must sum to, from another list than the file itself.
    """
    places, wrong = place_columns(table.headings)
    faults = [*table.faults, *(LineFault(1, heading, heading, rule) for heading, rule in wrong)]
    if any(fault.rule == "heading_missing" for fault in faults):
        return [], faults
    lines: list[LoanLine] = []
    for number, cells in table.rows:
        row = Row(number, cells_by_column(cells, places))
        line = _understand(row, as_of)
        faults += row.faults
        if line:
            lines.append(line)
    faults += _between_lines(lines)
    if not faults:
        faults += _check_total(lines, control_total_fen)
    return lines, sorted(faults, key=lambda fault: fault.line)


def cells_by_column(cells: tuple[str, ...], places: Mapping[str, int]) -> dict[str, str]:
    """The cells of a line by their columns, without the blanks around them."""
    return {column: _cell(cells, place) for column, place in places.items()}


def _cell(cells: tuple[str, ...], place: int) -> str:
    return cells[place].strip(" \t\r\n\u3000\u00a0") if place < len(cells) else ""


def _understand(row: Row, as_of: str) -> LoanLine | None:
    """The loan of a row. With a fault it still comes back if its numbers can be compared."""
    household_id, loan_id = row.read("household_id", read_id), row.read("loan_id", read_id)
    name, area = row.read("name", read_text), row.read("area", read_text)
    principal_fen = row.read("principal", read_amount)
    line = LoanLine(
        line=row.line,
        household_id=household_id or "",
        name=name or "",
        kind=_kind(row),
        area=area or "",
        village=_committee(row.read("village", read_text)),
        natural_village=row.read("natural_village", read_text),
        phone=row.read("phone", read_phone),
        loan_id=loan_id or "",
        contract_no=row.read("contract_no", read_text) or loan_id or "",
        borrower=row.read("borrower", read_text) or name or "",
        guarantor=row.read("guarantor", read_text),
        principal_fen=principal_fen or 0,
        interest_fen=row.read("interest", read_amount),
        penalty_fen=row.read("penalty", read_amount),
        cost_fen=row.read("cost", read_amount),
        loan_on=row.read("loan_on", read_day),
        due_on=row.read("due_on", read_day),
    )
    _check_days(row, line, as_of)
    return line if loan_id and household_id else None


def _kind(row: Row) -> str:
    kind = KINDS.get(row.cells.get("kind", "").lower())
    if kind is None:
        row.fault("kind", "kind_unknown")
    return kind or "FARM_HOUSEHOLD"


def _committee(village: str | None) -> str | None:
    """The name of a committee without the word committee: reports print that word themselves."""
    for word in ("村民委员会", "村委会", "村委"):
        if village and village != word:
            village = village.removesuffix(word)
    return village


def _check_days(row: Row, line: LoanLine, as_of: str) -> None:
    if line.loan_on and line.due_on and line.due_on < line.loan_on:
        row.fault("due_on", "due_before_loan", line.loan_on)
    if line.loan_on and line.loan_on > as_of:
        row.fault("loan_on", "loan_after_as_of", as_of)


def _between_lines(lines: Iterable[LoanLine]) -> list[LineFault]:
    """What two lines of one file must not say: one loan twice, one household in two ways."""
    faults: list[LineFault] = []
    loans: dict[str, int] = {}
    contracts: dict[str, LoanLine] = {}
    households: dict[str, LoanLine] = {}
    for line in lines:
        faults += _twice(line, loans)
        faults += _contract(line, contracts.setdefault(line.contract_no, line))
        first = households.setdefault(line.household_id, line)
        faults += _differs(line, first)
    return faults


def _twice(line: LoanLine, seen: dict[str, int]) -> list[LineFault]:
    first = seen.setdefault(line.loan_id, line.line)
    if first == line.line:
        return []
    heading = HEADINGS["loan_id"][0]
    return [LineFault(line.line, heading, line.loan_id, "repeated", str(first))]


def _contract(line: LoanLine, first: LoanLine) -> list[LineFault]:
    """A contract may have several loans (随用随贷), but they are all of one household."""
    if line.household_id == first.household_id or line.contract_no == line.loan_id:
        return []  # a file without contract numbers: the number of the loan stands for it
    heading, detail = HEADINGS["contract_no"][0], str(first.line)
    return [LineFault(line.line, heading, line.contract_no, "contract_two_households", detail)]


def _differs(line: LoanLine, first: LoanLine) -> list[LineFault]:
    """One household has one name, one area, one village, whatever line it stands on."""
    columns = ("name", "kind", "area", "village", "natural_village")
    return [
        LineFault(
            line.line,
            HEADINGS[column][0],
            str(getattr(line, column) or ""),
            "household_differs",
            str(first.line),
        )
        for column in columns
        if getattr(line, column) != getattr(first, column)
    ]


def _check_total(lines: list[LoanLine], control_total_fen: int) -> list[LineFault]:
    if not lines:
        return [LineFault(1, "", "", "no_rows")]
    total_fen = sum(line.principal_fen for line in lines)
    if total_fen == control_total_fen:
        return []
    return [
        LineFault(
            lines[-1].line,
            HEADINGS["principal"][0],
            format_yuan(total_fen),
            "control_total",
            format_yuan(control_total_fen),
        )
    ]
