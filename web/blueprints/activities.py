"""Begins an activity that a case offers: what an ad-hoc part of its process leaves to people."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from engine import tasks
from engine.cases.people import access, activity
from engine.flow import activities
from web import database, i18n, security

blueprint = Blueprint("activities", __name__, url_prefix="/cases")


@blueprint.post("/<number>/activities")
def begin(number: str) -> Response:
    """Begin it and go on to the task that it opens for the person; if that is not one, to the case, which shows all."""
    connection, (person, _acting) = database.connection(), security.candidate()
    case = access.require(connection, security.reader(), "read", number)
    token = request.form.get("token", "")
    wanted = activity.find(
        connection, person, case.number, request.form.get("process", ""),
        int(token) if token.isdecimal() and len(token) < 10 else -1, request.form.get("activity", ""),
    )  # fmt: skip
    before = _open(connection, wanted)
    activities.begin(connection, security.actor(), person, wanted.instance_id, wanted.token, wanted.element)
    flash(_("“%(name)s” has begun.", name=i18n.named(wanted)), "success")
    opened = tasks.seen(connection, person, _open(connection, wanted) - before)
    if len(opened) == 1:
        return redirect(url_for("tasks.task", task_id=next(iter(opened))), 303)
    return redirect(url_for("cases.one", number=case.number), 303)


def _open(connection: Connection, wanted: activity.Activity) -> set[int]:
    """Return the open tasks of the process in which an activity is offered."""
    rows = tasks.of_case(connection, wanted.business_key)
    return {row.id for row in rows if row.instance_id == wanted.instance_id}
