"""Pushes: what other units have sent to the posts one holds, and the confirmation that it arrived."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.cases.items import directory
from engine.cases.papers import push
from engine.cases.people import access
from engine.organisation import saved_view
from web import database, security
from web.i18n import lazy_gettext as _l
from web.shown import inbox, receipts

blueprint = Blueprint("pushes", __name__)

LONG = 20
BOXES = {"open": _l("To be confirmed"), "confirmed": _l("Confirmed"), "all": _l("All")}


@blueprint.get("/pushes", endpoint="pushes")
def every() -> str:
    """List what was sent to one's posts, newest first."""
    connection, reader = database.connection(), security.reader()
    view = request.args.get("view", "open")
    view = view if view in push.VIEWS else "open"
    below = request.args.get("below", type=int)
    before = below if below is not None and 0 < below < 2**63 else None
    rows = push.page(connection, access.pushed_to(reader) & push.viewed(view), before=before, limit=LONG + 1)
    return render_template(
        "pushes/pushes.html",
        rows=rows[:LONG],
        next=rows[LONG - 1].id if len(rows) > LONG else None,
        view=view,
        boxes=BOXES,
        inbox=inbox,
        views=saved_view.of(connection, reader.id),
    )


@blueprint.get("/pushes/<int:push_id>")
def one(push_id: int) -> str:
    """Show what was sent, and who has confirmed it."""
    connection, reader = database.connection(), security.reader()
    row = push.one(connection, access.require_push(connection, reader, push_id).id)
    people = [who for who in (row.received_by, row.read_by) if who]
    called = directory.names(directory.Asking(connection), [f"person:{who}" for who in people])
    return render_template(
        "pushes/push.html",
        push=row,
        people={who: called[f"person:{who}"] for who in people},
        readable=access.sees(connection, reader, row.business_key),
    )


@blueprint.post("/pushes/<int:push_id>/receipt")
def receipt(push_id: int) -> Response:
    """Confirm that a push has arrived."""
    row = receipts.give(push_id)
    flash(_("The receipt of %(number)s is confirmed.", number=row.business_key), "success")
    view = request.form.get("view")
    if view in push.VIEWS:
        return redirect(url_for("pushes.pushes", view=view), 303)
    return redirect(url_for("pushes.one", push_id=row.id), 303)


@blueprint.post("/pushes/<int:push_id>/reading")
def reading(push_id: int) -> Response:
    """Note that a push has been read."""
    row = receipts.give(push_id, seen=True)
    flash(_("%(number)s is marked as read.", number=row.business_key), "success")
    return redirect(url_for("pushes.one", push_id=row.id), 303)
