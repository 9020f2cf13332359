"""Activities: what I may begin in a case of my own accord."""

from __future__ import annotations

from typing import Any

from engine.cases.people import access, activity
from engine.flow import activities
from web import database, security
from web.api.guard import Resource
from web.api.shapes import activities as shapes

blueprint = Resource("activities", "Activities", "What may be started within a case that is running.")


@blueprint.get("/cases/<number>/activities")
@blueprint.response(200, shapes.Activities)
def every(number: str) -> dict[str, Any]:
    """List what I may begin in a case now: what its ad-hoc parts leave to people."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "read", number)
    return {"items": activity.offered(connection, security.candidate()[0], case.number)}


@blueprint.post("/cases/<number>/activities")
@blueprint.arguments(shapes.Begin)
@blueprint.response(200, shapes.Begun)
def begin(sent: dict[str, Any], number: str) -> dict[str, Any]:
    """Begin one of them; the variables are seen by it alone."""
    connection, (person, _acting) = database.connection(), security.candidate()
    case = access.require(connection, security.reader(), "read", number)
    wanted = activity.find(connection, person, case.number, sent["process"], sent["token"], sent["activity"])
    step = activities.begin(
        connection, security.actor(), person, wanted.instance_id, wanted.token, wanted.element, sent["variables"]
    )
    return {"activity": wanted.element, "instance_state": step.workflow.outcome}
