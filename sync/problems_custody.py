"""What people can be told about cash in hand, its deadline, and a difference."""

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
}
