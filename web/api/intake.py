"""Intake: a connected system reports events, once each, and fetches what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from flask import make_response
from marshmallow import fields, validate

from engine import clock, db, errors, outbox
from engine.cases.grid import event
from engine.cases.grid.sources import source
from web import database, security
from web.api import paging
from web.api.guard import Resource
from web.api.shapes import base
from web.api.shapes import cases as shapes

blueprint = Resource("intake", "Intake", "Report events as a connected system; what is sent twice is taken in once.")


class IntakeReporter(base.Body):
    """Who told the sending system."""

    name = fields.String(load_default="", validate=validate.Length(max=80))
    phone = fields.String(load_default="", validate=validate.Length(max=30))


class IntakeReport(base.Body):
    """What a system saw or was told, and where."""

    external_id = fields.String(
        required=True,
        validate=validate.Length(min=1, max=120),
        metadata={"description": "what the sending system calls it; the same id again answers the same case"},
    )
    occurred_at = fields.DateTime(format="iso", load_default=None, metadata={"description": "by default now"})
    lon = fields.Float(required=True, validate=validate.Range(-180, 180), metadata={"description": "WGS 84"})
    lat = fields.Float(required=True, validate=validate.Range(-90, 90), metadata={"description": "WGS 84"})
    class_code = fields.String(
        load_default="",
        validate=validate.Length(max=20),
        metadata={"description": "class of the item list; by default the one registered for the source"},
    )
    description = fields.String(load_default="", validate=validate.Length(max=2000))
    address = fields.String(load_default="", validate=validate.Length(max=300))
    urgency = fields.Integer(
        load_default=None,
        validate=validate.OneOf([1, 2, 3]),
        metadata={"description": "1 urgent, 2 pressing, 3 ordinary"},
    )
    reporter = fields.Nested(IntakeReporter, load_default=dict)
    fields_ = fields.Dict(
        keys=fields.String(),
        data_key="fields",
        attribute="fields",
        load_default=dict,
        metadata={"description": "the source's own fields, as GET /intake/{source} lists them"},
    )


class IntakeField(base.Body):
    """A field of a source's own."""

    name = fields.String()
    label = fields.String()
    label_en = fields.String()
    type = fields.String()
    example = base.Json()


class IntakeSource(base.Body):
    """A source as it is registered."""

    code = fields.String()
    name = fields.String()
    name_en = fields.String()
    class_code = fields.String()
    fields_ = fields.List(fields.Nested(IntakeField), data_key="fields", attribute="fields")
    silence_minutes = fields.Integer()
    heard_at = fields.DateTime(format="iso")
    silent_since = fields.DateTime(format="iso")


class IntakeOutcome(base.Body):
    """What became of a report."""

    id = fields.Integer()
    case = fields.String(attribute="business_key")
    kind = fields.String(metadata={"description": "event.filed, event.closed, or event.result of what was handed over"})
    payload = base.Json()
    pushed_at = fields.DateTime(format="iso")
    received_at = fields.DateTime(format="iso")


class IntakeOutcomes(base.Body):
    """A page of outcomes."""

    items = fields.List(fields.Nested(IntakeOutcome))
    next = fields.String()


def speaking(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let only the source's own system in, before anybody looks at what it sent.

    Raises
    ------
    SourceUnknown
        For anybody else.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        _mine(kwargs["code"])
        return view(*args, **kwargs)

    return guarded


@blueprint.get("/intake/<code>")
@blueprint.response(200, IntakeSource)
def registered(code: str) -> Any:
    """Tell how I am registered: my class, my fields, when I was last heard."""
    mine = _mine(code)
    rows = source.overview(database.connection(), clock.now())
    return next(row for row in rows if row.code == mine.code)


@blueprint.post("/intake/<code>")
@speaking
@blueprint.arguments(IntakeReport)
@blueprint.response(201, shapes.OpenedCase)
def report(sent: Mapping[str, Any], code: str) -> Any:
    """Report an event; 200 instead of 201 if its external id was taken in before.

    A report that is refused is kept with the reason; the town sees it, and the same id may be sent again corrected.
    """
    mine = _mine(code)
    given = source.Given(**{**sent, "occurred_at": _aware(sent["occurred_at"])}, body=_plain(sent))
    taken = source.take(database.connection(), security.actor(), mine, given, transport="REST")
    if taken.case is None:
        database.commit()  # the refusal is kept although the answer is an error
        raise taken.problem or AssertionError(code)
    answer = shapes.OpenedCase().dump({"number": taken.case.number, "task": None})
    return make_response(answer, 201 if taken.fresh else 200)


@blueprint.get("/intake/<code>/outcomes")
@blueprint.arguments(base.PageQuery, location="query")
@blueprint.response(200, IntakeOutcomes)
def outcomes(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List what became of my reports, the oldest unconfirmed first."""
    mine = _mine(code)
    start = paging.place(query.get("after"))
    receiver = event.receiver_of(mine.code)
    rows = outbox.waiting(database.connection(), receiver, after=start[1] if start else 0, limit=query["limit"] + 1)
    kept = rows[: query["limit"]]
    return paging.page(kept, f"outcome~{kept[-1].id}" if len(rows) > len(kept) else None)


@blueprint.post("/intake/<code>/outcomes/<int:push_id>/receipt")
@blueprint.response(200, IntakeOutcome)
def receipt(code: str, push_id: int) -> Any:
    """Confirm that an outcome has arrived; it is not listed again."""
    receiver = event.receiver_of(_mine(code).code)
    return outbox.receive(database.connection(), security.actor(), push_id, receiver=receiver)


def _mine(code: str) -> Any:
    person, _acting = security.candidate()
    return source.require_own(database.connection(), code, person.id)


def _aware(moment: datetime | None) -> datetime | None:
    try:
        return db.moment(moment.isoformat(), clock.TOWN) if moment is not None else None
    except ValueError:
        raise errors.ReportIncomplete(field="occurred_at") from None


def _plain(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in sent.items()}
