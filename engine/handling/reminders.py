"""The reminder (催办): somebody asks whoever has a task to hurry; it stands on the task and in their list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, tasks
from engine.errors import N_
from engine.flow import steps
from engine.handling import reasons
from engine.tasks import task

PAUSE = timedelta(hours=4)
"""How long a task is left in peace after a reminder, whoever sent it."""

reminder = sa.Table(
    "reminder",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("task_id", sa.ForeignKey(task.c.id), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("sent_by", sa.String(80), nullable=False),
    sa.Column("sent_at", db.Utc, nullable=False),
    sa.Index(None, "task_id", "sent_at"),
)


def urge(connection: Connection, actor: audit.Actor, task_id: int, note: str) -> sa.Row[Any]:
    """Remind whoever has an open task, or everybody it is offered to; who may do so is the caller's question.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, InstanceSuspended, ReasonMissing
    TaskNotForYou
        If it is one's own task.
    RemindedAlready
        If somebody has done so shortly before.
    """
    why = reasons.given(note)
    row, instance = tasks.lock(connection, task_id)
    steps.require_active(instance)
    tasks.require_open(row)
    if row.assignee == actor.id:
        raise errors.TaskNotForYou(reason=N_("it is your own; nobody reminds themselves."))
    last = next(iter(of(connection, task_id)), None)
    if last is not None and clock.now() < last.sent_at + PAUSE:
        raise errors.RemindedAlready(person=last.sent_by, at=last.sent_at, again_at=last.sent_at + PAUSE)
    values = {"task_id": task_id, "note": why, "sent_by": actor.id, "sent_at": clock.now()}
    kept = connection.execute(sa.insert(reminder).values(values).returning(reminder)).one()
    details = {"task": row.id, "after": row.assignee, "reason": why}
    audit.record(connection, row.business_key, audit.Event("task.urged", actor, row.element, details))
    return kept


def of(connection: Connection, task_id: int) -> Sequence[sa.Row[Any]]:
    """Return the reminders of a task, the latest first."""
    query = sa.select(reminder).where(reminder.c.task_id == task_id)
    return connection.execute(query.order_by(reminder.c.sent_at.desc(), reminder.c.id.desc())).all()


def times(task_id: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """Return the query of how often somebody has been reminded of a task, to be asked along with the task."""
    query = sa.select(sa.func.count()).select_from(reminder)
    return query.where(reminder.c.task_id == task_id).scalar_subquery()
