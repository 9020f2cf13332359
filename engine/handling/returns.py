"""The return: a task goes back to an earlier step of its path (退回), or its completion is taken back (撤回).

Nothing is erased: what was done stays in the trail and in its task, and a new task of the earlier step is opened, by
default for the person who did it, with the reason shown. Clocks run on as the process says; what the steps between
set off, such as documents, stays and is set off again. Other branches go on untouched, unless the earlier step lies
before their split: then their open tasks end, and the person is told so beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, errors, tasks
from engine.flow import steps
from engine.handling import reasons
from engine.tasks import Candidate, task

task_return = sa.Table(
    "task_return",
    db.metadata,
    sa.Column("task_id", sa.ForeignKey(task.c.id), primary_key=True),
    sa.Column("came_from", sa.ForeignKey(task.c.id), nullable=False),
    sa.Column("kind", sa.String(9), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("returned_by", sa.String(80), nullable=False),
    sa.Column("returned_at", db.Utc, nullable=False),
    sa.Index(None, "came_from"),
    sa.CheckConstraint("kind IN ('returned', 'recalled')", name="kind_known"),
)
"""Tasks that were opened again; ``came_from`` is the task that was given up for it, or whose end was taken back."""

RECALLED = "task.recalled"
"""What the trail calls a completion that was taken back."""
RETURN_TO = "return_to"
"""The property of a user task that names the elements it may go back to, separated by commas, or ``none``."""

Know = Callable[[Connection, str], Candidate]
Limit = Callable[[Connection, sa.Row[Any]], datetime | None]
_limits: list[Limit] = []


@dataclass(frozen=True)
class Target:
    """An earlier step, who did it last and when, and the open tasks beside that would end.

    A ``phase`` is a sub-process or a called process that is over: going back to it begins with its first step; a step
    inside it is entered through the phases of its ``path``, which ends with the step itself.
    """

    path: tuple[str, ...]
    name: str
    properties: Mapping[str, str]
    done_by: str
    done_at: datetime
    phase: bool
    scope: int
    ends: tuple[sa.Row[Any], ...]
    away: tuple[int, ...]
    arrived: tuple[str, ...]
    within: str = ""
    """The name of the phase that a step is inside of."""

    @property
    def element(self) -> str:
        """What a person chooses it by: the step's id, behind those of the phases that it is entered through."""
        return "/".join(self.path)

    @property
    def step(self) -> str:
        """The step's own id."""
        return self.path[-1]


def limits(limit: Limit) -> Limit:
    """Register what knows the moment behind which a task may not go back, if there is one."""
    _limits.append(limit)
    return limit


def targets(connection: Connection, row: sa.Row[Any]) -> list[Target]:
    """Return the earlier steps to which an open task may go back, the latest first.

    They have happened on the task's own path: in its scope or one around it, before it, as the diagram leads.
    """
    if row.signs is not None:
        return []
    instance = connection.execute(sa.select(steps.instance).where(steps.instance.c.id == row.instance_id)).one()
    if instance.state != "active":
        return []
    found = list(_targets(connection, row, steps.load(connection, instance)))
    return sorted(found, key=lambda target: target.done_at, reverse=True)


