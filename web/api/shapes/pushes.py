"""Shapes: what was sent to units, and their receipts."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes.base import Json, PageQuery


class Push(Schema):
    """What was sent to a unit about a case, and how far its receipt has come."""

    id = fields.Integer()
    receiver = fields.String(metadata={"description": "code of the unit or system it was sent to"})
    kind = fields.String()
    purpose = fields.String()
    business_key = fields.String(metadata={"description": "the number of the case"})
    payload = Json(metadata={"description": "what was sent, as it stood then"})
    sent_at = fields.AwareDateTime()
    receipt_due_at = fields.AwareDateTime()
    received_at = fields.AwareDateTime(allow_none=True)
    received_by = fields.String(allow_none=True)
    read_at = fields.AwareDateTime(allow_none=True)
    read_by = fields.String(allow_none=True)


class Pushes(Schema):
    """A page of pushes."""

    items = fields.List(fields.Nested(Push))
    next = fields.String(allow_none=True)


class PushQuery(PageQuery):
    """Which pushes: those still to be confirmed, the confirmed ones, or all."""

    view = fields.String(load_default="open", validate=validate.OneOf(["open", "confirmed", "all"]))
