"""The rules of an import file: every bad file of U46, each refused with its lines.

Method: a good file of three lines is changed in one place; the faults are compared.
"""

from __future__ import annotations

import pytest

from server.office.import_headings import HEADINGS, column_of
from server.office.import_rules import LineFault, LoanLine, Table, check_table
from server.office.import_text import RULES, rule_text

HEADING = (
    "户号", "户名", "片区", "村委", "贷款编号", "合同号", "本金余额", "欠息", "借款日", "到期日"
)  # fmt: skip
GOOD = (
    ("W01", "测六贵", "涡水镇", "马头冲村委", "L-1", "HT-1", "1000", "30.5",
     "2020-01-01", "2021-01-01"),
    ("W01", "测六贵", "涡水镇", "马头冲村委", "L-2", "HT-1", "200.50", "", "", ""),
    ("W02", "测双郎", "涡水镇", "", "L-3", "", "0", "12", "2020/1/5", "20240105"),
)  # fmt: skip
TOTAL_FEN = 1200_50


def read(
    *rows: tuple[str, ...], headings: tuple[str, ...] = HEADING, total_fen: int = TOTAL_FEN
) -> tuple[list[LoanLine], list[LineFault]]:
    """The file with these rows below its heading."""
    table = Table(headings, tuple(enumerate(rows, 2)))
    return check_table(table, as_of="2026-02-28", control_total_fen=total_fen)


def changed(row: int, column: str, cell: str) -> list[tuple[str, ...]]:
    """The good file with one cell changed."""
    rows = [list(line) for line in GOOD]
    rows[row][HEADING.index(column)] = cell
    return [tuple(line) for line in rows]


def rules(faults: list[LineFault]) -> list[tuple[int, str, str]]:
    """Line, heading and rule of each fault."""
    return [(fault.line, fault.field, fault.rule) for fault in faults]


def test_it_reads_a_good_file() -> None:
    lines, faults = read(*GOOD)

    assert faults == []
    assert [line.loan_id for line in lines] == ["L-1", "L-2", "L-3"]
    assert lines[0].parts == {
        "principal": 1000_00,
        "interest": 30_50,
        "penalty": None,
        "cost": None,
    }
    assert (lines[0].village, lines[2].village) == ("马头冲", None)
    assert (lines[2].contract_no, lines[2].borrower) == ("L-3", "测双郎")
    assert (lines[2].loan_on, lines[2].due_on) == ("2020-01-05", "2024-01-05")


def test_it_reads_english_headings_and_extra_spaces() -> None:
    headings = (
        "household_id", " Name", "area", "village ", "loan_id", "contract_no", "principal (yuan)",
        "interest", "loan_on", "due_on",
    )  # fmt: skip

    _, faults = read(*GOOD, headings=headings)

    assert faults == []


@pytest.mark.parametrize(
    ("row", "column", "cell", "rule"),
    [
        (0, "本金余额", "1,000.005", "amount_two_decimals"),
        (0, "本金余额", "", "required"),
        (1, "户名", "", "required"),
        (1, "户名", "   ", "required"),
        (2, "片区", "", "required"),
        (0, "欠息", "-3", "amount_positive"),
        (0, "到期日", "2019-12-31", "due_before_loan"),
        (0, "到期日", "长期", "date_form"),
        (2, "借款日", "2026-03-01", "loan_after_as_of"),
        (2, "户名", "=A1", "formula"),
        (2, "合同号", "测\ufffd", "mojibake"),
    ],
)
def test_it_names_the_line_and_the_column_of_a_bad_cell(
    row: int, column: str, cell: str, rule: str
) -> None:
    _, faults = read(*changed(row, column, cell))

    assert (row + 2, column, rule) in rules(faults)


def test_it_refuses_a_loan_that_stands_twice() -> None:
    _, faults = read(*changed(2, "贷款编号", "L-1"))

    assert rules(faults) == [(4, "贷款编号", "repeated")]
    assert faults[0].detail == "2"


def test_it_lets_one_contract_have_several_loans_but_not_two_households() -> None:
    _, faults = read(*changed(2, "合同号", "HT-1"))

    assert rules(faults) == [(4, "合同号", "contract_two_households")]


def test_it_refuses_one_household_with_two_names() -> None:
    _, faults = read(*changed(1, "户名", "测生二企"))

    assert rules(faults) == [(3, "户名", "household_differs")]


def test_it_refuses_a_sum_that_is_not_the_control_total() -> None:
    _, faults = read(*GOOD, total_fen=TOTAL_FEN - 1)

    assert rules(faults) == [(4, "本金余额", "control_total")]
    assert (faults[0].value, faults[0].detail) == ("1200.50", "1200.49")


def test_it_collects_the_faults_of_all_lines() -> None:
    amount = HEADING.index("本金余额")
    rows = [(*row[:amount], "x", *row[amount + 1 :]) for row in GOOD]

    _, faults = read(*rows)

    assert rules(faults) == [(n, "本金余额", "amount_digits_only") for n in (2, 3, 4)]


def test_it_names_a_missing_column_and_reads_no_further() -> None:
    headings = tuple("备注" if name == "到期日" else name for name in HEADING)

    lines, faults = read(*GOOD, headings=headings)

    assert lines == []
    assert rules(faults) == [(1, "备注", "heading_unknown"), (1, "到期日", "heading_missing")]


def test_it_refuses_a_column_that_stands_twice() -> None:
    headings = tuple("利息" if name == "合同号" else name for name in HEADING)

    _, faults = read(*GOOD, headings=headings)

    assert (1, "欠息", "heading_twice") in rules(faults)


def test_it_refuses_a_unit_that_is_not_yuan() -> None:
    assert column_of("本金余额（元）") == "principal"
    assert column_of("本金余额（万元）") is None


def test_it_has_words_in_both_languages_for_every_rule() -> None:
    for rule in RULES:
        assert rule_text(rule, "x") and rule_text(rule, "x", english=True)


def test_it_knows_each_heading_once() -> None:
    names = [name for column in HEADINGS.values() for name in column]

    assert len(names) == len(set(names))
