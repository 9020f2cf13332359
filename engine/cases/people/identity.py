"""Numbers that name a person or an organisation: their check digits, and how they are shown without telling them all.

Resident identity number: GB 11643 (ISO 7064 MOD 11-2). Unified social credit code: GB 32100 (modulo 31).
"""

from __future__ import annotations

import re
from datetime import date

from engine import clock, errors
from engine.errors import N_

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
"""The weights and check characters of a citizen's identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
"""The characters of a unified social credit code in their order, and their weights by place (GB 32100-2015)."""

_PERSONAL = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]+[·•][\u3400-\u9fff·•]+")
_NUMBERS = re.compile(
    r"(?<![0-9])(?:[1-9]\d{16}[0-9Xx]|[1-9]\d{14}|1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?![0-9Xx])", re.ASCII
)
"""Resident identity numbers of eighteen and fifteen digits, mobile and fixed telephone numbers."""

WRONG_SHAPE = N_("it does not have the right letters and digits")
WRONG_BIRTHDAY = N_("it names a day of birth that does not exist")
WRONG_CHECK = N_("its check digit does not fit; compare it with the document")


def resident_id(number: str) -> str:
    """Return the resident identity number in its normal form.

    Raises
    ------
    ResidentIdWrong
        If its shape, its day of birth or its check digit is wrong (GB 11643).
    """
    number = number.strip().upper()
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number):
        raise errors.ResidentIdWrong(reason=WRONG_SHAPE)
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise errors.ResidentIdWrong(reason=WRONG_BIRTHDAY) from None
    if not date(1900, 1, 1) <= born <= clock.today():
        raise errors.ResidentIdWrong(reason=WRONG_BIRTHDAY)
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    if _ID_CHECKS[total % 11] != number[17]:
        raise errors.ResidentIdWrong(reason=WRONG_CHECK)
    return number


def credit_code(number: str) -> str:
    """Return the unified social credit code in its normal form.

    Raises
    ------
    CreditCodeWrong
        If its shape or its check digit is wrong (GB 32100).
    """
    number = number.strip().upper()
    if len(number) != 18 or any(letter not in _USCC_LETTERS for letter in number) or not number[2:8].isdigit():
        raise errors.CreditCodeWrong(reason=WRONG_SHAPE)
    values = [_USCC_LETTERS.index(letter) for letter in number]
    total = sum(value * weight for value, weight in zip(values[:17], _USCC_WEIGHTS, strict=True))
    if (31 - total % 31) % 31 != values[17]:
        raise errors.CreditCodeWrong(reason=WRONG_CHECK)
    return number


def masked(number: str) -> str:
    """Show a number's beginning and end only: ``3202**********1234``."""
    if len(number) <= 8:
        return number[:1] + "*" * (len(number) - 1)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def masked_phone(phone: str) -> str:
    """Show a telephone number without its middle: ``138****5678``."""
    return phone[:3] + "*" * max(len(phone) - 7, 4) + phone[-4:] if len(phone) >= 8 else "*" * len(phone)


def masked_name(name: str) -> str:
    """Show a person's family name and hide the rest: ``王*``, ``欧**``."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def is_personal(name: str) -> bool:
    """Tell whether a name is a person's: two to four Chinese characters, or one written with a middle dot.

    A firm's name holds place, trade name, trade and form and is longer; a sole trader without a trade name is
    registered under the name of whoever runs it.
    """
    return _PERSONAL.fullmatch(name.strip()) is not None


def masked_text(text: str) -> str:
    """Hide the resident identity and telephone numbers in a text that everybody may read."""
    return _NUMBERS.sub(lambda found: masked_phone(found[0]) if len(found[0]) < 15 else masked(found[0]), text)
