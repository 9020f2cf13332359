"""Cases: the list with its filters, and the page of one case with its tabs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, make_response, render_template, request, stream_with_context, url_for
from sqlalchemy.engine import Connection

from engine import clock, db
from engine.cases import intervention, remedy, standing
from engine.cases.clocks import supervision
from engine.cases.docket import docket
from engine.cases.grid import event, intervening, link
from engine.cases.papers import attachment, notice, push
from engine.cases.people import access, activity, copies, expert_draw, personal, rating
from engine.cases.reading import search, waiting, way
from engine.ground import paging, spreadsheet
from engine.organisation import unit
from web import database, i18n, security
from web.i18n import lazy_gettext as _l
from web.shown import bar, casefile, casestory, diagrams, lacking, matters, remaining, workplace
from web.shown.enforcement import officers, proofs
from web.shown.grid import events

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

PER_PAGE = 20
KINDS = {"approval": _l("approval"), "enforcement": _l("enforcement"), "grid": _l("grid")}
TABS = {
    "overview": _l("Overview"),
    "materials": _l("Materials"),
    "story": _l("Story"),
    "documents": _l("Documents"),
    "evidence": _l("Evidence"),
    "diagram": _l("Diagram"),
    "related": _l("Related"),
}
LEFT_OUT = {
    standing.APPROVAL: {"evidence"},
    standing.ENFORCEMENT: {"materials"},
    standing.GRID: {"materials", "evidence"},
}
COLUMNS = {
    "number": _l("Case number"),
    "item_code": _l("Item code"),
    "item_name": _l("Item"),
    "department": _l("Department"),
    "party_name": _l("Applicant"),
    "state": _l("State"),
    "outcome": _l("Outcome"),
    "channel": _l("Way in"),
    "window": _l("Window"),
    "received_at": _l("Registered"),
    "accepted_at": _l("Accepted"),
    "decided_at": _l("Decided"),
    "closed_at": _l("Closed"),
    "due_at": _l("Due"),
}
"""What the export holds of each case; numbers of persons stay in the house."""


@blueprint.get("", endpoint="cases")
def every() -> str:
    """Show the cases one may see, filtered and sorted as the address says."""
    connection, reader, wanted = database.connection(), security.reader(), wanted_filter()
    found = search.page(connection, reader, wanted, after=_after(), limit=PER_PAGE)
    remaining.know(row.id for row in found.rows)
    return render_template(
        "cases/cases.html",
        page=found,
        wanted=wanted,
        counts=search.counts(connection, reader, wanted),
        departments=search.departments(connection, reader),
        windows=[*unit.every(connection, "window"), *unit.every(connection, "village_point")],
        kinds=KINDS,
        link=_link,
        reads_pool=access.reads_pool(reader),
    )


@blueprint.get("/export.csv")
def export() -> Response:
    """Hand the list out as a table, all of it, in the order of the page."""
    reader, wanted = security.reader(), wanted_filter()
    rows = search.page(database.connection(), reader, wanted, limit=1).total
    with database.noting() as writing:
        given = {name: value for name, value in asdict(wanted).items() if value}
        personal.exported(writing, security.actor(), "cases", given, rows)

    called = matters.names()

    def lines() -> Iterator[str]:
        yield "\ufeff" + spreadsheet.line([str(name) for name in COLUMNS.values()])
        with db.reading(database.engine()) as connection:
            for row in search.every(connection, reader, wanted):
                yield spreadsheet.line([_cell(row, name, called) for name in COLUMNS])

    name = f"cases-{clock.today():%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(stream_with_context(lines()), mimetype="text/csv", headers=headers)


@blueprint.get("/<number>")
def one(number: str) -> Response:
    """Show a case, one tab of it."""
    return page(number, request.args.get("tab", "overview"))


def page(number: str, tab: str, problem: str = "", status: int = 200, **typed: Any) -> Response:
    """Return the page of a case at one of its tabs, with what could not be done there and what was typed for it."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "read", number)
    if bar.counts().copies:
        with database.noting() as writing:
            copies.read(writing, security.signed_in().id, case.id)
        connection = database.connection()
    casefile.read(connection, case)
    tabs = _tabs(case)
    tab = tab if tab in tabs else "overview"
    shown = render_template(
        "cases/case.html",
        case=case,
        problem=problem,
        tab=tab,
        tabs=tabs,
        facts=casefile.facts(connection, case),
        clocks=casefile.clocks(connection, case),
        reasons=casefile.reasons(connection, case),
        supervisions=supervision.of(connection, case.id),
        asks=_asks(connection, case),
        activities=activity.offered(connection, security.candidate()[0], case.number),
        open_tasks=_open_tasks(connection, case),
        task_name=workplace.task_name,
        **_may(),
        **{**_SHOWN[tab](connection, case), **typed},
    )
    return make_response(shown, status)


def _tabs(case: sa.Row[Any]) -> dict[str, Any]:
    """Return the parts of a case's page: an approval has materials, enforcement has evidence, an event neither."""
    return {name: label for name, label in TABS.items() if name not in LEFT_OUT[case.kind]}


def _open_tasks(connection: Connection, case: sa.Row[Any]) -> Sequence[sa.Row[Any]]:
    """Return the open tasks of the case that are somebody else's."""
    mine = security.signed_in().id
    return [row for row in waiting.open_tasks(connection, case.number) if row.assignee != mine]


def _may() -> dict[str, bool]:
    """Return which of the small operations the reader may do with the case that is shown."""
    return {f"may_{action}": access.allowed(security.reader(), action) for action in ("copy", "urge")}


