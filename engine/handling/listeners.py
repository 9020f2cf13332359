"""The task listener: a handler of the package that a user task asks at a turn of its life, while the person waits.

As docs.camunda.io, concepts/user-task-listeners, has it: those of one turn are asked in the order of the diagram; they
see the task in reserved headers, may correct it, and may deny that somebody assigns, changes or completes it. They
yield no variables and throw no BPMN errors. They run inside the step: a fault undoes it, and whoever acted, or the job
that did, tries again; a task whose creation fails is an incident instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors
from engine.bpmn.elements.listening import Listener
from engine.bpmn.elements.values import moment, names, whole
from engine.bpmn.running import effects
from engine.errors import N_
from engine.flow import handlers, steps
from engine.handling import offers

if TYPE_CHECKING:
    from engine.bpmn.elements.activities import UserTask

PREFIX = "io.camunda.zeebe:"
"""What the reserved headers begin with."""
DENIABLE = ("assigning", "updating", "completing")
COLUMNS = {"assignee": "assignee", "dueDate": "due_at", "followUpDate": "follow_up_at", "priority": "priority"}
"""Where the attributes of a task stand in its row; candidates stand in its offers."""
GROUPS, USERS = "candidateGroups", "candidateUsers"

Attributes = dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """A task at a turn of its life: ``standing`` are its attributes before, ``key`` is None while it is created."""

    connection: Connection
    actor: audit.Actor
    instance: sa.Row[Any]
    node: UserTask
    event: str
    key: int | None
    view: Mapping[str, Any]
    standing: Attributes


def created(step: steps.Step, effect: effects.TaskOpened) -> effects.TaskOpened | None:
    """Ask those at creation, then those at assignment if the diagram names a person; None if the task cannot open."""
    token = step.workflow.tasks.get(effect.token)
    if token is None or not token.task_spec.task_listeners:
        return effect  # one that something ended within the same step is opened and closed in the rows alone
    node = token.task_spec
    before: Attributes = {
        "assignee": effect.assignee, "dueDate": effect.due_at, "followUpDate": effect.follow_up_at,
        "priority": effect.priority, GROUPS: effect.candidate_groups, USERS: effect.candidate_users,
    }  # fmt: skip
    view = step.workflow.view(effect.token)
    turn = Turn(step.connection, step.actor, step.row, node, "creating", None, view, before)
    try:
        after = _ask(turn, {})
        if effect.assignee is not None and after["assignee"] != effect.assignee:
            raise errors.TaskListenerFailed(type="creating", reason=N_("the diagram names who has the task"))
        if effect.assignee is not None:
            after = _assigned(turn, after)
    except errors.TaskListenerFailed as failure:
        step.workflow.fail(effect.token, "JOB_NO_RETRIES", str(failure))
        return None
    return replace(
        effect, assignee=after["assignee"], due_at=after["dueDate"], follow_up_at=after["followUpDate"],
        priority=after["priority"], candidate_groups=after[GROUPS], candidate_users=after[USERS],
    )  # fmt: skip


def _assigned(turn: Turn, attributes: Attributes) -> Attributes:
    """Ask those at assignment about the person whom the diagram names; who is denied the task does not have it."""
    free = {**attributes, "assignee": None}
    try:
        return _ask(replace(turn, event="assigning", standing=free), {"assignee": attributes["assignee"]})
    except errors.TaskDenied:
        return free


def heard(
    connection: Connection,
    actor: audit.Actor,
    instance: sa.Row[Any],
    row: sa.Row[Any],
    event: str,
    values: Mapping[str, Any],
    variables: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Ask the listeners of an open task whether it may change so; return the columns that they correct.

    Parameters
    ----------
    instance
        The locked instance of the task, as :func:`engine.flow.steps.locked` returns it.
    values
        The columns that are to change.
    variables
        What the person has filled in.

    Raises
    ------
    TaskDenied
        If one of them denies it.
    TaskListenerFailed
        If one of them cannot be asked or answers what is no answer.
    """
    node = _node(connection, instance, row)
    if node is None or not node.task_listeners.get(event):
        return {}
    workflow = steps.load(connection, instance, focus=row.token)
    known = row.token if row.token in workflow.tasks else row.scope if row.scope in workflow.tasks else None
    view = workflow.view(known, dict(variables or {}))
    standing = _standing(connection, row)
    turn = Turn(connection, actor, instance, node, event, row.id, view, standing)
    wanted = {name: values[column] for name, column in COLUMNS.items() if column in values}
    after = _ask(turn, wanted)
    corrected = {name: value for name, value in after.items() if value != {**standing, **wanted}[name]}
    if not corrected:
        return {}
    told = {"task": row.id, "event": event, "after": {name: _text(value) for name, value in corrected.items()}}
    audit.record(connection, row.business_key, audit.Event("task.corrected", actor, row.element, told))
    for kind, name in (("group", GROUPS), ("user", USERS)):
        if name in corrected:
            offers.remake(connection, row, kind, corrected[name])
    return {COLUMNS[name]: value for name, value in corrected.items() if name in COLUMNS}


