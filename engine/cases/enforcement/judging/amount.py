"""Amounts of money as documents write them: 45000 is 肆万伍仟元整 (票据 write whole yuan in capital numerals)."""

from __future__ import annotations

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def in_words(yuan: int) -> str:
    """Return whole yuan in capital numerals."""
    if yuan == 0:
        return "零元整"
    groups: list[int] = []
    while yuan:
        yuan, rest = divmod(yuan, 10_000)
        groups.append(rest)
    text = ""
    for position in reversed(range(len(groups))):
        group = groups[position]
        if not group:
            text += "零" if text and not text.endswith("零") else ""
            continue
        gap = "零" if text and group < 1000 and not text.endswith("零") else ""
        text += f"{gap}{_group(group)}{_GROUPS[position]}"
    return f"{text.rstrip('零')}元整"


def _group(number: int) -> str:
    text, empty = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if empty and text else "") + _DIGITS[digit] + _PLACES[place]
        empty = not digit
    return text
