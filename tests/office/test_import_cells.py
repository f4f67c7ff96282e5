"""One cell of an import file: what may stand in it and what it then means.

Method: each reader is given what core systems print, and what people and Excel make of it.
"""

from __future__ import annotations

import pytest

from server.office.import_cells import (
    CellFault,
    read_amount,
    read_day,
    read_id,
    read_phone,
    read_text,
)


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1000", 1000_00),
        ("1000.5", 1000_50),
        ("1000.05", 1000_05),
        ("1,000.05", 1000_05),
        ("12,345,678", 12_345_678_00),
        ("0", 0),
        ("0.01", 1),
        ("１０００", 1000_00),
    ],
)
def test_it_reads_an_amount_exactly(cell: str, fen: int) -> None:
    assert read_amount(cell) == fen


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("1,000.005", "amount_two_decimals"),
        ("1000.005", "amount_two_decimals"),
        ("0.30000000000000004", "amount_two_decimals"),
        ("1,00", "amount_digits_only"),
        ("1.000,00", "amount_digits_only"),
        ("-5", "amount_positive"),
        ("1e3", "amount_digits_only"),
        ("1000元", "amount_digits_only"),
        ("=1+1", "amount_digits_only"),
        ("007", "amount_leading_zero"),
        ("1000000000.01", "amount_limit"),
    ],
)
def test_it_refuses_an_amount_that_could_mean_something_else(cell: str, rule: str) -> None:
    with pytest.raises(CellFault) as refused:
        read_amount(cell)

    assert refused.value.rule == rule


@pytest.mark.parametrize(
    "cell", ["2023-06-30", "2023/6/30", "2023.6.30", "20230630", "2023年6月30日"]
)
def test_it_reads_a_date_in_every_way_it_is_written(cell: str) -> None:
    assert read_day(cell) == "2023-06-30"


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("2023-02-30", "date_unreal"),
        ("20231301", "date_unreal"),
        ("30/06/2023", "date_form"),
        ("45107", "date_form"),
        ("2023-06-30 12:00:00", "date_form"),
        ("长期", "date_form"),
        ("1900-01-01", "date_year"),
    ],
)
def test_it_refuses_a_date_that_is_none(cell: str, rule: str) -> None:
    with pytest.raises(CellFault) as refused:
        read_day(cell)

    assert refused.value.rule == rule


@pytest.mark.parametrize(
    "cell", ["测六贵", "测买些社二企", "阿依古丽·买买提", "黄家冲良东二组", "联通"]
)
def test_it_takes_every_kind_of_name(cell: str) -> None:
    assert read_text(cell) == cell


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("=HYPERLINK(1)", "formula"),
        ("@SUM(A1)", "formula"),
        ("测\x00六", "control_character"),
        ("测\ufffd\ufffd", "mojibake"),
        ("锟斤拷", "mojibake"),
        ("²âÁù¹ó", "mojibake"),
        ("娴嬪叚璐靛彿", "mojibake"),
        ("???", "mojibake"),
        ("测" * 101, "too_long"),
    ],
)
def test_it_refuses_a_name_that_is_garbled_or_dangerous(cell: str, rule: str) -> None:
    with pytest.raises(CellFault) as refused:
        read_text(cell)

    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("测-1", "id_form"),
        ("A 1", "id_form"),
        ("x" * 65, "id_form"),
        ("1.00000E+18", "id_as_number"),
    ],
)
def test_it_refuses_a_number_that_is_no_id(cell: str, rule: str) -> None:
    with pytest.raises(CellFault) as refused:
        read_id(cell)

    assert refused.value.rule == rule


def test_it_keeps_leading_zeros_of_an_id() -> None:
    assert read_id("000123") == "000123"


def test_it_refuses_a_telephone_number_with_words() -> None:
    with pytest.raises(CellFault):
        read_phone("没有电话")
