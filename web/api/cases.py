"""Cases: open one, search those I may see, read one, read its trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from flask import make_response, url_for
from werkzeug.datastructures import MultiDict

from engine import clock, db, errors, feel
from engine.cases.items import item
from engine.cases.people import access
from engine.cases.reading import search
from engine.ground import inspection
from engine.ground.paging import Place
from web import database, failures, i18n, problems, security
from web.api import paging
from web.api.guard import Resource
from web.api.shapes import base
from web.api.shapes import cases as shapes
from web.sent import intake, startform
from web.sent.as_typed import typed as typed_values
from web.shown import casefile

blueprint = Resource("cases", "Cases", "Open a case, search those I may see, read one and its trail.")


@blueprint.get("/cases")
@blueprint.arguments(shapes.CaseQuery, location="query")
@blueprint.response(200, shapes.Cases)
def every(query: dict[str, Any]) -> dict[str, Any]:
    """Search the cases I may see, the newest first; `text` finds a number, a person, a firm or an item."""
    start = paging.place(query.get("after"))
    found = search.page(
        database.connection(),
        security.reader(),
        search.Filter(**{name: query[name] for name in _FILTERS}),
        after=Place(*start) if start else None,
        limit=query["limit"],
    )
    return paging.page(found.rows, f"{found.next.value}~{found.next.id}" if found.next else None)


@blueprint.get("/items/<code>/application")
@security.requires("clerk")
@blueprint.response(200, shapes.ApplicationForm)
def application(code: str) -> dict[str, Any]:
    """Read the form with which a case of an item is opened, and what it begins with."""
    connection, (person, _acting) = database.connection(), security.candidate()
    row = item.get(connection, code)
    begun = intake.load(connection, person, row, locale=i18n.locale_name())
    return {
        "item": row.code,
        "name": i18n.named(row),
        "form": startform.source(connection, row),
        "values": feel.to_json(begun.form.values),
        "situations": list(begun.questions),
    }


@blueprint.post("/cases")
@security.requires("clerk")
@blueprint.arguments(shapes.Application)
@blueprint.response(201, shapes.OpenedCase)
def open_case(sent: dict[str, Any]) -> Any:
    """Open a case for an item with the same form as at a window, and claim its first task if it is mine to do.

    Without `window` it is my own window or village point; every field that cannot be accepted stands in `errors`.
    """
    connection, (person, _acting) = database.connection(), security.candidate()
    row = item.get(connection, sent["item"])
    begun = intake.load(connection, person, row).typed
    given = intake.load(connection, person, row, _typed(sent, begun), locale=i18n.locale_name())
    if not given.validate():
        problem = errors.FormIncomplete(count=len(given.form.errors) + len(given.faults))
        faults = {**given.form.errors, **{name: [fault] for name, fault in given.faults.items()}}
        return problems.document(422, failures.told(problem), kind=problem.code, errors=problems.of_fields(faults))
    number, task = intake.open_case(connection, security.actor(), person, given)
    answer = make_response(shapes.OpenedCase().dump({"number": number, "task": task}), 201)
    answer.headers["Location"] = url_for("api_cases.one", number=number)
    return answer


@blueprint.get("/cases/<number>")
@blueprint.response(200, shapes.Case)
def one(number: str) -> dict[str, Any]:
    """Read a case, and why it waits."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "read", number)
    return {
        **case._mapping,
        "applicant": casefile.facts(connection, case)["applicant"],
        "waiting": [reason.sentence for reason in casefile.reasons(connection, case)],
    }


@blueprint.get("/cases/<number>/trail")
@blueprint.arguments(base.PageQuery, location="query")
@blueprint.response(200, shapes.Trail)
def trail(query: dict[str, Any], number: str) -> dict[str, Any]:
    """Read the audit trail of a case, newest first; for auditors, supervisors and leaders."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "audit", number)
    start = paging.place(query.get("after"))
    found = inspection.page(
        connection,
        inspection.Query(stream=case.number),
        at=inspection.Place(_moment(start[0]), start[1]) if start else None,
        limit=query["limit"],
    )
    return paging.page(found.rows, f"{found.older.at.isoformat()}~{found.older.id}" if found.older else None)


def _typed(sent: dict[str, Any], begun: Mapping[str, str]) -> MultiDict[str, str]:
    """Return what a clerk would have typed."""
    typed = {**typed_values(sent["values"]), "queue_number": [sent["queue_number"]]}
    typed["window"] = [sent["window"] or begun.get("window", "")]
    received = sent.get("received_at")
    typed["received_at"] = [f"{received.astimezone(clock.TOWN):%Y-%m-%dT%H:%M}" if received else begun["received_at"]]
    typed |= {f"situation.{name}": [answer] for name, answer in sent["situations"].items()}
    return MultiDict(typed)


def _moment(text: str) -> datetime:
    try:
        return db.moment(text)
    except ValueError:
        raise errors.PlaceUnreadable(after=text) from None


_FILTERS = [field.name for field in fields(search.Filter) if field.name in shapes.CaseQuery().fields]
