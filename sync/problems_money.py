"""What stands in the way of paying money back, of undoing a receipt and of clearing a transfer."""

from __future__ import annotations

MONEY: dict[str, tuple[int, str, str, str, str]] = {
    "second_person_invalid": (
        422,
        "第二人须是本网点在岗的出纳、记账员或主管，并亲自输入密码。",
        "The second person must be a cashier, bookkeeper or supervisor of the branch, in person.",
        "请另一位同事输入其用户名和密码。",
        "Ask another colleague to enter user name and password.",
    ),
    "refund_over_credit": (
        422,
        "要退 {amount_yuan} 元，但该笔贷款多收的只有 {credit_yuan} 元。",
        "The refund of {amount_yuan} yuan is more than the credit of {credit_yuan} yuan.",
        "请按多收的金额退款。",
        "Pay back no more than the credit.",
    ),
    "refund_over_vault": (
        422,
        "要退 {amount_yuan} 元，但库存现金只有 {vault_yuan} 元。",
        "The refund of {amount_yuan} yuan is more than the {vault_yuan} yuan in the vault.",
        "请先清点或领取现金。",
        "Count or fetch cash first.",
    ),
    "undoing_decided": (
        409,
        "这一项已经处理过。",
        "This has been decided already.",
        "请刷新页面。",
        "Reload the page.",
    ),
    "void_cash_gone": (
        409,
        "作废以后，外勤已把手中现金交给别人，这张收据不能再恢复。",
        "The officer has handed her cash on since the void; the receipt cannot stand again.",
        "请核准作废，差额另行追查。",
        "Approve the void, and look for the money apart.",
    ),
    "reversal_needs_reason": (
        422,
        "冲正或不同意作废须写明原因。",
        "A reversal, and a refusal, needs a reason.",
        "请写明原因。",
        "Write the reason.",
    ),
    "receipt_not_counted": (
        422,
        "这张收据的现金还没有点交，不能冲正。",
        "The cash of this receipt has not been counted; it cannot be reversed.",
        "请由外勤员在手机上作废。",
        "The officer voids it on the phone.",
    ),
    "receipt_not_standing": (
        409,
        "这张收据已作废、已冲正或待核实。",
        "This receipt is void, reversed, or still to be verified.",
        "请刷新页面。",
        "Reload the page.",
    ),
    "transfer_not_open": (
        409,
        "这张收据不是待到账的转账或支票。",
        "This receipt is no transfer or cheque that waits for the bank.",
        "请刷新页面。",
        "Reload the page.",
    ),
}