def go_back(
    connection: Connection,
    actor: audit.Actor,
    person: Candidate,
    task_id: int,
    element: str,
    reason: str,
    know: Know,
    *,
    to_post: bool = False,
) -> list[sa.Row[Any]]:
    """Give up a task and let an earlier step be done again; return the tasks that were opened for it.

    Parameters
    ----------
    know
        Returns a person as tasks see one.
    to_post
        Offer the earlier step to everybody it was offered to, not to the person who did it.

    Raises
    ------
    TaskUnknown, TaskAlreadyCompleted, TaskWithdrawn, TaskNotYours, TaskNotForYou, InstanceSuspended, ReasonMissing
    StepNotEarlier
        If the task cannot go back to the element.
    """
    why = reasons.given(reason)
    row, instance = tasks.own(connection, person, task_id)
    steps.require_active(instance)
    tasks.ask_guards(connection, person, row)
    target = next((each for each in targets(connection, row) if each.element == element), None)
    if target is None:
        raise errors.StepNotEarlier(step=element)
    details = {"task": row.id, "to": target.step, "reason": why, "ended": [each.id for each in target.ends]}
    if target.path[1:]:
        details["within"] = list(target.path[:-1])
    again = step_back(connection, actor, instance, target, "task.returned", element=row.element, **details)
    keep(connection, actor, again, row, "returned", why)
    if not to_post:
        for opened in again:
            assign(connection, actor, opened, know(connection, _doer(connection, target, opened)))
    return again


def step_back(
    connection: Connection, actor: audit.Actor, instance: sa.Row[Any], target: Target, action: str, **details: Any
) -> list[sa.Row[Any]]:
    """Put the instance back to a step and return the tasks that were opened for it."""
    first: list[int] = []

    def act(workflow: bpmn.Workflow) -> None:
        first.append(workflow.next_id)
        if action == RECALLED:
            bpmn.retract(workflow, target.scope, target.step)
        bpmn.go_back(workflow, target.away, target.scope, target.path, target.arrived)

    steps.act(connection, actor, instance, act, action, **details)
    opened = sa.select(task.c.id).where(
        task.c.business_key == instance.business_key,
        tasks.IS_OPEN,
        task.c.token >= first[0],
    )
    keys = connection.execute(opened.order_by(task.c.id)).scalars().all()
    return [_row(connection, key) for key in keys]


def keep(
    connection: Connection,
    actor: audit.Actor,
    again: Sequence[sa.Row[Any]],
    came_from: sa.Row[Any],
    kind: str,
    reason: str,
) -> None:
    """Note why tasks were opened again."""
    more = {"came_from": came_from.id, "kind": kind, "reason": reason}
    told = {"returned_by": actor.id, "returned_at": clock.now()}
    for row in again:
        connection.execute(sa.insert(task_return).values(task_id=row.id, **more, **told))


def assign(connection: Connection, actor: audit.Actor, row: sa.Row[Any], person: Candidate) -> None:
    """Give a task that was opened again to whoever did it, if it is still theirs to do and no listener denies it."""
    values: dict[str, Any] = {"assignee": person.id, "claimed_at": row.created_at}
    try:
        tasks.offered_to(connection, person, row)
        values |= tasks.heard(connection, actor, steps.lock(connection, row.instance_id), row, "assigning", values)
    except (errors.TaskNotForYou, errors.TaskDenied):
        return
    connection.execute(sa.update(task).where(task.c.id == row.id).values(values))
    tasks.renew(connection, row.business_key)


def of(connection: Connection, task_id: int) -> sa.Row[Any] | None:
    """Return why a task was opened again, with the ``name`` and ``properties`` of the step it came back from."""
    before = task.alias()
    return connection.execute(
        sa.select(task_return, before.c.name, before.c.properties)
        .join(before, before.c.id == task_return.c.came_from)
        .where(task_return.c.task_id == task_id)
    ).one_or_none()


def of_source(connection: Connection, task_id: int) -> sa.Row[Any] | None:
    """Return what was opened again in the place of a task, if anything was."""
    query = sa.select(task_return).where(task_return.c.came_from == task_id).order_by(task_return.c.task_id)
    return connection.execute(query.limit(1)).one_or_none()


