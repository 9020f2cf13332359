"""Shapes: messages to waiting processes."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes.base import Body


class Message(Body):
    """A message to a waiting process."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    key = fields.String(required=True, validate=validate.Length(1, 80), metadata={"description": "the case number"})
    variables = fields.Dict(keys=fields.String(), load_default=dict)
    message_id = fields.String(
        validate=validate.Length(1, 120), metadata={"description": "the same id again is the same message"}
    )
    ttl_hours = fields.Integer(
        load_default=0, validate=validate.Range(0, 720), metadata={"description": "how long it waits for a receiver"}
    )


class Published(Schema):
    """A message that was taken."""

    id = fields.Integer()
