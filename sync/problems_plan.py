"""What a supervisor can be told when households change hands."""

from __future__ import annotations

PLAN: dict[str, tuple[int, str, str, str, str]] = {
    "same_officer": (
        422,
        "交出和接手的是同一人（{officer}）。",
        "{officer} would hand over to himself.",
        "请另选一名外勤员。",
        "Choose another officer.",
    ),
    "household_not_assigned": (
        409,
        "{household} 现在不归 {officer} 负责。",
        "{household} is not with {officer} now.",
        "请刷新页面，核对后再提交。",
        "Reload the page, look again, then submit.",
    ),
    "nothing_to_hand_over": (
        422,
        "没有选中任何农户。",
        "No household was chosen.",
        "请至少选一户。",
        "Choose one household at least.",
    ),
    "hand_over_unknown": (
        404,
        "{household} 没有待核对的移交。",
        "There is no open hand-over of {household}.",
        "请刷新页面，核对后再提交。",
        "Reload the page, look again, then submit.",
    ),
}
