"""Completing a task (办结) with the checked values of its form; until then they are a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.flow import steps
from engine.ground.prepared import Prepared
from engine.tasks.changing import heard
from engine.tasks.guarding import ask_guards
from engine.tasks.reading import groups_of, own
from engine.tasks.table import Candidate, task


def save_draft(
    connection: Connection, person: Candidate, task_id: int, values: Mapping[str, Any], form_hash: str | None
) -> None:
    """Keep what was typed so far; a draft is nobody's act and leaves no event. Errors as :func:`claim`."""
    row, _ = own(connection, person, task_id)
    connection.execute(sa.update(task).where(task.c.id == row.id).values(draft=dict(values), draft_form_hash=form_hash))


_COMPLETE = Prepared(
    sa.update(task)
    .where(task.c.id == sa.bindparam("key"))
    .values(
        state="completed",
        completed_at=sa.bindparam("at"),
        completed_by=sa.bindparam("by"),
        completed_for=sa.bindparam("groups"),
        draft=None,
        draft_form_hash=None,
    )
)


def complete(
    connection: Connection,
    actor: audit.Actor,
    person: Candidate,
    task_id: int,
    variables: Mapping[str, Any],
    *,
    form_hash: str | None = None,
    comment: str = "",
    held: tuple[sa.Row[Any], sa.Row[Any]] | None = None,
) -> steps.Step:
    """Finish a task with the checked values of its form and let the process go on.

    Parameters
    ----------
    held : what :func:`lock` returned in this transaction, in which nothing has been written since.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskNotYours, InstanceNotActive
    TaskNotForYou
        In one of its kinds, which says what rule forbids it.
    PersonsNotDistinct
        If the values do not name the different persons that the task needs.
    """
    row, instance = own(connection, person, task_id, held)
    ask_guards(connection, person, row, variables)
    if corrected := heard(connection, actor, instance, row, "completing", {}, variables):
        connection.execute(sa.update(task).where(task.c.id == row.id).values(corrected))
    _COMPLETE.run(connection, key=row.id, at=clock.now(), by=person.id, groups=groups_of(person, row))
    more = {"comment": comment} if comment else {}
    return steps.act(
        connection,
        actor,
        instance,
        lambda workflow: workflow.complete(row.token, variables),
        "task.completed",
        focus=row.token,
        element=row.element,
        form_hash=form_hash,
        task=row.id,
        values=dict(variables),
        **more,
    )
