"""Grid events: what may be asked of one besides its tasks."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from engine.cases.grid import ending, intervening
from engine.cases.people import file_access
from web import database, security
from web.api.guard import Resource
from web.api.shapes import base

blueprint = Resource(
    "events", "Grid events", "Add to an event, instruct, take it back, set it apart, reopen, return it."
)


class Request(base.Body):
    """What is asked, with its reason."""

    text = fields.String(
        required=True, validate=validate.Length(1, 2000), metadata={"description": "the reason, or what is to be said"}
    )
    files = fields.List(
        fields.Integer(), load_default=list, metadata={"description": "add: ids of photos that were stored before"}
    )
    grade = fields.String(load_default="", metadata={"description": "instruct: a grade of supervision"})
    limit_hours = fields.Integer(
        load_default=None,
        validate=validate.Range(1, ending.LONGEST_H),
        metadata={"description": "instruct: hours from now, if that is sooner than the case clock"},
    )


class Asked(Schema):
    """The number of the event that goes on instead, where a new one does."""

    number = fields.String(allow_none=True)


@blueprint.post("/events/<number>/requests/<key>")
@blueprint.arguments(Request)
@blueprint.response(201, Asked)
def ask(sent: dict[str, Any], number: str, key: str) -> dict[str, Any]:
    """Ask it of an event: `add`, `take_back`, `instruct`, `unmerge`, `reopen`, `hand_back` or `tell_result`."""
    connection, reader = database.connection(), security.reader()
    case = intervening.require(connection, reader, key, number)
    files = [int(file_access.require(connection, reader, one).id) for one in sent["files"]]
    told = {"grade": sent["grade"], "limit_hours": sent["limit_hours"]}
    opened = intervening.ask(connection, security.actor(), case, key, sent["text"], files=files, **told)
    return {"number": opened.number if opened else None}
