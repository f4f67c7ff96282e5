"""Postings against receipts: by number, else by loan, amount and day; one line, one receipt.

Method: lines and receipts by hand for each kind of exception; then random files, in which no
receipt may be matched twice, no line be lost, and the order of the file change nothing.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.office.core_file import CoreLine
from server.office.core_match import KINDS, MAY_BE_TAKEN, Candidate, match_lines


def line(number: int = 2, **changes: Any) -> CoreLine:
    values: dict[str, Any] = {
        "line": number,
        "posted_on": "2026-03-06",
        "voucher_no": f"V{number}",
        "loan": "L-1",
        "contract_no": "",
        "receipt_no": "",
        "amount_fen": 600_00,
        "parts": None,
    }
    return CoreLine(**values | changes)


def receipt(number: int = 101, **changes: Any) -> Candidate:
    values: dict[str, Any] = {
        "event": f"r{number}",
        "number": f"SJ{number:06d}",
        "loan": "L-1",
        "contract_no": "C-1",
        "amount_fen": 600_00,
        "parts": (500_00, 100_00, 0, 0),
        "taken_on": "2026-03-05",
        "state": "applied",
    }
    return Candidate(**values | changes)


def outcome(lines: list[CoreLine], receipts: list[Candidate]) -> tuple[list[Any], list[Any]]:
    found = match_lines(lines, receipts)
    return (
        [(match.line.line, match.receipt) for match in found.matches],
        [(odd.kind, odd.line.line, odd.receipt) for odd in found.odd],
    )


def test_it_matches_by_the_number_of_the_receipt() -> None:
    two = [receipt(101), receipt(102)]

    assert outcome([line(receipt_no="SJ000102")], two) == ([(2, "r102")], [])
    assert outcome([line(loan="", receipt_no="SJ000102")], two) == ([(2, "r102")], [])


def test_it_matches_by_loan_amount_and_day_without_a_number() -> None:
    assert outcome([line()], [receipt()]) == ([(2, "r101")], [])
    assert outcome([line(loan="C-1")], [receipt()]) == ([(2, "r101")], [])
    assert outcome([line(loan="", contract_no="C-1")], [receipt()]) == ([(2, "r101")], [])


@pytest.mark.parametrize("posted_on", ["2026-03-04", "2026-04-06"])
def test_it_looks_no_further_than_its_window(posted_on: str) -> None:
    assert outcome([line(posted_on=posted_on)], [receipt()]) == (
        [],
        [("line_without_receipt", 2, None)],
    )


def test_it_takes_the_receipt_whose_split_fits() -> None:
    two = [receipt(101), receipt(102, parts=(600_00, 0, 0, 0))]

    assert outcome([line(parts=(600_00, 0, 0, 0))], two) == ([(2, "r102")], [])


def test_it_takes_the_number_before_it_guesses() -> None:
    lines = [line(2), line(3, receipt_no="SJ000101")]

    assert outcome(lines, [receipt(101), receipt(102)]) == ([(2, "r102"), (3, "r101")], [])


@pytest.mark.parametrize(
    ("kind", "posting", "slip"),
    [
        ("line_without_receipt", line(receipt_no="SJ000999"), receipt()),
        ("line_without_receipt", line(loan="L-2"), receipt()),
        ("amount_differs", line(receipt_no="SJ000101", amount_fen=590_00), receipt()),
        ("amount_differs", line(amount_fen=590_00), receipt()),
        ("loan_differs", line(receipt_no="SJ000101", loan="L-2"), receipt()),
        ("posted_twice", line(receipt_no="SJ000101"), receipt(posted_on="2026-03-05")),
        ("posted_twice", line(), receipt(posted_on="2026-03-05")),
        ("void_posted", line(receipt_no="SJ000101"), receipt(state="voided")),
        ("void_posted", line(), receipt(state="voided")),
        ("doubted_posted", line(receipt_no="SJ000101"), receipt(state="quarantined")),
        ("doubted_posted", line(), receipt(state="quarantined")),
    ],
)
def test_it_names_what_does_not_fit(kind: str, posting: CoreLine, slip: Candidate) -> None:
    matches, [(found, _, _)] = outcome([posting], [slip])

    assert (matches, found) == ([], kind)


def test_it_matches_a_split_that_differs_and_says_so() -> None:
    found = outcome([line(receipt_no="SJ000101", parts=(600_00, 0, 0, 0))], [receipt()])

    assert found == ([(2, "r101")], [("split_differs", 2, "r101")])


def test_it_calls_the_second_line_of_a_receipt_a_second_posting() -> None:
    lines = [line(2, receipt_no="SJ000101"), line(3, receipt_no="SJ000101")]

    assert outcome(lines, [receipt()]) == ([(2, "r101")], [("posted_twice", 3, "r101")])


def test_it_does_not_guess_which_of_two_amounts_was_meant() -> None:
    two = [receipt(101), receipt(102, amount_fen=580_00)]

    assert outcome([line(amount_fen=590_00)], two)[1] == [("line_without_receipt", 2, None)]


def test_it_takes_only_what_may_be_a_posting() -> None:
    assert set(MAY_BE_TAKEN) < set(KINDS)


numbers = st.integers(101, 106)
lines_st = st.builds(
    lambda n, loan, named, yuan, day: (f"L-{loan}", f"SJ{n:06d}" if named else "", yuan, day),
    numbers,
    st.integers(1, 2),
    st.booleans(),
    st.sampled_from([5, 6]),
    st.integers(1, 9),
)
receipts_st = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.sampled_from([5, 6]),
        st.integers(1, 9),
        st.sampled_from(["applied", "applied", "voided", "quarantined"]),
    ),
    max_size=6,
)


@given(st.lists(lines_st, max_size=8), receipts_st, st.randoms())
def test_it_gives_each_line_one_fate_and_each_receipt_one_line(
    drawn: list[tuple[str, str, int, int]],
    slips: list[tuple[int, int, int, str]],
    random: Any,
) -> None:
    receipts = [
        receipt(101 + n, loan=f"L-{loan}", amount_fen=yuan * 100, taken_on=f"2026-03-0{day}")
        if state == "applied"
        else receipt(101 + n, loan=f"L-{loan}", amount_fen=yuan * 100, state=state)
        for n, (loan, yuan, day, state) in enumerate(slips)
    ]
    lines = [
        line(
            n,
            loan=loan,
            receipt_no=number,
            amount_fen=yuan * 100,
            posted_on=f"2026-03-{day + 9:02d}",
        )
        for n, (loan, number, yuan, day) in enumerate(drawn)
    ]
    found = match_lines(lines, receipts)
    matched = [match.line.line for match in found.matches]
    odd = [each.line.line for each in found.odd]

    assert sorted(matched + odd) == [one.line for one in lines]
    used = [match.receipt for match in found.matches]
    assert len(used) == len(set(used))
    by_event = {one.event: one for one in receipts}
    for match in found.matches:
        slip = by_event[match.receipt]
        assert (slip.state, slip.amount_fen) == ("applied", match.line.amount_fen)
        assert slip.loan == match.line.loan
    again = match_lines(random.sample(lines, len(lines)), random.sample(receipts, len(receipts)))
    assert again == found
