"""Messages: what a connected system tells a case that waits for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine import audit, errors, messages
from engine.cases.people import access
from web import database, security
from web.api.guard import Resource
from web.api.shapes import messages as shapes

blueprint = Resource("messages", "Messages", "What a connected system tells a case that waits for it.")


@blueprint.post("/messages")
@blueprint.arguments(shapes.Message)
@blueprint.response(202, shapes.Published)
def publish(sent: dict[str, Any]) -> dict[str, Any]:
    """Tell a case that waits; for connected systems that may see the case, and for administrators.

    The message reaches one waiting instance of every process; without a receiver it waits `ttl_hours`.
    """
    who, connection = security.signed_in(), database.connection()
    if not security.has_role("administrator"):
        if who.kind != "system":
            raise errors.Forbidden
        access.require(connection, security.reader(), "read", sent["key"])
    key = messages.publish(
        connection,
        audit.Actor(who.id),
        sent["name"],
        sent["key"],
        sent["variables"],
        ttl=timedelta(hours=sent["ttl_hours"]),
        message_id=sent.get("message_id"),
    )
    return {"id": key}
