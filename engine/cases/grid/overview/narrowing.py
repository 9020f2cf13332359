"""What is wanted of the events: a filter, and the conditions that it becomes in a statement.

A statement is written once for all filters of one form, whatever grid, class or day they name: those are its
parameters. Whoever watches the events reads by such prepared statements; for anybody else the condition of
:func:`engine.cases.people.access.visible_events` is written in each time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db
from engine.cases.case import case_file
from engine.cases.grid.event import grid_event
from engine.cases.grid.items import item_class
from engine.cases.people import access
from engine.errors import N_
from engine.ground.prepared import Prepared

VIEWS = {"open": N_("open"), "all": N_("all"), "on_time": N_("settled in time"), "late": N_("settled late")}
"""Which events a list holds; the last two are closed ones whose case clock was kept or was not."""
SETTLED = "settled"
"""The view of what was settled, in time or late, for figures that tell the two apart."""
NO_UNIT = "-"
"""Says of a filter's ``unit`` that no department has the event."""
_KEPT = 256
_event, _case = grid_event.c, case_file.c
_COLUMNS: dict[str, sa.ColumnElement[Any]] = {
    "unit": _event.unit, "quarter": _event.level2_code, "cell": _event.grid_code, "class_code": _event.class_code,
    "level": _event.level, "state": _case.state, "source": _event.source,
}  # fmt: skip
"""The column by which each word of a filter narrows."""


@dataclass(frozen=True)
class Filter:
    """What is looked for; empty words leave a point open.

    ``quarter`` is a grid of level 2, ``cell`` one of level 3. ``since`` and ``until`` are days, both included, on which
    events were reported, or closed where ``view`` asks for closed ones. ``running`` are those that are not overdue.
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
    running: bool = False
    urgent: bool = False
    since: date | None = None
    until: date | None = None


class Form(NamedTuple):
    """What filters have in common that one statement answers: the view, and which points are narrowed."""

    view: str
    narrowed: tuple[str, ...]


Writer = Callable[..., sa.Select[Any]]
"""Writes a statement: of the conditions that events must fulfil, and of whatever else it depends on."""


def rows(
    connection: Connection, reader: access.Reader, wanted: Filter, write: Writer, *more: Any, **values: Any
) -> Sequence[sa.Row[Any]]:
    """Return what a statement finds among the events that a reader sees and a filter holds.

    Parameters
    ----------
    write : a function of a module, as the statement is kept under it.
    more : what it writes the statement by besides the conditions; ``values`` are the statement's own parameters.
    """
    form, asked = _form(wanted), {**_asked(wanted), **values}
    if access.watches_events(reader) and not reader.barred:
        return _prepared(write, form, more).all(connection, **asked)
    where = [access.visible_events(reader, _event.case_id), *_conditions(form)]
    return connection.execute(write(where, *more), asked).all()


def is_overdue() -> sa.ColumnElement[bool]:
    """The case clock of an event has run out by ``now`` and nothing is settled."""
    now = sa.bindparam("now", type_=db.Utc)
    return sa.and_(_event.finished_at.is_(None), _event.closed_at.is_(None), _event.due_at < now)


def _is_running() -> sa.ColumnElement[bool]:
    """Everything that is not overdue, also what has no case clock yet."""
    now = sa.bindparam("now", type_=db.Utc)
    over = sa.or_(_event.finished_at.is_not(None), _event.closed_at.is_not(None))
    return sa.or_(over, _event.due_at.is_(None), _event.due_at >= now)


def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """How many rows fulfil a condition."""
    return sa.func.count().filter(condition)


@lru_cache(_KEPT)
def _prepared(write: Writer, form: Form, more: tuple[Any, ...]) -> Prepared:
    return Prepared(write(_conditions(form), *more))


def _form(wanted: Filter) -> Form:
    given = [name for name in (*_COLUMNS, "overdue", "running", "urgent", "since", "until") if getattr(wanted, name)]
    return Form(wanted.view, tuple("no_unit" if getattr(wanted, name) == NO_UNIT else name for name in given))


def _asked(wanted: Filter) -> dict[str, Any]:
    return {
        "now": clock.now(),
        **{name: getattr(wanted, name) for name in _COLUMNS},
        "since": wanted.since and clock.midnight(wanted.since),
        "until": wanted.until and clock.midnight(wanted.until + timedelta(days=1)),
    }


_SETTLED = (
    _event.closed_at.is_not(None), _event.due_at.is_not(None), _event.finished_at.is_not(None),
    _event.parent_id.is_(None),
)  # fmt: skip
"""What was closed and has a case clock that was met or missed; merged ones follow their parent's."""
_VIEW: dict[str, Sequence[sa.ColumnElement[bool]]] = {
    "open": (_event.closed_at.is_(None),),
    "all": (),
    SETTLED: _SETTLED,
    "on_time": (*_SETTLED, _event.finished_at <= _event.due_at),
    "late": (*_SETTLED, _event.finished_at > _event.due_at),
}


def _conditions(form: Form) -> list[sa.ColumnElement[bool]]:
    moment = _event.closed_at if form.view in (SETTLED, "on_time", "late") else _event.reported_at
    narrowing: dict[str, Callable[[], sa.ColumnElement[bool]]] = {
        "no_unit": lambda: _event.unit.is_(None),
        "state": _stands,
        "overdue": is_overdue,
        "running": _is_running,
        "urgent": lambda: _event.urgency == item_class.URGENT,
        "since": lambda: moment >= sa.bindparam("since", type_=db.Utc),
        "until": lambda: moment < sa.bindparam("until", type_=db.Utc),
    }
    return [*_VIEW[form.view], *(narrowing[name]() if name in narrowing else _equals(name) for name in form.narrowed)]


def _equals(name: str) -> sa.ColumnElement[bool]:
    column = _COLUMNS[name]
    return column == sa.bindparam(name, type_=column.type)


def _stands() -> sa.ColumnElement[bool]:
    return sa.select(_case.id).where(_case.id == _event.case_id, _equals("state")).correlate(grid_event).exists()
