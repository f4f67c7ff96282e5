"""What a check of the history may find, in words for the person who must act."""

from __future__ import annotations

from dataclasses import dataclass

# code -> (invariant, Chinese, English)
_WORDS: dict[str, tuple[str, str, str]] = {
    "event_changed": (
        "I1",
        "记录 {about} 的内容与其哈希不符。",
        "The bytes of event {about} are not what its hash says.",
    ),
    "event_without_verdict": (
        "I6",
        "记录 {about} 没有处理结论。",
        "Event {about} has no verdict.",
    ),
    "legs_unbalanced": (
        "I2",
        "记录 {about} 的分录借贷不平。",
        "The legs of event {about} do not sum to zero.",
    ),
    "legs_wrong": (
        "I2",
        "记录 {about} 的分录与其内容和结论不符。",
        "The legs of event {about} are not what it and its verdict lead to.",
    ),
    "credit_wrong": (
        "I2",
        "{about}：多收的款项与应退的款项不符",
        "{about}: what was over-collected is not what is owed back",
    ),
    "custody_wrong": (
        "I3",
        "外勤 {about} 保管的现金与收据、作废、点交不符。",
        "The custody of officer {about} is not receipts less voids less counts.",
    ),
    "lane_broken": (
        "I4",
        "记录链 {about} 处中断。",
        "The lane is broken at {about}.",
    ),
    "ticks_not_dense": (
        "I8",
        "提交序号不连续（时钟/条数/最大）：{about}。",
        "Ticks are not dense (clock/rows/highest): {about}.",
    ),
    "tick_unknown": (
        "I8",
        "有行引用了不存在的提交序号：{about}。",
        "Rows name a tick that never was: {about}.",
    ),
    "receipt_row_missing": (
        "I29",
        "收据记录 {about} 没有对应的收据。",
        "Receipt event {about} has no row.",
    ),
    "receipt_no_wrong": (
        "I29",
        "收据 {about} 的号码与记录不符。",
        "The number of receipt {about} is not that of its event.",
    ),
    "receipt_no_twice": (
        "I29",
        "收据号 {about} 被两张有效收据使用。",
        "Number {about} stands on two receipts that count.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that contradicts an invariant. about is an id or a hash, never a name."""

    code: str
    branch_id: str
    about: str

    @property
    def invariant(self) -> str:
        """The invariant of sync-design section 3 that does not hold."""
        return _WORDS[self.code][0]

    def __str__(self) -> str:
        invariant, zh, en = _WORDS[self.code]
        said = f"{zh.format(about=self.about)} {en.format(about=self.about)}"
        return f"{invariant} {self.branch_id}: {said}"
