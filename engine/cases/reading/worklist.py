"""The worklist: open tasks together with the case each belongs to, as a person reads them in the inbox.

A task shows its own due moment, else the case's promised one, else the statutory one (:func:`engine.tasks.dates`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db, errors, tasks
from engine.cases.case import case_file
from engine.cases.people import copies
from engine.cases.people.party import party
from engine.cases.reading import beside, counted, matters
from engine.ground.paging import Page, Place
from engine.ground.prepared import Prepared
from engine.handling import offers, reminders
from engine.organisation import post
from engine.organisation.person import person as person_table
from engine.tasks import Candidate, task

VIEWS = ("mine", "claimable", "all")
DEADLINES = ("overdue", "today", "week", "none")
_due = sa.func.nullif(task.c.sort_due_at, sa.literal(offers.NEVER, db.Utc), type_=db.Utc)
_KEYS: dict[str, sa.ColumnElement[Any]] = {
    "due": task.c.sort_due_at,
    "received": task.c.created_at,
    "number": task.c.business_key,
    "kind": sa.func.coalesce(case_file.c.kind, ""),
    "item": sa.func.coalesce(case_file.c.item_name, task.c.name),
    "step": task.c.name,
    "party": sa.func.coalesce(party.c.name, ""),
    "assignee": sa.func.coalesce(person_table.c.display_name, ""),
}
SORTS = (*_KEYS, *(f"-{name}" for name in _KEYS))
"""What a list may be sorted by; with a dash the other way round."""
_SOURCE = (
    task.outerjoin(case_file, case_file.c.number == beside.number_in(task.c.business_key))
    .outerjoin(party, party.c.id == case_file.c.applicant_id)
    .outerjoin(person_table, person_table.c.id == task.c.assignee)
)


@dataclass(frozen=True)
class Filter:
    """What a person wants to see; empty words leave a point open. ``group``: the code of a post, or of a unit."""

    view: str = "mine"
    kind: str = ""
    deadline: str = ""
    group: str = ""
    text: str = ""
    sort: str = "due"


@dataclass(frozen=True)
class Figures:
    """What a list holds in all pages: how many tasks, how many of them overdue and due today."""

    total: int
    overdue: int
    today: int


@dataclass(frozen=True)
class Counts:
    """How many open tasks wait for a person, and how many copies of cases nobody has opened yet."""

    mine: int
    claimable: int
    all: int
    overdue: int
    today: int
    copies: int


def counts(connection: Connection, person: Candidate) -> Counts:
    """Count what a person has and may take, in one statement."""
    statement = _counting_statement(_reader(person), None)
    row = statement.returned(connection, **_asked(person))
    return Counts(*(int(value) for value in row))


def overview(connection: Connection, person: Candidate, wanted: Filter) -> tuple[Counts, Figures]:
    """Count in one statement what a person has and may take, and what a list of that holds.

    The list's figures leave the deadline that is asked for out, so that each of them can lead to its tasks.
    """
    statement = _counting_statement(_reader(person), replace(wanted, deadline="", sort="due"))
    known = [int(value) for value in statement.returned(connection, **_asked(person))]
    return Counts(*known[:6]), Figures(*known[6:])


_ME: sa.BindParameter[str] = sa.bindparam("me", type_=sa.String())
_NOW, _EVENING = sa.bindparam("now", type_=db.Utc), sa.bindparam("evening", type_=db.Utc)
"""What every statement of a list is asked with: who reads it, the moment, the end of the day; and the groups."""
_KEPT = 256


class _Reader(NamedTuple):
    """What persons have in common who are asked for by one statement: how many groups they act for, and all the rest.

    ``rest``, what a person is barred from above all, stands in the statement itself: few persons have any.
    """

    groups: int
    rest: Candidate

    @property
    def candidate(self) -> Candidate:
        """The person as parameters of the statement; whoever is in no group asks for one that nobody is in."""
        groups = [sa.bindparam(f"group{n}", type_=sa.String()) for n in range(max(self.groups, 1))]
        return replace(self.rest, id=cast(str, _ME), groups=cast("frozenset[str]", groups))


def _reader(person: Candidate) -> _Reader:
    return _Reader(len(person.groups), replace(person, id="", groups=frozenset()))


def _asked(person: Candidate) -> dict[str, Any]:
    names = sorted(person.groups) or [""]
    _, evening = _day()
    moments = {"now": clock.now(), "evening": evening, "week_end": evening + timedelta(days=6)}
    return {"me": person.id, **moments, **{f"group{n}": name for n, name in enumerate(names)}}


@lru_cache(_KEPT)
def _counting_statement(reader: _Reader, listed: Filter | None) -> Prepared:
    """Return the statement that counts for anybody that is alike; written once, a page is asked for often."""
    person = reader.candidate
    if listed is None or listed == Filter(view=listed.view):
        return Prepared(_counting_all(person, listed.view if listed else ""))
    shown = sa.and_(sa.true(), *_narrowing(person, listed))
    days = [sa.and_(shown, _deadline(day)) for day in ("overdue", "today")]
    return Prepared(_counting(person, _counted_in(listed), *(_number(condition) for condition in (shown, *days))))


def _counted_in(wanted: Filter) -> sa.FromClause:
    """Return the tables of a list's count; SQLite would look up each task's case, party and assignee for nothing."""
    return _SOURCE if wanted.kind or wanted.text else task


def _counting_all(person: Candidate, view: str) -> sa.Select[Any]:
    """Return the query that counts what a person has and may take and what a list holds, all from indexes."""
    found, held = tasks.open_of(person), tasks.held_by(person)
    free, late, today = found.c.free, *(_deadline(day, found.c.sort_due_at) for day in ("overdue", "today"))
    everything: list[Any] = [sa.func.count(), _number(late), _number(today)]
    lists: dict[str, list[Any]] = {
        "": [],
        "mine": [
            query.scalar_subquery() for query in (held, *(held.where(_deadline(day)) for day in ("overdue", "today")))
        ],
        "claimable": [_number(free), _number(free & late), _number(free & today)],
        "all": everything,
    }
    columns = [held.scalar_subquery(), _number(free), *everything, copies.unread(person.id), *lists[view]]
    return sa.select(*columns).select_from(found)


def _counting(person: Candidate, source: sa.FromClause, *more: sa.ColumnElement[int]) -> sa.Select[Any]:
    columns: list[Any] = [
        _number(task.c.assignee == person.id),
        _number(task.c.assignee.is_(None)),
        sa.func.count(),
        _number(_deadline("overdue")),
        _number(_deadline("today")),
        copies.unread(person.id),
    ]
    return sa.select(*columns, *more).select_from(source).where(tasks.open_to(person))


def page(
    connection: Connection,
    person: Candidate,
    wanted: Filter,
    *,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = 20,
    total: int | None = None,
) -> Page:
    """Return a page of the worklist, most urgent first unless sorted otherwise.

    Each row carries :data:`engine.tasks.LISTED` and, from the task's case, ``case_id, number, kind, item_name, title,
    party_name, state`` as ``case_state``, ``provisional``, ``assignee_name``, ``shown_due_at`` and ``due_unit``, in
    what the period is counted that ends there.

    Parameters
    ----------
    after, before
        The page begins behind a row, or ends in front of one.
    total
        How many there are, where that is known already; it is counted else.
    """
    asked = _asked(person)
    if total is None:
        total = int(_total_statement(_reader(person), wanted).returned(connection, **asked)[0])
    mark = before or after
    if mark is not None:
        asked |= {"mark": _mark(_key(wanted), mark.value), "mark_id": mark.id}
    upwards = wanted.sort.startswith("-") == (before is not None)
    statement = _page_statement(_reader(person), wanted, mark is not None, upwards, limit)
    rows = statement.all(connection, **asked)
    more, rows = len(rows) > limit, rows[:limit]
    if before is not None:
        rows.reverse()
    first, last = (_place(rows[0]), _place(rows[-1])) if rows else (None, None)
    has_next = more if before is None else True
    has_previous = more if before is not None else after is not None
    return Page(rows, total, last if has_next else None, first if has_previous else None)


@lru_cache(_KEPT)
def _total_statement(reader: _Reader, wanted: Filter) -> Prepared:
    where = _conditions(reader.candidate, wanted)
    return Prepared(sa.select(sa.func.count()).select_from(_counted_in(wanted)).where(*where))


@lru_cache(_KEPT)
def _page_statement(reader: _Reader, wanted: Filter, marked: bool, upwards: bool, limit: int) -> Prepared:
    """Return the statement that reads a page for anybody that is alike, from its beginning or from a mark on."""
    person, key = reader.candidate, _key(wanted)
    place, edge = sa.tuple_(key, task.c.id), _edge(key) if marked else None
    where = _conditions(person, wanted)
    if edge is not None:
        where.append(place > edge if upwards else place < edge)
    if wanted == Filter(view="claimable", sort=wanted.sort) and key is _KEYS["due"]:
        free = tasks.free_to(person, limit + 1, edge=edge, upwards=upwards)
        where = [tasks.IS_OPEN, task.c.id.in_(free)]
    order = (key, task.c.id) if upwards else (key.desc(), task.c.id.desc())
    return Prepared(_rows(key).where(*where).order_by(*order).limit(limit + 1))


def _key(wanted: Filter) -> sa.ColumnElement[Any]:
    return _KEYS.get(wanted.sort.removeprefix("-"), _KEYS["due"])


def _rows(key: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(
        *tasks.LISTED,
        case_file.c.id.label("case_id"),
        case_file.c.number,
        case_file.c.kind,
        case_file.c.item_name,
        _unless_blind(case_file.c.title).label("title"),
        case_file.c.state.label("case_state"),
        case_file.c.provisional,
        _unless_blind(party.c.name).label("party_name"),
        person_table.c.display_name.label("assignee_name"),
        _due.label("shown_due_at"),
        reminders.times(task.c.id).label("reminded"),
        counted.unit_at(case_file.c.id, task.c.sort_due_at).label("due_unit"),
        key.label("sort_value"),
    ).select_from(_SOURCE)


def _unless_blind(column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Keep what names the party from whoever is to judge without knowing it (:func:`access.is_blind`)."""
    blind = sa.type_coerce(task.c.properties, sa.Text).contains('"blind":"true"')
    return sa.case((blind, ""), else_=column)


