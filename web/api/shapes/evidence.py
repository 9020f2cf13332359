"""Shapes: what the API takes and gives of evidence."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from engine.cases.enforcement.investigation import act, evidence
from web.api.shapes.base import Body, Json

_TEXT = validate.Length(1, 4000)


class Evidence(Schema):
    """A piece of evidence in its present version; sealed words are hidden."""

    number = fields.Integer()
    version = fields.Integer()
    kind = fields.String()
    title = fields.String()
    source = fields.String()
    place = fields.String()
    obtained_at = fields.AwareDateTime()
    file_id = fields.Integer(allow_none=True)
    shelf_mark = fields.String()
    sha256 = fields.String()
    sealed = fields.Boolean()
    state = fields.String(metadata={"description": "open, verified or excluded"})
    takers = Json()
    facts = fields.List(fields.Integer())
    said = Json()


class Fact(Schema):
    """A fact and the evidence that proves it."""

    number = fields.Integer()
    text = fields.String()
    proofs = fields.List(fields.Integer())


class Officer(Schema):
    """Who took part in an act."""

    person_id = fields.String(data_key="person")
    licence = fields.String()
    signed_at = fields.AwareDateTime(allow_none=True)


class Record(Schema):
    """The record of an investigative act."""

    number = fields.Integer()
    kind = fields.String()
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime()
    place = fields.String()
    findings = fields.String()
    recording = fields.String()
    signature = fields.String()
    superseded = fields.Boolean()
    officers = fields.List(fields.Nested(Officer))


class Finding(Schema):
    """What a check found, in the reader's language."""

    check = fields.String()
    law = fields.String()
    text = fields.String()
    stops = fields.String(metadata={"description": "the node it keeps the case from; empty: a mark only"})


class Register(Schema):
    """The evidence of a case."""

    items = fields.List(fields.Nested(Evidence))
    facts = fields.List(fields.Nested(Fact))
    records = fields.List(fields.Nested(Record))
    findings = fields.List(fields.Nested(Finding))


class NewEvidence(Body):
    """What is taken in; `said` are the fields that the kind demands."""

    kind = fields.String(required=True)
    title = fields.String(required=True, validate=validate.Length(1, 200))
    source = fields.String(required=True, validate=validate.OneOf(list(evidence.SOURCES)))
    takers = fields.List(fields.String(), required=True)
    place = fields.String(required=True, validate=validate.Length(1, 200))
    obtained_at = fields.AwareDateTime(required=True)
    said = fields.Dict(keys=fields.String(), load_default=dict)
    file = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(1, 2**53))
    shelf_mark = fields.String(load_default="", validate=validate.Length(max=80))
    extent = fields.String(load_default="", validate=validate.Length(max=40))
    confirmed = fields.String(load_default="not_asked", validate=validate.OneOf(list(evidence.CONFIRMED)))
    confirmed_note = fields.String(load_default="")
    sealed = fields.Boolean(load_default=False)
    act = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(1, 999_999))


class NewVersion(NewEvidence):
    """The next version, and why."""

    reason = fields.String(required=True, validate=_TEXT)


class Numbered(Schema):
    """The number of what was made, within its case."""

    number = fields.Integer()
    version = fields.Integer()


class Verification(Body):
    """How evidence was found true."""

    how = fields.String(required=True, validate=_TEXT)


class Exclusion(Body):
    """Why."""

    reason = fields.String(required=True, validate=_TEXT)


class Link(Body):
    """Who hands a thing to whom."""

    giver = fields.String(required=True, validate=validate.Length(1, 80))
    taker = fields.String(required=True, validate=validate.Length(1, 80))
    at = fields.AwareDateTime(required=True)
    place = fields.String(load_default="", validate=validate.Length(max=200))
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class NewFact(Body):
    """What happened."""

    text = fields.String(required=True, validate=_TEXT)


class Proofs(Body):
    """Numbers of the evidence that proves a fact."""

    evidence = fields.List(fields.Integer(validate=validate.Range(1, 999_999)), required=True)


class NewRecord(Body):
    """The record of an act."""

    kind = fields.String(required=True, validate=validate.OneOf(list(act.KINDS)))
    started_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True)
    place = fields.String(required=True, validate=validate.Length(1, 200))
    officers = fields.List(fields.String(), required=True)
    licences_shown = fields.Boolean(required=True)
    coordinates = fields.String(load_default="", validate=validate.Length(max=60))
    present = fields.List(fields.Dict(), load_default=list)
    findings = fields.String(load_default="")
    recording = fields.String(load_default="", validate=validate.Length(max=80))
    signature = fields.String(load_default="signed", validate=validate.OneOf(list(act.SIGNATURES)))
    signature_note = fields.String(load_default="")
    witness = fields.String(load_default="", validate=validate.Length(max=80))
    corrects = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(1, 999_999))
