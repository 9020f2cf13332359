"""Dates, times and durations: reading, printing and arithmetic (DMN 1.5 §10.3.2.3, ISO 8601, XPath duration rules)."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import far
from engine.feel.durations import DAY, DaysTime, YearsMonths
from engine.feel.far import Day, FarMoment, Moment
from engine.feel.instants import comparable
from engine.feel.values import NUMBERS, kind

_DATE = r"(?P<year>-?(?:\d{4}|[1-9]\d{4,8}))-(?P<month>\d\d)-(?P<day>\d\d)"
_ZONE = r"(?P<zone>Z|z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z_]+(?:[/+-][A-Za-z0-9_+-]+)*)?"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?P<fraction>\.\d+)?" + _ZONE
_DATE_ONLY = re.compile(_DATE, re.ASCII)
_TIME_ONLY = re.compile(_TIME, re.ASCII)
_MOMENT = re.compile(_DATE + "T" + _TIME, re.ASCII)
_YEARS_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_DAYS_TIME = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(\.\d*)?S)?)?", re.ASCII)


@lru_cache(maxsize=256)
def zone(text: str) -> dt.tzinfo | None:
    """Read a zone: ``Z``, an offset, or ``@Region/City``; None if there is no such zone."""
    if text in ("Z", "z"):
        return dt.UTC
    if text.startswith("@"):
        try:
            return ZoneInfo(text[1:])
        except (OSError, ValueError, LookupError):
            return None
    hours, minutes, *rest = (int(part) for part in text[1:].split(":"))
    seconds = hours * 3600 + minutes * 60 + (rest[0] if rest else 0)
    if hours > 14 or minutes > 59:
        return None
    return dt.timezone(dt.timedelta(seconds=-seconds if text[0] == "-" else seconds))


def read_date(text: str) -> Day | None:
    """Read ``2026-03-02``; None for anything else."""
    match = _DATE_ONLY.fullmatch(text)
    return _date_of(match) if match else None


def _date_of(match: re.Match[str]) -> Day | None:
    try:
        return far.date_of(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def read_time(text: str) -> dt.time | None:
    """Read ``09:30:00``, with or without zone; None for anything else."""
    match = _TIME_ONLY.fullmatch(text.removeprefix("T"))
    return _time_of(match) if match else None


def _time_of(match: re.Match[str]) -> dt.time | None:
    where = zone(match["zone"]) if match["zone"] else None
    if match["zone"] and where is None:
        return None
    fraction = Decimal(match["fraction"] or 0) * 1_000_000
    try:
        return dt.time(int(match["hour"]), int(match["minute"]), int(match["second"]), int(fraction), tzinfo=where)
    except ValueError:
        return None


def read_moment(text: str) -> Moment | None:
    """Read ``2026-03-02T09:30:00+08:00``, with or without zone; a date alone means its first moment."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        day = read_date(text)
        return None if day is None else far.combine(day, dt.time())
    day, time = _date_of(match), _end_of_day(match)
    if day is None:
        return None
    if time is not None:
        return plus_days(far.combine(day, time), 1)
    clock = _time_of(match)
    return None if clock is None else far.combine(day, clock)


def _end_of_day(match: re.Match[str]) -> dt.time | None:
    """Read 24:00:00, which ISO 8601 lets stand for the next midnight."""
    if (match["hour"], match["minute"], match["second"]) != ("24", "00", "00") or match["fraction"]:
        return None
    return dt.time(tzinfo=zone(match["zone"]) if match["zone"] else None)


def plus_days(moment: Moment, days: int) -> Moment | None:
    """Add whole days; None beyond the calendar."""
    near, cycles = far.split(moment)
    found: Moment | None = far.join(near + dt.timedelta(days=days), cycles)
    return found


def read_duration(text: str) -> YearsMonths | DaysTime | None:
    """Read an ISO 8601 duration of either kind; None for anything else."""
    match = _YEARS_MONTHS.fullmatch(text)
    if match and (match[2] or match[3]):
        total = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-total if match[1] else total) if total < 12_000_000_000 else None
    match = _DAYS_TIME.fullmatch(text)
    if match is None or not any(match.groups()[1:]) or text.endswith("T"):
        return None
    days, hours, minutes, seconds = (int(match[index] or 0) for index in (2, 3, 4, 5))
    micro = int(Decimal("0" + (match[6] or ".0") + "0") * 1_000_000)
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return from_microseconds((whole * 1_000_000 + micro) * (-1 if match[1] else 1))


