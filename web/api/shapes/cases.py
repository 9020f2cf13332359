"""Shapes: applications, cases and their trails."""

from __future__ import annotations

from datetime import UTC, datetime

from marshmallow import Schema, fields, validate

from web.api.shapes.base import Body, Json, PageQuery


class Application(Body):
    """What is handed in, field by field as the application form of the item's process names them."""

    item = fields.String(required=True, metadata={"description": "code of an item of the catalogue in force"})
    window = fields.String(load_default="", metadata={"description": "window or village point, for example W03"})
    queue_number = fields.String(load_default="")
    received_at = fields.AwareDateTime(
        validate=validate.Range(min=datetime(1949, 10, 1, tzinfo=UTC), max=datetime(2999, 1, 1, tzinfo=UTC)),
        metadata={"description": "when it was handed in; by default now"},
    )
    values = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "channel, applicant, agent and so on"}
    )
    situations = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class ApplicationForm(Schema):
    """The form with which a case of an item is opened."""

    item = fields.String()
    name = fields.String()
    form = Json(metadata={"description": "form-js schema"})
    values = Json(metadata={"description": "how the form begins; change it and send it back"})
    situations = Json(metadata={"description": "questions on the applicant's situation, answered by their ids"})


class CaseRow(Schema):
    """A case as lists show it."""

    number = fields.String()
    kind = fields.String()
    item_code = fields.String()
    item_name = fields.String()
    title = fields.String()
    state = fields.String()
    outcome = fields.String(allow_none=True)
    channel = fields.String()
    window = fields.String()
    received_at = fields.AwareDateTime()
    accepted_at = fields.AwareDateTime(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    promised_due_at = fields.AwareDateTime(allow_none=True)
    legal_due_at = fields.AwareDateTime(allow_none=True)
    provisional = fields.Boolean()


class Case(CaseRow):
    """A case."""

    applicant = Json(metadata={"description": "as a screen may show it; numbers of persons are masked"})
    waiting = fields.List(fields.String(), metadata={"description": "why it waits, in the reader's language"})


class Cases(Schema):
    """A page of cases."""

    items = fields.List(fields.Nested(CaseRow))
    next = fields.String(allow_none=True)


class CaseQuery(PageQuery):
    """What is looked for; what is left out stays open."""

    text = fields.String(load_default="")
    state = fields.String(load_default="")
    outcome = fields.String(load_default="")
    kind = fields.String(load_default="")
    department = fields.String(load_default="")
    channel = fields.String(load_default="")
    window = fields.String(load_default="")
    deadline = fields.String(load_default="", validate=validate.OneOf(["", "overdue", "today", "week"]))


class OpenedCase(Schema):
    """A case that was opened just now, and its first task if that is the caller's."""

    number = fields.String()
    task = fields.Integer(allow_none=True)


class Event(Schema):
    """One event of a trail; each hash covers the one before it."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    actor = fields.String()
    on_behalf_of = fields.String(allow_none=True)
    action = fields.String()
    element = fields.String(allow_none=True)
    details = Json()
    definition_hash = fields.String(allow_none=True)
    form_hash = fields.String(allow_none=True)
    prev_hash = fields.String()
    hash = fields.String()


class Trail(Schema):
    """A page of a trail, newest first."""

    items = fields.List(fields.Nested(Event))
    next = fields.String(allow_none=True)
