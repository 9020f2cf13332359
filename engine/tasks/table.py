"""The user task as it is stored, and the person as tasks see one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import db, errors
from engine.flow import steps

task = sa.Table(
    "task",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id), nullable=False),
    sa.Column("business_key", sa.String(80), nullable=False),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("scope", sa.Integer, nullable=False),
    sa.Column("signs", sa.ForeignKey("task.id")),
    sa.Column("signing", sa.Integer, nullable=False, default=0),
    sa.Column("element", sa.String(120), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("definition_id", sa.Integer, nullable=False),
    sa.Column("form", sa.String(200)),
    sa.Column("properties", db.Json, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("assignee", sa.String(80)),
    sa.Column("owner", sa.String(80)),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("created_at", db.Utc, nullable=False),
    sa.Column("claimed_at", db.Utc),
    sa.Column("due_at", db.Utc),
    sa.Column("sort_due_at", db.Utc, nullable=False),
    sa.Column("follow_up_at", db.Utc),
    sa.Column("draft", db.Json),
    sa.Column("draft_form_hash", sa.String(64)),
    sa.Column("completed_at", db.Utc),
    sa.Column("completed_by", sa.String(80)),
    sa.Column("completed_for", db.Json),
    sa.CheckConstraint("state IN ('open', 'completed', 'cancelled')", name="state_known"),
    sa.CheckConstraint("(completed_at IS NULL) = (state = 'open')", name="completed_when_over"),
    sa.CheckConstraint("state <> 'completed' OR completed_by IS NOT NULL", name="completed_by_somebody"),
    sa.Index(None, "business_key", "completed_by"),
)
"""The tasks of an instance are found by its business key: an index of ``instance_id`` would be one more to write.

``sort_due_at`` is the due moment by which lists sort: the task's own, else its case's, else :data:`offers.NEVER`;
``scope`` is the token in whose scope the task's element stands; ``signs`` is the task that a signer was added to,
``signing`` how many opinions of its signers a task still wants;
``completed_for``: the groups for which whoever completed it could act, of those it was offered to."""

IS_OPEN: sa.ColumnElement[bool] = task.c.state == sa.literal_column("'open'")
"""The condition in the words of the partial indexes: no database finds one by a parameter, and SQLite, which tries to,
plans the whole statement anew at each asking."""


def _partial(name: str, *columns: sa.ColumnElement[Any], where: sa.ColumnElement[bool]) -> None:
    sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)


_partial("ix_task_held", task.c.assignee, task.c.sort_due_at, task.c.id, where=IS_OPEN)
_partial("ix_task_owned", task.c.owner, where=sa.and_(IS_OPEN, task.c.owner.is_not(None)))
_partial("ix_task_signs", task.c.signs, where=task.c.signs.is_not(None))


@dataclass(frozen=True)
class Candidate:
    """A person as tasks see one: an id, the groups whose work that person may do, and what they are kept away from.

    Whoever is ``barred`` from a business key neither sees nor gets a task of it, or of what runs beside it.
    """

    id: str
    groups: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()


def require_open(row: sa.Row[Any]) -> None:
    """Refuse a task in which nothing can be done any more.

    Raises
    ------
    TaskAlreadyCompleted, TaskWithdrawn
    """
    if row.state == "completed":
        raise errors.TaskAlreadyCompleted(person=row.completed_by, at=row.completed_at)
    if row.state == "cancelled":
        raise errors.TaskWithdrawn()
