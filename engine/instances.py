"""The process instance: started by a person or a handler, known outside by its business key.

:mod:`engine.flow.starts` starts those that begin by a message, a signal or a timer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

# The nouns below register how the effects of a step become their rows; a step without them would lose tasks.
from engine import audit, db, definitions, errors, incidents, jobs, messages, migration, tasks
from engine.flow import services, standstills, starts, steps, suspensions
from engine.handling import four_eyes, reasons, rehearsals, returns, signers

NOUNS = (
    four_eyes,
    incidents,
    jobs,
    messages,
    migration,
    rehearsals,
    returns,
    services,
    signers,
    standstills,
    starts,
    suspensions,
    tasks,
)


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
    return steps.begin(connection, actor, definition, business_key, variables, start_event)


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
    connection: Connection,
    actor: audit.Actor,
    instance_id: int,
    variables: Mapping[str, Any],
    reason: str,
    *,
    token: int | None = None,
) -> steps.Step:
    """Correct variables of a running instance, with a reason that stays in the trail beside the old and new values.

    Parameters
    ----------
    token
        Where they are to be seen: a variable is written to the nearest scope around the token that declares it, else
        to the outermost; None means the outermost.

    Raises
    ------
    InstanceUnknown, InstanceSuspended, InstanceNotActive, ReasonMissing
    TokenUnknown
        If there is no such token any more.
    TaskDenied, TaskListenerFailed
        If a listener of the task that stands there does not let its variables be changed.
    """
    why = reasons.given(reason)
    row = steps.lock(connection, instance_id)
    if token is not None:
        tasks.ask_about(connection, actor, row, token, variables)
    return steps.act(
        connection, actor, row, lambda workflow: workflow.set_variables(token, variables), "variables.set", reason=why
    )


def cancel(connection: Connection, actor: audit.Actor, instance_id: int, reason: str) -> steps.Step:
    """End an instance where it stands, also a suspended one, with a reason that stays in the trail.

    Raises
    ------
    InstanceUnknown, InstanceNotActive, ReasonMissing
    """
    why = reasons.given(reason)
    if steps.lock(connection, instance_id).state == "suspended":
        suspensions.resume(connection, actor, instance_id, why)
    row = steps.lock(connection, instance_id)
    return steps.act(connection, actor, row, lambda workflow: workflow.cancel(), "instance.cancelled", reason=why)


def running(connection: Connection) -> dict[int, int]:
    """Return how many instances have not ended, by the deployment that they run on."""
    rows = connection.execute(
        sa.select(definitions.definition.c.deployment_id, sa.func.count())
        .join(steps.instance, steps.instance.c.definition_id == definitions.definition.c.id)
        .where(steps.instance.c.ended_at.is_(None))
        .group_by(definitions.definition.c.deployment_id)
    )
    return {row[0]: row[1] for row in rows}


def by_keys(connection: Connection, business_keys: Collection[str]) -> Sequence[sa.Row[Any]]:
    """Return the instances with these business keys, the oldest first; unknown keys are left out."""
    return _where(connection, steps.instance.c.business_key.in_(business_keys))


def by_ids(connection: Connection, ids: Collection[int]) -> Sequence[sa.Row[Any]]:
    """Return the instances with these ids, the oldest first; unknown ones are left out."""
    return _where(connection, steps.instance.c.id.in_(ids))


def _where(connection: Connection, wanted: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any]]:
    table = steps.instance.c
    query: sa.Select[Any] = sa.select(table.id, table.business_key, table.definition_id).where(wanted)
    return connection.execute(query.order_by(table.id)).all()


def search(
    connection: Connection, beginning: str, *, process: str, state: str, below: int | None, limit: int
) -> Sequence[sa.Row[Any]]:
    """Return instances, the newest first, each with the columns of its definition but the key.

    Parameters
    ----------
    beginning
        Of the business key; empty for all.
    process, state
        Only those of a process, or in a state; empty for all.
    below
        Only those with a smaller ``id``: where the page before ended.
    """
    table, kept = steps.instance.c, definitions.definition.c
    query: sa.Select[Any] = sa.select(
        *(table.id, table.business_key, table.state, table.started_at),
        *(column for column in kept if column.name != "id"),
    ).join(definitions.definition, kept.id == table.definition_id)
    if beginning:
        query = query.where(db.begins(connection, table.business_key, beginning))
    if state:
        query = query.where(table.state == state)
    if process:
        query = query.where(kept.process_id == process)
    if below is not None:
        query = query.where(table.id < below)
    return connection.execute(query.order_by(table.id.desc()).limit(limit)).all()


def definitions_in_use(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return the definitions in force (``current``), suspended or run, with how many instances are ``running``."""
    table, newer = definitions.definition, definitions.definition.alias()
    running = (
        sa.select(sa.func.count())
        .where(steps.instance.c.definition_id == table.c.id, steps.instance.c.ended_at.is_(None))
        .scalar_subquery()
    )
    current = ~sa.exists().where(newer.c.process_id == table.c.process_id, newer.c.version > table.c.version)
    known = sa.select(table, running.label("running"), current.label("current")).subquery()
    wanted = sa.or_(known.c.current, known.c.suspended, known.c.running > 0)
    return connection.execute(sa.select(known).where(wanted).order_by(known.c.process_id, known.c.version.desc())).all()
