"""The town's calendar: which days are worked, from the State Council's yearly notices, and periods counted on it.

A year is published once it has rows. Days of a year without rows follow the week and the fixed holidays of 放假办法2
and are provisional (暂定); so are 24-31 December of the last published year while the next year's notice may still
change them (it did in 2018: 12-29 worked, 12-31 off), unless setting ``year_end`` says ``final``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

import chinese_calendar
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, db, errors, feel
from engine.ground import counting
from engine.ground.counting import Due, Mark, Roll, Stop, Unit

calendar_day = sa.Table(
    "calendar_day",
    db.metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("working", sa.Boolean, nullable=False),
    sa.Column("name", sa.String(60)),
    sa.Column("origin", sa.String(120), nullable=False),
)

STREAM = "house:calendar"
FIXED_HOLIDAYS = {
    (1, 1): "元旦",
    **dict.fromkeys([(5, 1), (5, 2)], "劳动节"),
    **dict.fromkeys([(10, 1), (10, 2), (10, 3)], "国庆节"),
}
"""The holidays of 放假办法2 that stand on a day of the solar calendar; the lunar ones wait for the notice."""

SEEDED_FROM = "chinesecalendar"
SEED_YEARS = range(2004, 2027)

Published = Callable[[Connection, audit.Actor, int], int]
_listeners: list[Published] = []


def on_publish(listener: Published) -> Published:
    """Register a function to be called after a year's days have changed; it returns how many deadlines it moved."""
    _listeners.append(listener)
    return listener


class Publication(NamedTuple):
    """What the publication of a year changed: the days, and how many open deadlines end on another day."""

    days: list[date]
    deadlines: int


