"""Shapes: what a person may begin in a case of their own accord."""

from __future__ import annotations

from marshmallow import Schema, fields

from web.api.shapes.base import Body


class Activity(Schema):
    """Something that I may begin in a case of my own accord."""

    process = fields.String(attribute="business_key", metadata={"description": "the key of the process that offers it"})
    token = fields.Integer()
    activity = fields.String(attribute="element")
    name = fields.String()
    within = fields.String()


class Activities(Schema):
    """What I may begin in a case now."""

    items = fields.List(fields.Nested(Activity))


class Begin(Body):
    """One of what a case offers, with variables of its own."""

    process = fields.String(required=True)
    token = fields.Integer(required=True)
    activity = fields.String(required=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class Begun(Schema):
    """What has begun."""

    activity = fields.String()
    instance_state = fields.String(metadata={"description": "active, completed or terminated"})
