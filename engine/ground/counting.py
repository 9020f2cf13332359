"""Counting periods: working days, calendar days, months, years and hours, each day with the reason it counts or not.

Pure functions over a :class:`Days` (what is known of each day). The start day is not counted (民法典201, 民诉法85(2) by
analogy), a period of months or years ends on the corresponding day or the last day of the month (民法典202), hours run
through nights and holidays, and a period of days ends at 24:00 of its last day in the town's zone.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from engine import clock, errors
from engine.errors import N_

LONGEST = {"working": 2500, "calendar": 3660, "month": 600, "year": 50, "hour": 87840}
"""No period of any law is longer; a larger number is a slip of the keyboard and would only burn time."""


class Unit(StrEnum):
    """What a period is counted in."""

    WORKING = "working"
    CALENDAR = "calendar"
    MONTH = "month"
    YEAR = "year"
    HOUR = "hour"


BACKWARD = (Unit.WORKING, Unit.CALENDAR)
"""What can be counted back from an event."""


class Roll(StrEnum):
    """What happens when the last day of a calendar period is a rest day (民诉法85(3))."""

    NONE = "none"
    NEXT = "next"


class Mark(NamedTuple):
    """What is known of a day: does one work, what is it called, and is that final. Each unit of work reads a year."""

    day: date
    working: bool
    name: str | None = None
    origin: str = "weekday"
    provisional: bool = False

    @property
    def why(self) -> str:
        """The key in :data:`REASONS` for counting or skipping the day as a working day."""
        weekend = self.day.weekday() >= 5
        if self.working:
            return "make_up" if weekend else "working"
        return "holiday" if self.name else "weekend"


class Days(Protocol):
    """Knows every day."""

    def mark(self, day: date) -> Mark:
        """Return what is known of ``day``."""


@dataclass(frozen=True)
class Stop:
    """A stretch that does not count, from the day it began to the day it ended (None: it still runs)."""

    started_on: date
    resumed_on: date | None = None


@dataclass(frozen=True)
class Step:
    """One line of a derivation: a day, its number when it counts, and why (a key of :data:`REASONS`)."""

    day: date
    number: int | None
    why: str
    name: str | None = None
    provisional: bool = False

    def as_json(self) -> list[Any]:
        """Return the line as it is stored: ``[day, number, why, name, provisional]``."""
        return [self.day.isoformat(), self.number, self.why, self.name, self.provisional]


REASONS = {
    "start": N_("start day, not counted"),
    "working": N_("working day"),
    "make_up": N_("make-up working day"),
    "weekend": N_("weekend"),
    "holiday": N_("holiday"),
    "calendar": N_("calendar day"),
    "month": N_("corresponding day, or last day of the month"),
    "hour": N_("clock hours run on"),
    "stopped": N_("clock stopped"),
    "given_back": N_("day given back for a stop"),
    "rest": N_("rest day, the last day moves on"),
    "rolled": N_("next working day"),
    "event": N_("day of the event"),
    "latest": N_("latest day to act"),
    "running": N_("clock stands still; no last day yet"),
}
"""Why a day counts, is skipped, or ends the period; marked for translation."""


@dataclass(frozen=True)
class Due:
    """The end of a period and how it was found.

    ``at`` is the moment at which the period has run out (24:00 of ``day``); both are None while a stop runs, and
    ``left`` then tells what remains. ``provisional`` (暂定): a day that decides has no final holiday notice yet.
    """

    start: date
    length: int
    unit: Unit
    day: date | None
    at: datetime | None
    provisional: bool
    derivation: tuple[Step, ...]
    left: int | None = None


def midnight_after(day: date) -> datetime:
    """Return 24:00 of ``day`` in the town's zone, in UTC."""
    return clock.midnight(day + timedelta(days=1)).astimezone(UTC)


def last_day(due_at: datetime) -> date:
    """Return the day that ends with a due moment: midnight belongs to the day before."""
    return (due_at.astimezone(clock.TOWN) - timedelta(microseconds=1)).date()


