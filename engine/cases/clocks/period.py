"""The periods of the law as data: article, length, unit, start event, what stops them, what their end means.

``data/periods.json`` holds one period per line. ``bound`` names whose period it is and so which setting moves a last
day that is a rest day: ``organ`` (``roll_organ``), ``party`` (``roll_party``), ``court`` (always moves, 民诉法85(3) by
行诉法101) or ``police`` (never).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection

from engine import calendars, db, errors, feel
from engine.cases.clocks import setting
from engine.cases.reading import laws
from engine.flow import steps
from engine.ground.counting import Due, Roll, Stop, Unit, midnight_after

STATUTORY_UNITS = {
    "工作日": Unit.WORKING,
    "自然日": Unit.CALENDAR,
    "日": Unit.CALENDAR,
    "月": Unit.MONTH,
    "年": Unit.YEAR,
    "小时": Unit.HOUR,
}
"""How the catalogue of items writes units."""

THEIRS = ("party", "police")
"""Bound by a period of these, nobody of the house is urged: its end alone is told."""


@dataclass(frozen=True)
class Period:
    """One period of the law or of our own; ``length`` and ``unit`` may name a setting or a field of the item.

    ``stops``: whether special procedures stop it; ``police``: only the time in which the file is with the police.
    """

    key: str
    title: str
    title_en: str
    article: str
    length: Any
    unit: Any
    start: str
    bound: str
    at_end: str
    stops: bool | str = False
    extension: int | None = None
    role: str | None = None
    article_en: str = ""

    @property
    def by_police(self) -> bool:
        """Whether only the time in which the file is with the police can stop it."""
        return self.stops == "police"

    @property
    def theirs(self) -> bool:
        """Whether it binds the party, the police or a court: it lapses for them, the organ is never overdue by it."""
        return self.bound in THEIRS or (self.bound == "court" and self.at_end in ("lapsed", "remind"))


@dataclass(frozen=True)
class Length:
    """How long a period is for one case."""

    number: int
    unit: Unit


@functools.cache
def register() -> Mapping[str, Period]:
    """Return every period by key."""
    rows = db.loads(resources.files("engine.cases").joinpath("data/periods.json").read_text("utf-8"))
    return {
        row["key"]: Period(**{**row, "article_en": laws.english(row.get("article_en") or row["article"])})
        for row in rows
    }


def get(key: str) -> Period:
    """Return a period.

    Raises
    ------
    PeriodUnknown
        If there is none of that name.
    """
    try:
        return register()[key]
    except KeyError:
        raise errors.PeriodUnknown(period=key) from None


def length_of(period: Period, values: Mapping[str, Any], item: Mapping[str, Any]) -> Length:
    """Return the length of a period for an item under the settings.

    Raises
    ------
    PeriodStartMissing
        If the item has no such limit and the period no default.
    """
    unit = values[period.unit["setting"]] if isinstance(period.unit, dict) else period.unit
    if not isinstance(period.length, dict):
        return Length(period.length, Unit(unit))
    if "setting" in period.length:
        return Length(int(values[period.length["setting"]]), Unit(unit))
    limit = item.get(period.length["item"])
    if limit:
        return Length(int(limit["n"]), STATUTORY_UNITS[limit["unit"]])
    if "else" not in period.length:
        raise errors.PeriodStartMissing(period=period.key, variable=f"item.{period.length['item']}")
    return Length(period.length["else"], Unit(unit))


def readings(period: Period, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings a date of this period is computed with; they are stored beside it."""
    used = {"year_end"}
    used |= {"organ": {"roll_organ"}, "party": {"roll_party"}}.get(period.bound, set())
    if period.stops:
        used |= {"stop_days", "promise_stop"} if period.role == "promise" else {"stop_days"}
    used |= {
        named["setting"] for named in (period.length, period.unit) if isinstance(named, dict) and "setting" in named
    }
    return {key: values[key] for key in sorted(used)}


def compute(
    calendar: calendars.Calendar,
    period: Period,
    length: Length,
    start: date | datetime,
    used: Mapping[str, Any],
    stops: tuple[Stop, ...] = (),
) -> Due:
    """Return when the period ends, under the readings ``used`` (see :func:`readings`)."""
    stopping = period.stops and used.get("promise_stop", "yes") == "yes"
    roll = Roll.NEXT if period.bound == "court" else Roll(used.get(f"roll_{period.bound}", "none"))
    return calendar.after(
        start,
        length.number,
        length.unit,
        roll=roll,
        stops=stops if stopping else (),
        both_ends=used.get("stop_days") == "both",
    )


def share(started_at: datetime, due: Due, share: float) -> datetime | None:
    """Return when a share of the period is over: the end of that counted day, else in proportion of the time."""
    if due.at is None:
        return None
    numbered = [step for step in due.derivation if step.number]
    if due.unit in (Unit.WORKING, Unit.CALENDAR) and len(numbered) > 1:
        return midnight_after(numbered[math.ceil(len(numbered) * share) - 1].day)
    return started_at + (due.at - started_at) * share


@steps.offers
def feel_functions(connection: Connection) -> Mapping[str, feel.Function]:
    """Return what processes and decisions count days with, and ``setting(key)``, the reading in force of a setting.

    The calendar is read when the first day is counted.
    """
    counting = calendars.functions(calendars.load(connection), lookup(connection))
    return {**counting, "setting": feel.host(lambda key: setting.load(connection)[key], ["key"])}


def lookup(connection: Connection) -> Callable[[str, date | datetime], date | None]:
    """Return the FEEL host function ``period(name, from)``: the last day of a named period without stops."""

    def last_day(name: str, start: date | datetime) -> date | None:
        values = setting.load(connection)
        period = get(name)
        calendar = calendars.load(connection, year_end=values["year_end"])
        return compute(calendar, period, length_of(period, values, {}), start, readings(period, values)).day

    return last_day
