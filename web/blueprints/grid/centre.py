"""The command centre: the open events of the town on a map and in a list, one event with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _

from engine import errors, tasks
from engine.cases import standing
from engine.cases.clocks import supervision
from engine.cases.grid import alike, commanding, event, handling, intervening, photo
from engine.cases.grid.items import item_class
from engine.cases.grid.overview import board, narrowing, rectangle
from engine.cases.grid.sources import source
from engine.cases.people import access, personal
from web import database, i18n, security
from web.shown import csv_out, formatting, workplace
from web.shown.grid import boards, centre_figures, choices, events, pulse

blueprint = Blueprint("centre", __name__, url_prefix="/centre")
View = TypeVar("View", bound=Callable[..., Any])
ROWS, EXPORTED = 20, 20_000
NEAR_M, NEAREST = 500, 5
FINEST = 24
"""The most columns and rows in which the map heaps events."""
AGAIN_MS = 1_000
"""How long a browser waits before it asks again whether anything changed.

With :data:`pulse.KEPT` it knows after a second and a half at most; the rest of two seconds is for reading the list.
"""
DISPATCH = ("G7",)
"""The nodes whose open task is the dispatch."""


def watches() -> bool:
    """Tell whether the person who asks reads every event."""
    return access.watches_events(security.reader())


def watched(view: View) -> View:
    """Let only those in who read every event.

    Raises
    ------
    Forbidden
        For anybody else.
    """
    return security.guarded(view, watches)


@blueprint.get("", endpoint="centre")
@watched
def page() -> str:
    """Show the map and the first page of the list."""
    wanted = boards.address().wanted
    every = replace(wanted, view=narrowing.Filter.view, unit="")
    found = board.standing(database.connection(), security.reader(), every, "unit", "urgency")
    counts = board.counted(found, wanted.unit) if wanted.view == narrowing.Filter.view else None
    return render_template("grid/centre/centre.html", **_listed(counts), **_choices(found))


@blueprint.get("/list", endpoint="list")
@watched
def part() -> str:
    """Show the list alone, for a page that stays open."""
    return render_template("grid/centre/_list.html", **_listed())


@blueprint.get("/map.json", endpoint="map")
@watched
def within() -> Response:
    """Tell what a rectangle of the map shows."""
    edges = [request.args.get(name, type=float) for name in ("west", "south", "east", "north")]
    if any(edge is None for edge in edges) or not _encloses(edges):
        raise errors.PointWrong(lon=request.args.get("west", ""), lat=request.args.get("south", ""))
    box = rectangle.Box(*edges)  # type: ignore[arg-type]  # none is None, see above
    raster = {name: min(max(request.args.get(name, 12, type=int), 4), FINEST) for name in ("columns", "rows")}
    seen = rectangle.within(database.connection(), security.reader(), boards.address().wanted, box, **raster)
    return jsonify(
        total=seen.total,
        events=[boards.point(row) for row in seen.events],
        heaps=[boards.heap(row) for row in seen.heaps],
    )


@blueprint.get("/live")
@watched
def live() -> Response:
    """Tell as one event the mark of what happened last, and close: the browser asks again by itself.

    No thread waits for anybody, and the database is asked once for all who ask within :data:`pulse.KEPT`. Asking keeps
    no session alive.
    """
    g.stale_session = None
    answer = make_response(f"retry: {AGAIN_MS}\nevent: mark\ndata: {pulse.mark()}\n\n")
    answer.headers["Content-Type"] = "text/event-stream; charset=utf-8"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/events.csv")
@watched
def export() -> Response:
    """Hand the list out as a table, with the filters of the page."""
    reader, address = security.reader(), boards.address()
    connection = database.connection()
    rows = board.page(connection, reader, address.wanted, limit=EXPORTED).rows
    lines = [_cells(row) for row in rows]
    with database.noting() as writing:
        personal.exported(writing, security.actor(), "centre", address.filters, len(rows))
    head = [_("Case number"), _("Class"), _("Level"), _("Urgency"), _("Source"), _("Grid"), _("Place"),
            _("Department in charge"), _("State"), _("Reported"), _("Step clock"), _("Case clock"),
            _("Closed")]  # fmt: skip
    answer = csv_out.answer("events", head, lines)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/figures", endpoint="figures")
@watched
def figures() -> str:
    """Show the figures of some days; each opens the events behind it."""
    wanted = boards.address().wanted
    days = centre_figures.span(wanted.since, wanted.until)
    found = centre_figures.every(database.connection(), security.reader(), days)
    return render_template("grid/centre/figures.html", figures=found, days=days)


@blueprint.get("/events/<number>", endpoint="event")
@watched
def one(number: str) -> Response:
    """Show an event: its two clocks, its tasks, and what the centre can do about it."""
    return event_page(number)


def event_page(number: str, problem: str = "", status: int = 200) -> Response:
    """Return the page of an event, with what could not be done."""
    connection, reader = database.connection(), security.reader()
    case = access.require(connection, reader, "read", number)
    row = event.of(connection, case.id)
    open_tasks = events.open_tasks(connection, case.number) if case.closed_at is None else []
    supervisions = supervision.of(connection, case.id)
    mine = tasks.seen(connection, security.candidate()[0], [task.id for task, _who in open_tasks])
    dispatch = [task for task, _who in open_tasks if (task.properties or {}).get("node") in DISPATCH]
    shown = render_template(
        "grid/centre/event.html",
        name=i18n.named(board.shown(connection, [case.id])[0], "class_name"),
        case=case,
        event=row,
        done_before=event.done_before(connection, case.id),
        boards=boards,
        tasks=open_tasks,
        mine=mine,
        dispatch=[task for task in dispatch if task.id in mine],
        task_name=workplace.task_name,
        handlings=handling.of(connection, case.id),
        roles=handling.ROLES,
        supervisions=supervisions,
        told=events.told(supervisions),
        parent=alike.parent_of(connection, case.id),
        children=alike.children(connection, case.id),
        photos=photo.of(connection, case.id),
        phases=photo.PHASES,
        near=alike.near(connection, case, NEAR_M, NEAREST) if case.closed_at is None else [],
        asks=[kind for kind in intervening.offered(connection, reader, row) if kind.key != "instruct"],
        may={name: access.allowed(reader, name) for name in ("merge", "urge", "supervise", "instruct")},
        grades=supervision.LEVELS,
        targets=commanding.TARGETS,
        urgencies=item_class.URGENCIES,
        levels=item_class.LEVELS,
        states=standing.STATES,
        sources=standing.EVENT_SOURCES,
        problem=problem,
        typed=request.form,
    )
    return make_response(shown, status)


def _encloses(edges: Any) -> bool:
    west, south, east, north = edges
    return bool(-180 <= west < east <= 180 and -90 <= south < north <= 90)


def _listed(counts: board.Counts | None = None) -> dict[str, Any]:
    connection, reader, address = database.connection(), security.reader(), boards.address()
    counts = counts or board.counts(connection, reader, address.wanted)
    found = board.page(connection, reader, address.wanted, after=address.after, limit=ROWS, total=counts.total)
    return {"address": address, "counts": counts, "page": found, "rows": boards.rows(found.rows)}


def _choices(found: Sequence[Any]) -> dict[str, Any]:
    """Return what the filters offer, and the departments that have events which are open and fit, with how many."""
    address = boards.address()
    return {
        "views": narrowing.VIEWS,
        "levels": item_class.LEVELS,
        "sources": standing.EVENT_SOURCES,
        "states": {name: standing.STATES[name] for name in board.STATES},
        "classes": choices.classes(address.wanted.class_code),
        "grids": choices.grids(address.filters.get("grid", "")),
        "units": choices.departments(address.wanted.unit),
        "departments": boards.departments(found, address),
        "silent": source.silent(database.connection()),
    }


def _cells(row: Any) -> list[str]:
    moments = (row.reported_at, row.step_due_at, row.due_at, row.closed_at)
    reported, step, due, closed = (formatting.iso(moment)[:16].replace("T", " ") for moment in moments)
    return [
        row.number, i18n.named(row, "class_name"), _(item_class.LEVELS[row.level]),
        _(item_class.URGENCIES[row.urgency]), _(standing.EVENT_SOURCES[row.source]), boards.called(row.grid_code),
        row.address, boards.department(row.unit), i18n.message(standing.STATES[row.state]), reported, step, due, closed,
    ]  # fmt: skip