def town_day(moment: date | datetime) -> date:
    """Return the day of a moment in the town's zone; a day is itself."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise errors.MomentWithoutZone(moment=moment.isoformat())
    return clock.day(moment)


def after(
    days: Days,
    start: date | datetime,
    length: int,
    unit: Unit,
    *,
    roll: Roll = Roll.NONE,
    stops: Sequence[Stop] = (),
    both_ends: bool = False,
) -> Due:
    """Return when ``length`` units after ``start`` have run out.

    Parameters
    ----------
    both_ends
        A stop gives back its first day too ([S,R]); otherwise only (S,R]: setting ``stop_days``.

    Raises
    ------
    PeriodImpossible
        If ``length`` is negative or longer than any law's, or ``start`` lies outside 1949-2200.
    StopImpossible
        If a stop ends before it begins.
    """
    _check(start, length, unit)
    skipped = Skipped(stops, both_ends)
    if unit is Unit.HOUR:
        return _hours(start, length, stops, both_ends)
    if unit is Unit.WORKING:
        return _finish(days, town_day(start), length, unit, Roll.NONE, _working(days, town_day(start), length, skipped))
    if unit is Unit.CALENDAR:
        return _finish(days, town_day(start), length, unit, roll, _plain(town_day(start), length, skipped))
    months = length if unit is Unit.MONTH else 12 * length
    return _finish(days, town_day(start), length, unit, roll, _months(town_day(start), months, skipped))


def before(days: Days, event: date, length: int, unit: Unit, *, clear: bool = True) -> Due:
    """Return the latest day to act so that ``length`` working or calendar days lie before ``event``.

    With ``clear`` the days lie wholly between act and event; without, the event day is the last of them (setting
    ``before_n``). In working days the answer is a working day, so that somebody is there to act.

    Raises
    ------
    PeriodImpossible
        If ``unit`` is not days, or ``length`` is negative or too long.
    """
    _check(event, length, unit)
    if unit not in BACKWARD:
        raise errors.PeriodImpossible(length=length, unit=str(unit))
    steps = [Step(event, None, "event")] if clear else []
    day = event - timedelta(days=1) if clear else event
    number = 0
    while number < length:
        mark = days.mark(day)
        counts = mark.working or unit is Unit.CALENDAR
        number += counts
        steps.append(_step(mark, number if counts else None, unit))
        day -= timedelta(days=1)
    while unit is Unit.WORKING and not days.mark(day).working:
        steps.append(_step(days.mark(day), None, unit))
        day -= timedelta(days=1)
    steps.append(Step(day, None, "latest", provisional=unit is Unit.WORKING and days.mark(day).provisional))
    provisional = any(step.provisional for step in steps)
    return Due(event, length, unit, day, midnight_after(day), provisional, tuple(steps))


class Skipped:
    """The union of all stops: overlapping ones give each day back once."""

    def __init__(self, stops: Iterable[Stop], both_ends: bool) -> None:
        self._ranges: list[tuple[date, date | None]] = []
        for stop in stops:
            if stop.resumed_on is not None and stop.resumed_on < stop.started_on:
                raise errors.StopImpossible(started_on=stop.started_on, resumed_on=stop.resumed_on)
            first = stop.started_on if both_ends else stop.started_on + timedelta(days=1)
            self._ranges.append((first, stop.resumed_on))

    def __contains__(self, day: date) -> bool:
        return any(first <= day and (last is None or day <= last) for first, last in self._ranges)

    def endless(self, day: date) -> bool:
        """Tell whether a stop that still runs covers ``day`` and all that follow."""
        return any(last is None and first <= day for first, last in self._ranges)


def _check(start: date | datetime, length: int, unit: Unit) -> None:
    if not 0 <= length <= LONGEST[unit] or not 1949 <= start.year <= 2200:
        raise errors.PeriodImpossible(length=length, unit=str(unit))


def _working(days: Days, start: date, length: int, skipped: Skipped) -> Iterator[Step]:
    yield Step(start, None, "start")
    day, number = start, 0
    while number < length:
        day += timedelta(days=1)
        if skipped.endless(day):
            yield Step(day, None, "running")
            return
        mark = days.mark(day)
        if day in skipped:
            yield Step(day, None, "stopped", mark.name)
            continue
        number += mark.working
        yield _step(mark, number if mark.working else None, Unit.WORKING)


def _plain(start: date, length: int, skipped: Skipped) -> Iterator[Step]:
    yield Step(start, None, "start")
    day, number = start, 0
    while number < length:
        day += timedelta(days=1)
        if skipped.endless(day):
            yield Step(day, None, "running")
            return
        if day in skipped:
            yield Step(day, None, "stopped")
            continue
        number += 1
        yield Step(day, number, "calendar")


def _months(start: date, months: int, skipped: Skipped) -> Iterator[Step]:
    yield Step(start, None, "start")
    end = start
    for number in range(1, months + 1):
        end = corresponding_day(start, number)
        yield Step(end, number, "month")
    given_back, day = 0, start
    while day < end + timedelta(days=given_back):
        day += timedelta(days=1)
        if skipped.endless(day):
            yield Step(day, None, "running")
            return
        if day in skipped:
            given_back += 1
    for number in range(1, given_back + 1):
        yield Step(end + timedelta(days=number), None, "given_back")


def corresponding_day(start: date, months: int) -> date:
    """Return the corresponding day ``months`` later, else the last day of that month (民法典202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, gregorian.monthrange(year, month + 1)[1]))


