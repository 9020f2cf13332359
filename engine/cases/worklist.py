"""The worklist: open tasks together with the case each belongs to, as a person reads them in the inbox.

A task shows its own due moment, else the case's promised one, else the statutory one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db, tasks
from engine.cases.case import case_file
from engine.cases.party import party
from engine.tasks import Candidate, task

VIEWS = ("mine", "claimable", "all")
DEADLINES = ("overdue", "today", "week", "none")
_FAR = datetime(9999, 12, 31, tzinfo=clock.TOWN)
_due = sa.func.coalesce(task.c.due_at, case_file.c.promised_due_at, case_file.c.legal_due_at)
_SORTS: dict[str, tuple[sa.ColumnElement[Any], bool]] = {
    "due": (sa.func.coalesce(_due, sa.literal(_FAR, db.Utc)), False),
    "received": (task.c.created_at, False),
    "-received": (task.c.created_at, True),
    "item": (sa.func.coalesce(case_file.c.item_name, task.c.name), False),
    "step": (task.c.name, False),
}
SORTS = tuple(_SORTS)


@dataclass(frozen=True)
class Filter:
    """What a person wants to see; empty words leave a point open."""

    view: str = "mine"
    kind: str = ""
    deadline: str = ""
    group: str = ""
    text: str = ""
    sort: str = "due"


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind the row with this sort value and task."""

    value: str
    id: int


@dataclass(frozen=True)
class Page:
    """Rows of a list, how many there are in all, and where the next page begins."""

    rows: Sequence[sa.Row[Any]]
    total: int
    next: Place | None


@dataclass(frozen=True)
class Counts:
    """How many open tasks wait for a person."""

    mine: int
    claimable: int
    all: int
    overdue: int
    today: int


def counts(connection: Connection, person: Candidate) -> Counts:
    """Count what a person has and may take, in one statement."""
    start, end = _day()

    def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    row = connection.execute(
        sa.select(
            number(task.c.assignee == person.id),
            number(task.c.assignee.is_(None)),
            sa.func.count(),
            number(_due < clock.now()),
            number(sa.and_(_due >= clock.now(), _due > start, _due <= end)),
        )
        .select_from(task.outerjoin(case_file, case_file.c.number == task.c.business_key))
        .where(task.c.state == "open", tasks.may_see(person))
    ).one()
    return Counts(*(int(value) for value in row))


def page(
    connection: Connection, person: Candidate, wanted: Filter, *, after: Place | None = None, limit: int = 20
) -> Page:
    """Return a page of the worklist, most urgent first unless sorted otherwise.

    Each row carries the task's columns and, from its case, ``number, kind, item_name, title, party_name, state`` as
    ``case_state``, ``provisional``, and ``shown_due_at``.
    """
    source = task.outerjoin(case_file, case_file.c.number == task.c.business_key).outerjoin(
        party, party.c.id == case_file.c.applicant_id
    )
    where = _conditions(person, wanted)
    total = connection.scalar(sa.select(sa.func.count()).select_from(source).where(*where)) or 0
    key, descending = _SORTS.get(wanted.sort, _SORTS["due"])
    order = (key.desc(), task.c.id.desc()) if descending else (key, task.c.id)
    if after is not None:
        behind = sa.tuple_(key, task.c.id)
        mark = sa.tuple_(_mark(key, after.value), sa.literal(after.id))
        where.append(behind < mark if descending else behind > mark)
    rows = connection.execute(
        sa.select(
            task,
            case_file.c.number,
            case_file.c.kind,
            case_file.c.item_name,
            case_file.c.title,
            case_file.c.state.label("case_state"),
            case_file.c.provisional,
            party.c.name.label("party_name"),
            _due.label("shown_due_at"),
            key.label("sort_value"),
        )
        .select_from(source)
        .where(*where)
        .order_by(*order)
        .limit(limit + 1)
    ).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], total, Place(_text(last.sort_value), last.id) if last else None)


def next_of(connection: Connection, person: Candidate) -> sa.Row[Any] | None:
    """Return the most urgent task that the person has claimed already."""
    rows = page(connection, person, Filter(view="mine"), limit=1).rows
    return rows[0] if rows else None


def _conditions(person: Candidate, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    found = [task.c.state == "open"]
    if wanted.view == "mine":
        found.append(task.c.assignee == person.id)
    elif wanted.view == "claimable":
        found += [task.c.assignee.is_(None), tasks.may_see(person)]
    else:
        found.append(tasks.may_see(person))
    if wanted.kind:
        found.append(case_file.c.kind == wanted.kind)
    if wanted.deadline:
        found.append(_deadline(wanted.deadline))
    if wanted.group:
        found.append(_offered_to(wanted.group))
    if wanted.text:
        columns = (task.c.business_key, task.c.name, case_file.c.item_name, case_file.c.title, party.c.name)
        found.append(sa.or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return found


def _deadline(wanted: str) -> sa.ColumnElement[bool]:
    _, end = _day()
    if wanted == "overdue":
        return _due < clock.now()
    if wanted == "today":
        return sa.and_(_due >= clock.now(), _due <= end)
    if wanted == "week":
        return sa.and_(_due >= clock.now(), _due <= end + timedelta(days=6))
    return _due.is_(None)


def _offered_to(group: str) -> sa.ColumnElement[bool]:
    """The task is offered to the post, at whatever place."""
    name = tasks.candidate.c.name
    return sa.exists().where(
        tasks.candidate.c.task_id == task.c.id,
        tasks.candidate.c.kind == "group",
        sa.or_(name == group, name.startswith(f"{group}@", autoescape=True)),
    )


def _day() -> tuple[datetime, datetime]:
    """Today's beginning and end; a period that ends today ends at 24:00."""
    start = datetime.combine(clock.today(), time(), clock.TOWN)
    return start, start + timedelta(days=1)


def _mark(key: sa.ColumnElement[Any], value: str) -> sa.ColumnElement[Any]:
    if isinstance(key.type, db.Utc | sa.DateTime):
        return sa.literal(datetime.fromisoformat(value), db.Utc)
    return sa.literal(value)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
