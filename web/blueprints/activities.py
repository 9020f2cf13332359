"""Begins an activity that a case offers: what an ad-hoc part of its process leaves to people."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.cases.people import access, activity
from engine.flow import activities
from web import database, i18n, security

blueprint = Blueprint("activities", __name__, url_prefix="/cases")


@blueprint.post("/<number>/activities")
def begin(number: str) -> Response:
    """Begin it; the case then shows what is to be done."""
    connection, (person, _acting) = database.connection(), security.candidate()
    case = access.require(connection, security.reader(), "read", number)
    token = request.form.get("token", "")
    wanted = activity.find(
        connection, person, case.number, request.form.get("process", ""),
        int(token) if token.isdecimal() and len(token) < 10 else -1, request.form.get("activity", ""),
    )  # fmt: skip
    activities.begin(connection, security.actor(), person, wanted.instance_id, wanted.token, wanted.element)
    flash(_("“%(name)s” has begun.", name=i18n.named(wanted)), "success")
    return redirect(url_for("cases.one", number=case.number), 303)
