"""Shapes: migration plans and the cases they lead on."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes.base import Body, Json, PageQuery


class MigrationQuery(Schema):
    """Plans of all packages, or of one."""

    package = fields.String(load_default="")


class NewMigration(Body):
    """From which version of a package to which its cases are to go."""

    package = fields.String(required=True)
    source = fields.Integer(required=True, validate=validate.Range(1, 999_999))
    target = fields.Integer(required=True, validate=validate.Range(1, 999_999))


_PROCESS = fields.Dict(keys=fields.String(), values=fields.String())


class ElementMapping(Body):
    """Where elements go: by process and element; an element that is not named keeps its id, "" is nowhere."""

    revision = fields.Integer(required=True)
    mapping = fields.Dict(keys=fields.String(), values=_PROCESS, required=True)
    timers_anew = fields.Boolean(load_default=False)


class Seen(Body):
    """The revision of the plan that the caller has looked at."""

    revision = fields.Integer(required=True)


class Applied(Seen):
    """Why, and which cases; none: all that fit."""

    reason = fields.String(required=True)
    cases = fields.List(fields.String(), load_default=list)


class Migration(Schema):
    """A migration plan and how far it has come."""

    id = fields.Integer()
    package = fields.String()
    source = fields.Integer()
    target = fields.Integer()
    mapping = Json()
    timers_anew = fields.Boolean()
    state = fields.String(metadata={"description": "open, applied, undone or discarded"})
    revision = fields.Integer()
    checked_at = fields.AwareDateTime(allow_none=True, metadata={"description": "null: not since it was saved"})
    cases = Json(metadata={"description": "how many are in each state"})


class Migrations(Schema):
    """Plans, the newest first."""

    items = fields.List(fields.Nested(Migration))


class MigrationCaseQuery(PageQuery):
    """Cases of a plan in one state, or all."""

    state = fields.String(load_default="")


class MigrationCase(Schema):
    """A case of a plan and what was found there."""

    business_key = fields.String()
    state = fields.String()
    findings = Json()


class MigrationCases(Schema):
    """A page of cases."""

    items = fields.List(fields.Nested(MigrationCase))
    next = fields.String(allow_none=True)
