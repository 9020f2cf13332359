"""The rows of tasks that follow an instance to another version."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.bpmn.running import effects
from engine.flow import steps
from engine.handling import offers
from engine.handling.offers import candidate
from engine.tasks import renew, task


@steps.writes(effects.TaskChanged)
def _change(step: steps.Step, changed: list[effects.TaskChanged]) -> None:
    """Let tasks be those of another version; who holds one, until when, and what was typed stay as they are.

    A task may have been taken away in the same step: a condition of the new version held at once.
    """
    for effect in changed:
        values = {
            "element": effect.element,
            "name": effect.name or effect.element,
            "definition_id": int(effect.definition or step.definition.id),
            "form": effect.form,
            "properties": dict(effect.properties),
        }
        mine = task.c.business_key == step.row.business_key, task.c.token == effect.token
        row = step.connection.execute(sa.update(task).where(*mine).values(**values).returning(task)).one()
        if effect.candidate_groups is not None:
            step.connection.execute(sa.delete(candidate).where(candidate.c.task_id == row.id))
            to = {"group": effect.candidate_groups, "user": effect.candidate_users or ()}
            offers.make(step.connection, row.id, to, free=row.assignee is None, sort_due_at=row.sort_due_at)


def rename(connection: Connection, business_key: str, elements: Mapping[str, str]) -> dict[str, str]:
    """Let what has been done in an instance be known by other elements, so that rules on who did it still hold.

    Returns the former element of each task that was renamed, by key.
    """
    done = task.c.business_key == business_key, task.c.state != "open", task.c.element.in_(elements)
    rows = connection.execute(sa.select(task.c.id, task.c.element).where(*done)).all()
    for row in rows:
        connection.execute(sa.update(task).where(task.c.id == row.id).values(element=elements[row.element]))
    renew(connection, business_key)
    return {str(row.id): row.element for row in rows}


def restore(connection: Connection, business_key: str, before: Mapping[str, str]) -> None:
    """Undo :func:`rename`."""
    for key, element in before.items():
        connection.execute(sa.update(task).where(task.c.id == int(key)).values(element=element))
    renew(connection, business_key)
