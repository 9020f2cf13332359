"""Checks on numbers that the state gives out; pure functions that anyone may use."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 signs of GB 32100-2015: no I, O, S, V, Z."""
_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]\Z", re.ASCII)
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}\Z", re.ASCII)
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def uscc(text: str) -> bool:
    """Tell whether the text is a unified social credit code with a right check sign (GB 32100-2015 §4)."""
    if len(text) != 18 or any(sign not in USCC for sign in text):
        return False
    total = sum(USCC.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:17]))
    return USCC[-total % 31] == text[17]


def resident_id(text: str, today: date | None = None) -> bool:
    """Tell whether the text is a resident identity number with a real day of birth and check digit (GB 11643-1999).

    Parameters
    ----------
    today : a day of birth after it is refused, when given.
    """
    if not _RESIDENT.match(text):
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    if born.year < 1850 or (today is not None and born > today):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _RESIDENT_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17]


def mobile(text: str) -> bool:
    """Tell whether the text is a mobile number of the Chinese mainland, with or without +86."""
    return bool(_MOBILE.match(text))


CHECKS: dict[str, Callable[[str], bool]] = {"uscc": uscc, "resident-id": resident_id, "cn-mobile": mobile}
"""What ``properties.check`` may name for a text."""
DATE_CHECKS = ("date-not-future", "date-not-past")
CHOICE_CHECKS = ("at-least-two",)
"""What ``properties.check`` may name for a date."""
