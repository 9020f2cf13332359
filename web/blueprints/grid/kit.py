"""The equipment of the grid workers: the register, and each turn a thing takes."""

from __future__ import annotations

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine import errors
from engine.organisation import person
from engine.organisation.grid import equipment
from web import database, i18n, security
from web.blueprints.grid import blueprint
from web.sent.grids import STOREKEEPERS, storekeepers
from web.shown import csv_out

ROWS = 50


def _wanted() -> dict[str, str]:
    state = request.args.get("state", "")
    return {"state": state if state in equipment.STATES else "", "holder": request.args.get("holder", "").strip()[:40]}


@blueprint.get("/equipment", endpoint="equipment")
def register() -> str:
    """Show the things of one state and holder, by number."""
    connection, wanted = database.connection(), _wanted()
    rows = equipment.page(connection, **wanted, after=request.args.get("after", "")[:20], limit=ROWS + 1)
    return render_template(
        "grid/grids/equipment.html",
        rows=rows[:ROWS],
        next=rows[ROWS - 1].no if len(rows) > ROWS else None,
        wanted=wanted,
        states=equipment.STATES,
        counts=equipment.counted(connection),
        kinds=equipment.kinds(connection),
        workers=person.holders(connection, equipment.WORKER),
        moves=equipment.moves,
        keeps=security.holds(*STOREKEEPERS),
    )


@blueprint.get("/equipment.csv", endpoint="equipment_export")
def export() -> Response:
    """Hand out every thing that fits as a table."""
    rows = equipment.page(database.connection(), **_wanted(), limit=100_000)
    head = [_("Equipment number"), _("Kind"), _("Serial number"), _("State"), _("Held by")]
    head += [_("Issued on"), _("Next check")]
    lines = [
        [
            *(row.no, i18n.named(row), row.serial, _(equipment.STATES[row.state])),
            *(row.display_name or "", row.issued_on or "", row.next_check_on or ""),
        ]
        for row in rows
    ]
    return csv_out.answer("equipment", head, lines)


@blueprint.post("/equipment", endpoint="register_equipment")
@storekeepers
def enter() -> AnyResponse:
    """Enter a new thing into the register."""
    said = {name: request.form.get(name, "").strip() for name in ("no", "kind", "serial")}
    if not 0 < len(said["no"]) <= 20 or not 0 < len(said["serial"]) <= 40:
        raise errors.EquipmentUnnamed
    equipment.register(database.connection(), security.actor(), **said)
    flash(_("%(no)s lies in the store.", no=said["no"]), "success")
    return redirect(url_for("grids.equipment", state="in_store"), 303)


@blueprint.post("/equipment/<no>/issue", endpoint="issue_equipment")
@storekeepers
def issue(no: str) -> AnyResponse:
    """Hand a thing out."""
    text = request.form.get("next_check_on", "")
    try:
        check_on = date.fromisoformat(text) if text else None
    except ValueError:
        raise errors.CheckDayWrong(day=text) from None
    equipment.issue(database.connection(), security.actor(), no, request.form.get("holder", ""), check_on)
    flash(_("%(no)s has been issued.", no=no), "success")
    return redirect(url_for("grids.equipment", holder=request.form.get("holder")), 303)


@blueprint.post("/equipment/<no>/turn", endpoint="turn_equipment")
@storekeepers
def turn(no: str) -> AnyResponse:
    """Take a thing back, have it repaired, or note that it is lost or found."""
    connection = database.connection()
    equipment.turn(connection, security.actor(), no, request.form.get("move", ""), request.form.get("reason", ""))
    state = _(equipment.STATES[equipment.get(connection, no).state])
    flash(_("%(no)s: %(state)s", no=no, state=state), "success")
    return redirect(url_for("grids.equipment", state=request.form.get("from") or None), 303)
