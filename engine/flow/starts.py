"""The start event that begins instances by itself: at a message, a signal or a moment, of the version in force only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, definitions, jobs, messages
from engine.bpmn.elements.values import CONVERSATION
from engine.bpmn.running import effects
from engine.flow import steps

start_event = sa.Table(
    "start_event",
    db.metadata,
    sa.Column("process_id", sa.String(120), primary_key=True),
    sa.Column("element", sa.String(120), primary_key=True),
    sa.Column("definition_id", sa.ForeignKey(definitions.definition.c.id), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("name", sa.String(200)),
    sa.CheckConstraint("kind IN ('message', 'signal', 'timer')", name="kind_known"),
    sa.CheckConstraint("(kind = 'timer') = (name IS NULL)", name="timers_have_no_name"),
    sa.Index(None, "kind", "name"),
)

message_start = sa.Table(
    "message_start",
    db.metadata,
    sa.Column("process_id", sa.String(120), primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("instance_id", sa.ForeignKey(steps.instance.c.id), nullable=False),
    sa.Index(None, "instance_id"),
)
"""Living instances that a message with a key began: while one lives, no other of its process begins by that key."""

KEY_VARIABLE = "business_key"
"""The variable by which a message may say under which number its instance is to be known."""


@definitions.follows
def _replace(connection: Connection, definition: sa.Row[Any], model: bpmn.Model) -> None:
    """Let the new version's start events take the place of the old one's; what was missed is not made up for."""
    connection.execute(sa.delete(start_event).where(start_event.c.process_id == definition.process_id))
    functions = steps.host(connection, definition).functions
    for start in bpmn.starts(model, definition.process_id, functions):
        connection.execute(
            sa.insert(start_event).values(
                process_id=definition.process_id,
                element=start.element,
                definition_id=definition.id,
                kind=start.kind,
                name=start.name,
            )
        )
        if start.due is not None and start.due.at is not None:
            _plan(connection, definition.id, start.element, start.due.at, start.due.cycle)


def _waiting(connection: Connection, *conditions: sa.ColumnElement[bool]) -> sa.Row[Any] | None:
    """Return the first start event under the conditions, with its definition."""
    return connection.execute(
        sa.select(start_event.c.element, definitions.definition)
        .join(definitions.definition, definitions.definition.c.id == start_event.c.definition_id)
        .where(*conditions)
        .order_by(start_event.c.process_id, start_event.c.element)
        .limit(1)
    ).one_or_none()


# -- messages


@messages.begins
def _begin_by_message(connection: Connection, sent: sa.Row[Any], done: sa.Select[Any]) -> str | None:
    """Begin an instance of one process that starts by the message and has not got it; return the process."""
    columns = start_event.c
    alive = sa.select(message_start.c.process_id).where(message_start.c.key == sent.key, sent.key != "")
    found = _waiting(
        connection,
        columns.kind == "message",
        columns.name == sent.name,
        columns.process_id.not_in(done),
        columns.process_id.not_in(alive),
    )
    if found is None:
        return None
    number = sent.key.removeprefix(CONVERSATION)
    step = steps.begin(
        connection,
        audit.Actor(sent.published_by),
        found,
        _key(connection, found.process_id, sent.variables.get(KEY_VARIABLE) or number, sent.id),
        sent.variables,
        found.element,
        message=sent.name,
    )
    if sent.key and step.workflow.outcome == "active":
        values = {"process_id": found.process_id, "key": sent.key, "instance_id": step.instance_id}
        connection.execute(sa.insert(message_start).values(values))
    if sent.key.startswith(CONVERSATION):
        messages.join(connection, step.row.business_key, sent.key)
    return str(found.process_id)


@messages.knows_conversation
def _conversation(connection: Connection, instance_id: int) -> str | None:
    mine = message_start.c.instance_id == instance_id, message_start.c.key.startswith(CONVERSATION)
    return connection.scalar(sa.select(message_start.c.key).where(*mine))


@steps.writes(effects.Ended)
def _let_the_next_begin(step: steps.Step, _ended: list[effects.Ended]) -> None:
    """An instance that a message with a key began is over: messages with that key are looked at again."""
    if not step.workflow.model.processes[step.definition.process_id].message_starts:
        return
    gone = step.connection.execute(
        sa.delete(message_start).where(message_start.c.instance_id == step.instance_id).returning(message_start.c.key)
    ).scalars()
    for key in gone.all():
        messages.offer_again(step.connection, key)


# -- signals and timers


@messages.follows_signal
def _plan_by_signal(connection: Connection, name: str, variables: Mapping[str, Any]) -> None:
    rows = connection.execute(
        sa.select(start_event).where(start_event.c.kind == "signal", start_event.c.name == name)
    ).all()
    for row in rows:
        _plan(connection, row.definition_id, row.element, clock.now(), None, dict(variables), signal=name)


def _plan(
    connection: Connection,
    definition_id: int,
    element: str,
    at: datetime,
    cycle: dict[str, Any] | None,
    variables: Mapping[str, Any] | None = None,
    **details: Any,
) -> None:
    payload = {"definition": definition_id, "element": element, "cycle": cycle, "variables": variables or {}}
    jobs.add(connection, "start", at, {**payload, "details": details or {"timer": at.isoformat()}})


@jobs.runs("start")
def _begin(connection: Connection, row: sa.Row[Any]) -> None:
    """Begin an instance as planned, unless another version has come into force since, and plan the next."""
    plan = row.payload
    found = _waiting(
        connection, start_event.c.definition_id == plan["definition"], start_event.c.element == plan["element"]
    )
    if found is None:
        return
    key = _key(connection, found.process_id, "", row.id)
    steps.begin(connection, audit.SYSTEM, found, key, plan["variables"], found.element, **plan["details"])
    due = bpmn.again(plan["cycle"]) if plan["cycle"] else None
    if due is not None and due.at is not None:
        _plan(connection, found.id, found.element, due.at, due.cycle)


def _key(connection: Connection, process_id: str, wanted: str, number: int) -> str:
    """Return a free business key: the wanted one, else with the process behind it, else with a number behind that."""
    if wanted and not steps.key_taken(connection, wanted):
        return wanted
    base = f"{wanted[:40]}-{process_id[:30]}" if wanted else f"{process_id[:40]}-{clock.today():%Y%m%d}-{number}"
    found, count = base, 1
    while steps.key_taken(connection, found):
        count += 1
        found = f"{base}-{count}"
    return found
