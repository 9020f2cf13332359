"""Shapes: the docket of a case."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes.base import Body


class DocketOrder(Body):
    """Which part of a case's file is to be bound."""

    part = fields.String(required=True, validate=validate.OneOf(["main", "secondary"]))


class Docket(Schema):
    """A part of a case's file: being bound, bound or failed."""

    id = fields.Integer()
    part = fields.String()
    state = fields.String()
    done = fields.Integer(metadata={"description": "entries bound so far"})
    sheets = fields.Integer(metadata={"description": "entries in all"})
    pages = fields.Integer(allow_none=True)
    file = fields.Integer(attribute="file_id", allow_none=True)
    sha256 = fields.String(allow_none=True)
    gaps = fields.List(fields.String())
    error = fields.String(allow_none=True)
    ordered_at = fields.AwareDateTime()
    built_at = fields.AwareDateTime(allow_none=True)
