"""The columns of an import file and the headings under which a core system may print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# column -> headings, the first one in each language is the one we print in the sample file.
HEADINGS: dict[str, tuple[str, ...]] = {
    "household_id": ("户号", "household_id", "household", "农户编号", "客户号"),
    "name": ("户名", "name", "household_name", "农户", "客户名称", "姓名"),
    "kind": ("类别", "kind", "borrower_kind", "借款人类别"),
    "area": ("片区", "area", "乡镇", "片区/乡镇", "town"),
    "village": ("村委", "village", "村委会", "行政村"),
    "natural_village": ("自然村", "natural_village", "村组", "组"),
    "loan_id": ("贷款编号", "loan_id", "loan", "借据号", "贷款账号"),
    "contract_no": ("合同号", "contract_no", "合同编号", "contract"),
    "borrower": ("借款人", "borrower", "borrower_name"),
    "guarantor": ("保证人", "guarantor", "guarantor_name", "担保人"),
    "principal": ("本金余额", "principal", "本金", "贷款余额", "principal_yuan"),
    "interest": ("欠息", "interest", "利息", "应收利息", "interest_yuan"),
    "penalty": ("罚息", "penalty", "penalty_interest", "penalty_yuan"),
    "cost": ("费用", "cost", "costs", "fee", "cost_yuan"),
    "loan_on": ("借款日", "loan_on", "借款日期", "放款日", "loan_date"),
    "due_on": ("到期日", "due_on", "到期日期", "due_date"),
    "phone": ("电话", "phone", "手机", "联系电话", "telephone"),
}

# Without these columns a file is not one of loans. A due date may be unknown, its column not.
REQUIRED = ("household_id", "name", "area", "village", "loan_id", "principal", "due_on")

# What a line must say. A household without a village is shown as such, never dropped (U3).
REQUIRED_VALUES = ("household_id", "name", "area", "loan_id", "principal")

# The counting unit of a sweep is the farm household; collective borrowers stand apart (U16).
KINDS: dict[str, str] = {
    "": "FARM_HOUSEHOLD",
    "农户": "FARM_HOUSEHOLD",
    "farm_household": "FARM_HOUSEHOLD",
    "村民小组": "VILLAGER_GROUP",
    "村组": "VILLAGER_GROUP",
    "villager_group": "VILLAGER_GROUP",
    "村委": "VILLAGE_COMMITTEE",
    "村委会": "VILLAGE_COMMITTEE",
    "village_committee": "VILLAGE_COMMITTEE",
}


def column_of(heading: str) -> str | None:
    """The column of a file of loans that a heading names, or None."""
    return _COLUMNS.get(plain_heading(heading))


def plain_heading(heading: str) -> str:
    """A heading as it is compared. Case and spaces do not matter; a unit in brackets such as
    本金余额（元） does not either, unless it says that the figures are not in yuan."""
    plain = heading.strip().strip("\ufeff").replace(" ", "").replace("　", "").lower()
    for unit in ("（元）", "(元)", "(yuan)"):
        plain = plain.removesuffix(unit)
    return plain


def columns_by_heading(headings: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Plain heading -> column. A heading names one column, or the program is wrong."""
    found = {name.lower(): column for column, names in headings.items() for name in names}
    assert len(found) == sum(map(len, headings.values())), "a heading names one column"
    return found


def place_columns(
    headings: Sequence[str],
    known: Mapping[str, Sequence[str]] = HEADINGS,
    required: Sequence[str] = REQUIRED,
) -> tuple[Mapping[str, int], list[tuple[str, str]]]:
    """Where each column stands, and what is wrong with the headings as (heading, rule)."""
    columns = columns_by_heading(known)
    places: dict[str, int] = {}
    wrong: list[tuple[str, str]] = []
    for index, heading in enumerate(headings):
        column = columns.get(plain_heading(heading))
        if column is None:
            if heading.strip():
                wrong.append((heading, "heading_unknown"))
        elif column in places:
            wrong.append((heading, "heading_twice"))
        else:
            places[column] = index
    missing = [column for column in required if column not in places]
    return places, wrong + [(known[column][0], "heading_missing") for column in missing]


_COLUMNS = columns_by_heading(HEADINGS)