def _targets(connection: Connection, row: sa.Row[Any], workflow: bpmn.Workflow) -> Iterator[Target]:
    done, phases = _done(connection, row), _phases(connection, row.business_key)
    inside = {element: earlier for (_scope, element), earlier in done.items()}
    allowed = [name.strip() for name in row.properties.get(RETURN_TO, "").split(",") if name.strip()]
    limit = max((moment for each in _limits if (moment := each(connection, row)) is not None), default=None)
    for scope, node, way in bpmn.ways_back(workflow, row.token):
        phase = bpmn.is_phase(node)
        earlier = phases.get(node.name) if phase else done.get((scope, node.name))
        if earlier is None or (allowed and node.name not in allowed and not phase):
            continue
        if limit is not None and earlier.counts_from <= limit:
            continue
        beside = bpmn.beside(workflow, row.token, scope, way)
        own = next(level.id for level in bpmn.levels(workflow, row.token) if level.parent.id == scope)
        ends = _ending(connection, row, workflow, [own, *beside])
        name, said = node.details.name or node.name, node.details.properties
        more = scope, ends, (own, *beside), way.arrived
        if not allowed or node.name in allowed:
            yield Target((node.name,), name, said, earlier.by, earlier.at, phase, *more)
        for path, step in bpmn.steps_inside(workflow, scope, node) if phase else ():
            last = inside.get(step.name)
            if last is not None and not (allowed and step.name not in allowed) and (limit is None or last.at > limit):
                named = step.details.name or step.name
                yield Target(path, named, step.details.properties, last.by, last.at, False, *more, within=name)


class _Earlier(NamedTuple):
    """Who did something when; ``counts_from`` is what a limit is held against: a phase counts from its beginning."""

    by: str
    at: datetime
    counts_from: datetime


def _done(connection: Connection, row: sa.Row[Any]) -> dict[tuple[int, str], _Earlier]:
    """Return who completed the tasks of the instance, the last of each scope and element."""
    rows = connection.execute(
        sa.select(task)
        .where(task.c.business_key == row.business_key, task.c.state == "completed", task.c.signs.is_(None))
        .order_by(task.c.id)
    )
    return {
        (done.scope, done.element): _Earlier(done.completed_by, done.completed_at, done.completed_at) for done in rows
    }


def _phases(connection: Connection, business_key: str) -> dict[str, _Earlier]:
    """Return what the trail tells of elements that are over: who ended them when, each as it was the last time."""
    began: dict[str, datetime] = {}
    found: dict[str, _Earlier] = {}
    for event in audit.trail(connection, business_key):
        for kind, *entry in event.details.get("steps", ()):
            if kind == "enter":
                began[entry[0]] = event.at
            elif kind == "leave":
                found[entry[0]] = _Earlier(event.actor, event.at, began.get(entry[0], event.at))
    return found


def _doer(connection: Connection, target: Target, opened: sa.Row[Any]) -> str:
    """Return who did a step that is done again: whoever did it last in this instance."""
    if opened.element == target.step:
        return target.done_by
    mine = task.c.business_key == opened.business_key, task.c.element == opened.element, task.c.state == "completed"
    last = sa.select(task.c.completed_by).where(*mine, task.c.signs.is_(None)).order_by(task.c.id.desc()).limit(1)
    return connection.scalar(last) or target.done_by


def _ending(
    connection: Connection, row: sa.Row[Any], workflow: bpmn.Workflow, tokens: Sequence[int]
) -> tuple[sa.Row[Any], ...]:
    """Return the open tasks, besides the one that goes back, that end with tokens or inside them."""
    others = connection.execute(
        sa.select(task)
        .where(task.c.business_key == row.business_key, tasks.IS_OPEN, task.c.id != row.id, task.c.signs.is_(None))
        .order_by(task.c.id)
    )
    gone = set(tokens)
    return tuple(other for other in others if gone & {level.id for level in _around(workflow, other.token)})


def _around(workflow: bpmn.Workflow, token_id: int) -> Iterator[Any]:
    token = workflow.tasks.get(token_id)
    while token is not None:
        yield token
        token = token.parent


def _row(connection: Connection, task_id: int) -> sa.Row[Any]:
    row = tasks.read(connection, task_id)
    assert row is not None
    return row
