"""How tasks come and go with the course of the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from engine import bpmn, clock, definitions, errors
from engine.bpmn.running import effects
from engine.flow import steps
from engine.ground.prepared import Prepared
from engine.handling import listeners, offers
from engine.tasks.due import due_of
from engine.tasks.guarding import judge
from engine.tasks.table import IS_OPEN, task


@steps.writes(effects.TaskOpened, effects.TaskClosed)
def _open_and_close(step: steps.Step, changed: list[effects.TaskOpened | effects.TaskClosed]) -> None:
    """Follow the kernel in its order: a step that is tried again closes a task and opens one for the same token."""
    for kind, some in groupby(changed, type):
        if kind is effects.TaskOpened:
            _open(step, list(some))  # type: ignore[arg-type]
        else:
            _close(step, list(some))  # type: ignore[arg-type]


def _open(step: steps.Step, opened: list[effects.TaskOpened]) -> None:
    pinned = [_pinned(step, effect) for effect in opened]
    opened = [heard for effect in pinned if effect and (heard := listeners.created(step, effect)) is not None]
    now, dated = clock.now(), all(effect.due_at for effect in opened)
    due = offers.NEVER if dated else due_of(step.connection, step.row.business_key)
    made = []
    for effect in opened:
        key = _INSERT.key(
            step.connection,
            instance_id=step.instance_id,
            business_key=step.row.business_key,
            token=effect.token,
            scope=effect.scope,
            element=effect.element,
            name=effect.name or effect.element,
            definition_id=int(effect.definition or step.definition.id),
            form=effect.form,
            properties=dict(effect.properties),
            state="open",
            signing=0,
            assignee=effect.assignee,
            priority=effect.priority,
            created_at=now,
            claimed_at=now if effect.assignee else None,
            due_at=effect.due_at,
            sort_due_at=effect.due_at or due,
            follow_up_at=effect.follow_up_at,
        )
        to = {"group": effect.candidate_groups, "user": effect.candidate_users}
        offers.make(step.connection, key, to, free=effect.assignee is None, sort_due_at=effect.due_at or due)
        made.append(_Made(key, step.row.business_key, effect.properties, ",".join(effect.candidate_groups)))
    judge(step.connection, made)


class _Made(NamedTuple):
    """What standing rules ask of a task."""

    id: int
    business_key: str
    properties: Mapping[str, str]
    offered: str


def _pinned(step: steps.Step, effect: effects.TaskOpened) -> effects.TaskOpened | None:
    """Return a task with the form that its version tag means now; None if there is none, which is an incident."""
    if effect.form is None or not effect.form.startswith(bpmn.TAGGED):
        return effect
    try:
        return replace(effect, form=definitions.pinned(step.connection, effect.form))
    except errors.FormUnknown as missing:
        step.workflow.fail(effect.token, "FORM_NOT_FOUND", str(missing))
        return None


_INSERT = Prepared(sa.insert(task))


def _close(step: steps.Step, closed: list[effects.TaskClosed]) -> None:
    gone = (
        task.c.business_key == step.row.business_key,
        IS_OPEN,
        task.c.token.in_([effect.token for effect in closed]),
    )
    if any(effect.asks for effect in closed):
        for row in step.connection.execute(sa.select(task).where(*gone, task.c.signs.is_(None)).order_by(task.c.id)):
            listeners.closing(step, row)
    step.connection.execute(sa.update(task).where(*gone).values(state="cancelled", completed_at=clock.now()))
