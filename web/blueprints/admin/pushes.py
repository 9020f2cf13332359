"""Pushes that went nowhere: not delivered, not confirmed, or not in time; with who should have confirmed them."""

from __future__ import annotations

from flask import render_template, request

from engine.cases.papers import push
from web import database
from web.blueprints.admin import administrators, blueprint
from web.i18n import lazy_gettext as _l
from web.shown import bar

LONG = 50
STANDINGS = {
    "unconfirmed": _l("Not confirmed yet"),
    "late": _l("Not confirmed in time"),
    "unsent": _l("Not delivered"),
}


@blueprint.get("/admin/pushes", endpoint="pushes")
@administrators
def every() -> str:
    """List the pushes of one standing, newest first."""
    connection = database.connection()
    wanted = request.args.get("standing", "unconfirmed")
    wanted = wanted if wanted in push.STANDINGS else "unconfirmed"
    below = request.args.get("below", type=int)
    before = below if below is not None and 0 < below < 2**63 else None
    rows = push.page(connection, push.standing(wanted), before=before, limit=LONG + 1)
    known = bar.receivers()
    return render_template(
        "admin/pushes.html",
        view="pushes",
        wanted=wanted,
        rows=rows[:LONG],
        next=rows[LONG - 1].id if len(rows) > LONG else None,
        standings={name: (label, push.number(connection, push.standing(name))) for name, label in STANDINGS.items()},
        posts={row.code: row for row in bar.posts()},
        receivers=known,
    )
