"""The board: the events of the town as the command centre watches them, as a list, on the map and as figures.

What each question reads: the open ones by urgency ``ix_grid_event_open_list``, of one cell, quarter or department
``ix_grid_event_open_grid``, ``_level2``, ``_unit``; a rectangle of the map ``ix_grid_event_open_place``; figures of a
time ``ix_grid_event_reported_at`` and ``ix_grid_event_closed_at``. All of them show a person only what
:func:`engine.cases.people.access.visible_events` lets them see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db
from engine.cases.case import case_file
from engine.cases.grid import clock as grid_clock
from engine.cases.grid import event
from engine.cases.grid.event import grid_event
from engine.cases.grid.items import item_class
from engine.cases.people import access
from engine.errors import N_
from engine.ground.paging import Page, Place

VIEWS = {"open": N_("open"), "all": N_("all"), "on_time": N_("settled in time"), "late": N_("settled late")}
"""Which events a list holds; the last two are closed ones whose case clock was kept or was not."""
STATES = ("reported", *dict.fromkeys(grid_clock.STATES.values()), "postponed", "closed")
"""Where an event may stand."""
NO_UNIT = "-"
"""Says of a filter's ``unit`` that no department has the event."""
CHUNK = 500
_FAR = datetime(9999, 12, 31, tzinfo=clock.TOWN)
_event, _case = grid_event.c, case_file.c
_due = sa.func.coalesce(_event.due_at, sa.literal(_FAR, db.Utc), type_=db.Utc)
_COLUMNS = (
    *(_event[name] for name in (
        "case_id", "source", "class_name", "level", "urgency", "lon", "lat", "address", "grid_code", "level2_code",
        "unit", "step", "step_due_at", "due_at", "reported_at", "finished_at", "closed_at",
    )),
    _case.number, _case.title, _case.state,
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """What is looked for; empty words leave a point open.

    ``quarter`` is a grid of level 2, ``cell`` one of level 3. ``since`` and ``until`` are days, both included, on which
    events were reported, or closed where ``view`` asks for closed ones.
    """

    view: str = "open"
    unit: str = ""
    quarter: str = ""
    cell: str = ""
    class_code: str = ""
    level: str = ""
    state: str = ""
    source: str = ""
    overdue: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Counts:
    """How many events a list holds, and how many of them are urgent and overdue."""

    total: int
    urgent: int
    overdue: int


@dataclass(frozen=True)
class Box:
    """A rectangle of the map, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Seen:
    """What a rectangle shows: each event while they are few, else heaps ``lon, lat, number, urgency, overdue``."""

    total: int
    events: Sequence[sa.Row[Any]]
    heaps: Sequence[sa.Row[Any]]


def page(
    connection: Connection, reader: access.Reader, wanted: Filter, *, after: Place | None = None, limit: int = 20,
    total: int = 0,
) -> Page:  # fmt: skip
    """Return a page of the list: open events by urgency and due moment, others the newest first.

    Each row carries the columns of the event that a list needs, and ``number``, ``title`` and ``state`` of its case.
    """
    rows = _rows(connection, reader, wanted, after, limit + 1)
    return Page(rows[:limit], total, _place(wanted, rows[limit - 1]) if len(rows) > limit else None)


def every(connection: Connection, reader: access.Reader, wanted: Filter) -> Iterator[sa.Row[Any]]:
    """Yield all events of a list in its order, read page by page."""
    after: Place | None = None
    while rows := _rows(connection, reader, wanted, after, CHUNK):
        yield from rows
        after = _place(wanted, rows[-1])


def counts(connection: Connection, reader: access.Reader, wanted: Filter) -> Counts:
    """Count the events of a list in one statement."""
    row = connection.execute(
        sa.select(sa.func.count(), _number(_event.urgency == item_class.URGENT), _number(_is_overdue())).where(
            *_conditions(reader, wanted)
        )
    ).one()
    return Counts(*(int(value) for value in row))


def within(
    connection: Connection, reader: access.Reader, wanted: Filter, box: Box, *, most: int = 300,
    columns: int = 16, rows: int = 12,
) -> Seen:  # fmt: skip
    """Return what a rectangle of the map shows: no event outside it is read.

    More than ``most`` are heaped in a raster of ``columns`` and ``rows``, each heap with how many it holds, the highest
    urgency and how many are overdue.
    """
    where = [
        *_conditions(reader, wanted),
        _event.lon.between(box.west, box.east),
        _event.lat.between(box.south, box.north),
    ]
    few = sa.select(_event.case_id).where(*where).limit(most + 1)
    keys = connection.execute(few).scalars().all()
    if len(keys) <= most:
        query = sa.select(*_COLUMNS).join(case_file, _case.id == _event.case_id).where(_event.case_id.in_(keys))
        found = connection.execute(query.order_by(_event.case_id)).all()
        return Seen(len(found), found, ())
    heaps = connection.execute(_heaps(where, box, columns, rows)).all()
    return Seen(sum(heap.number for heap in heaps), (), heaps)


def by_source(connection: Connection, reader: access.Reader, wanted: Filter) -> Sequence[sa.Row[Any]]:
    """Return how many events came from each source on each day: ``day`` (a date's ordinal), ``source``, ``number``."""
    day = _town_day(connection, _event.reported_at).label("day")
    query: sa.Select[Any] = sa.select(day, _event.source, sa.func.count().label("number")).where(
        *_conditions(reader, wanted)
    )
    return connection.execute(query.group_by(day, _event.source).order_by(day, _event.source)).all()


def standing_by(connection: Connection, reader: access.Reader, wanted: Filter, column: str) -> Sequence[sa.Row[Any]]:
    """Return how many open events each ``unit`` or ``level2_code`` has: ``key``, ``number``, ``overdue``."""
    key = _event[column]
    query = sa.select(key.label("key"), sa.func.count().label("number"), _number(_is_overdue()).label("overdue"))
    return connection.execute(query.where(*_conditions(reader, wanted)).group_by(key).order_by(key)).all()


def in_time_by_unit(connection: Connection, reader: access.Reader, wanted: Filter) -> Sequence[sa.Row[Any]]:
    """Return how many closed events with a case clock each department had: ``key``, ``number``, ``in_time``."""
    where = [*_conditions(reader, wanted), _event.closed_at.is_not(None), *_MEASURED]
    query = sa.select(
        _event.unit.label("key"),
        sa.func.count().label("number"),
        _number(_event.finished_at <= _event.due_at).label("in_time"),
    )
    return connection.execute(query.where(*where).group_by(_event.unit).order_by(_event.unit)).all()


def classes(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return the classes of the list in force: ``code``, ``name``, ``name_en``."""
    table = item_class.item_class.c
    newest = sa.select(sa.func.max(table.version)).scalar_subquery()
    query: sa.Select[Any] = sa.select(table.code, table.name, table.name_en).where(table.version == newest)
    return connection.execute(query.order_by(table.code)).all()


def is_place(wanted: Filter, place: Place) -> bool:
    """Tell whether a page of the list can begin there: an address may say anything."""
    urgency, _space, due = place.value.partition(" ")
    if wanted.view != "open":
        return not place.value
    try:
        return urgency.isdecimal() and int(urgency) < 10 and datetime.fromisoformat(due).tzinfo is not None
    except ValueError:
        return False


def latest(connection: Connection, since: int = 0) -> tuple[int, int]:
    """Return the newest entry of the whole trail, and the newest of an event's among those after ``since``, or 0.

    Without ``since`` the last ten thousand are looked through: what is older has long been shown.
    """
    entry = audit.audit_event.c
    head = int(connection.scalar(sa.select(sa.func.max(entry.id))) or 0)
    if head == since:
        return head, 0
    theirs = db.begins(connection, entry.stream, f"{event.SERIES}-")
    query = sa.select(sa.func.max(entry.id)).where(entry.id > (since or head - 10_000), theirs)
    return head, int(connection.scalar(query) or 0)


def _rows(
    connection: Connection, reader: access.Reader, wanted: Filter, after: Place | None, limit: int
) -> Sequence[sa.Row[Any]]:
    where = _conditions(reader, wanted)
    if wanted.view == "open":
        return _urgent_first(connection, where, after, limit)
    if after is not None:
        where.append(_event.case_id < after.id)
    query = sa.select(*_COLUMNS).join(case_file, _case.id == _event.case_id).where(*where)
    return connection.execute(query.order_by(_event.case_id.desc()).limit(limit)).all()


def _urgent_first(
    connection: Connection, where: Sequence[sa.ColumnElement[bool]], after: Place | None, limit: int
) -> Sequence[sa.Row[Any]]:
    """Return open events by urgency, due moment and age; those whose case clock does not run yet end each urgency.

    Each urgency is a stretch of the index of its own, and so are those without a due moment: read as one, both
    databases would sort thousands of events for the twenty of a page, as they put such events at different ends.
    """
    urgency, _space, said = after.value.partition(" ") if after is not None else ("0", "", "")
    due = datetime.fromisoformat(said) if said else None
    parts = []
    for level in item_class.URGENCIES:
        if level >= int(urgency):
            mark = (due, after.id) if after is not None and due is not None and level == int(urgency) else None
            parts += _stretches([*where, _event.urgency == level], mark, limit)
    keys = sa.union_all(*(sa.select(part.c.case_id) for part in parts)).subquery()
    query = sa.select(*_COLUMNS).join(case_file, _case.id == _event.case_id)
    query = query.where(_event.case_id.in_(sa.select(keys.c.case_id)))
    return connection.execute(query.order_by(_event.urgency, _due, _event.case_id).limit(limit)).all()


def _stretches(
    where: Sequence[sa.ColumnElement[bool]], mark: tuple[datetime, int] | None, limit: int
) -> list[sa.Subquery]:
    timed, untimed = [*where, _event.due_at.is_not(None)], [*where, _event.due_at.is_(None)]
    if mark is not None and mark[0] == _FAR:
        untimed.append(_event.case_id > mark[1])
    elif mark is not None:
        place = sa.tuple_(sa.literal(mark[0], db.Utc), sa.literal(mark[1]))
        timed.append(sa.tuple_(_event.due_at, _event.case_id) > place)
    first = sa.select(_event.case_id).where(*timed).order_by(_event.due_at, _event.case_id).limit(limit)
    last = sa.select(_event.case_id).where(*untimed).order_by(_event.case_id).limit(limit)
    return [last.subquery()] if mark is not None and mark[0] == _FAR else [first.subquery(), last.subquery()]


def _place(wanted: Filter, row: sa.Row[Any]) -> Place:
    due = row.due_at or _FAR
    return Place(f"{row.urgency} {due.isoformat()}" if wanted.view == "open" else "", row.case_id)


_MEASURED = (_event.due_at.is_not(None), _event.finished_at.is_not(None), _event.parent_id.is_(None))
"""What has a case clock that was met; merged ones follow their parent's."""


def _conditions(reader: access.Reader, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    equal = {
        "level2_code": wanted.quarter, "grid_code": wanted.cell, "class_code": wanted.class_code,
        "level": wanted.level, "source": wanted.source,
    }  # fmt: skip
    where = [access.visible_events(reader, _event.case_id), *_VIEW[wanted.view]]
    where += [_event[name] == value for name, value in equal.items() if value]
    if wanted.unit:
        where.append(_event.unit.is_(None) if wanted.unit == NO_UNIT else _event.unit == wanted.unit)
    if wanted.state:
        stands = sa.select(_case.id).where(_case.id == _event.case_id, _case.state == wanted.state)
        where.append(stands.correlate(grid_event).exists())
    if wanted.overdue:
        where.append(_is_overdue())
    moment = _event.closed_at if wanted.view in ("on_time", "late") else _event.reported_at
    if wanted.since:
        where.append(moment >= _midnight(wanted.since))
    if wanted.until:
        where.append(moment < _midnight(wanted.until + timedelta(days=1)))
    return where


_VIEW: dict[str, Sequence[sa.ColumnElement[bool]]] = {
    "open": (_event.closed_at.is_(None),),
    "all": (),
    "on_time": (_event.closed_at.is_not(None), *_MEASURED, _event.finished_at <= _event.due_at),
    "late": (_event.closed_at.is_not(None), *_MEASURED, _event.finished_at > _event.due_at),
}


def _is_overdue() -> sa.ColumnElement[bool]:
    now = sa.literal(clock.now(), db.Utc)
    return sa.and_(_event.finished_at.is_(None), _event.closed_at.is_(None), _event.due_at < now)


def _midnight(day: date) -> sa.ColumnElement[datetime]:
    return sa.literal(datetime.combine(day, time.min, clock.TOWN), db.Utc)


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _heaps(where: Sequence[sa.ColumnElement[bool]], box: Box, columns: int, rows: int) -> sa.Select[Any]:
    across = sa.func.round((_event.lon - box.west) / ((box.east - box.west) / columns) - 0.5)
    up = sa.func.round((_event.lat - box.south) / ((box.north - box.south) / rows) - 0.5)
    return (
        sa.select(
            sa.func.avg(_event.lon).label("lon"),
            sa.func.avg(_event.lat).label("lat"),
            sa.func.count().label("number"),
            sa.func.min(_event.urgency).label("urgency"),
            _number(_is_overdue()).label("overdue"),
        )
        .where(*where)
        .group_by(across, up)
    )


_EPOCH_DAY = date(1970, 1, 1).toordinal()
_OFFSET_S = 8 * 3600
"""How far the town's clock is before UTC; China knows no summer time."""


def _town_day(connection: Connection, moment: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    """Return the ordinal of the day in the town on which a moment lies."""
    if connection.dialect.name == "sqlite":  # microseconds since 1970, see db.Utc
        ticks = sa.type_coerce(moment, sa.BigInteger)
        return (ticks + _OFFSET_S * 1_000_000) // 86_400_000_000 + _EPOCH_DAY
    seconds = sa.extract("epoch", moment) + _OFFSET_S
    return sa.cast(sa.func.floor(seconds / 86_400), sa.Integer) + _EPOCH_DAY
