"""The rules an answer must meet: limits, choices, dates and the checks of numbers that the state gives out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import regex

from engine import feel
from engine.errors import N_
from forms.answers import Fault
from forms.checks import CHECKS

if TYPE_CHECKING:
    from forms.part import Part

SECONDS = 0.2
"""How long a pattern may look at one answer."""
FIRST_DAY, LAST_DAY = "1900-01-01", "2199-12-31"
"""The days that an answer may name; a slip of the pen such as the year 0026 would lead no calendar anywhere."""
CHECK_FAULTS = {
    "uscc": N_("The unified social credit code is wrong. Compare its 18 signs with the licence."),
    "resident-id": N_("The resident identity number is wrong. Compare its 18 digits with the identity card."),
    "cn-mobile": N_("This is not a mobile number. Write its 11 digits, like 13800138000."),
}


def faults_of(part: Part, value: Any, limits: Mapping[str, Any], uploads: Callable[[str], bool] | None) -> list[Fault]:
    """Return what is wrong with a value that could be read; limits are already evaluated."""
    if value is None or value is False or value in ("", []):
        required = limits.get("required") is True
        return [Fault(_missing(part.kind))] if required else []
    return list(_broken(part, value, limits, uploads))


def _missing(kind: str) -> str:
    if kind == "filepicker":
        return N_("A file is missing. Choose one.")
    if kind in ("radio", "select", "checklist", "taglist"):
        return N_("Nothing is chosen. Choose one.")
    return N_("This must be confirmed.") if kind == "checkbox" else N_("This is missing. Fill it in.")


def _broken(
    part: Part, value: Any, limits: Mapping[str, Any], uploads: Callable[[str], bool] | None
) -> Iterable[Fault]:
    if part.kind == "filepicker":
        return _files(part, value, uploads)
    judge = _JUDGES.get(part.kind)
    return judge(part, value, limits) if judge is not None else ()


def _number(part: Part, value: Decimal, limits: Mapping[str, Any]) -> Iterator[Fault]:
    low, high = _decimal(limits.get("min")), _decimal(limits.get("max"))
    if low is not None and value < low:
        yield Fault(N_("This must be at least {limit}."), {"limit": low})
    if high is not None and value > high:
        yield Fault(N_("This must be at most {limit}."), {"limit": high})
    places = part.component.raw.get("decimalDigits")
    if places == 0 and value % 1:
        yield Fault(N_("Write a whole number."))
    elif isinstance(places, int) and -int(value.as_tuple().exponent) > places > 0:
        yield Fault(N_("At most {places} decimals are allowed."), {"places": places})
    step = _decimal(part.component.raw.get("increment"))
    if step and value % step:
        yield Fault(N_("This must be a multiple of {step}."), {"step": step})


def _choice(part: Part, value: Any, _limits: Mapping[str, Any]) -> Iterator[Fault]:
    offered = {key for key, _ in part.options}
    if not offered.issuperset(value if isinstance(value, list) else [str(value)]):
        yield Fault(N_("This choice is no longer offered. Choose again."))
    elif part.component.properties.get("check") == "at-least-two" and len(set(value)) < 2:
        yield Fault(N_("Choose at least two."))


def _text(part: Part, value: str, limits: Mapping[str, Any]) -> Iterator[Fault]:
    if limits:
        yield from _length(value, limits)
    check = part.component.properties.get("check")
    if check and not CHECKS[check](value):
        yield Fault(CHECK_FAULTS[check])
    if not _matches(part, value, limits):
        yield Fault(N_("This is not written the way it must be. Look at the explanation under the field."))


def _length(value: str, limits: Mapping[str, Any]) -> Iterator[Fault]:
    facts = {"length": len(value), "low": limits.get("minLength"), "limit": limits.get("maxLength")}
    low, high = _decimal(facts["low"]), _decimal(facts["limit"])
    if low is not None and len(value) < low:
        yield Fault(N_("This has {length} characters; at least {low} are needed."), facts)
    if high is not None and len(value) > high:
        yield Fault(N_("This has {length} characters; at most {limit} are allowed. Shorten it."), facts)


def _matches(part: Part, value: str, limits: Mapping[str, Any]) -> bool:
    pattern: Any = part.component.pattern or limits.get("pattern")
    if not pattern:
        return True
    try:
        return regex.search(pattern, value, timeout=SECONDS) is not None
    except (TimeoutError, regex.error):
        return False


def _date(part: Part, value: str, limits: Mapping[str, Any]) -> Iterator[Fault]:
    subtype = part.component.raw.get("subtype", "date")
    if subtype != "date":
        yield from _interval(value, _decimal(part.component.raw.get("timeInterval")))
    if subtype == "time":
        return
    if not FIRST_DAY <= value[:10] <= LAST_DAY:
        yield Fault(N_("This is no day of our time. Write the year in four digits, like 2026."))
        return
    yield from _between(value, limits)
    today = feel.evaluate("today()", {}).isoformat()
    check = part.component.properties.get("check")
    if check == "date-not-future" and value[:10] > today:
        yield Fault(N_("This day lies in the future. Choose today or an earlier day."))
    if (check == "date-not-past" or part.component.raw.get("disallowPassedDates") is True) and value[:10] < today:
        yield Fault(N_("This day has passed. Choose today or a later day."))


_JUDGES: Mapping[str, Callable[[Part, Any, Mapping[str, Any]], Iterator[Fault]]] = {
    "number": _number,
    "datetime": _date,
    **dict.fromkeys(("textfield", "textarea"), _text),
    **dict.fromkeys(("radio", "select", "checklist", "taglist"), _choice),
}


def _interval(value: str, minutes: Decimal | None) -> Iterator[Fault]:
    hour, minute = (int(part) for part in value.rpartition("T")[2].split(":")[:2])
    if minutes and (hour * 60 + minute) % minutes:
        yield Fault(
            N_("This time must lie on a step of {minutes} minutes. Choose one before or after."), {"minutes": minutes}
        )


def _between(value: str, limits: Mapping[str, Any]) -> Iterator[Fault]:
    """Compare with the first and the last day or moment allowed, which are texts or come from FEEL."""
    first, last = (feel.to_json(limits.get(name)) for name in ("min", "max"))
    if isinstance(first, str) and first and _order(value, first) < 0:
        yield Fault(N_("This must not be before {limit}."), {"limit": first[:16].replace("T", " ")})
    if isinstance(last, str) and last and _order(value, last) > 0:
        yield Fault(N_("This must not be after {limit}."), {"limit": last[:16].replace("T", " ")})


def _order(one: str, other: str) -> int:
    """Compare two days or moments of the town; where either is a day without time, the days count."""
    if "T" not in one or "T" not in other:
        one, other = one[:10], other[:10]
    first, second = (_aware(text) for text in (one, other))
    return (first > second) - (first < second)


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text.partition("@")[0])
    return moment if moment.tzinfo else moment.replace(tzinfo=feel.evaluate("now()", {}).tzinfo)


def _files(part: Part, value: list[str], uploads: Callable[[str], bool] | None) -> Iterator[Fault]:
    if len(value) > 1 and part.component.raw.get("multiple") is not True:
        yield Fault(N_("Only one file is allowed here. Take the others out."))
    if uploads is None or not all(uploads(entry) for entry in value):
        yield Fault(N_("A file could not be found. Choose it again."))


def _decimal(limit: Any) -> Decimal | None:
    if limit is None or isinstance(limit, bool):
        return None
    try:
        return Decimal(str(limit))
    except InvalidOperation:
        return None