def _edge(key: sa.ColumnElement[Any]) -> sa.Tuple:
    kind = db.Utc() if _is_moment(key) else key.type
    return sa.tuple_(sa.bindparam("mark", type_=kind), sa.bindparam("mark_id", type_=db.Id))


def next_of(connection: Connection, person: Candidate) -> sa.Row[Any] | None:
    """Return the most urgent task that the person has claimed already."""
    rows = page(connection, person, Filter(view="mine"), limit=1, total=0).rows
    return rows[0] if rows else None


def next_in(connection: Connection, person: Candidate, number: str) -> sa.Row[Any] | None:
    """Return the most urgent task of a case that the person may take on now."""
    rows = page(connection, person, Filter(view="claimable", text=number), limit=1, total=0).rows
    return rows[0] if rows else None


def _conditions(person: Candidate, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    open_ = tasks.IS_OPEN if wanted.view == "mine" and not person.barred else tasks.open_to(person)
    return [open_, *_narrowing(person, wanted)]


def _narrowing(person: Candidate, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    """Return which of the open tasks that a person may see the list holds."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.view == "mine":
        found.append(task.c.assignee == person.id)
    elif wanted.view == "claimable":
        found.append(task.c.assignee.is_(None))
    if wanted.kind:
        found.append(case_file.c.kind == wanted.kind)
    if wanted.deadline:
        found.append(_deadline(wanted.deadline))
    if wanted.group:
        found.append(_offered_to(wanted.group))
    if wanted.text:
        columns = (task.c.business_key, task.c.name, case_file.c.title, party.c.name)
        named = (column.icontains(wanted.text, autoescape=True) for column in columns)
        found.append(sa.or_(*named, matters.about(case_file.c.item_name, wanted.text)))
    return found


def _deadline(wanted: str, due: sa.ColumnElement[datetime] = task.c.sort_due_at) -> sa.ColumnElement[bool]:
    if wanted == "overdue":
        return due < _NOW
    if wanted == "today":
        return due.between(_NOW, _EVENING)
    if wanted == "week":
        return due.between(_NOW, sa.bindparam("week_end", type_=db.Utc))
    return due == sa.literal(offers.NEVER, db.Utc)


def _offered_to(group: str) -> sa.ColumnElement[bool]:
    """The task is offered to the post, or to a post of the unit, at whatever place."""
    name, code = offers.candidate.c.name, post.post.c.code
    posts = sa.select(code).where(sa.or_(code == group, post.post.c.unit == group))
    here = sa.or_(name == code, name.startswith(code + "@"))
    return sa.exists().where(
        offers.candidate.c.task_id == task.c.id,
        offers.candidate.c.kind == "group",
        sa.or_(
            name == group,
            name.startswith(f"{group}@", autoescape=True),
            sa.exists(posts.where(here).correlate(offers.candidate)),
        ),
    )


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _place(row: sa.Row[Any]) -> Place:
    return Place(_text(row.sort_value), row.id)


def _day() -> tuple[datetime, datetime]:
    """Today's beginning and end; a period that ends today ends at 24:00."""
    start = clock.midnight(clock.today())
    return start, start + timedelta(days=1)


def _mark(key: sa.ColumnElement[Any], value: str) -> Any:
    try:
        return db.moment(value) if _is_moment(key) else value
    except ValueError:
        raise errors.PlaceUnknown from None


def _is_moment(key: sa.ColumnElement[Any]) -> bool:
    return isinstance(key.type, db.Utc | sa.DateTime)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
