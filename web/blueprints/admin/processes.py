"""The processes in force and those still running: suspended, so that none of them begins, and resumed."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from werkzeug.wrappers import Response

from engine import errors, instances
from engine.flow import standstills, suspensions
from engine.organisation import person
from web import database, failures, security
from web.blueprints.admin import administrators, blueprint


@blueprint.get("/admin/processes", endpoint="processes")
@administrators
def every() -> Response:
    """Show the processes in force, suspended ones and those that cases still run on."""
    return _page()


@blueprint.post("/admin/processes/<int:definition_id>/suspension")
@administrators
def suspend_process(definition_id: int) -> Response:
    """Let no case of it begin, and if wanted those that run stand still."""
    connection = database.connection()
    running = request.form.get("running") == "true"
    try:
        count = standstills.suspend(
            connection, security.actor(), definition_id, request.form.get("reason", ""), with_instances=running
        )
    except (errors.Refused, errors.Conflict) as problem:
        return failures.shown_again(problem, _page)
    said = _n("%(num)d running case is suspended with it.", "%(num)d running cases are suspended with it.", count)
    flash(f"{_('Suspended: no case of it begins until it is resumed.')} {said}", "success")
    return redirect(url_for("admin.processes"), 303)


@blueprint.post("/admin/processes/<int:definition_id>/resumption")
@administrators
def resume_process(definition_id: int) -> Response:
    """Let cases of it begin again, and those go on that were suspended with it."""
    connection = database.connection()
    try:
        count = standstills.resume(connection, security.actor(), definition_id, request.form.get("reason", ""))
    except (errors.Refused, errors.Conflict) as problem:
        return failures.shown_again(problem, _page)
    flash(_n("Resumed, with %(num)d case.", "Resumed, with %(num)d cases.", count), "success")
    return redirect(url_for("admin.processes"), 303)


def _page(problem: str = "", status: int = 200) -> Response:
    connection = database.connection()
    rows: Any = instances.definitions_in_use(connection)
    kept = {row.id: suspensions.of_definition(connection, row.id) for row in rows if row.suspended}
    names = person.names(connection, {each.suspended_by for each in kept.values() if each})
    pending = standstills.pending(connection)
    shown = render_template(
        "admin/processes.html", rows=rows, kept=kept, people=names, pending=pending, problem=problem
    )
    return make_response(shown, status)
