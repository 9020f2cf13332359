"""The offer: to which groups and persons a task is offered; lists of open work are read from its index, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
from engine.ground.prepared import Prepared
from engine.handling import exclusions

candidate = sa.Table(
    "task_candidate",
    db.metadata,
    sa.Column("task_id", sa.ForeignKey("task.id"), primary_key=True),
    sa.Column("kind", sa.String(5), primary_key=True),
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("free", sa.Boolean, nullable=False),
    sa.Column("sort_due_at", db.Utc),
    sa.CheckConstraint("kind IN ('group', 'user')", name="kind_known"),
    sa.CheckConstraint("name NOT LIKE '%,%'", name="name_without_comma"),
    sqlite_with_rowid=False,
)
"""``free`` (nobody has the task) and ``sort_due_at`` (none once the task is over) follow the task by a trigger,
whichever verb changes it: a list of a million tasks is read from this table's index without looking at any task."""

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where tasks without a deadline stand in lists: behind all others, without NULLs to order."""

_is_open = candidate.c.sort_due_at.is_not(None)
sa.Index(
    "ix_task_candidate_open",
    *(candidate.c.kind, candidate.c.name, candidate.c.free, candidate.c.sort_due_at, candidate.c.task_id),
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
_FOLLOW = (
    "UPDATE task_candidate SET free = (NEW.assignee IS NULL), "
    "sort_due_at = CASE WHEN NEW.state = 'open' THEN NEW.sort_due_at END WHERE task_id = NEW.id;"
)
_FOLLOWS = "CREATE TRIGGER task_candidate_follows AFTER UPDATE OF state, assignee, sort_due_at ON task"
FOLLOWS_TASK = {
    "sqlite": [f"{_FOLLOWS} BEGIN {_FOLLOW} END"],
    "postgresql": [
        "CREATE FUNCTION task_candidate_follows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {_FOLLOW} RETURN NULL; END $$",
        f"{_FOLLOWS} FOR EACH ROW EXECUTE FUNCTION task_candidate_follows()",
    ],
}
"""The triggers, by dialect; the migration and :data:`db.metadata` create the same ones."""
db.after_create(candidate, FOLLOWS_TASK)


def make(
    connection: Connection, task_id: int, to: Mapping[str, Iterable[str]], *, free: bool, sort_due_at: datetime
) -> None:
    """Offer an open task to the names of each kind, ``group`` and ``user``."""
    more = {"free": free, "sort_due_at": sort_due_at}
    names = [(kind, name) for kind, given in to.items() for name in dict.fromkeys(given)]
    if names:
        _INSERT.many(connection, [{"task_id": task_id, "kind": kind, "name": name, **more} for kind, name in names])


def of(connection: Connection, task_id: int) -> dict[str, list[str]]:
    """Return the names of each kind, ``group`` and ``user``, that a task is offered to."""
    found: dict[str, list[str]] = {"group": [], "user": []}
    query = sa.select(candidate.c.kind, candidate.c.name).where(candidate.c.task_id == task_id)
    for kind, name in connection.execute(query.order_by(candidate.c.name)):
        found[kind].append(name)
    return found


def remake(connection: Connection, row: sa.Row[Any], kind: str, names: Iterable[str]) -> None:
    """Offer an open task to other names of one kind than before."""
    old = candidate.c.task_id == row.id, candidate.c.kind == kind
    connection.execute(sa.delete(candidate).where(*old))
    make(connection, row.id, {kind: names}, free=row.assignee is None, sort_due_at=row.sort_due_at)


_INSERT = Prepared(sa.insert(candidate))


def to(person: str, groups: Collection[str]) -> sa.ColumnElement[bool]:
    """Return the condition under which an offer is to a person or to one of the groups."""
    return sa.or_(
        sa.and_(candidate.c.kind == "group", candidate.c.name.in_(groups)),
        sa.and_(candidate.c.kind == "user", candidate.c.name == person),
    )


def opened(person: str, groups: Collection[str], *more: sa.Column[Any]) -> list[sa.Select[Any]]:
    """Return the queries of the open tasks that are offered to a person, whoever has them now, with ``more`` of each.

    What a rule keeps the person from is left out.

    Those offered to a group are asked for apart: with both in one condition SQLite reads the open tasks of everybody.
    """
    to_them = ("group", candidate.c.name.in_(groups)), ("user", candidate.c.name == person)
    found = sa.select(candidate.c.task_id, *more).where(
        _is_open, ~exclusions.holds(person, candidate.c.task_id, candidate.c.name)
    )
    return [found.where(candidate.c.kind == kind, name) for kind, name in to_them]


def first_free(
    person: str,
    groups: Collection[str],
    limit: int,
    *,
    hidden: sa.Select[int] | None = None,
    edge: sa.Tuple | None = None,
    upwards: bool = True,
) -> sa.CompoundSelect[Any]:
    """Return the query of the first tasks that a person may claim, those due first; in no order among each other.

    Each name it may be offered to is read by itself, in the order of the index, and no further than ``limit``.

    Parameters
    ----------
    hidden
        The query of tasks that are left out.
    edge
        ``sort_due_at`` and key of the task behind which they begin, in the direction of ``upwards``.
    """
    place = (candidate.c.sort_due_at, candidate.c.task_id)
    order = place if upwards else (place[0].desc(), place[1].desc())
    names = [("user", person), *(("group", name) for name in groups)]
    branches = []
    for kind, name in names:
        one = sa.select(candidate.c.task_id).where(
            _is_open, candidate.c.kind == kind, candidate.c.name == name, candidate.c.free == sa.true(),
            ~exclusions.holds(person, candidate.c.task_id, name),
        )  # fmt: skip
        if hidden is not None:
            one = one.where(candidate.c.task_id.not_in(hidden))
        if edge is not None:
            one = one.where(sa.tuple_(*place) > edge if upwards else sa.tuple_(*place) < edge)
        branches.append(sa.select(one.order_by(*order).limit(limit).subquery().c.task_id))
    return sa.union_all(*branches)
