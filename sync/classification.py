"""Five tiers by days past due, and the older 一逾两呆. Days are a floor, never the last word.

Sources: 商业银行金融资产风险分类办法 (令〔2023〕1号), 贷款通则 art. 34; rule R18.
"""

from __future__ import annotations

from sync.dates import add_years, days_between, parse_date

# Best first. A reviewer may move a loan down this list, never up.
TIERS = ("NORMAL", "SPECIAL_MENTION", "SUBSTANDARD", "DOUBTFUL", "LOSS")

TIER_ZH = {
    "NORMAL": "正常",
    "SPECIAL_MENTION": "关注",
    "SUBSTANDARD": "次级",
    "DOUBTFUL": "可疑",
    "LOSS": "损失",
}

LEGACY_ZH = {"NORMAL": "正常", "OVERDUE": "逾期", "STAGNANT": "呆滞", "BAD": "呆账"}

# More than so many days past due is the tier below (令〔2023〕1号 and practice). A setting.
DAYS = (0, 90, 270, 360)

STAGNANT_YEARS = 2


def days_past_due(due_on: str, on: str) -> int:
    """Days from the due date to a day, 0 at least.

    due_on  The extended due date; of instalments that of the earliest unpaid one.
    """
    return max(0, days_between(parse_date(due_on), parse_date(on)))


def five_tier(days: int, thresholds: tuple[int, int, int, int] = DAYS) -> str:
    """The tier of a loan by its days past due, as a code of TIERS. Day 91 is SUBSTANDARD."""
    assert days >= 0, "days past due are never negative"
    return TIERS[sum(days > limit for limit in thresholds)]


def worse_of(by_days: str, reviewed: str | None) -> str:
    """The tier that holds: the reviewer's if it is worse than that of the days, else theirs."""
    if reviewed is None:
        return by_days
    return max(by_days, reviewed, key=TIERS.index)


def legacy(
    due_on: str, on: str, *, operation_stopped: bool = False, written_off_ground: bool = False
) -> str:
    """The older class (贷款通则 art. 34): NORMAL, OVERDUE, STAGNANT or BAD.

    operation_stopped   The borrower's operation has ended: STAGNANT whatever the days.
    written_off_ground  One of the five grounds of 呆账 was found by a person: BAD.
    """
    if written_off_ground:
        return "BAD"
    due, day = parse_date(due_on), parse_date(on)
    if operation_stopped or day > add_years(due, STAGNANT_YEARS):
        return "STAGNANT"
    return "OVERDUE" if day > due else "NORMAL"
