"""The rows of tasks that follow an instance to another version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import steps
from engine.bpmn import effects
from engine.tasks import candidate, task


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
        mine = task.c.instance_id == step.instance_id, task.c.token == effect.token
        row = step.connection.execute(sa.update(task).where(*mine).values(**values).returning(task.c.id)).one()
        if effect.candidate_groups is not None:
            _offer(step.connection, row.id, {"group": effect.candidate_groups, "user": effect.candidate_users or ()})


def _offer(connection: Connection, task_id: int, to: Mapping[str, tuple[str, ...]]) -> None:
    connection.execute(sa.delete(candidate).where(candidate.c.task_id == task_id))
    offers: list[dict[str, Any]] = [
        {"task_id": task_id, "kind": kind, "name": name} for kind, names in to.items() for name in dict.fromkeys(names)
    ]
    if offers:
        connection.execute(sa.insert(candidate), offers)


def rename(connection: Connection, instance_id: int, elements: Mapping[str, str]) -> dict[str, str]:
    """Let what has been done in an instance be known by other elements, so that rules on who did it still hold.

    Returns the former element of each task that was renamed, by key.
    """
    done = task.c.instance_id == instance_id, task.c.state != "open", task.c.element.in_(elements)
    rows = connection.execute(sa.select(task.c.id, task.c.element).where(*done)).all()
    for row in rows:
        connection.execute(sa.update(task).where(task.c.id == row.id).values(element=elements[row.element]))
    return {str(row.id): row.element for row in rows}


def restore(connection: Connection, before: Mapping[str, str]) -> None:
    """Undo :func:`rename`."""
    for key, element in before.items():
        connection.execute(sa.update(task).where(task.c.id == int(key)).values(element=element))
