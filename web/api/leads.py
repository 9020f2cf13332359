"""Leads: take one in from another system, once."""

from __future__ import annotations

from typing import Any

from flask import make_response
from marshmallow import fields, validate

from engine.cases import standing
from engine.cases.enforcement import lead
from engine.cases.people import file_access
from web import database, security
from web.api.guard import Resource
from web.api.shapes import base
from web.api.shapes import cases as shapes
from web.sent import leads

blueprint = Resource("leads", "Leads", "Take a lead of enforcement in; what is sent twice is taken in once.")


class Lead(base.Body):
    """What another system knows of a breach."""

    source = fields.String(required=True, validate=validate.OneOf(list(standing.SOURCES)))
    facts = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    place = fields.String(load_default="", validate=validate.Length(max=300))
    discovered_at = fields.String(load_default="", metadata={"description": "ISO moment; by default now"})
    act_on = fields.String(load_default="", metadata={"description": "ISO day of the act, if it is known"})
    act_end_on = fields.String(load_default="", metadata={"description": "ISO day on which a continuing act ended"})
    party_kind = fields.String(load_default="citizen", validate=validate.OneOf(list(lead.KINDS)))
    party_name = fields.String(load_default="", validate=validate.Length(max=200))
    reporter_name = fields.String(load_default="", validate=validate.Length(max=80))
    reporter_phone = fields.String(load_default="", validate=validate.Length(max=30))
    files = fields.List(
        fields.Integer(), load_default=list, metadata={"description": "ids of files that were stored before"}
    )
    external_id = fields.String(
        load_default="",
        validate=validate.Length(max=120),
        metadata={"description": "what the sending system calls it; the same id again answers the same case"},
    )


@blueprint.post("/leads")
@leads.taking_in
@blueprint.arguments(Lead)
@blueprint.response(201, shapes.OpenedCase)
def take_in(sent: dict[str, Any]) -> Any:
    """Take a lead in; 200 instead of 201 if its external id was taken in before."""
    person, _acting = security.candidate()
    event = lead.START_EVENTS.get(sent["source"], "E0_message")
    connection, reader = database.connection(), security.reader()
    files = [int(file_access.require(connection, reader, one).id) for one in sent.pop("files")]
    given = leads.read(sent, person, start_event=event, files=files)
    case, step = lead.take_in(connection, security.actor(), given)
    return make_response(shapes.OpenedCase().dump({"number": case.number, "task": None}), 201 if step else 200)
