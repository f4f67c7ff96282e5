"""What may be refused when a supervisor settles an event that was kept."""

from __future__ import annotations

RULING: dict[str, tuple[int, str, str, str, str]] = {
    "ruling_target_unknown": (
        404,
        "没有这条记录。",
        "There is no such event.",
        "请从待核实页面重新打开。",
        "Open it again from the page of kept events.",
    ),
    "ruling_already_done": (
        409,
        "这条记录已经处理过。",
        "This event has been settled already.",
        "请刷新待核实页面。",
        "Reload the page of kept events.",
    ),
    "ruling_not_possible": (
        409,
        "这条记录不能这样处理（{action}）：{reason}。",
        "This cannot be done with the event ({action}): {reason}.",
        "请另选一种处理办法，或者先留置。",
        "Choose another way, or keep it aside.",
    ),
    "ruling_changes_nothing": (
        409,
        "放行后仍不能入账，原因没有变：{reason}。",
        "Released, it would still not be applied: {reason}.",
        "请先解决原因（例如导入贷款），或者先留置。",
        "Mend the cause first (import the loan, say), or keep it aside.",
    ),
    "ruling_note_missing": (
        422,
        "没有写处理说明。",
        "There is no note on the ruling.",
        "请写明核实了什么、凭什么处理。",
        "Write what was looked into and why it is settled so.",
    ),
}
