"""What each state of a receipt means for the one who paid: Chinese, then English."""

from __future__ import annotations

STATE_SAYS: dict[str, tuple[str, str]] = {
    "server": (
        "机构已收到这张收据的记录，它的照片还在上传。钱在信贷员手中，等待交给出纳。",
        "The institution has the record of this receipt; a photo of it is still on its way."
        " The officer holds the money until the cashier takes it over.",
    ),
    "evidence": (
        "机构已收到这张收据的记录和凭证。钱在信贷员手中，等待交给出纳。",
        "The institution has the record of this receipt with its evidence."
        " The officer holds the money until the cashier takes it over.",
    ),
    "counted": (
        "出纳已点清这笔钱，等待记入贷款账户。",
        "The cashier has counted this money. It is yet to be posted to the loan.",
    ),
    "posted": (
        "这笔钱已记入贷款账户。",
        "This money has been posted to the loan.",
    ),
    "voided": (
        "这张收据已作废，不能作为付款凭据。如果钱没有退还给您，请马上给网点打电话。",
        "This receipt is void and proves no payment."
        " If the money was not given back to you, call the branch at once.",
    ),
    "doubted": (
        "机构已收到这张收据的记录，正在核实。请保留收据；有疑问请给网点打电话。",
        "The institution has the record of this receipt and is verifying it."
        " Keep the receipt; if in doubt, call the branch.",
    ),
}
