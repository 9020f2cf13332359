"""Who has a task is changed in one way: its listeners are asked, and the trail is told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit
from engine.flow import steps
from engine.ground.prepared import Prepared
from engine.handling import listeners
from engine.tasks.due import due_of
from engine.tasks.guarding import DISTINCT, renew
from engine.tasks.table import IS_OPEN, task


def change(
    connection: Connection,
    actor: audit.Actor,
    instance: sa.Row[Any],
    row: sa.Row[Any],
    action: str,
    reason: str = "",
    **values: Any,
) -> sa.Row[Any]:
    """Let other people have a task of a running instance, as its listeners let them, and write that into the trail.

    Raises
    ------
    InstanceSuspended, InstanceNotActive, TaskDenied, TaskListenerFailed
    """
    steps.require_active(instance)
    values |= heard(connection, actor, instance, row, "assigning", values)
    changed = _update(*values).returned(connection, key=row.id, **values)
    details = {"task": row.id, "before": row.assignee, "after": changed.assignee}
    if reason:
        details["reason"] = reason
    audit.record(connection, row.business_key, audit.Event(action, actor, row.element, details))
    if DISTINCT in row.properties:
        renew(connection, row.business_key)
    return changed


@cache
def _update(*columns: str) -> Prepared:
    """Return the statement that changes these columns of a task."""
    new: dict[str, Any] = {name: sa.bindparam(name) for name in columns}
    return Prepared(sa.update(task).where(task.c.id == sa.bindparam("key")).values(new).returning(task))


def ask_about(
    connection: Connection, actor: audit.Actor, instance: sa.Row[Any], token: int, variables: Mapping[str, Any]
) -> None:
    """Ask the listeners of the task that stands at a token whether its variables may be changed; errors as theirs."""
    at = task.c.business_key == instance.business_key, task.c.token == token, task.c.signs.is_(None)
    row = connection.execute(sa.select(task).where(IS_OPEN, *at)).one_or_none()
    corrected = heard(connection, actor, instance, row, "updating", {}, variables) if row is not None else {}
    if row is not None and corrected:
        connection.execute(sa.update(task).where(task.c.id == row.id).values(corrected))


def heard(connection: Connection, actor: audit.Actor, instance: sa.Row[Any], row: sa.Row[Any], *turn: Any) -> Any:
    """Return the columns that the listeners of a task correct, and the moment by which lists sort it then.

    Raises
    ------
    TaskDenied, TaskListenerFailed
    """
    corrected = listeners.heard(connection, actor, instance, row, *turn)
    if "due_at" in corrected:
        corrected["sort_due_at"] = corrected["due_at"] or due_of(connection, row.business_key)
    return corrected
