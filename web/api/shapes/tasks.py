"""Shapes: the inbox, a task with its form, what completing it led to."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes.base import Body, Json, PageQuery


class TaskRow(Schema):
    """A task as the inbox shows it."""

    id = fields.Integer()
    name = fields.String()
    element = fields.String()
    business_key = fields.String(metadata={"description": "the number of the case"})
    item_name = fields.String(allow_none=True)
    party_name = fields.String(allow_none=True)
    assignee = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    shown_due_at = fields.AwareDateTime(allow_none=True, data_key="due_at")


class Tasks(Schema):
    """A page of tasks."""

    items = fields.List(fields.Nested(TaskRow))
    next = fields.String(allow_none=True)


class TaskQuery(PageQuery):
    """Which tasks: mine, those I may claim, or all I may see."""

    view = fields.String(load_default="mine", validate=validate.OneOf(["mine", "claimable", "all"]))
    text = fields.String(load_default="")


class Task(Schema):
    """A task with its form."""

    id = fields.Integer()
    name = fields.String()
    element = fields.String()
    business_key = fields.String()
    state = fields.String()
    assignee = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(allow_none=True)
    form = Json(allow_none=True, metadata={"description": "form-js schema that the task is completed with"})
    form_hash = fields.String(allow_none=True)
    values = Json(metadata={"description": "how the form begins, or the draft; change it and send it back"})
    context = Json(metadata={"description": "what the form's expressions see"})


class Values(Body):
    """The filled-in form: names and nesting as its fields; files by their ids."""

    values = fields.Dict(keys=fields.String(), required=True)
    form_hash = fields.String(metadata={"description": "the form that was filled in, as the task gave it"})


class Completed(Schema):
    """What a completed task led to."""

    id = fields.Integer()
    state = fields.String()
    instance_state = fields.String(metadata={"description": "active, completed or terminated"})
