"""The shapes of what the API takes and gives, from which its description is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_smorest.fields import Upload
from marshmallow import RAISE, Schema, fields, validate


class Json(fields.Raw):
    """Any JSON value; decimals become numbers."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return plain(value)


def plain(value: Any) -> Any:
    """Return a JSON value whose decimals are plain numbers."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


class Body(Schema):
    """What is sent: a field that is not named here is refused, not ignored."""

    class Meta:
        """How strictly it is read."""

        unknown = RAISE


class PageQuery(Schema):
    """Which page of a list is wanted."""

    after = fields.String(metadata={"description": "where the page begins; take it from `next`"})
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))


# -- activities


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


# -- packages


class PackageFile(Body):
    """A process package as a ZIP file."""

    package = Upload(required=True, metadata={"description": "ZIP with package.toml, BPMN, DMN, forms, documents"})


class Deployment(Schema):
    """One version of a process package."""

    package = fields.String()
    version = fields.Integer()
    hash = fields.String(metadata={"description": "SHA-256 over the content"})
    deployed_at = fields.AwareDateTime()
    deployed_by = fields.String()


class Deployments(Schema):
    """A page of versions."""

    items = fields.List(fields.Nested(Deployment))
    next = fields.String(allow_none=True)


class DeploymentQuery(PageQuery):
    """Versions of all packages, or of one."""

    package = fields.String(load_default="")


class Difference(Schema):
    """One thing that differs; `details` are triples of what it is called, what it was and what it is."""

    how = fields.String(metadata={"description": "added, removed, changed or moved"})
    word = fields.String()
    kind = fields.String()
    name = fields.String()
    element = fields.String()
    details = Json()


class DifferingFile(Schema):
    """A file that differs."""

    path = fields.String()
    how = fields.String(metadata={"description": "added, removed or changed"})
    changes = fields.List(fields.Nested(Difference))
    lines = Json(metadata={"description": "of a text: pairs of sign and line"})


class Differences(Schema):
    """The files that differ."""

    files = fields.List(fields.Nested(DifferingFile))


# -- migrations


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


class Reason(Body):
    """Why."""

    reason = fields.String(required=True)


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


# -- cases


class Application(Body):
    """What is handed in, field by field as the application form of the item's process names them."""

    item = fields.String(required=True, metadata={"description": "code of an item of the catalogue in force"})
    window = fields.String(load_default="", metadata={"description": "window or village point, for example W03"})
    queue_number = fields.String(load_default="")
    received_at = fields.AwareDateTime(
        validate=validate.Range(min=datetime(1949, 10, 1, tzinfo=UTC), max=datetime(2999, 1, 1, tzinfo=UTC)),
        metadata={"description": "when it was handed in; by default now"},
    )
    values = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "channel, applicant, agent and so on"}
    )
    situations = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class ApplicationForm(Schema):
    """The form with which a case of an item is opened."""

    item = fields.String()
    name = fields.String()
    form = Json(metadata={"description": "form-js schema"})
    values = Json(metadata={"description": "how the form begins; change it and send it back"})
    situations = Json(metadata={"description": "questions on the applicant's situation, answered by their ids"})


class CaseRow(Schema):
    """A case as lists show it."""

    number = fields.String()
    kind = fields.String()
    item_code = fields.String()
    item_name = fields.String()
    title = fields.String()
    state = fields.String()
    outcome = fields.String(allow_none=True)
    channel = fields.String()
    window = fields.String()
    received_at = fields.AwareDateTime()
    accepted_at = fields.AwareDateTime(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    promised_due_at = fields.AwareDateTime(allow_none=True)
    legal_due_at = fields.AwareDateTime(allow_none=True)
    provisional = fields.Boolean()


class Case(CaseRow):
    """A case."""

    applicant = Json(metadata={"description": "as a screen may show it; numbers of persons are masked"})
    waiting = fields.List(fields.String(), metadata={"description": "why it waits, in the reader's language"})


class Cases(Schema):
    """A page of cases."""

    items = fields.List(fields.Nested(CaseRow))
    next = fields.String(allow_none=True)


class CaseQuery(PageQuery):
    """What is looked for; what is left out stays open."""

    text = fields.String(load_default="")
    state = fields.String(load_default="")
    outcome = fields.String(load_default="")
    kind = fields.String(load_default="")
    department = fields.String(load_default="")
    channel = fields.String(load_default="")
    window = fields.String(load_default="")
    deadline = fields.String(load_default="", validate=validate.OneOf(["", "overdue", "today", "week"]))


class OpenedCase(Schema):
    """A case that was opened just now, and its first task if that is the caller's."""

    number = fields.String()
    task = fields.Integer(allow_none=True)


class Event(Schema):
    """One event of a trail; each hash covers the one before it."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    actor = fields.String()
    on_behalf_of = fields.String(allow_none=True)
    action = fields.String()
    element = fields.String(allow_none=True)
    details = Json()
    definition_hash = fields.String(allow_none=True)
    form_hash = fields.String(allow_none=True)
    prev_hash = fields.String()
    hash = fields.String()


class Trail(Schema):
    """A page of a trail, newest first."""

    items = fields.List(fields.Nested(Event))
    next = fields.String(allow_none=True)


# -- tasks


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


# -- pushes


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


# -- messages and files


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


class FileUpload(Body):
    """A file to be named by a form."""

    file = Upload(required=True)


class StoredFile(Schema):
    """A stored file."""

    id = fields.Integer()
    name = fields.String()
    kind = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