def from_microseconds(total: int) -> DaysTime | None:
    """Make a duration; None beyond what the calendar can hold."""
    try:
        return DaysTime(microseconds=total)
    except OverflowError:
        return None


def from_seconds(seconds: Decimal) -> DaysTime | None:
    """Make a duration from seconds, cut to microseconds."""
    return from_microseconds(int((seconds * 1_000_000).to_integral_value(ROUND_DOWN)))


def seconds_of(duration: DaysTime) -> Decimal:
    """The length in seconds as an exact number."""
    return NUMBERS.divide(Decimal(duration.microseconds_total), Decimal(1_000_000))


def read_any(text: str) -> Any:
    """Read an ``@"…"`` literal: date, time, date and time, or duration; None for anything else."""
    for read in (read_date, read_moment, read_time, read_duration):
        value = read(text)
        if value is not None:
            return value
    return None


def print_zone(where: dt.tzinfo | None, value: dt.time | dt.datetime) -> str:
    """Print a zone as it was written: its name, its offset, or nothing."""
    if where is None:
        return ""
    if isinstance(where, ZoneInfo):
        return "@" + where.key
    offset = where.utcoffset(value if isinstance(value, dt.datetime) else None) or dt.timedelta()
    if not offset:
        return "Z"
    total = int(offset.total_seconds())
    hours, rest = divmod(abs(total), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{'-' if total < 0 else '+'}{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def print_time(value: dt.time | dt.datetime) -> str:
    """Print the time of day with its zone."""
    fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02}:{value.minute:02}:{value.second:02}{fraction}{print_zone(value.tzinfo, value)}"


def print_date(value: Day | Moment) -> str:
    """Print the day; years have at least four digits, those before our era a minus."""
    return f"{'-' if value.year < 0 else ''}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def print_moment(value: Moment) -> str:
    """Print a date and time with its zone."""
    return f"{print_date(value)}T{print_time(value.near if isinstance(value, FarMoment) else value)}"


_ZONED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def as_moment(day: Day, like: Moment | None = None) -> Moment:
    """The first moment of a day; in UTC when it is to be compared with a zoned moment."""
    return far.combine(day, dt.time(tzinfo=dt.UTC if like is not None and like.tzinfo else None))


def plus_months(value: Any, months: int) -> Any:
    """Add months to a date or moment; the 31st becomes the last day of a shorter month."""
    near, cycles = far.split(value)
    year, month = divmod(near.year * 12 + near.month - 1 + months, 12)
    more, rest = divmod(year - far.FIRST, far.CYCLE_YEARS)
    year = far.FIRST + rest
    last = calendar.monthrange(year, month + 1)[1]
    return far.join(near.replace(year=year, month=month + 1, day=min(near.day, last)), cycles + more)


def plus_time(value: Any, duration: DaysTime) -> Any:
    """Add a duration to a date, time or moment; a time wraps at midnight."""
    if type(value) is not dt.time:
        return far.plus(value, duration)
    start = dt.datetime.combine(dt.date(2000, 6, 1), value.replace(tzinfo=None))
    wrapped = DaysTime(microseconds=duration.microseconds_total % (DAY * 1_000_000))
    return (start + wrapped).time().replace(tzinfo=value.tzinfo)


def minus(left: Any, right: Any) -> DaysTime | None:
    """The time between two dates, times or moments; None if just one has a zone."""
    if type(left) is dt.time:
        pair = comparable(left, right)
        return None if pair is None else from_microseconds(pair[0] - pair[1])
    if kind(left) != kind(right):
        # a day is its first moment in UTC, so that only a zoned moment has a distance from it
        left, right = (as_moment(value, _ZONED) if kind(value) == "date" else value for value in (left, right))
    elif kind(left) == "date":
        left, right = as_moment(left), as_moment(right)
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    days, rest = far.days_and_time_between(left, right)
    try:
        return DaysTime.of(rest + dt.timedelta(days=days))
    except OverflowError:
        return None


def months_between(start: Any, end: Any) -> YearsMonths:
    """Whole months between two days, cut towards zero; the time of day does not count."""
    first, last = (start.year, start.month, start.day), (end.year, end.month, end.day)
    sign = 1 if first <= last else -1
    first, last = min(first, last), max(first, last)
    months = (last[0] - first[0]) * 12 + last[1] - first[1]
    return YearsMonths(sign * (months - 1 if last[2] < first[2] else months))
