"""Shapes: what colleagues do with a task of one of them: hand over, step back, signers, copies."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes.base import Body, Reason


class Handover(Reason):
    """Who is to have a task."""

    to = fields.String(required=True, metadata={"description": "id of a person"})


class EarlierStep(Schema):
    """A step to which a task may go back."""

    element = fields.String()
    name = fields.String()
    done_by = fields.String()
    done_at = fields.AwareDateTime()
    phase = fields.Boolean(metadata={"description": "a sub-process, which begins with its first step"})
    within = fields.String(metadata={"description": "the name of the phase that is entered at this step; else empty"})
    ends = fields.List(fields.Integer(), metadata={"description": "tasks of others that would end"})


class EarlierSteps(Schema):
    """The steps to which a task may go back."""

    items = fields.List(fields.Nested(EarlierStep))


class StepBack(Reason):
    """Where a task goes back to."""

    to = fields.String(required=True, metadata={"description": "element of one of the earlier steps"})
    to_post = fields.Boolean(load_default=False, metadata={"description": "offer it to the post, not to the person"})


class OpenedTasks(Schema):
    """The tasks that were opened again."""

    tasks = fields.List(fields.Integer())


class NewSigners(Reason):
    """Whom to ask for an opinion, and what."""

    people = fields.List(fields.String(), required=True, validate=validate.Length(1, 20))
    mode = fields.String(load_default="all", validate=validate.OneOf(["all", "one", "in_turn"]))


class Signer(Schema):
    """Somebody who is asked for an opinion."""

    id = fields.Integer()
    person = fields.String()
    mode = fields.String()
    question = fields.String()
    state = fields.String(metadata={"description": "waiting, asked, given, removed or spared"})
    signing_id = fields.Integer(allow_none=True, metadata={"description": "the task that asks them"})


class Signers(Schema):
    """Those who are asked."""

    items = fields.List(fields.Nested(Signer))


class NewCopies(Body):
    """To whom a case is shown."""

    people = fields.List(fields.String(), required=True, validate=validate.Length(1, 100))
    note = fields.String(load_default="", validate=validate.Length(0, 500))


class Copy(Schema):
    """A case that was shown to me."""

    number = fields.String()
    item_name = fields.String()
    note = fields.String()
    sent_by = fields.String()
    sent_at = fields.AwareDateTime()
    read_at = fields.AwareDateTime(allow_none=True)


class Copies(Schema):
    """Cases that were shown to me."""

    items = fields.List(fields.Nested(Copy))
