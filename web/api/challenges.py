"""Challenges of a penalty: the copy that came, and how it ended."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields, validate

from engine import clock, errors
from engine.cases import intervention, remedy
from engine.cases.enforcement.execution import challenge
from engine.cases.people import access, file_access
from web import database, security
from web.api.guard import Resource
from web.api.shapes import base

blueprint = Resource("challenges", "Challenges", "Record reconsideration or a lawsuit against a penalty, and its end.")
_FILES = {"description": "ids of files that were stored before; they lie in the case from now on"}


class Challenge(base.Body):
    """The copy of an application or of a claim that has come."""

    kind = fields.String(required=True, validate=validate.OneOf(list(remedy.KINDS)))
    applied_on = fields.Date(required=True)
    received_on = fields.Date(required=True)
    authority = fields.String(required=True, validate=validate.Length(min=1, max=200))
    number = fields.String(required=True, validate=validate.Length(min=1, max=80))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    files = fields.List(fields.Integer(), load_default=list, metadata=_FILES)


class Outcome(base.Body):
    """The decision or the judgment that has come."""

    result = fields.String(required=True, validate=validate.OneOf(list(challenge.RESULTS)))
    result_on = fields.Date(required=True)
    fine = fields.Integer(
        load_default=None,
        validate=validate.Range(min=0),
        metadata={"description": "the fine that remains in whole yuan; wanted where the result is `changed`"},
    )
    anew = fields.Boolean(load_default=False, metadata={"description": "whether the town is ordered to act anew"})
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    files = fields.List(fields.Integer(), load_default=list, metadata=_FILES)


@blueprint.post("/cases/<number>/challenges")
@blueprint.arguments(Challenge)
@blueprint.response(204)
def receive(sent: dict[str, Any], number: str) -> None:
    """Record that a copy came; the legal office takes it up. An archived file stays there, what follows is added."""
    days = {name: _come(name, sent.pop(name)) for name in ("applied_on", "received_on")}
    _ask(number, "challenge", "recon", {**sent, **days})


@blueprint.post("/cases/<number>/challenges/outcome")
@blueprint.arguments(Outcome)
@blueprint.response(204)
def end(sent: dict[str, Any], number: str) -> None:
    """Record how the open challenge ended, with all that follows from it."""
    if sent["result"] == "changed" and sent["fine"] is None:
        raise errors.DecisionIncomplete(field="fine")
    _ask(number, "outcome", "outcome", {**sent, "result_on": _come("result_on", sent["result_on"])})


def _ask(number: str, key: str, name: str, given: dict[str, Any]) -> None:
    connection, reader = database.connection(), security.reader()
    case = access.require(connection, reader, key, number)
    files = [int(file_access.require(connection, reader, one).id) for one in given.pop("files")]
    intervention.ask(connection, security.actor(), case, key, given.pop("reason"), {name: given}, files)


def _come(name: str, day: date) -> str:
    """Return a day that has come, as variables hold it."""
    if day > clock.today():
        raise errors.RemedyDayWrong(field=name)
    return day.isoformat()
