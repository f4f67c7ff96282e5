"""What the office can be told about the core system's files and about recovery sheets."""

from __future__ import annotations

CORE: dict[str, tuple[int, str, str, str, str]] = {
    "core_exception_unknown": (
        404,
        "没有这条待处理差异。",
        "There is no such exception.",
        "请从对账页面重新打开。",
        "Open it again from the page of the core system.",
    ),
    "core_exception_settled": (
        409,
        "这条差异已经处理过了。",
        "This exception has been settled.",
        "请刷新页面。",
        "Reload the page.",
    ),
    "core_reason_missing": (
        422,
        "处理差异须写明原因。",
        "Say why the exception is settled so.",
        "请填写原因后再提交。",
        "Write the reason and submit again.",
    ),
    "core_cannot_take": (
        409,
        "这条差异不能按“认定入账”处理。",
        "This line cannot be taken as the posting of that receipt.",
        "请选择“不认定”，并写明如何处理。",
        "Choose the other way to settle it, and say what is done about it.",
    ),
    "core_nothing_to_export": (
        409,
        "没有可报送的收据：已点交的都已报送或已入账。",
        "Nothing to export: what was counted has been exported or posted.",
        "点交后再生成。",
        "Make it after the next count.",
    ),
    "core_batch_unknown": (
        404,
        "没有编号为 {batch} 的报送文件。",
        "There is no post-file {batch}.",
        "请从对账页面重新打开。",
        "Open it again from the page of the core system.",
    ),
    "core_file_too_long": (
        413,
        "文件太大，不能在页面上预览后导入。",
        "The file is too large to be previewed.",
        "请按日分成几个文件。",
        "Split it by day.",
    ),
    "sheet_unknown": (
        404,
        "没有编号为 {number} 的收回信息单。",
        "There is no recovery sheet {number}.",
        "请从收回信息单页面重新打开。",
        "Open it again from the page of recovery sheets.",
    ),
    "sheet_not_due": (
        409,
        "{month} 还没有结束，不能编制收回信息单。",
        "{month} is not over; its recovery sheet cannot be prepared.",
        "请在下月编制。",
        "Prepare it in the next month.",
    ),
    "sheet_open": (
        409,
        "{number} 已编制，还没有发出。",
        "{number} has been prepared and is not released yet.",
        "请先完成稽核和发出，或由稽核退回。",
        "Have it audited and released, or returned by the auditor.",
    ),
    "sheet_state": (
        409,
        "{number} 现在不能这样处理。",
        "{number} is not in a state for this.",
        "请刷新页面，查看它的状态。",
        "Reload the page and look at its state.",
    ),
    "sheet_changed": (
        409,
        "编制以后记录有变化，{number} 与现在的记录不符。",
        "The records have changed since {number} was prepared.",
        "请退回，重新编制。",
        "Return it and have it prepared again.",
    ),
    "sheet_remark_missing": (
        422,
        "退回须写明原因。",
        "Say why it is returned.",
        "请填写原因后再提交。",
        "Write the reason and submit again.",
    ),
}
