"""Claiming a task (签收), and giving it back to those it is offered to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.tasks.changing import change
from engine.tasks.guarding import ask_guards, renew
from engine.tasks.reading import lock, own
from engine.tasks.table import Candidate, require_open, task


def claim(connection: Connection, actor: audit.Actor, person: Candidate, task_id: int) -> sa.Row[Any]:
    """Take a task that is offered to one of the person's groups; claiming one's own again changes nothing.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskAlreadyClaimed
    TaskNotForYou
        In one of its kinds, which says what rule forbids it.
    """
    row, instance = lock(connection, task_id, person)
    require_open(row)
    if row.assignee == person.id:
        return row
    if row.assignee is not None:
        raise errors.TaskAlreadyClaimed(person=row.assignee)
    ask_guards(connection, person, row)
    return change(connection, actor, instance, row, "task.claimed", assignee=person.id, claimed_at=clock.now())


def release(connection: Connection, actor: audit.Actor, person: Candidate, task_id: int) -> sa.Row[Any]:
    """Give a claimed task back to those it was offered to; errors as :func:`claim`."""
    row, instance = own(connection, person, task_id)
    return change(connection, actor, instance, row, "task.released", assignee=None, owner=None, claimed_at=None)


def take_away(connection: Connection, actor: audit.Actor, row: sa.Row[Any]) -> None:
    """Open a task to those it is offered to again, because whoever holds it may not work on its case any more.

    It is called by the rule that forbids it, in whatever step that was decided; so nobody's instance is locked for it.
    """
    connection.execute(
        sa.update(task).where(task.c.id == row.id).values(assignee=None, owner=None, claimed_at=None, draft=None)
    )
    details = {"task": row.id, "before": row.assignee, "after": None}
    audit.record(connection, row.business_key, audit.Event("task.taken_away", actor, row.element, details))
    renew(connection, row.business_key)
