"""How values look as text: string(), error messages, JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.feel import temporal
from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.lexer import PLAIN_NAME
from engine.feel.values import Function, Range, kind, normalise


def number_text(value: Decimal) -> str:
    """Print a number without exponent and without idle zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def text_of(value: Any, nested: bool = False) -> str:
    """Print a value as string() does; texts inside lists and contexts are quoted."""
    kind_of = type(value)
    if kind_of is str:
        return json.dumps(value, ensure_ascii=False) if nested else str(value)
    if kind_of is Decimal:
        return number_text(value)
    if value is None or kind_of is bool:
        return {None: "null", True: "true", False: "false"}[value]
    if kind_of is list:
        return "[" + ", ".join(text_of(item, True) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {text_of(item, True)}" for key, item in value.items()) + "}"
    if kind_of is Range:
        return range_text(value)
    if kind_of is Function:
        return f"function({', '.join(value.parameters)})"
    return temporal_text(value)


def _key(key: str) -> str:
    return key if PLAIN_NAME.fullmatch(key.replace(" ", "_")) else json.dumps(key, ensure_ascii=False)


def temporal_text(value: Any) -> str:
    """Print a date, time or duration in ISO 8601."""
    if kind(value) == "date and time":
        return temporal.print_moment(value)
    if kind(value) == "date":
        return temporal.print_date(value)
    if type(value) is dt.time:
        return temporal.print_time(value)
    if isinstance(value, YearsMonths | DaysTime):
        return str(value)
    return str(value)


def range_text(value: Range) -> str:
    """Print a range as it is written."""
    if value.start is None:
        return f"({'<=' if value.end_included else '<'} {text_of(value.end, True)})"
    if value.end is None:
        return f"({'>=' if value.start_included else '>'} {text_of(value.start, True)})"
    left, right = "[" if value.start_included else "(", "]" if value.end_included else ")"
    return f"{left}{text_of(value.start, True)}..{text_of(value.end, True)}{right}"


def to_json(value: Any) -> Any:
    """Turn a value into what a JSON column can hold; numbers stay ``Decimal``, temporal values become ISO text."""
    kind_of = type(value)
    if value is None or kind_of in (bool, str, Decimal):
        return value
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, int | float):
        return normalise(value)
    return text_of(value)


def from_json(value: Any) -> Any:
    """Take in what JSON holds: numbers become ``Decimal``; texts stay texts, also where they look like dates."""
    return normalise(value)
