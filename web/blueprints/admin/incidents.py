"""What stands still: incidents with their error and variables, failed jobs, and how to let them try again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import incidents, jobs
from engine.cases.people import access
from engine.flow.incident_kinds import JOBS, kind
from web import database, security
from web.blueprints.admin import administrators, blueprint
from web.i18n import message
from web.shown import events_out, step_names

VIEWS = ("open", "resolved", "jobs")
ROWS = 50


@blueprint.get("/admin/incidents", endpoint="incidents")
@administrators
def every() -> str:
    """Show the open or resolved incidents, or the failed jobs."""
    connection = database.connection()
    view = request.args.get("view", "open")
    view = view if view in VIEWS else "open"
    if view == "jobs":
        return render_template("admin/jobs.html", view=view, rows=jobs.failed(connection), job_words=JOBS)
    below = request.args.get("below", type=int)
    rows = incidents.search(connection, resolved=view == "resolved", below=below, limit=ROWS + 1)
    last = rows[ROWS - 1].id if len(rows) > ROWS else None
    kept = rows[:ROWS]
    return render_template(
        "admin/incidents.html", view=view, rows=kept, next=last, said=said, steps=_places(kept), kind_of=kind
    )


@blueprint.get("/admin/incidents/<int:incident_id>")
@administrators
def incident(incident_id: int) -> str:
    """Show one incident with what its token sees."""
    return _one(incident_id)


@blueprint.post("/admin/incidents/<int:incident_id>/retry")
@administrators
def retry(incident_id: int) -> Any:
    """Let the token of an incident try again."""
    reason = _reason()
    if not reason:
        return _one(incident_id, _("Say why it may work now: the reason stays in the trail.")), 422
    connection = database.connection()
    row, _seen = incidents.get(connection, incident_id)
    incidents.retry(connection, security.actor(), incident_id, reason)
    again = [each for each in incidents.search(connection, limit=ROWS) if each.instance_id == row.instance_id]
    if any(each.token == row.token for each in again):
        flash(_("It was tried again and stands still again. The new incident says why."), "warning")
    else:
        flash(_("It was tried again and went on."), "success")
    return redirect(url_for("admin.incidents"), 303)


@blueprint.post("/admin/jobs/<int:job_id>/retry")
@administrators
def retry_job(job_id: int) -> Response:
    """Let a failed job be tried again."""
    reason = _reason()
    if not reason:
        flash(_("Say why it may work now: the reason stays in the trail."), "error")
    else:
        jobs.retry(database.connection(), security.actor(), job_id, reason)
        flash(_("The job will be tried again at once."), "success")
    return redirect(url_for("admin.incidents", view="jobs"), 303)


def said(row: Any) -> str:
    """Return what an incident says, in the reader's language."""
    return message(row.message, row.facts)


def _places(rows: Sequence[Any]) -> dict[int, str]:
    """Return what to call where each incident stands: the step of the diagram, or the job without one."""
    known = step_names.of_instances(database.connection(), (row.instance_id for row in rows))
    return {
        row.id: known.of_instance(row.instance_id, row.element) or message(JOBS.get(row.element, "")) for row in rows
    }


def _one(incident_id: int, problem: str = "") -> str:
    connection = database.connection()
    row, seen = incidents.get(connection, incident_id)
    return render_template(
        "admin/incident.html",
        incident=row,
        said=said(row),
        step=_places([row])[row.id],
        kind=kind(row.kind),
        variables=events_out.pretty(seen),
        readable=access.sees(connection, security.reader(), row.business_key),
        problem=problem,
        reason=request.form.get("reason", ""),
    )


def _reason() -> str:
    return request.form.get("reason", "").strip()
