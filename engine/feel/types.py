"""FEEL types: "instance of", and fitting a value to a declared type (DMN 1.5 §10.3.2.9.4)."""

from __future__ import annotations

from typing import Any

from engine.feel.ast import TypeName
from engine.feel.temporal import as_moment, zone
from engine.feel.values import Function, Range, kind

SIMPLE = frozenset(
    {
        "Any",
        "Null",
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "years and months duration",
        "days and time duration",
        "list",
        "context",
        "function",
        "range",
    }
)
_ALIASES = {
    "null": "Null",
    "any": "Any",
    "dateTime": "date and time",
    "date time": "date and time",
    "yearMonthDuration": "years and months duration",
    "dayTimeDuration": "days and time duration",
    "year month duration": "years and months duration",
    "day time duration": "days and time duration",
}


def resolve(written: TypeName) -> TypeName | None:
    """Find what a written type means; None if there is no such type."""
    name = _ALIASES.get(written.name, written.name)
    if name not in SIMPLE:
        return None
    of = tuple(resolve(part) for part in written.of)
    fields = tuple((key, resolve(part)) for key, part in written.fields)
    if None in of or any(part is None for _, part in fields):
        return None
    return TypeName(name, of, fields)  # type: ignore[arg-type]


def is_instance(value: Any, wanted: TypeName) -> bool:
    """Tell whether a value conforms to a type; null is only of type Null."""
    if wanted.name == "Any":
        return value is not None
    if value is None:
        return wanted.name == "Null"
    if kind(value) != wanted.name:
        return False
    if wanted.name == "list" and wanted.of:
        return all(entry is None or is_instance(entry, wanted.of[0]) for entry in value)
    if wanted.name == "range" and wanted.of:
        return _in_range(value, wanted.of[0])
    if wanted.name == "context":
        return all(_has(value, key, part) for key, part in wanted.fields)
    if wanted.name == "function" and wanted.of:
        return _fits_function(value, wanted.of)
    return True


def _has(value: dict[str, Any], key: str, part: TypeName) -> bool:
    return key in value and (value[key] is None or is_instance(value[key], part))


def _in_range(value: Range, part: TypeName) -> bool:
    return all(end is None or is_instance(end, part) for end in (value.start, value.end))


def _fits_function(value: Function, of: tuple[TypeName, ...]) -> bool:
    *parameters, result = of
    if len(parameters) != len(value.parameters):
        return False
    for wanted, has in zip(parameters, value.types, strict=False):
        if has is not None and wanted != has and has.name != "Any":
            return False
    return result.name == "Any" or value.result is None or value.result == result


_FAILED: Any = object()


def fit(value: Any, wanted: TypeName) -> tuple[bool, Any]:
    """Fit a value to a type: as it is, as a list of one, out of a list of one, or a date as its first moment."""
    if value is None or wanted.name == "Any" or is_instance(value, wanted):
        return True, value
    if wanted.name == "list" and type(value) is not list and (not wanted.of or is_instance(value, wanted.of[0])):
        return True, [value]
    if type(value) is list and len(value) == 1 and is_instance(value[0], wanted):
        return True, value[0]
    if wanted.name == "date and time" and kind(value) == "date":
        return True, as_moment(value).replace(tzinfo=zone("Z"))
    return False, None
