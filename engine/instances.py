"""The process instance: started by a none, message or timer start event, known outside by its business key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

# The nouns below register how the effects of a step become their rows; a step without them would lose tasks.
from engine import audit, bpmn, clock, definitions, errors, four_eyes, incidents, jobs, messages, steps, tasks

NOUNS = (four_eyes, incidents, jobs, messages, tasks)


def start(
    connection: Connection,
    actor: audit.Actor,
    process_id: str,
    *,
    business_key: str,
    variables: Mapping[str, Any] | None = None,
    start_event: str | None = None,
) -> steps.Step:
    """Begin an instance of the latest version of a process and run it to its first waits.

    Raises
    ------
    DefinitionUnknown
        If no such process is in force.
    BpmnStartUnknown
        If it cannot be started this way.
    BusinessKeyTaken
        If the number is in use.
    """
    definition = definitions.current(connection, process_id)
    taken = sa.select(steps.instance.c.id).where(steps.instance.c.business_key == business_key)
    if connection.execute(taken).scalar() is not None:
        raise errors.BusinessKeyTaken(key=business_key)
    workflow = bpmn.Workflow.start(
        definitions.model(connection, definition),
        process_id,
        host=steps.host(connection, definition),
        start_event=start_event,
        variables=variables,
    )
    row = connection.execute(
        sa.insert(steps.instance)
        .values(
            business_key=business_key,
            definition_id=definition.id,
            state="active",
            revision=0,
            tokens="",
            variables="",
            started_at=clock.now(),
        )
        .returning(steps.instance)
    ).one()
    step = steps.Step(connection, actor, row, definition, workflow)
    steps.finish(step, "instance.started", process=process_id, version=definition.version)
    return step


def get(connection: Connection, business_key: str) -> sa.Row[Any]:
    """Return the instance of a business key.

    Raises
    ------
    InstanceUnknown
        If there is none.
    """
    row = connection.execute(
        sa.select(steps.instance).where(steps.instance.c.business_key == business_key)
    ).one_or_none()
    if row is None:
        raise errors.InstanceUnknown()
    return row


def set_variables(
    connection: Connection, actor: audit.Actor, instance_id: int, variables: Mapping[str, Any], reason: str
) -> steps.Step:
    """Correct variables of a running instance, with a reason that stays in the trail."""
    row = steps.lock(connection, instance_id)
    return steps.act(
        connection, actor, row, lambda workflow: workflow.set_variables(None, variables), "variables.set", reason=reason
    )


def cancel(connection: Connection, actor: audit.Actor, instance_id: int, reason: str) -> steps.Step:
    """End an instance where it stands, with a reason that stays in the trail."""
    row = steps.lock(connection, instance_id)
    return steps.act(connection, actor, row, lambda workflow: workflow.cancel(), "instance.cancelled", reason=reason)
