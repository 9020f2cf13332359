"""The people: who holds which posts, who is away, whose account is locked."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.organisation import account, people, person
from web import database, security
from web.blueprints.admin import administrators, blueprint

ROWS = 50


@blueprint.get("/admin/people", endpoint="people")
@administrators
def every() -> str:
    """Show persons with posts, absence and account."""
    text = request.args.get("text", "").strip()[:80]
    rows = people.page(database.connection(), text, after=request.args.get("after", "")[:40], limit=ROWS + 1)
    last = rows[ROWS - 1].row.id if len(rows) > ROWS else None
    return render_template("admin/people.html", rows=rows[:ROWS], text=text, next=last)


@blueprint.post("/admin/people/<person_id>/unlock")
@administrators
def unlock(person_id: str) -> Response:
    """Let a person whose account is locked try again at once."""
    connection = database.connection()
    who = person.get(connection, person_id)
    account.unlock(connection, security.actor(), person_id)
    flash(_("%(name)s may log in again.", name=who.display_name), "success")
    return redirect(url_for("admin.people", text=request.form.get("text") or None), 303)