def _finish(days: Days, start: date, length: int, unit: Unit, roll: Roll, found: Iterator[Step]) -> Due:
    steps = list(found)
    if steps[-1].why == "running":
        counted = max((step.number for step in steps if step.number), default=0)
        left = length - counted if unit in (Unit.WORKING, Unit.CALENDAR) else None
        return Due(start, length, unit, None, None, False, tuple(steps), left)
    if roll is Roll.NEXT:
        steps = list(_rolled(days, steps))
    day = steps[-1].day
    provisional = any(step.provisional for step in steps)
    return Due(start, length, unit, day, midnight_after(day), provisional, tuple(steps))


def _rolled(days: Days, steps: list[Step]) -> Iterator[Step]:
    mark = days.mark(steps[-1].day)
    yield from steps[:-1]
    yield replace(steps[-1], provisional=mark.provisional)
    while not mark.working:
        yield Step(mark.day, None, "rest", mark.name, mark.provisional)
        mark = days.mark(mark.day + timedelta(days=1))
        if mark.working:
            yield Step(mark.day, None, "rolled", mark.name, mark.provisional)


def _hours(start: date | datetime, length: int, stops: Sequence[Stop], both_ends: bool) -> Due:
    if not isinstance(start, datetime):
        start = clock.midnight(start)
    day = town_day(start)
    end = start.astimezone(UTC) + timedelta(hours=length)
    steps = [Step(day, None, "hour")]
    skipped, cursor = Skipped(stops, both_ends), day
    while midnight_after(cursor) - timedelta(days=1) < end:
        if skipped.endless(cursor):
            return Due(day, length, Unit.HOUR, None, None, False, (*steps, Step(cursor, None, "running")))
        if cursor in skipped:
            begun = max(midnight_after(cursor) - timedelta(days=1), start.astimezone(UTC))
            end += midnight_after(cursor) - begun
            steps.append(Step(cursor, None, "stopped"))
        cursor += timedelta(days=1)
    last = town_day(end)
    return Due(day, length, Unit.HOUR, last, end, False, (*steps, Step(last, length, "hour")))


def _step(mark: Mark, number: int | None, unit: Unit) -> Step:
    if unit is Unit.CALENDAR:
        return Step(mark.day, number, "calendar")
    return Step(mark.day, number, mark.why, mark.name, mark.provisional)
