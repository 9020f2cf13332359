"""Shapes: running processes, and what administrators do to them by hand."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes.base import Body, Json, Reason


class Standing(Schema):
    """A token: where it stands and what it waits for."""

    token = fields.Integer()
    element = fields.String()
    name = fields.String()
    wait = fields.String()
    scope = fields.Integer()
    incident = fields.Boolean()


class Change(Body):
    """One change: cancel a token, start at an element, or move a token to an element of its scope."""

    kind = fields.String(required=True, validate=validate.OneOf(["cancel", "start", "move"]))
    token = fields.Integer()
    element = fields.String()
    scope = fields.Integer(metadata={"description": "token whose scope a start belongs to, where several have it"})


class Proposal(Reason):
    """Changes that another administrator is to carry out."""

    changes = fields.List(fields.Nested(Change), required=True, validate=validate.Length(1, 50))


class Modification(Schema):
    """A proposal, and what follows from it at once."""

    id = fields.Integer()
    changes = Json()
    follows = Json(metadata={"description": "pairs of what happens and the element"})
    reason = fields.String()
    state = fields.String(metadata={"description": "proposed, applied or dropped"})
    proposed_by = fields.String()
    proposed_at = fields.AwareDateTime()
    decided_by = fields.String(allow_none=True)


class Instance(Schema):
    """An instance as administrators see it."""

    business_key = fields.String()
    state = fields.String(metadata={"description": "active, suspended, completed or terminated"})
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    suspended_because = fields.String(allow_none=True)
    tokens = fields.List(fields.Nested(Standing))
    variables = Json()
    proposals = fields.List(fields.Nested(Modification))


class NewVariables(Reason):
    """Variables to set."""

    variables = fields.Dict(keys=fields.String(), required=True, validate=validate.Length(1, 100))
    token = fields.Integer(load_default=None, metadata={"description": "around which token; by default outermost"})


class Process(Schema):
    """A version of a process."""

    id = fields.Integer()
    process_id = fields.String()
    name = fields.String()
    version = fields.Integer()
    suspended = fields.Boolean()
    current = fields.Boolean(metadata={"description": "whether it is in force"})
    running = fields.Integer(metadata={"description": "instances that have not ended"})


class Processes(Schema):
    """Versions of processes."""

    items = fields.List(fields.Nested(Process))


class ProcessSuspension(Reason):
    """Why a process is suspended, and whether running instances stand still with it."""

    instances = fields.Boolean(load_default=False)


class Affected(Schema):
    """How many instances it concerned."""

    instances = fields.Integer()


class Incident(Schema):
    """Something that stands still."""

    id = fields.Integer()
    business_key = fields.String(allow_none=True)
    element = fields.String()
    kind = fields.String()
    message = fields.String()
    raised_at = fields.AwareDateTime()


class Incidents(Schema):
    """What stands still."""

    items = fields.List(fields.Nested(Incident))
