"""Shapes: the findings of the radar."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes.base import Json, PageQuery, Reason


class FindingQuery(PageQuery):
    """Which findings."""

    rule = fields.String(load_default="", validate=validate.Length(max=40))
    state = fields.String(load_default="", validate=validate.OneOf(["", "open", "explained", "handed"]))
    person = fields.String(load_default="", validate=validate.Length(max=80))


class RadarFinding(Schema):
    """What a rule has found."""

    id = fields.Integer()
    rule = fields.String()
    law = fields.String()
    sentence = fields.String()
    facts = Json()
    state = fields.String()
    found_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    closed_by = fields.String(allow_none=True)
    reason = fields.String()


class RadarFindings(Schema):
    """A page of findings."""

    items = fields.List(fields.Nested(RadarFinding))
    next = fields.String(allow_none=True)


class RadarProof(Schema):
    """A case or an event of the trail behind a finding."""

    case = fields.String(allow_none=True)
    event = fields.Integer(allow_none=True)
    action = fields.String(allow_none=True)
    facts = Json()


class FindingWithProofs(RadarFinding):
    """A finding with whom it is about and its evidence."""

    persons = fields.List(fields.String())
    proofs = fields.List(fields.Nested(RadarProof))


class FindingClosing(Reason):
    """What becomes of a finding."""

    state = fields.String(required=True, validate=validate.OneOf(["explained", "handed"]))


class Looked(Schema):
    """How many findings are new."""

    new = fields.Integer()
