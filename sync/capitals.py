"""Amounts in capitals (大写) for receipts, and plain numerals for sentences."""

from __future__ import annotations

from sync.problems import Problem

_CAPITAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_CAPITAL_PLACES = ("", "拾", "佰", "仟")
_PLAIN_DIGITS = "零一二三四五六七八九"
_PLAIN_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿")

# Twelve digits of yuan, three groups of four. More money than any branch holds.
CAPITALS_FEN_MAX = 999_999_999_999_99


def capitals(fen: int) -> str:
    """An amount in fen as it stands on a receipt: 1_006_50 is 壹仟零陆元伍角整.

    Whole yuan and whole jiao end in 整, fen do not. Refuses `amount_invalid` below 0 fen and
    above twelve digits of yuan. Nothing at all is 零元整.
    """
    if not 0 <= fen <= CAPITALS_FEN_MAX:
        raise Problem("amount_invalid", rule="capitals_range")
    yuan, rest = divmod(fen, 100)
    jiao, single = divmod(rest, 10)
    words = f"{_number(yuan, _CAPITAL_DIGITS, _CAPITAL_PLACES)}元" if yuan or not rest else ""
    if jiao:
        words += f"{_CAPITAL_DIGITS[jiao]}角"
    elif single and yuan:
        words += "零"
    return words + (f"{_CAPITAL_DIGITS[single]}分" if single else "整")


def chinese_number(number: int) -> str:
    """A count as it stands in a sentence: 4 is 四, 10 is 十, 12 is 十二, 120 is 一百二十.

    Refuses `amount_invalid` below 0 and above twelve digits.
    """
    if not 0 <= number <= CAPITALS_FEN_MAX // 100:
        raise Problem("amount_invalid", rule="capitals_range")
    words = _number(number, _PLAIN_DIGITS, _PLAIN_PLACES)
    return words[1:] if words.startswith("一十") else words


def _number(number: int, digits: str, places: tuple[str, ...]) -> str:
    if number == 0:
        return digits[0]
    words = ""
    for index in reversed(range(len(_GROUPS))):
        group = number // 10_000**index % 10_000
        if group == 0:
            continue
        # A gap before this group is read as one zero, however many digits it has.
        if words and (group < 1000 or number // 10_000 ** (index + 1) % 10_000 == 0):
            words += digits[0]
        words += _four_digits(group, digits, places) + _GROUPS[index]
    return words


def _four_digits(group: int, digits: str, places: tuple[str, ...]) -> str:
    words, gap = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += (digits[0] if gap else "") + digits[digit] + places[place]
        gap = False
    return words