def closing(step: steps.Step, row: sa.Row[Any]) -> None:
    """Ask those at the cancelling of a task that an event or a person takes away; they cannot deny it.

    Raises
    ------
    TaskListenerFailed
        If one of them cannot be asked: what takes the task away is then tried again.
    """
    definition = step.definition if row.definition_id == step.definition.id else None
    node = _of(step.connection, definition or definitions.get(step.connection, row.definition_id), row.element)
    if node is None or not node.task_listeners.get("canceling"):
        return
    known = row.scope if row.scope in step.workflow.tasks else None
    view = step.workflow.view(known) if step.workflow.tasks else {}
    standing = _standing(step.connection, row)
    _ask(Turn(step.connection, step.actor, step.row, node, "canceling", row.id, view, standing), {})


# -- asking


def _ask(turn: Turn, wanted: Attributes) -> Attributes:
    now = {**turn.standing, **wanted}
    for listener in turn.node.task_listeners.get(turn.event, ()):
        now |= _answer(turn, listener, now)
    return now


def _answer(turn: Turn, listener: Listener, now: Attributes) -> Attributes:
    try:
        kind = listener.type.evaluate(turn.view, {})
    except bpmn.Fault as fault:
        raise errors.TaskListenerFailed(
            type=listener.type.text, reason=fault.message.format_map(fault.facts)
        ) from fault
    function = handlers.find(kind) if isinstance(kind, str) else None
    if function is None:
        raise errors.TaskListenerFailed(type=str(kind), reason=N_("no handler of this name is installed that answers"))
    work = handlers.Job(
        turn.connection, turn.actor, turn.instance.id, turn.instance.business_key, turn.node.name,
        {**listener.headers, **_headers(turn, now)}, turn.view,
    )  # fmt: skip
    try:
        with turn.connection.begin_nested():
            return _corrections(function(work) or {})
    except handlers.Denied as denied:
        if turn.event not in DENIABLE:
            raise errors.TaskListenerFailed(type=kind, reason=N_("nothing can be denied at this turn")) from denied
        raise errors.TaskDenied(reason=denied.reason) from denied
    except bpmn.Fault as fault:
        raise errors.TaskListenerFailed(type=kind, reason=fault.message.format_map(fault.facts)) from fault
    except errors.TaskListenerFailed:
        raise
    except Exception as error:  # whatever a handler raises: the person is told, and nothing of it stays
        reason = str(error) if isinstance(error, errors.EngineError) else f"{type(error).__name__}: {error}"
        raise errors.TaskListenerFailed(type=kind, reason=reason) from error


_READ = {
    "assignee": lambda value: next(iter(names(value)), None), "dueDate": moment, "followUpDate": moment,
    "priority": lambda value: whole(value, 50, 100), GROUPS: names, USERS: names,
}  # fmt: skip


def _corrections(answer: Mapping[str, Any]) -> Attributes:
    """Return the attributes that an answer corrects; one that is empty text is cleared, one that is None stays."""
    unknown = sorted(answer.keys() - _READ.keys())
    if unknown:
        raise errors.TaskListenerFailed(type=unknown[0], reason=N_("a task listener yields no variables"))
    return {name: _READ[name](value) for name, value in answer.items() if value is not None}


def _headers(turn: Turn, now: Attributes) -> dict[str, str]:
    changed = sorted(name for name, value in now.items() if value != turn.standing[name])
    told = {**now, "changedAttributes": changed, "userTaskKey": turn.key, "action": turn.event}
    told["formKey"] = turn.node.form
    return {f"{PREFIX}{name}": _text(value) for name, value in told.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return ",".join(value) if isinstance(value, list | tuple) else "" if value is None else str(value)


# -- what a task is


def _standing(connection: Connection, row: sa.Row[Any]) -> Attributes:
    offered = offers.of(connection, row.id)
    told = {name: getattr(row, column) for name, column in COLUMNS.items()}
    return {**told, GROUPS: tuple(offered["group"]), USERS: tuple(offered["user"])}


def _node(connection: Connection, instance: sa.Row[Any], row: sa.Row[Any]) -> UserTask | None:
    if row.signs is not None:
        return None  # an opinion is no turn of the task
    if row.definition_id == instance.definition_id:
        return _of(connection, steps.definition_of(instance), row.element)
    return _of(connection, definitions.get(connection, row.definition_id), row.element)


def _of(connection: Connection, definition: definitions.Defined, element: str) -> UserTask | None:
    node = definitions.model(connection, definition).nodes[definition.process_id].get(element)
    return node if hasattr(node, "task_listeners") else None
