"""The board: the events of the town as the command centre lists them, by urgency and due moment.

What each question reads: the open ones by urgency ``ix_grid_event_open_list``, of one cell, quarter or department
``ix_grid_event_open_grid``, ``_level2``, ``_unit``; how many there are ``ix_grid_event_open_standing``, in one quarter
``_level2`` again, which holds what is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db
from engine.cases.case import case_file
from engine.cases.grid import clock as grid_clock
from engine.cases.grid import event
from engine.cases.grid.event import grid_event
from engine.cases.grid.items import item_class
from engine.cases.grid.overview import narrowing
from engine.cases.grid.overview.narrowing import Filter
from engine.cases.people import access
from engine.cases.reading import counted as counted_in
from engine.ground.paging import Page, Place

STATES = ("reported", *dict.fromkeys(grid_clock.STATES.values()), "postponed", "closed")
"""Where an event may stand."""
_FAR = datetime(9999, 12, 31, tzinfo=clock.TOWN)
_event, _case, _class = grid_event.c, case_file.c, item_class.item_class.c
_due = sa.func.coalesce(_event.due_at, sa.literal(_FAR, db.Utc), type_=db.Utc)
_COLUMNS = (
    *(_event[name] for name in (
        "case_id", "source", "class_name", "level", "urgency", "lon", "lat", "address", "grid_code", "level2_code",
        "unit", "step", "step_due_at", "due_at", "revisit_on", "reported_at", "finished_at",
        "closed_at",
    )),
    _case.number, _case.title, _case.state, _event.due_at.label("shown_due_at"),
    item_class.name_en(_event.list_version, _event.class_code),
    counted_in.unit_at(_event.case_id, _event.due_at).label("due_unit"),
)  # fmt: skip
_SHOWN = sa.select(*_COLUMNS).join(case_file, _case.id == _event.case_id)


@dataclass(frozen=True)
class Counts:
    """How many events a list holds, and how many of them are urgent and overdue."""

    total: int
    urgent: int
    overdue: int


class Beat(NamedTuple):
    """How far the trail has come: its newest entry, the newest of an event, how many of events end with that one.

    The number tells of an entry that was numbered earlier and is seen later, as PostgreSQL numbers it when it is
    written and shows it when it is committed. Every process finds the same in the same trail.
    """

    head: int = 0
    newest: int = 0
    number: int = 0

    def __str__(self) -> str:
        return f"{self.newest}.{self.number}"


LATE = 1000
"""So many entries may be written between one and its commit."""


def page(
    connection: Connection, reader: access.Reader, wanted: Filter, *, after: Place | None = None, limit: int = 20,
    total: int = 0,
) -> Page:  # fmt: skip
    """Return a page of the list: open events by urgency and due moment, others the newest first.

    Each row carries what a list and a map show of an event, ``number``, ``title`` and ``state`` of its case, and
    ``due_unit``, in what its case clock is counted.
    """
    found = _rows(connection, reader, wanted, after, limit + 1)
    return Page(found[:limit], total, _place(wanted, found[limit - 1]) if len(found) > limit else None)


def shown(connection: Connection, cases: Sequence[int]) -> Sequence[sa.Row[Any]]:
    """Return the events of some cases as :func:`page` does; whether the reader may see them was asked before."""
    return connection.execute(_SHOWN.where(_event.case_id.in_(cases)).order_by(_event.case_id)).all()


def counts(connection: Connection, reader: access.Reader, wanted: Filter) -> Counts:
    """Count the events of a list in one statement."""
    row = narrowing.rows(connection, reader, wanted, _counting)[0]
    return Counts(row.total, row.urgent, row.overdue)


def standing(
    connection: Connection, reader: access.Reader, wanted: Filter, *columns: str
) -> Sequence[sa.Row[Any]]:  # fmt: skip
    """Return how many events a list holds: by the columns that are named, ``number`` and ``overdue``."""
    return narrowing.rows(connection, reader, wanted, _standing, *columns)


def counted(found: Iterable[sa.Row[Any]], unit: str = "") -> Counts:
    """Return what :func:`counts` says of a list, or of one department's part of it.

    Parameters
    ----------
    found : how it stands by ``unit`` and ``urgency``.
    """
    rows = [row for row in found if not unit or unit == (row.unit or narrowing.NO_UNIT)]
    urgent = sum(row.number for row in rows if row.urgency == item_class.URGENT)
    return Counts(sum(row.number for row in rows), urgent, sum(row.overdue for row in rows))


def classes(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return the classes of the newest version of the list of items: ``code``, ``name``, ``name_en``."""
    newest = sa.select(sa.func.max(item_class.item_list.c.version)).scalar_subquery()
    query: sa.Select[Any] = sa.select(_class.code, _class.name, _class.name_en)
    return connection.execute(query.where(_class.version == newest).order_by(_class.code)).all()


