"""The figures of the command centre: each names its query and its time, and each bar opens the events behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.engine import Connection

from engine import clock
from engine.cases import standing
from engine.cases.grid.overview import board, chart, narrowing
from engine.cases.people import access
from web import i18n
from web.shown import formatting
from web.shown.grid import boards

DAYS, LONGEST = 30, 366


@dataclass(frozen=True)
class Bar:
    """One line of a figure: what it is called, a number per series, and the list of events behind each number."""

    name: str
    values: Sequence[float]
    links: Sequence[str]


@dataclass(frozen=True)
class Figure:
    """A figure with its series, the sentence that says what is counted, and the time that it is about."""

    key: str
    title: str
    series: Sequence[str]
    bars: Sequence[Bar]
    query: str
    time: str
    stacked: bool = True

    @property
    def drawn(self) -> dict[str, Any]:
        """What the chart is drawn from."""
        bars = [{"name": bar.name, "values": list(bar.values), "links": list(bar.links)} for bar in self.bars]
        return {"series": list(self.series), "bars": bars, "stacked": self.stacked}


@dataclass(frozen=True)
class Span:
    """The days that figures of a time are about, both included."""

    since: date
    until: date

    @property
    def said(self) -> str:
        """The days in words."""
        return str(_("%(since)s to %(until)s", since=formatting.day(self.since), until=formatting.day(self.until)))


def span(since: date | None, until: date | None) -> Span:
    """Return the days that were asked for, by default the last thirty, at most a year."""
    last = min(until or clock.today(), clock.today())
    first = since if since is not None and since <= last else last - timedelta(days=DAYS - 1)
    return Span(max(first, last - timedelta(days=LONGEST - 1)), last)


def every(connection: Connection, reader: access.Reader, days: Span) -> list[Figure]:
    """Return the four figures."""
    return [
        _by_source(connection, reader, days),
        _open(connection, reader, "unit", _("Open and overdue by department"), boards.department),
        _open(connection, reader, "grid", _("Open and overdue by level-2 grid"), boards.called),
        _in_time(connection, reader, days),
    ]


def _by_source(connection: Connection, reader: access.Reader, days: Span) -> Figure:
    wanted = narrowing.Filter(view="all", since=days.since, until=days.until)
    found = {(row.day, row.source): row.number for row in chart.by_source(connection, reader, wanted)}
    sources = [source for source in standing.EVENT_SOURCES if any(source == key[1] for key in found)]
    ordinals = range(days.since.toordinal(), days.until.toordinal() + 1) if found else ()
    bars = []
    for ordinal in ordinals:
        day = date.fromordinal(ordinal)
        links = [_list(replace(wanted, since=day, until=day, source=source)) for source in sources]
        bars.append(Bar(formatting.short_moment(day), [found.get((ordinal, source), 0) for source in sources], links))
    return Figure(
        "source", _("Events a day by source"), [i18n.message(standing.EVENT_SOURCES[one]) for one in sources], bars,
        _("All events, merged ones too, by the day on which they were reported and by source."), days.said,
    )  # fmt: skip


def _open(
    connection: Connection, reader: access.Reader, key: str, title: str, called: Callable[[str | None], str]
) -> Figure:
    column = {"unit": "unit", "grid": "level2_code"}[key]
    bars = []
    for row in board.standing(connection, reader, narrowing.Filter(), column):
        code = row._mapping[column] or narrowing.NO_UNIT
        mine = narrowing.Filter(unit=code) if key == "unit" else narrowing.Filter(quarter=code)
        links = [_list(replace(mine, running=True)), _list(replace(mine, overdue=True))]
        bars.append(Bar(called(code), [row.number - row.overdue, row.overdue], links))
    query = {
        "unit": _("Open events by the department that leads; overdue: the case clock has run out, nothing is settled."),
        "grid": _("Open events by the level-2 grid of their place; overdue: as above."),
    }[key]
    now = _("now, %(moment)s", moment=formatting.moment(clock.now()))
    return Figure(key, title, [_("not overdue"), _("overdue")], _largest_first(bars), query, now)


def _in_time(connection: Connection, reader: access.Reader, days: Span) -> Figure:
    wanted = narrowing.Filter(view="all", since=days.since, until=days.until)
    bars = []
    for row in chart.in_time_by_unit(connection, reader, wanted):
        mine = replace(wanted, unit=row.key or narrowing.NO_UNIT)
        links = [_list(replace(mine, view=view)) for view in ("on_time", "late")]
        late = row.number - row.in_time
        share = formatting.percent(row.in_time / row.number)
        bars.append(Bar(f"{boards.department(mine.unit)} {share}", [row.in_time, late], links))
    return Figure(
        "in_time", _("Settled in time by department"), [_("in time"), _("late")], _largest_first(bars),
        _("Events by the day they were closed, without merged ones: settled before the case clock ran out, or after."),
        days.said,
    )  # fmt: skip


def _largest_first(bars: Iterable[Bar]) -> list[Bar]:
    return sorted(bars, key=lambda bar: -sum(bar.values))


def _list(wanted: narrowing.Filter) -> str:
    return boards.Address(wanted).url()
