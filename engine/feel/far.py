"""Days and moments beyond the years 1 to 9999, which are all that Python's calendar holds (DMN 1.5 §10.3.2.3.4).

The Gregorian calendar repeats to the weekday every 400 years. A far day is therefore a near one of the years 2000 to
2399 and the number of such cycles that it lies after it; before it, the number is negative.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

CYCLE_YEARS = 400
CYCLE_DAYS = 146_097
FIRST = 2000
"""The year in which near days begin."""
LAST_YEAR = 999_999_999
"""The largest year that can be written, before and after our era (XML Schema leaves the bound to us)."""


class _Far:
    """What the properties of a near day say of a far one."""

    __slots__ = ()
    near: Any
    cycles: int

    @property
    def year(self) -> int:
        """The year, 0 being the one before the year 1."""
        return int(self.near.year) + self.cycles * CYCLE_YEARS

    def __getattr__(self, name: str) -> Any:
        return getattr(self.near, name)


@dataclass(frozen=True, slots=True)
class FarDate(_Far):
    """A day."""

    near: dt.date
    cycles: int


@dataclass(frozen=True, slots=True)
class FarMoment(_Far):
    """A date and time."""

    near: dt.datetime
    cycles: int

    def date(self) -> dt.date | FarDate:
        """The day of the moment."""
        return date_of(self.year, self.near.month, self.near.day)


Day = dt.date | FarDate
Moment = dt.datetime | FarMoment


def date_of(year: int, month: int, day: int) -> Day:
    """Return the day, near or far.

    Raises
    ------
    ValueError
        If there is no such day, or the year cannot be written.
    """
    if 1 <= year <= dt.MAXYEAR:
        return dt.date(year, month, day)
    if abs(year) > LAST_YEAR:
        raise ValueError(year)
    cycles, rest = divmod(year - FIRST, CYCLE_YEARS)
    return FarDate(dt.date(FIRST + rest, month, day), cycles)


def split(value: Any) -> tuple[Any, int]:
    """Return the near day or moment and the cycles that lie between."""
    near, cycles = (value.near, value.cycles) if isinstance(value, _Far) else (value, 0)
    more, rest = divmod(near.year - FIRST, CYCLE_YEARS)
    return near.replace(year=FIRST + rest), cycles + more


def join(near: Any, cycles: int) -> Any:
    """Return the day or moment that lies ``cycles`` after a near one; None beyond the last year."""
    year = near.year + cycles * CYCLE_YEARS
    if 1 <= year <= dt.MAXYEAR:
        return near.replace(year=year)
    if abs(year) > LAST_YEAR:
        return None
    kind = FarMoment if type(near) is dt.datetime else FarDate
    more, rest = divmod(near.year - FIRST, CYCLE_YEARS)
    return kind(near.replace(year=FIRST + rest), cycles + more)


def combine(day: Day, time: dt.time) -> Moment:
    """Return the moment of a day at a time."""
    if isinstance(day, FarDate):
        return FarMoment(dt.datetime.combine(day.near, time), day.cycles)
    return dt.datetime.combine(day, time)


def plus(value: Any, duration: dt.timedelta) -> Any:
    """Add a length of time to a day or moment; None beyond the last year."""
    near, cycles = split(value)
    more, days = divmod(duration.days, CYCLE_DAYS)
    rest = dt.timedelta(days=days, seconds=duration.seconds, microseconds=duration.microseconds)
    if type(near) is dt.date:
        return join((dt.datetime.combine(near, dt.time()) + rest).date(), cycles + more)
    if near.tzinfo is None:
        return join(near + rest, cycles + more)
    return join((near.astimezone(dt.UTC) + rest).astimezone(near.tzinfo), cycles + more)


def position(value: Any) -> tuple[int, dt.time]:
    """Return what days and moments are ordered by: the day counted from year 1, and the time; zoned ones in UTC."""
    near, cycles = split(value)
    if type(near) is dt.date:
        return near.toordinal() + cycles * CYCLE_DAYS, dt.time()
    if near.tzinfo is not None:
        near = near.astimezone(dt.UTC)
    return near.toordinal() + cycles * CYCLE_DAYS, near.time()


def days_and_time_between(left: Any, right: Any) -> tuple[int, dt.timedelta]:
    """Return the whole days and the rest that lie from ``right`` to ``left``."""
    (left_day, left_time), (right_day, right_time) = position(left), position(right)
    start = dt.date.min
    return left_day - right_day, dt.datetime.combine(start, left_time) - dt.datetime.combine(start, right_time)


def is_far(*values: Any) -> bool:
    """Tell whether one of the values is beyond Python's calendar."""
    return any(isinstance(value, _Far) for value in values)
