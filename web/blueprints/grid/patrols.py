"""The register of patrols: who was out when, for how long and how far, behind the lines of a month's scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from engine import clock, errors
from engine.cases.grid.assessment import window
from engine.cases.grid.patrols import patrol, patrol_plan, reached
from engine.cases.people import personal
from engine.organisation import person
from engine.organisation.grid import node
from web import database, security
from web.blueprints.grid import blueprint, picture
from web.sent.grids import assessors
from web.shown import csv_out, formatting

ROWS, EXPORTED = 50, 20_000
WORKER = "grid.worker"


@blueprint.get("/patrols", endpoint="patrols")
@assessors
def register() -> str:
    """Show the patrols of a month, of one worker if asked, the latest first."""
    wanted, below = _wanted(), request.args.get("below", type=int)
    rows = _rows(wanted, ROWS + 1, below if below is not None and 0 < below < 2**63 else None)
    return render_template(
        "grid/grids/patrols.html",
        rows=rows[:ROWS],
        next=rows[ROWS - 1].id if len(rows) > ROWS else None,
        wanted=wanted,
        workers=person.holders(database.connection(), WORKER),
        minutes=minutes,
        kilometres=kilometres,
    )


@blueprint.get("/patrols/<int:patrol_id>", endpoint="patrol")
@assessors
def one(patrol_id: int) -> str:
    """Show a patrol: its way over the cells of who walked it, and which check points it passed."""
    connection = database.connection()
    row = patrol.get(connection, patrol_id)
    day = clock.day(row.started_at)
    known = node.names(connection)
    held = (group.partition("@")[2] for group in person.groups(connection, row.person_id, day))
    cells = sorted({place for place in held if place in known})
    points = [point for code in cells for point in patrol_plan.of(connection, code, day).points]
    rule = patrol_plan.track_rule(connection)
    return render_template(
        "grid/grids/patrol.html",
        row=row,
        way=picture.of_way(row.points, points, node.shapes(connection, cells).values()) if row.points else None,
        month=f"{day:%Y-%m}",
        cells=[known[code] for code in cells],
        points=points,
        passed=reached.passed(points, row.points, rule) if rule and row.points else set(),
        minutes=minutes(row),
        kilometres=kilometres(row),
    )


@blueprint.get("/patrols.csv", endpoint="patrols_export")
@assessors
def export() -> Response:
    """Hand out the patrols that fit as a table; that they were handed out is noted."""
    wanted = _wanted()
    rows = _rows(wanted, EXPORTED)
    with database.noting() as writing:
        personal.exported(writing, security.actor(), "patrols", wanted, len(rows))
    head = [
        _("Worker number"),
        _("Name"),
        _("Began"),
        _("Ended"),
        _("Minutes"),
        _("Kilometres"),
        _("Sent by the phone"),
    ]
    lines = [
        [
            *(row.person_id, row.display_name),
            *(formatting.iso(moment)[:16].replace("T", " ") for moment in (row.started_at, row.ended_at)),
            *(minutes(row), kilometres(row), formatting.iso(row.received_at)[:16].replace("T", " ")),
        ]
        for row in rows
    ]
    return csv_out.answer("patrols", head, lines)


def minutes(row: Any) -> int:
    """Return how long a patrol lasted, in whole minutes."""
    lasted: timedelta = row.ended_at - row.started_at
    return round(lasted / timedelta(minutes=1))


def kilometres(row: Any) -> str:
    """Return how far a patrol went."""
    return f"{row.metres / 1000:.1f}"


def _rows(wanted: dict[str, str], limit: int, below: int | None = None) -> Sequence[Any]:
    begin, end = window.bounds(wanted["month"])
    return patrol.page(
        database.connection(), begin, end, person_id=wanted["worker"], below=below, limit=limit
    )  # fmt: skip


def _wanted() -> dict[str, str]:
    """Return the month and the worker that the address names; a month that is none is this one."""
    month = request.args.get("month", "")
    try:
        window.bounds(month)
    except errors.MonthWrong:
        month = f"{clock.today():%Y-%m}"
    return {"month": month, "worker": request.args.get("worker", "").strip()[:40]}
