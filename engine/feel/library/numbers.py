"""Functions over numbers (DMN 1.5 §10.3.4.5)."""

from __future__ import annotations

import decimal
import random
from decimal import Decimal
from typing import Any

from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.library.registry import builtin, whole
from engine.feel.values import NUMBERS

_WIDE = decimal.Context(prec=7000, Emax=6144, Emin=-12_300)


def _round(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    places = int(scale)
    if not -6111 <= places <= 6176:
        raise ValueError(places)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value
    result = value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=_WIDE)
    return NUMBERS.plus(result)


@builtin("decimal(n: number, scale: number)")
def _decimal(value: Decimal, scale: Decimal) -> Decimal:
    return _round(value, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor(n: number, scale: number)")
@builtin("floor(n: number)")
def _floor(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return _round(value, scale, decimal.ROUND_FLOOR)


@builtin("ceiling(n: number, scale: number)")
@builtin("ceiling(n: number)")
def _ceiling(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return _round(value, scale, decimal.ROUND_CEILING)


@builtin("round up(n: number, scale: number)")
def _round_up(value: Decimal, scale: Decimal) -> Decimal:
    return _round(value, scale, decimal.ROUND_UP)


@builtin("round down(n: number, scale: number)")
def _round_down(value: Decimal, scale: Decimal) -> Decimal:
    return _round(value, scale, decimal.ROUND_DOWN)


@builtin("round half up(n: number, scale: number)")
def _round_half_up(value: Decimal, scale: Decimal) -> Decimal:
    return _round(value, scale, decimal.ROUND_HALF_UP)


@builtin("round half down(n: number, scale: number)")
def _round_half_down(value: Decimal, scale: Decimal) -> Decimal:
    return _round(value, scale, decimal.ROUND_HALF_DOWN)


@builtin("abs(n: number|days and time duration|years and months duration)")
def _abs(value: Any) -> Any:
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.total))
    return DaysTime.of(abs(value)) if isinstance(value, DaysTime) else abs(value)


@builtin("modulo(dividend: number, divisor: number)")
def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    quotient = NUMBERS.divide(dividend, divisor).to_integral_value(decimal.ROUND_FLOOR)
    return NUMBERS.subtract(dividend, NUMBERS.multiply(divisor, quotient))


@builtin("sqrt(number: number)")
def _sqrt(value: Decimal) -> Decimal:
    return NUMBERS.sqrt(value)


@builtin("log(number: number)")
def _log(value: Decimal) -> Decimal | None:
    return NUMBERS.ln(value) if value > 0 else None


@builtin("exp(number: number)")
def _exp(value: Decimal) -> Decimal:
    return NUMBERS.exp(value)


@builtin("odd(number: number)")
def _odd(value: Decimal) -> bool:
    return whole(value) % 2 == 1


@builtin("even(number: number)")
def _even(value: Decimal) -> bool:
    return whole(value) % 2 == 0


@builtin("random number()")
def _random() -> Decimal:
    return Decimal(random.SystemRandom().randrange(10**16)).scaleb(-16)


_SEPARATORS = (" ", ",", ".", None)


@builtin("number(from: string, grouping separator: any, decimal separator: any)")
def _number(text: str, grouping: Any, point: Any) -> Decimal | None:
    if grouping not in _SEPARATORS or point not in (",", ".", None) or (grouping == point and point):
        return None
    if grouping:
        text = text.replace(grouping, "")
    if point:
        text = text.replace(point, ".")
    return _parse(text)


@builtin("number(from: string|number)")
def _number_plain(value: Any) -> Decimal | None:
    return value if isinstance(value, Decimal) else _parse(value)


def _parse(text: str) -> Decimal | None:
    if len(text) > 400 or not text.isascii() or "_" in text:
        return None
    value = NUMBERS.create_decimal(text.strip())
    return value if value.is_finite() else None
