"""What is public of a penalty: an application that it end early, and what is wrong in it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from engine.cases import intervention
from engine.cases.people import access, file_access
from web import database, security
from web.api.guard import Resource
from web.api.shapes import base

blueprint = Resource("publicity", "Publicity", "Ask that a penalty be public no more, or that its record be corrected.")
_FILES = {"description": "ids of files that were stored before; they lie in the case from now on"}


class EarlyEnd(base.Body):
    """An application to end the publicity of a penalty early (45号令14)."""

    applied_on = fields.Date(required=True)
    applied_by = fields.String(required=True, validate=validate.Length(min=1, max=200))
    reason = fields.String(
        required=True,
        validate=validate.Length(min=1, max=2000),
        metadata={"description": "how the party meets each condition"},
    )
    files = fields.List(fields.Integer(), load_default=list, metadata=_FILES)


class WrongRecord(base.Body):
    """What is wrong in the published record of a penalty (45号令12)."""

    asked_by = fields.String(required=True, validate=validate.Length(min=1, max=200))
    reason = fields.String(
        required=True, validate=validate.Length(min=1, max=2000), metadata={"description": "what is wrong"}
    )
    files = fields.List(fields.Integer(), load_default=list, metadata=_FILES)


@blueprint.post("/cases/<number>/publicity/early-end")
@blueprint.arguments(EarlyEnd)
@blueprint.response(204)
def end_early(sent: dict[str, Any], number: str) -> None:
    """Hand the party's application in; it is checked, decided in time and answered in writing."""
    _ask(number, "end_early", "early", {**sent, "applied_on": sent["applied_on"].isoformat()})


@blueprint.post("/cases/<number>/publicity/corrections")
@blueprint.arguments(WrongRecord)
@blueprint.response(204)
def correct(sent: dict[str, Any], number: str) -> None:
    """Say what is wrong; an officer puts it right at once, or the answer says why it is right."""
    _ask(number, "rectify", "record", sent)


def _ask(number: str, key: str, name: str, given: dict[str, Any]) -> None:
    connection, reader = database.connection(), security.reader()
    case = access.require(connection, reader, key, number)
    files = [int(file_access.require(connection, reader, one).id) for one in given.pop("files")]
    intervention.ask(connection, security.actor(), case, key, given.pop("reason"), {name: given}, files)
