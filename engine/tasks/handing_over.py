"""Handing a task over: for good (转办), or for a while (委派)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.errors import N_
from engine.tasks.changing import change
from engine.tasks.guarding import ask_guards
from engine.tasks.reading import own
from engine.tasks.seeing import may_see
from engine.tasks.table import Candidate, task


def transfer(
    connection: Connection, actor: audit.Actor, person: Candidate, task_id: int, to: Candidate, reason: str
) -> sa.Row[Any]:
    """Hand a task over for good (转办) to a person it may be offered to; errors as :func:`claim`."""
    row, instance = own(connection, person, task_id)
    offered_to(connection, to, row)
    return change(
        connection, actor, instance, row, "task.transferred", reason, assignee=to.id, owner=None, claimed_at=clock.now()
    )


def delegate(
    connection: Connection, actor: audit.Actor, person: Candidate, task_id: int, to: Candidate, reason: str
) -> sa.Row[Any]:
    """Let another person work on a task that stays one's own (委派); errors as :func:`claim`."""
    row, instance = own(connection, person, task_id)
    offered_to(connection, to, row)
    return change(connection, actor, instance, row, "task.delegated", reason, assignee=to.id, owner=person.id)


def hand_back(connection: Connection, actor: audit.Actor, person: Candidate, task_id: int) -> sa.Row[Any]:
    """Give a delegated task back to its owner; errors as :func:`claim`."""
    row, instance = own(connection, person, task_id)
    if row.owner is None:
        raise errors.TaskNotForYou(reason=N_("it was not delegated."))
    return change(connection, actor, instance, row, "task.handed_back", assignee=row.owner, owner=None)


def offered_to(connection: Connection, to: Candidate, row: sa.Row[Any]) -> None:
    """Refuse to give a task to a person it is not offered to, or whom a rule forbids it.

    Raises
    ------
    TaskNotForYou
    """
    allowed = connection.execute(sa.select(task.c.id).where(task.c.id == row.id, may_see(to))).scalar()
    if allowed is None:
        raise errors.TaskNotForYou(reason=N_("that person holds none of the posts it is offered to."))
    ask_guards(connection, to, row)
