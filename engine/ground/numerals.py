"""Chinese numerals up to 999, as articles of law are numbered: written from numbers and read back."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """Return a number up to 999 as articles are numbered: 111 is 一百一十一, 16 is 十六."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def number(numeral: str) -> int:
    """Return the number that a numeral stands for, in Chinese or in digits: 一百一十一 is 111, 十六 is 16."""
    if numeral.isascii():
        return int(numeral)
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.lstrip("零").rpartition("十")
    return 100 * _value(hundreds) + (10 * (_value(tens) or 1) if ten else 0) + _value(ones)


def _value(digit: str) -> int:
    return _DIGITS.index(digit) if digit else 0