def is_place(wanted: Filter, place: Place) -> bool:
    """Tell whether a page of the list can begin there: an address may say anything."""
    urgency, _space, due = place.value.partition(" ")
    if wanted.view != "open":
        return not place.value
    try:
        return urgency.isdecimal() and int(urgency) < 10 and datetime.fromisoformat(due).tzinfo is not None
    except ValueError:
        return False


def latest(connection: Connection, known: Beat) -> Beat:
    """Return how far the trail has come, from what was known of it.

    The first time the last ten thousand entries are looked through: what is older has long been shown.
    """
    entry = audit.audit_event.c
    theirs = db.begins(connection, entry.stream, f"{event.SERIES}-")
    head = int(connection.scalar(sa.select(sa.func.max(entry.id))) or 0)
    begin = (known.head or head - 10_000) - LATE
    found = connection.scalar(sa.select(sa.func.max(entry.id)).where(entry.id > begin, theirs))
    newest = max(known.newest, int(found or 0))
    near = sa.select(sa.func.count()).where(entry.id.between(newest - LATE, newest), theirs)
    return Beat(head, newest, int(connection.scalar(near) or 0))


def _counting(where: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    columns: list[sa.ColumnElement[Any]] = [
        sa.func.count().label("total"),
        narrowing.number(_event.urgency == item_class.URGENT).label("urgent"),
        narrowing.number(narrowing.is_overdue()).label("overdue"),
    ]
    return sa.select(*columns).select_from(grid_event).where(*where)


def _standing(where: Sequence[sa.ColumnElement[bool]], *columns: str) -> sa.Select[Any]:
    keys = [_event[column] for column in columns]
    late = narrowing.number(narrowing.is_overdue()).label("overdue")
    return sa.select(*keys, sa.func.count().label("number"), late).where(*where).group_by(*keys).order_by(*keys)


def _rows(
    connection: Connection, reader: access.Reader, wanted: Filter, after: Place | None, limit: int
) -> Sequence[sa.Row[Any]]:
    if wanted.view != "open":
        mark = {} if after is None else {"mark": after.id}
        return narrowing.rows(connection, reader, wanted, _newest_first, after is not None, limit, **mark)
    urgency, _space, said = after.value.partition(" ") if after is not None else ("0", "", "")
    due = datetime.fromisoformat(said) if said else None
    place: dict[str, Any] = {} if after is None else {"mark": after.id, "mark_due": due}
    shape = (int(urgency), after is not None, due == _FAR, limit)
    return narrowing.rows(connection, reader, wanted, _urgent_first, *shape, **place)


def _newest_first(where: Sequence[sa.ColumnElement[bool]], marked: bool, limit: int) -> sa.Select[Any]:
    query = _SHOWN.where(*where)
    if marked:
        query = query.where(_event.case_id < sa.bindparam("mark", type_=db.Id))
    return query.order_by(_event.case_id.desc()).limit(limit)


def _urgent_first(
    where: Sequence[sa.ColumnElement[bool]], urgency: int, marked: bool, untimed: bool, limit: int
) -> sa.Select[Any]:
    """Open events by urgency, due moment and age; those whose case clock does not run yet end each urgency.

    Each urgency is a stretch of the index of its own, and so are those without a due moment: read as one, both
    databases would sort thousands of events for the twenty of a page, as they put such events at different ends.
    ``urgency`` is that of the mark behind which the page begins, ``untimed`` that it has no due moment.
    """
    parts = []
    for level in item_class.URGENCIES:
        if level >= urgency:
            mark = (marked, untimed) if level == urgency else (False, False)
            parts += _stretches([*where, _event.urgency == level], *mark, limit)
    keys = sa.union_all(*(sa.select(part) for part in parts)).subquery()
    first = sa.select(keys.c.case_id).order_by(keys.c.urgency, keys.c.due, keys.c.case_id).limit(limit)
    return _SHOWN.where(_event.case_id.in_(first)).order_by(_event.urgency, _due, _event.case_id)


def _stretches(
    where: Sequence[sa.ColumnElement[bool]], marked: bool, untimed: bool, limit: int
) -> list[sa.Subquery]:  # fmt: skip
    timed, without = [*where, _event.due_at.is_not(None)], [*where, _event.due_at.is_(None)]
    mark = sa.bindparam("mark", type_=db.Id)
    if untimed:
        without.append(_event.case_id > mark)
    elif marked:
        timed.append(sa.tuple_(_event.due_at, _event.case_id) > sa.tuple_(sa.bindparam("mark_due", type_=db.Utc), mark))
    keys = (_event.urgency, _due.label("due"), _event.case_id)
    first = sa.select(*keys).where(*timed).order_by(_event.due_at, _event.case_id).limit(limit)
    last = sa.select(*keys).where(*without).order_by(_event.case_id).limit(limit)
    return [last.subquery()] if untimed else [first.subquery(), last.subquery()]


def _place(wanted: Filter, row: sa.Row[Any]) -> Place:
    due = row.due_at or _FAR
    return Place(f"{row.urgency} {due.isoformat()}" if wanted.view == "open" else "", row.case_id)
