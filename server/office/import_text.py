"""What the rules of an import file say to a person, in Chinese and in English."""

from __future__ import annotations

# rule -> (zh, en). {detail} is completed from the fault.
RULES: dict[str, tuple[str, str]] = {
    "encoding": (
        "这一行不是 {detail} 文字，文件的编码选错了",
        "this line is not {detail} text: the encoding is not the one you gave",
    ),
    "mojibake": ("乱码，文件曾用错误的编码保存", "garbled: the file was saved in a wrong encoding"),
    "formula": ("单元格是公式，请粘贴为数值", "a formula: paste it as a value"),
    "cell_error": ("单元格是 Excel 错误值", "an error of Excel"),
    "control_character": ("含有不可见字符", "holds an invisible character"),
    "too_long": ("超过 100 个字", "longer than 100 characters"),
    "cells_too_many": ("比表头多出 {detail} 列", "{detail} more cells than headings"),
    "quote_open": ("引号没有配对", "a quotation mark is not closed"),
    "heading_missing": ("缺少这一列", "this column is missing"),
    "heading_unknown": ("不认识的列", "not a column we know"),
    "heading_twice": ("同一列出现两次", "the column stands twice"),
    "required": ("不能空着", "must not be empty"),
    "repeated": ("与第 {detail} 行重复", "repeats line {detail}"),
    "household_differs": (
        "同一户号在第 {detail} 行写的不一样",
        "line {detail} says otherwise for the same household",
    ),
    "household_known_differs": (
        "系统里这一户的类别是 {detail}，不能由导入改变",
        "in the system this household is {detail}; an import does not change that",
    ),
    "balance_older": (
        "系统里这笔贷款的余额更新，截止 {detail}",
        "the system has a newer balance of this loan, as of {detail}",
    ),
    "loan_moved": (
        "系统里这笔贷款属于另一户（{detail}）",
        "in the system this loan belongs to household {detail}",
    ),
    "contract_two_households": (
        "这个合同号在第 {detail} 行属于另一户",
        "on line {detail} this contract belongs to another household",
    ),
    "kind_unknown": ("类别只能是农户、村民小组或村委", "must be 农户, 村民小组 or 村委"),
    "id_form": (
        "编号只能用英文字母、数字和符号，不超过 64 位",
        "letters, digits and signs, at most 64",
    ),
    "id_as_number": (
        "编号被 Excel 改成了科学计数，请把该列设为文本",
        "Excel rounded this number: format the column as text",
    ),
    "phone_form": ("不像电话号码", "does not look like a telephone number"),
    "amount_empty": ("金额是空的", "the amount is empty"),
    "amount_digits_only": (
        "金额只能是数字和小数点，例如 1000 或 1,000.00",
        "digits and a point only, such as 1000 or 1,000.00",
    ),
    "amount_leading_zero": ("金额前面有多余的零", "a zero too many in front"),
    "amount_two_decimals": ("金额最多两位小数", "at most two decimals"),
    "amount_positive": ("金额不能是负数", "must not be negative"),
    "amount_limit": ("金额超过十亿元，请核对单位是否为元", "over a billion: is the unit yuan?"),
    "date_form": (
        "日期请写成 2023-06-30、2023/6/30 或 20230630",
        "write the date as 2023-06-30, 2023/6/30 or 20230630",
    ),
    "date_unreal": ("没有这一天", "there is no such day"),
    "date_year": ("年份不在 1949 至 2100 之间", "the year is not between 1949 and 2100"),
    "due_before_loan": ("到期日早于借款日 {detail}", "before the loan date {detail}"),
    "loan_after_as_of": ("借款日晚于数据截止日 {detail}", "after the as-of date {detail}"),
    "no_rows": ("没有数据行", "there are no rows"),
    "control_total": (
        "本金合计与控制总额 {detail} 元不符",
        "the principals do not sum to the control total {detail}",
    ),
    "control_amount": (
        "金额合计与控制总额 {detail} 元不符",
        "the amounts do not sum to the control total {detail}",
    ),
    "control_lines": (
        "笔数与控制笔数 {detail} 不符",
        "there are not {detail} lines, as was said",
    ),
    "posted_later": ("入账日在今天 {detail} 之后", "posted after today, {detail}"),
    "parts_sum": ("本金、利息、罚息、费用之和不等于金额", "the parts do not make the amount"),
    "amount_zero": ("金额不能是零", "the amount must not be zero"),
    "loan_or_receipt": (
        "贷款编号、合同号、收据号至少要有一个",
        "needs a loan, a contract or a receipt number",
    ),
    "posting_repeated": (
        "与第 {detail} 行是同一凭证、同一贷款、同一金额",
        "the same voucher, loan and amount as line {detail}",
    ),
}


def rule_text(rule: str, detail: str, *, english: bool = False) -> str:
    """The sentence of a rule, completed."""
    return RULES[rule][1 if english else 0].format(detail=detail)
