"""The file of a case (案卷) in one click: its parts are bound by jobs, and the page says how far they are."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.cases.docket import docket
from engine.cases.people import access
from web import database, security
from web.shown import casestory

blueprint = Blueprint("dockets", __name__, url_prefix="/cases")


@blueprint.post("/<number>/dockets")
def build(number: str) -> Response:
    """Let both parts of the file be bound."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "read", number)
    told = casestory.printed(connection, case)
    for part in reversed(docket.PARTS):  # the page shows the newest first, and the main part before the secondary one
        docket.order(connection, security.actor(), case, part, told)
    flash(_("The file is being bound; it appears below as soon as it is ready."), "success")
    return redirect(url_for("cases.one", number=number, tab="documents"), 303)
