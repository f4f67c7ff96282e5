"""What the cashier can be told about receipt books and other controlled forms."""

from __future__ import annotations

BOOKS: dict[str, tuple[int, str, str, str, str]] = {
    "book_out_of_use": (
        409,
        "收据本 {book} 已不在这个状态。",
        "Receipt book {book} is not in that state any more.",
        "请刷新页面再看。",
        "Reload the page and look again.",
    ),
    "first_blank_invalid": (
        422,
        "第一张空白收据的号码不对：最早只能是 {receipt_no}。",
        "The first blank number is wrong: {receipt_no} is the earliest possible.",
        "请填手机上最后一张收据的下一号。",
        "Enter the number behind the last slip that the phone gave.",
    ),
    "book_reason_missing": (
        422,
        "须写明原因。",
        "A reason is needed.",
        "请写明后再提交。",
        "Write it down and submit again.",
    ),
    "hole_unknown": (
        409,
        "{receipt_no} 不是待说明的缺号。",
        "{receipt_no} is not a missing number that waits for an explanation.",
        "可能刚刚收到；请刷新页面。",
        "It may have arrived just now; reload the page.",
    ),
    "custody_one_name": (
        422,
        "保管人和会签人不能是同一个人。",
        "One person cannot be both custodian and countersigner.",
        "请填两个不同的人。",
        "Name two different people.",
    ),
    "item_left": (
        409,
        "{name} 已经移出登记簿。",
        "{name} has left the register.",
        "如又收回，请重新登记。",
        "If it is back, enter it anew.",
    ),
    "item_not_moved": (
        422,
        "{name} 的保管人、会签人和地点都没有变。",
        "Custodian, countersigner and place of {name} are as they were.",
        "有变动再登记。",
        "Enter it when something changes.",
    ),
}
