"""The activity of an ad-hoc sub-process: offered while that is open, begun by a person who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors
from engine.flow import steps
from engine.tasks import Candidate

_OPEN = '"adhoc"'
"""What stands in the tokens of an instance with an open ad-hoc sub-process: few have one, every page of a case asks."""


def offered(
    connection: Connection, person: Candidate, instance: sa.Row[Any], definition: definitions.Defined | None = None
) -> list[bpmn.Offer]:
    """Return what a person may begin now in an instance, in the order of the diagram; ``definition`` as for load."""
    if instance.state != "active" or _OPEN not in instance.tokens:
        return []
    return [offer for offer in steps.load(connection, instance, definition).offers() if _may(person, offer)]


def begin(
    connection: Connection,
    actor: audit.Actor,
    person: Candidate,
    instance_id: int,
    token: int,
    element: str,
    variables: Mapping[str, Any] | None = None,
) -> steps.Step:
    """Begin an activity of an ad-hoc sub-process; the variables are its own.

    Raises
    ------
    InstanceUnknown, InstanceNotActive
    TokenUnknown
        If the sub-process is not open any more.
    ActivityNotOffered, ActivityUnderWay
        If the activity cannot begin now.
    ActivityNotForYou
        If the person holds none of the posts that may begin it.
    """
    given = dict(variables or {})

    def act(workflow: bpmn.Workflow) -> None:
        found = [offer for offer in workflow.offers() if (offer.token, offer.activity) == (token, element)]
        if found and not _may(person, found[0]):
            raise errors.ActivityNotForYou(element=element)
        workflow.activate(token, element, given)

    instance = steps.lock(connection, instance_id)
    return steps.act(connection, actor, instance, act, "activity.begun", element=element, values=given)


def _may(person: Candidate, offer: bpmn.Offer) -> bool:
    return person.id in offer.users or not person.groups.isdisjoint(offer.groups)
