"""Cases: search those I may see, read one, read its trail."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from engine import errors, inspection
from engine.cases import access, search
from web import casefile, database, security
from web.api import paging, shapes
from web.api.guard import Resource

blueprint = Resource("cases", "Cases")


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
        after=search.Place(*start) if start else None,
        limit=query["limit"],
    )
    return paging.page(found.rows, f"{found.next.value}~{found.next.id}" if found.next else None)


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
@blueprint.arguments(shapes.PageQuery, location="query")
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


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise errors.PlaceUnreadable(after=text) from None
    if moment.tzinfo is None:
        raise errors.PlaceUnreadable(after=text)
    return moment


_FILTERS = [field.name for field in fields(search.Filter) if field.name in shapes.CaseQuery().fields]
