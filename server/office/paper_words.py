"""The words of the cashier's books, in Chinese and in English. What is printed is Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WORDS: dict[str, tuple[str, str]] = {
    "journal": ("现金日记账", "Cash journal"),
    "daily": ("现金日报", "Daily cash report"),
    "monthly": ("出纳报告单", "Cashier's monthly report"),
    "over_short": ("长短款登记簿", "Register of cash over and short"),
    "register": ("收据登记簿", "Register of receipts"),
    "recovery": ("收回信息单", "Recovery sheet"),
    "period": ("期间", "Period"),
    "day": ("日期", "Date"),
    "opening": ("期初余额", "Opening"),
    "closing": ("期末余额", "Closing"),
    "income": ("收入", "In"),
    "outlay": ("支出", "Out"),
    "balance": ("余额", "Balance"),
    "line_no": ("序号", "No."),
    "voucher": ("凭证号", "Voucher"),
    "summary": ("摘要", "What"),
    "contra": ("对方科目", "Contra"),
    "of_day": ("本日合计", "Of the day"),
    "of_month": ("本月合计", "Of the month"),
    "total": ("合计", "Total"),
    "no_lines": ("本期没有现金收付", "No cash came or went"),
    "true_on": ("收款日{day}，迟到", "of {day}, arrived late"),
    "refers_to": ("补记{day}", "of {day}, recorded late"),
    "what": ("项目", "Item"),
    "count": ("笔数", "Number"),
    "w_receipt": ("收回贷款", "Repayment"),
    "w_unlisted": ("应交与收据之差", "What was due, less receipts"),
    "w_over": ("长款", "Over"),
    "w_short": ("短款", "Short"),
    "w_deposit": ("解款存行", "Deposit at the bank"),
    "w_credit.refunded": ("退还多收款", "Refund of what was paid too much"),
    "w_reversal.decided": ("冲正退款", "Reversal"),
    "w_void.decided": ("作废审批", "Void decided"),
    "w_vault.counted": ("库存盘点", "Count of the vault"),
    "w_custody.taken": ("当面交接", "Handover in person"),
    "w_opening": ("以前余额", "Carried over"),
    "a_hand": ("外勤在手现金 {name}", "cash in the hand of {name}"),
    "a_over_short": ("长短款", "over and short"),
    "a_bank": ("银行存款", "bank"),
    "a_vault": ("库存现金", "vault"),
    "a_suspense": ("待核实款", "suspense"),
    "a_core": ("核心系统", "core system"),
    "a_clearing": ("待清算款", "clearing"),
    "a_credit": ("借款人溢缴款 {name}", "credit of {name}"),
    "a_loan": ("贷款 {name}", "loan {name}"),
    "cash_of_day": ("库存现金", "Cash in the vault"),
    "by_officer": ("各外勤收据（按点交）", "Receipts by officer, as counted"),
    "officer": ("外勤", "Officer"),
    "cashier": ("出纳", "Cashier"),
    "receipts": ("张数", "Receipts"),
    "first_no": ("起号", "First"),
    "last_no": ("止号", "Last"),
    "principal": ("本金", "Principal"),
    "interest": ("利息", "Interest"),
    "penalty": ("罚息", "Penalty"),
    "cost": ("费用", "Costs"),
    "amount": ("金额", "Amount"),
    "pieces": ("点钞券别", "Notes and coins counted"),
    "piece": ("券别（元）", "Piece (yuan)"),
    "how_many": ("张（枚）", "Pieces"),
    "deposits": ("解款", "Deposits"),
    "bank_slip": ("银行回单号", "Bank slip"),
    "unused": ("未用号码", "Unused numbers"),
    "holder": ("持有人", "Holder"),
    "void_of_day": ("当日作废", "Made void on the day"),
    "variance": ("长短款", "Over or short"),
    "even": ("相符", "even"),
    "none": ("无", "none"),
    "still_out": ("尚未点交", "Not yet counted"),
    "reason": ("原因", "Reason"),
    "is_shut": ("已日结", "closed"),
    "is_open": ("未日结", "not closed"),
    "state": ("状态", "State"),
    "by_day": ("逐日收付", "Day by day"),
    "by_item": ("收付汇总", "By item"),
    "forms": ("收据使用", "Receipt forms"),
    "used_numbers": ("使用", "Used"),
    "void_numbers": ("作废", "Void"),
    "numbers": ("号码", "Numbers"),
    "expected": ("应交", "Expected"),
    "counted": ("实点", "Counted"),
    "cause": ("原因", "Cause"),
    "kind": ("事由", "Occasion"),
    "k_cash.counted": ("点交", "count"),
    "k_custody.taken": ("当面交接", "handover in person"),
    "taker": ("接收人", "Taken by"),
    "counts": ("点交次数", "Handovers"),
    "counts_even": ("其中相符", "of which even"),
    "no_variance": ("本期没有长短款", "Nothing was over or short"),
    "s_applied": ("已用", "used"),
    "s_voided": ("作废", "void"),
    "s_quarantined": ("待核实", "to verify"),
    "s_missing": ("缺号", "missing"),
    "s_explained": ("缺号已说明", "missing, explained"),
    "s_unused": ("未用", "unused"),
    "s_suspended": ("未用，本已停用", "unused, book suspended"),
    "s_returned": ("未用，本已交回", "unused, book returned"),
    "all_numbers": ("逐号登记", "Number by number"),
    "no_book": ("不在任何收据本内的号码", "Numbers of no book"),
    "no_numbers": ("没有号码", "No numbers"),
    "taken_on": ("收款日", "Taken on"),
    "household": ("户名", "Household"),
    "loan": ("贷款编号", "Loan"),
    "loan_on": ("借款日", "Lent on"),
    "counted_on": ("点交日", "Counted on"),
    "posted_on": ("入账日", "Posted on"),
    "as_now": ("截至 {day}", "as of {day}"),
    "as_of": ("时点", "As of"),
    "collector": ("清收人", "Collector"),
    "number": ("编号", "Number"),
    "no_receipts": ("本月没有收回", "Nothing was recovered in this month"),
    "corrects": ("更正", "Corrects"),
    "sign_officer": ("外勤", "Officer"),
    "sign_cashier": ("出纳", "Cashier"),
    "sign_checker": ("复核", "Checked by"),
    "sign_maker": ("编制", "Prepared by"),
    "sign_auditor": ("稽核", "Auditor"),
    "sign_collector": ("清收人", "Collector"),
    "recovery_note": (
        "只列本月收款并有效的收据；作废的另列，不计入合计。",
        "Valid receipts taken in this month; void ones are listed and not summed.",
    ),
    "journal_note": (
        "逐笔由台账生成，收付不相抵；凭证号为收据号、银行回单号或记录编号。",
        "Line by line from the ledger, nothing netted; the voucher is the number of the receipt,"
        " of the bank slip, or of the record.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Whose papers these are, and what people and households are called.

    notes  Event hash -> what the cashier wrote about it, such as the cause of a variance.
    """

    institution: str
    branch: str
    today: str
    english: bool = False
    staff: Mapping[str, str] = field(default_factory=dict)
    households: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """A word in the reader's language, completed."""
        return WORDS[key][self.english].format(**values)

    def staff_name(self, staff_id: str) -> str:
        """A person's name, or his number if he is not known here."""
        return self.staff.get(staff_id, staff_id)

    def what(self, code: str) -> str:
        """What a line of the journal is about. An act that has no words here shows its kind."""
        return self.say(f"w_{code}") if f"w_{code}" in WORDS else code

    def occasion(self, kind: str) -> str:
        """On what occasion cash was found over or short."""
        return self.say(f"k_{kind}") if f"k_{kind}" in WORDS else self.what(kind)

    def account(self, account: str) -> str:
        """An account of the ledger in words."""
        head, _, rest = account.partition(":")
        if f"a_{head}" not in WORDS:
            return account
        return self.say(f"a_{head}", name=self.staff_name(rest) if head == "hand" else rest)
