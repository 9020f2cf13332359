"""The connected systems: whether each is still heard, what it sent, what was refused and why; a file to take in."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext as _n

from engine import audit, clock, errors
from engine.cases.grid.overview import board
from engine.cases.grid.sources import drop, source
from engine.organisation import account, unit
from web import database
from web.blueprints.admin import administrators, blueprint
from web.i18n import error_message, message
from web.i18n import lazy_gettext as _l

LONG = 50
VIEWS = {"all": _l("All"), "refused": _l("Refused")}


@blueprint.get("/admin/sources", endpoint="sources")
@administrators
def every() -> str:
    """List the sources with what they sent today."""
    connection = database.connection()
    rows = source.overview(connection, clock.midnight(clock.today()))
    units = {row.code: row for row in unit.every(connection)}
    silent = sum(row.silent_since is not None for row in rows)
    return render_template("admin/sources.html", rows=rows, units=units, silent=silent)


@blueprint.get("/admin/sources/<code>", endpoint="source")
@administrators
def one(code: str) -> str:
    """Show what a source sent, newest first."""
    return _page(code)


@blueprint.post("/admin/sources/<code>")
@administrators
def drop_file(code: str) -> Any:
    """Take the reports of a file in, in the name of the source, and say what became of each row."""
    connection = database.connection()
    known = source.get(connection, code)
    chosen = request.files.get("file")
    content = chosen.stream.read(drop.LARGEST + 1) if chosen is not None else b""
    try:
        lines = drop.take(connection, audit.Actor(known.person_id), known, content)
    except errors.DropUnreadable as problem:
        return _page(code, wrong=error_message(problem)), 422
    counts = {outcome: sum(line.outcome == outcome for line in lines) for outcome in drop.OUTCOMES}
    refused = [line for line in lines if line.outcome == drop.REFUSED]
    if not refused:
        taken = counts[drop.TAKEN]
        said = _n("%(num)d report was taken in.", "%(num)d reports were taken in.", taken)
        again = _n("%(num)d was there already.", "%(num)d were there already.", counts[drop.REPEATED])
        flash(f"{said} {again}", "success")
        return redirect(url_for("admin.source", code=code), 303)
    shown = [(line, error_message(line.problem)) for line in refused if line.problem]
    return _page(code, counts=counts, refused=shown)


def _page(code: str, **more: Any) -> str:
    connection = database.connection()
    known = source.get(connection, code)
    rows = source.overview(connection, clock.midnight(clock.today()))
    view = request.args.get("view", "all")
    below = request.args.get("below", type=int)
    before = below if below is not None and 0 < below < 2**63 else None
    found = source.reports(connection, code, refused=view == "refused", before=before, limit=LONG + 1)
    return render_template(
        "admin/source.html",
        one=next(row for row in rows if row.code == known.code),
        view=view,
        views=VIEWS,
        reports=[(row, _reason(row)) for row in found[:LONG]],
        next=found[LONG - 1].id if len(found) > LONG else None,
        outcomes=drop.OUTCOMES,
        drop_folder=f"drop/{code}/",
        reports_as=next((row for row in board.classes(connection) if row.code == known.class_code), None),
        login=account.get(connection, known.person_id).login,
        required_fields=", ".join(drop.REQUIRED),
        other_fields=", ".join(name for name in drop.OWN if name not in drop.REQUIRED),
        **more,
    )


def _reason(row: Any) -> str:
    """Return why a report was refused, in the reader's language."""
    if row.refused is None:
        return ""
    return message(getattr(errors, row.refused)(**row.facts).template, row.facts)