@blueprint.get("/<number>/print")
def printed(number: str) -> str:
    """Show a whole case on one page, for paper."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "read", number)
    casefile.read(connection, case)
    return render_template(
        "cases/print.html",
        case=case,
        facts=casefile.facts(connection, case),
        clocks=casefile.clocks(connection, case),
        reasons=casefile.reasons(connection, case),
        **_overview(connection, case),
        **_story(connection, case),
        documents=casefile.documents(connection, case),
    )


@blueprint.get("/<number>/diagrams/<key>/<process>.bpmn")
def diagram(number: str, key: str, process: str) -> Response:
    """Hand out the file of a process that the case runs on, for drawing."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "read", number)
    return diagrams.file(way.source(connection, case.number, key, process))


def wanted_filter() -> search.Filter:
    """Return the filter that the address asks for; unknown words leave a point open."""
    given = {field.name: request.args.get(field.name, "").strip()[:100] for field in fields(search.Filter)}
    sort = given["sort"] if given["sort"] in search.SORTS else "-received"
    return search.Filter(**{**given, "supervised": given["supervised"] == "1", "sort": sort})  # type: ignore[arg-type]


def _asks(connection: Connection, case: sa.Row[Any]) -> list[tuple[str, str]]:
    """Return what the reader, who sees the case, may ask of it now: how it is called and where its form is."""
    reader, number = security.reader(), case.number
    if case.kind == standing.GRID:
        asked = intervening.offered(connection, reader, event.of(connection, case.id))
        return [(kind.title, url_for("requests.form", number=number, kind=kind.key)) for kind in asked]
    heard = intervention.listened_for(connection, case)
    may = [kind for kind in intervention.KINDS.values() if kind.key in heard and access.allowed(reader, kind.key)]
    return [(kind.title, url_for("interventions.form", number=number, kind=kind.key)) for kind in may]


def _after() -> paging.Place | None:
    value, _sep, key = request.args.get("after", "").rpartition("~")
    return paging.Place(value, int(key)) if value and key.isdecimal() and len(key) < 19 else None


def _link(**changed: Any) -> str:
    """Return the address of the same list with other words; a change begins at the first page."""
    kept = {name: value for name, value in request.args.items() if name != "after"}
    return url_for("cases.cases", **{name: value for name, value in {**kept, **changed}.items() if value})


def _overview(connection: Any, case: sa.Row[Any]) -> dict[str, Any]:
    return {
        "materials": casefile.materials(connection, case),
        "opinions": casestory.opinions_of(connection, case),
        "decisions": casefile.decisions(connection, case),
        "officers": officers.of(connection, case) if case.kind == standing.ENFORCEMENT else [],
        "event": events.beside(connection, case),
    }


def _materials(connection: Any, case: sa.Row[Any]) -> dict[str, Any]:
    return {"materials": casefile.materials(connection, case)}


def _story(connection: Any, case: sa.Row[Any]) -> dict[str, Any]:
    return {"story": casestory.story_of(connection, case)}


def _documents(connection: Any, case: sa.Row[Any]) -> dict[str, Any]:
    bound = docket.of(connection, case.id)
    return {
        "documents": casefile.documents(connection, case, check=True),
        "attached": attachment.of(connection, case.id),
        "dockets": bound,
        "docket_parts": docket.PARTS,
        **lacking.of(connection, case),
        "binding": any(row.state == "building" for row in bound),
    }


def _diagram(connection: Any, case: sa.Row[Any]) -> dict[str, Any]:
    def link(other: way.Diagram) -> str:
        return url_for("cases.one", number=case.number, tab="diagram", diagram=f"{other.key}/{other.process}")

    return casefile.drawing(connection, case, link, request.args.get("diagram", ""))


def _related(connection: Any, case: sa.Row[Any]) -> dict[str, Any]:
    return {
        "told": events.told(supervision.of(connection, case.id)),
        "others": search.of_party(connection, security.reader(), case),
        "events": link.sources(connection, case.number),
        "linked": search.linked(connection, security.reader(), case),
        "about": search.pushed_about(connection, security.reader(), case),
        "experts": expert_draw.seats_of_case(connection, case.id),
        "votes": expert_draw.VOTES,
        "reads_pool": access.reads_pool(security.reader()),
        "notices": notice.of(connection, case.id),
        "pushes": push.of(connection, case.id),
        "rating": rating.of(connection, case.id),
        "remedies": remedy.of(connection, case.id),
        "beside": [row for row in way.instances(connection, case.number) if row.business_key != case.number],
    }


def _evidence(connection: Any, case: sa.Row[Any]) -> dict[str, Any]:
    return {**proofs.tab(connection, case), "me": security.signed_in().id}


_SHOWN = {
    "evidence": _evidence,
    "overview": _overview,
    "materials": _materials,
    "story": _story,
    "documents": _documents,
    "diagram": _diagram,
    "related": _related,
}


def _cell(row: sa.Row[Any], name: str, called: Mapping[str, str]) -> str:
    value = getattr(row, name)
    if name == "party_name":
        return matters.party(row.party_name)
    if name == "item_name":
        return called.get(value, str(value))
    words = {"state": standing.STATES, "outcome": standing.OUTCOMES, "channel": standing.WAYS_IN}.get(name)
    if words is not None:
        return i18n.message(words[value]) if value else ""
    if hasattr(value, "astimezone"):
        return f"{value.astimezone(clock.TOWN):%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)