class Calendar:
    """What is known of every day; loads a year when it is first asked for, so an unused calendar costs nothing."""

    def __init__(
        self, load: Callable[[int], Mapping[date, Mark]], *, year_end: Literal["final", "provisional"] = "provisional"
    ) -> None:
        self._load = load
        self._years: dict[int, Mapping[date, Mark]] = {}
        self._year_end_open = year_end == "provisional"

    def published(self, year: int) -> bool:
        """Tell whether the year's notice has been entered."""
        if year not in self._years:
            self._years[year] = self._load(year)
        return bool(self._years[year])

    def mark(self, day: date) -> Mark:
        """Return what is known of ``day``."""
        if not self.published(day.year):
            return _unpublished(day)
        found = self._years[day.year].get(day) or Mark(day, day.weekday() < 5)
        if self._year_end_open and (day.month, day.day) >= (12, 24) and not self.published(day.year + 1):
            return Mark(found.day, found.working, found.name, found.origin, provisional=True)
        return found

    def is_working(self, day: date) -> bool:
        """Tell whether ``day`` is worked, 调休 included."""
        return self.mark(day).working

    def after(
        self,
        start: date | datetime,
        length: int,
        unit: Unit,
        *,
        roll: Roll = Roll.NONE,
        stops: Iterable[Stop] = (),
        both_ends: bool = False,
    ) -> Due:
        """Count ``length`` units after ``start``; see :func:`engine.ground.counting.after`."""
        return counting.after(self, start, length, unit, roll=roll, stops=tuple(stops), both_ends=both_ends)

    def before(self, event: date, length: int, unit: Unit, *, clear: bool = True) -> Due:
        """Count ``length`` days back from ``event``; see :func:`engine.ground.counting.before`."""
        return counting.before(self, event, length, unit, clear=clear)

    def working_days_after(self, day: date | datetime, length: int) -> Due:
        """Return when ``length`` working days after ``day`` have run out."""
        return self.after(day, length, Unit.WORKING)

    def calendar_days_after(self, day: date | datetime, length: int, roll: Roll = Roll.NONE) -> Due:
        """Return when ``length`` calendar days after ``day`` have run out."""
        return self.after(day, length, Unit.CALENDAR, roll=roll)

    def months_after(self, day: date | datetime, length: int, roll: Roll = Roll.NONE) -> Due:
        """Return when ``length`` months after ``day`` have run out (民法典202)."""
        return self.after(day, length, Unit.MONTH, roll=roll)

    def years_after(self, day: date | datetime, length: int, roll: Roll = Roll.NONE) -> Due:
        """Return when ``length`` years after ``day`` have run out (民法典202)."""
        return self.after(day, length, Unit.YEAR, roll=roll)

    def hours_after(self, moment: datetime, length: int) -> Due:
        """Return when ``length`` clock hours after ``moment`` have run out."""
        return self.after(moment, length, Unit.HOUR)

    def working_days_between(self, after: date, until: date) -> int:
        """Count the working days in ``(after, until]``; negative when ``until`` lies before ``after``."""
        if until < after:
            return -self.working_days_between(until, after)
        return sum(self.is_working(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


def _unpublished(day: date) -> Mark:
    holiday = FIXED_HOLIDAYS.get((day.month, day.day))
    return Mark(day, day.weekday() < 5 and not holiday, holiday, "unpublished", provisional=True)


def load(connection: Connection, *, year_end: Literal["final", "provisional"] = "provisional") -> Calendar:
    """Return the town's calendar, reading each year when it is first needed.

    The calendar's first use raises :class:`errors.CalendarEmpty` if nothing at all has been entered.
    """
    return reading(lambda: connection, year_end=year_end)


def reading(
    connected: Callable[[], Connection], *, year_end: Literal["final", "provisional"] = "provisional"
) -> Calendar:
    """As :func:`load`, for a calendar that outlives a connection: it asks for one whenever it reads a year.

    Raises
    ------
    CalendarEmpty
        When a day is counted and no year has been entered at all.
    """
    seen_rows = False

    def year_of(year: int) -> Mapping[date, Mark]:
        nonlocal seen_rows
        connection = connected()
        marks = _entered(connection, year)
        seen_rows = seen_rows or bool(marks) or _any_rows(connection)
        if not seen_rows:
            raise errors.CalendarEmpty
        return marks

    return Calendar(year_of, year_end=year_end)


def _entered(connection: Connection, year: int) -> Mapping[date, Mark]:
    """Return what has been entered for a year; a unit of work reads it once, however many count on it."""
    known = db.known(connection)
    if (_ENTERED, year) not in known:
        rows = connection.execute(sa.select(calendar_day).where(_in(year)))
        known[_ENTERED, year] = {row.day: Mark(row.day, row.working, row.name, row.origin) for row in rows}
    marks: Mapping[date, Mark] = known[_ENTERED, year]
    return marks


_ENTERED = "calendar year"


def _in(year: int) -> sa.ColumnElement[bool]:
    return calendar_day.c.day.between(date(year, 1, 1), date(year, 12, 31))


def built_in(*, year_end: Literal["final", "provisional"] = "provisional") -> Calendar:
    """Return the calendar that :func:`seed` would enter, for work without a database."""

    def year_of(year: int) -> Mapping[date, Mark]:
        return {mark.day: mark for mark in seeded(year)} if year in SEED_YEARS else {}

    return Calendar(year_of, year_end=year_end)


def _any_rows(connection: Connection) -> bool:
    return bool(connection.scalar(sa.select(sa.exists(sa.select(calendar_day.c.day)))))


def functions(
    calendar: Calendar, period: Callable[[str, date | datetime], date | datetime | None] | None = None
) -> dict[str, feel.Function]:
    """Return the FEEL host functions that count on ``calendar``.

    ``period(key, from)`` is there when the caller knows named periods. A period that has no end yet yields null.
    """
    found = {
        "working days after": feel.host(lambda start, days: calendar.working_days_after(start, int(days)).day, _FROM),
        "calendar days after": feel.host(lambda start, days: calendar.calendar_days_after(start, int(days)).day, _FROM),
    }
    if period is not None:
        found["period"] = feel.host(period, ["name", "from"])
    return found


_FROM = ["from", "days"]


def years(connection: Connection) -> list[sa.Row[Any]]:
    """Return the published years with ``year, rows, working, origin``, for the page and the command."""
    year = sa.extract("year", calendar_day.c.day)
    return list(
        connection.execute(
            sa.select(
                year.label("year"),
                sa.func.count().label("rows"),
                sa.func.sum(sa.case((calendar_day.c.working, 1), else_=0)).label("working"),
                sa.func.min(calendar_day.c.origin).label("origin"),
            )
            .group_by(year)
            .order_by(year)
        )
    )


def publish(connection: Connection, actor: audit.Actor, year: int, days: Iterable[Mark], *, origin: str) -> Publication:
    """Enter or correct a year's days; return those whose state changed. Open deadlines are recomputed by listeners.

    ``days`` names the days that differ from the plain week; the others follow the week.

    Raises
    ------
    CalendarDayForeign
        If a day lies outside ``year``.
    """
    named = {mark.day: mark for mark in days}
    for day in named:
        if day.year != year:
            raise errors.CalendarDayForeign(day=day, year=year)
    before = {row.day: row.working for row in connection.execute(sa.select(calendar_day).where(_in(year)))}
    rows = [_row(day, named.get(day), origin) for day in _days_of(year)]
    connection.execute(sa.delete(calendar_day).where(_in(year)))
    connection.execute(sa.insert(calendar_day), rows)
    db.known(connection).pop((_ENTERED, year), None)
    changed = [row["day"] for row in rows if before.get(row["day"]) is not row["working"]]
    details = {"year": year, "origin": origin, "changed": [day.isoformat() for day in changed] if before else "all"}
    audit.record(connection, STREAM, audit.Event("calendar.published", actor, details=details))
    return Publication(changed, sum(listener(connection, actor, year) for listener in _listeners))


def seed(connection: Connection, actor: audit.Actor) -> list[int]:
    """Enter the years 2004-2026 from chinesecalendar where they are missing; return the years entered."""
    present = {int(row.year) for row in years(connection)}
    missing = [year for year in SEED_YEARS if year not in present]
    version = chinese_calendar.__version__
    for year in missing:
        publish(connection, actor, year, seeded(year), origin=f"{SEEDED_FROM} {version}")
    return missing


@cache
def seeded(year: int) -> Sequence[Mark]:
    """Return the days of a year that chinesecalendar knows to differ from the plain week, or to have a name."""
    chinese = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    found = []
    for day in _days_of(year):
        _, english = chinese_calendar.get_holiday_detail(day)
        if english:
            found.append(Mark(day, chinese_calendar.is_workday(day), chinese[english]))
    return tuple(found)


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def _row(day: date, named: Mark | None, origin: str) -> dict[str, Any]:
    mark = named or Mark(day, day.weekday() < 5)
    return {"day": day, "working": mark.working, "name": mark.name, "origin": origin}
