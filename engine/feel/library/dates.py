"""Functions that make and read dates, times and durations (DMN 1.5 §10.3.4.1, §10.3.4.6-8)."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal
from typing import Any, cast

from engine import clock
from engine.feel import far, temporal
from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.far import Day, Moment
from engine.feel.library.registry import builtin, whole
from engine.feel.values import kind

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June", "July", "August", "September")
_MONTHS += ("October", "November", "December")


@builtin("date(from: string|date|date and time)")
def _date(value: Any) -> Day | None:
    return temporal.read_date(value) if type(value) is str else _day(value)


def _day(value: Any) -> Any:
    return value.date() if kind(value) == "date and time" else value


@builtin("date(year: number, month: number, day: number)")
def _date_of(year: Decimal, month: Decimal, day: Decimal) -> Day:
    return far.date_of(whole(year), whole(month), whole(day))


@builtin("time(from: string|time|date and time|date)")
def _time(value: Any) -> dt.time | None:
    if type(value) is str:
        return temporal.read_time(value)
    if kind(value) == "date and time":
        return cast(dt.time, value.timetz())
    return dt.time(tzinfo=dt.UTC) if kind(value) == "date" else value


@builtin("time(hour: number, minute: number, second: number, offset?: days and time duration)")
def _time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None) -> dt.time:
    zone = None if offset is None else dt.timezone(dt.timedelta(microseconds=offset.microseconds_total))
    micro = int((second - int(second)) * 1_000_000)
    return dt.time(whole(hour), whole(minute), int(second), micro, tzinfo=dt.UTC if offset == DaysTime() else zone)


@builtin("date and time(from: string|date and time|date)")
def _moment(value: Any) -> Moment | None:
    if type(value) is str:
        return temporal.read_moment(value)
    return temporal.as_moment(value) if kind(value) == "date" else value


@builtin("date and time(date: date|date and time, time: time)")
def _moment_of(day: Any, time: dt.time) -> Moment:
    return far.combine(_day(day), time)


@builtin("date and time(date: date and time, timezone: string)")
def _moment_in(moment: Moment, name: str) -> Any:
    zone = temporal.zone("@" + name)
    if zone is None:
        return None
    near, cycles = far.split(moment)
    return far.join(near.astimezone(zone) if near.tzinfo else near.replace(tzinfo=zone), cycles)


@builtin("duration(from: string|days and time duration|years and months duration)")
def _duration(value: Any) -> Any:
    return temporal.read_duration(value) if type(value) is str else value


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def _years_months(start: Any, end: Any) -> YearsMonths:
    return temporal.months_between(start, end)


@builtin("now()")
def _now() -> dt.datetime:
    return clock.now().astimezone(clock.TOWN)


@builtin("today()")
def _today() -> dt.date:
    return clock.today()


@builtin("day of year(date: date|date and time)")
def _day_of_year(day: dt.date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


@builtin("day of week(date: date|date and time)")
def _day_of_week(day: dt.date) -> str:
    return _DAYS[day.weekday()]


@builtin("month of year(date: date|date and time)")
def _month_of_year(day: dt.date) -> str:
    return _MONTHS[day.month - 1]


@builtin("week of year(date: date|date and time)")
def _week_of_year(day: dt.date) -> Decimal:
    return Decimal(day.isocalendar().week)


@builtin("last day of month(date: date|date and time)")
def _last_day_of_month(day: Any) -> Day:
    near, _ = far.split(day)
    return far.date_of(day.year, day.month, calendar.monthrange(near.year, near.month)[1])


@builtin("cycle(repetitions: any, interval: days and time duration|years and months duration)")
def _cycle(repetitions: Any, interval: Any) -> str:
    return f"R{'' if repetitions is None else whole(repetitions)}/{interval}"
