"""The recall (撤回): whoever completed a task takes that back while nobody has acted on what followed.

Only what a person can see as not having happened yet is taken back: where a service has run, a message has gone out or
a scope has ended, the completion stands, and a return (:mod:`engine.handling.returns`) is the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, errors, tasks
from engine.errors import N_
from engine.flow import steps
from engine.handling import reasons, returns
from engine.tasks import Candidate, task

HARMLESS = frozenset(
    {
        *("userTask", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "task"),
        *("scriptTask", "businessRuleTask", "subProcess", "intermediateCatchEvent", "receiveTask", "startEvent"),
    }
)
"""Elements that set nothing off beyond the case's own variables; a throwing event that only marks a milestone, too."""


@dataclass(frozen=True)
class _Then:
    """What the step that completed a task did, as the trail tells it."""

    entered: Counter[str]
    left: Counter[str]
    flows: frozenset[str]
    ended: bool

    @property
    def waiting(self) -> Counter[str]:
        """The elements that have begun and were not over at once; the completed task itself ended before."""
        return self.entered - self.left


def check(connection: Connection, person: Candidate, row: sa.Row[Any]) -> returns.Target:
    """Return what would be undone if a person took back the completion of a task.

    Raises
    ------
    CompletionStands
        If it cannot be taken back (any more), with the reason.
    """
    if row.state != "completed" or row.completed_by != person.id or row.signs is not None:
        raise errors.CompletionStands(reason=N_("only who has completed a task can."))
    instance = connection.execute(sa.select(steps.instance).where(steps.instance.c.id == row.instance_id)).one()
    if instance.state != "active":
        raise errors.CompletionStands(reason=N_("the case is over or suspended."))
    then = _then(connection, row)
    workflow = steps.load(connection, instance)
    scope = workflow.tasks.get(row.scope)
    if scope is None or then.ended or row.scope >= row.token:
        raise errors.CompletionStands(reason=N_("what it belonged to is over."))
    if returns.of_source(connection, row.id) is not None:
        raise errors.CompletionStands(reason=N_("it has been taken back already."))
    nodes = _nodes(workflow, scope)
    _refuse_what_stays(nodes, then)
    tokens = list(_following(connection, workflow, row, then))
    arrived = _arrived(nodes, then)
    return returns.Target(
        (row.element,),
        row.name,
        row.properties,
        person.id,
        row.completed_at,
        False,
        row.scope,
        (),
        tuple(tokens),
        arrived,
    )


def recall(connection: Connection, actor: audit.Actor, person: Candidate, task_id: int, reason: str) -> sa.Row[Any]:
    """Take back one's own completion of a task; return the task that was opened for it, which is the person's again.

    Raises
    ------
    TaskUnknown, ReasonMissing
    CompletionStands
        If it cannot be taken back (any more), with the reason.
    """
    why = reasons.given(reason)
    row, instance = tasks.lock(connection, task_id, person)
    target = check(connection, person, row)
    again = returns.step_back(
        connection, actor, instance, target, returns.RECALLED, element=row.element, task=row.id, reason=why
    )
    if len(again) != 1:
        raise errors.CompletionStands(reason=N_("the step runs several times at once."))
    returns.keep(connection, actor, again, row, "recalled", why)
    values = {"assignee": person.id, "claimed_at": again[0].created_at}
    mine = connection.execute(sa.update(task).where(task.c.id == again[0].id).values(values).returning(task)).one()
    tasks.renew(connection, row.business_key)
    return mine


def _then(connection: Connection, row: sa.Row[Any]) -> _Then:
    event = audit.audit_event
    rows = connection.execute(
        sa.select(event.c.details)
        .where(event.c.stream == row.business_key, event.c.action == "task.completed", event.c.element == row.element)
        .order_by(event.c.seq.desc())
    ).scalars()
    found: Sequence[Any] = next((details["steps"] for details in rows if details.get("task") == row.id), ())
    own = [["leave", row.element]] if ["leave", row.element] in found else []
    left = Counter(entry[1] for entry in found if entry[0] in ("leave", "cancel"))
    return _Then(
        Counter(entry[1] for entry in found if entry[0] == "enter"),
        left - Counter(entry[1] for entry in own),
        frozenset(entry[1] for entry in found if entry[0] == "flow"),
        any(entry[0] in ("end", "incident") for entry in found),
    )


def _nodes(workflow: bpmn.Workflow, scope: Any) -> dict[str, Any]:
    """Return the nodes of the process that the scope belongs to, those of its sub-processes included."""
    while "process" not in scope.internal_data:
        scope = scope.parent
    key = scope.internal_data.get("definition")
    model = workflow.host.model(key) if key else workflow.model
    return dict(model.nodes[scope.internal_data["process"]])


def _refuse_what_stays(nodes: dict[str, Any], then: _Then) -> None:
    for element in [*then.entered, *then.left]:
        node = nodes.get(element)
        marks = node is not None and node.details.type == "intermediateThrowEvent" and node.trigger is None
        known = node is not None and node.details.type in HARMLESS
        scope = node is not None and node.details.type == "subProcess" and then.left[element]
        if not (known or marks) or scope:
            name = node.details.name or element if node is not None else element
            raise errors.StepFollowed(step=name)


def _following(connection: Connection, workflow: bpmn.Workflow, row: sa.Row[Any], then: _Then) -> Iterator[int]:
    """Yield the tokens that stand where the completion led to; refuse if somebody has acted there."""
    for element, count in then.waiting.items():
        rows = connection.execute(
            sa.select(task)
            .where(task.c.business_key == row.business_key, task.c.element == element, task.c.token > row.token)
            .where(task.c.signs.is_(None))
            .order_by(task.c.token)
            .limit(count)
        ).all()
        for following in rows:
            if _acted(following):
                raise errors.StepBegun(step=following.name)
    stand = sorted(token.id for token in workflow.tasks.values() if token.id > row.token and _follows(token, then))
    if not stand:
        raise errors.CompletionStands(reason=N_("the case has gone on."))
    yield from stand


def _follows(token: Any, then: _Then) -> bool:
    """Tell whether a token of the same scope stands where the completion led to, or waits at a join it came to."""
    by = token.internal_data.get("by")
    return token.task_spec.name in then.waiting or (by in then.flows if by else False)


def _acted(following: sa.Row[Any]) -> bool:
    """Tell whether a person has a hand in a task: done, claimed by themselves, lent or begun to be filled in."""
    claimed = following.claimed_at is not None and following.claimed_at > following.created_at
    return bool(following.state != "open" or claimed or following.owner or following.draft is not None)


def _arrived(nodes: dict[str, Any], then: _Then) -> tuple[str, ...]:
    """Return the flows by which tokens of other branches had come to joins that the completion let through."""
    found: list[str] = []
    for element in then.entered:
        node = nodes[element]
        others = [flow.id for flow in node.arrivals if flow.id not in then.flows] if node.gathers else []
        if others and node.details.type != "parallelGateway":
            raise errors.StepFollowed(step=node.details.name or element)
        found += others
    return tuple(found)
