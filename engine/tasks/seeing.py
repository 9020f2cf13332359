"""Which tasks are a person's, as conditions of a query, and the inbox read by them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.handling import offers
from engine.handling.offers import candidate
from engine.tasks.table import IS_OPEN, Candidate, task


def may_see(person: Candidate) -> sa.ColumnElement[bool]:
    """Return the condition under which a task is a person's own or offered to that person."""
    offered = sa.exists().where(candidate.c.task_id == task.c.id, offers.to(person.id, person.groups))
    return sa.and_(sa.or_(task.c.assignee == person.id, task.c.owner == person.id, offered), *_not_barred(person))


def seen(connection: Connection, person: Candidate, ids: Collection[int]) -> frozenset[int]:
    """Return those of some tasks that a person :func:`may_see`."""
    query = sa.select(task.c.id).where(task.c.id.in_(ids), may_see(person))
    return frozenset(connection.execute(query).scalars()) if ids else frozenset()


def open_to(person: Candidate) -> sa.ColumnElement[bool]:
    """Return the condition under which a task is open and :func:`may_see`, told from the indexes of open tasks."""
    own = [sa.select(task.c.id).where(IS_OPEN, column == person.id) for column in (task.c.assignee, task.c.owner)]
    mine = task.c.id.in_(sa.union_all(*own, *offers.opened(person.id, person.groups)))
    return sa.and_(IS_OPEN, mine, *_not_barred(person))


def open_of(person: Candidate) -> sa.Subquery:
    """Return the open tasks that a person :func:`may_see`, each once: ``id``, ``free``, ``sort_due_at``.

    All of that stands in the indexes of open tasks: to count a thousand, the database looks at none of them.
    """
    shown = (task.c.id, task.c.assignee.is_(None).label("free"), task.c.sort_due_at)
    own = [sa.select(*shown).where(IS_OPEN, column == person.id) for column in (task.c.assignee, task.c.owner)]
    offered = offers.opened(person.id, person.groups, candidate.c.free, candidate.c.sort_due_at)
    found = sa.union(*own, *offered).subquery()
    hidden = _hidden_from(person)
    return found if hidden is None else sa.select(found).where(found.c.id.not_in(hidden)).subquery()


def held_by(person: Candidate) -> sa.Select[int]:
    """Return the query of how many open tasks a person has in hand."""
    return sa.select(sa.func.count()).where(IS_OPEN, task.c.assignee == person.id, *_not_barred(person))


def free_to(
    person: Candidate, limit: int, *, edge: sa.Tuple | None = None, upwards: bool = True
) -> sa.CompoundSelect[Any]:
    """Return :func:`offers.first_free` without the tasks that the person is kept away from."""
    hidden = _hidden_from(person)
    return offers.first_free(person.id, person.groups, limit, hidden=hidden, edge=edge, upwards=upwards)


def _hidden_from(person: Candidate) -> sa.Select[int] | None:
    """Return the query of the open tasks that a person is kept away from, if there may be any."""
    return sa.select(task.c.id).where(IS_OPEN, sa.not_(sa.and_(*_not_barred(person)))) if person.barred else None


def _not_barred(person: Candidate) -> list[sa.ColumnElement[bool]]:
    key, barred = task.c.business_key, sorted(person.barred)
    return [sa.and_(key != each, sa.not_(key.startswith(f"{each}-", autoescape=True))) for each in barred]


def inbox(connection: Connection, person: Candidate, *, view: str = "mine", limit: int = 20) -> Sequence[sa.Row[Any]]:
    """Return the first open tasks as :data:`LISTED`, most urgent first, those without a deadline last.

    Parameters
    ----------
    view : ``mine`` (assigned), ``claimable`` (offered and free) or ``all``.
    """
    return connection.execute(inbox_query(person, view, limit)).all()


LISTED = [
    *(task.c.id, task.c.instance_id, task.c.business_key, task.c.token, task.c.element, task.c.name, task.c.form),
    *(task.c.properties, task.c.assignee, task.c.owner, task.c.priority, task.c.created_at),
    *(task.c.due_at, task.c.sort_due_at),
]
"""What lists show of open tasks: sorting their rows costs by the column, and a draft may be long."""


def inbox_query(person: Candidate, view: str, limit: int) -> sa.Select[Any]:
    """Return the query of :func:`inbox`."""
    query: sa.Select[Any] = sa.select(*LISTED).where(IS_OPEN, _view(person, view, limit))
    return query.order_by(task.c.sort_due_at, task.c.id).limit(limit)


def _view(person: Candidate, view: str, limit: int) -> sa.ColumnElement[bool]:
    if view == "mine":
        return task.c.assignee == person.id
    if view == "claimable":
        return task.c.id.in_(free_to(person, limit))
    return open_to(person)
