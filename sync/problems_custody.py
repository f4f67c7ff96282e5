"""What people can be told about cash in hand, its deadline, and the vault."""

from __future__ import annotations

CUSTODY: dict[str, tuple[int, str, str, str, str]] = {
    "nothing_to_extend": (
        409,
        "他手中没有现金，不需要延期。",
        "There is no cash in that hand.",
        "请刷新页面。",
        "Reload the page.",
    ),
    "leave_reason_missing": (
        422,
        "延期须写明原因。",
        "An extension needs its reason.",
        "请写明后再提交。",
        "Write it down and submit again.",
    ),
    "rule_in_the_past": (
        422,
        "交款期限不能从过去的日子（{day}）改起。",
        "A deadline cannot begin in the past ({day}).",
        "请从今天或以后的日子起。",
        "Let it begin today or later.",
    ),
    "variance_unsigned": (
        422,
        "有长款或短款，须由交款人（或在场的第二人）具名确认，不能是出纳自己。",
        "A difference must be confirmed by name by whoever hands over, not by the cashier.",
        "请填写确认人姓名。",
        "Enter the name of the person who confirms it.",
    ),
    "vault_not_counted": (
        409,
        "库存应有 {amount_yuan} 元，今天日结前须先盘点库存。",
        "The vault should hold {amount_yuan} yuan: count it before the day is closed.",
        "请在日结页盘点库存，按面额填写。",
        "Count the vault on the page of the day, piece by piece.",
    ),
    "second_person_missing": (
        422,
        "盘点库存须有第二人在场，写明姓名，不能是出纳自己。",
        "The vault is counted by two; name the second person, not yourself.",
        "请填写第二人姓名。",
        "Enter the name of the second person.",
    ),
}
