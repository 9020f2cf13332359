"""Rehearsals: a step that a service would refuse is refused to the person who completes the task before it.

Property ``rehearses`` of a task names that service, with headers where it has some: ``penalty.decide`` or
``hearing.close result=held``. When the task is completed the service runs on the values of the form and is undone; what
it raises the person sees at once, instead of an administrator afterwards.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors, tasks
from engine.flow import handlers
from engine.tasks import Candidate

PROPERTY = "rehearses"


@tasks.guards
def _rehearse(connection: Connection, person: Candidate, row: sa.Row[Any], values: Mapping[str, Any] | None) -> None:
    named = row.properties.get(PROPERTY)
    if not named or values is None:
        return
    type_, *headers = shlex.split(named)
    function = handlers.find(type_)
    if function is None:
        raise errors.HandlerMissing(type=type_)
    work = handlers.Job(
        connection,
        audit.Actor(person.id),
        row.instance_id,
        row.business_key,
        row.element,
        dict(header.split("=", 1) for header in headers),
        {**tasks.context(connection, row), **values},
    )
    stage = connection.begin_nested()
    try:
        function(work)
    except handlers.BpmnError:
        return  # the diagram knows what to do then
    finally:
        stage.rollback()
