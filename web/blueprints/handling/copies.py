"""Copies: a case shown to colleagues, and the list of what colleagues have shown me."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import errors
from engine.cases.people import access, copies
from engine.organisation import person
from web import database, failures, security
from web.shown import colleagues

blueprint = Blueprint("copies", __name__)
ROWS = 50


@blueprint.get("/copies", endpoint="copies")
def mine() -> str:
    """Show what I got, the latest first."""
    connection, who = database.connection(), security.signed_in().id
    rows = copies.of(connection, who, below=request.args.get("below", type=int), limit=ROWS + 1)
    return render_template(
        "handling/copies/copies.html",
        rows=rows[:ROWS],
        next=rows[ROWS - 1].id if len(rows) > ROWS else None,
        people=person.names(connection, {row.sent_by for row in rows}),
    )


@blueprint.get("/cases/<number>/copies")
def form(number: str) -> Response:
    """Show whom the case may be shown to."""
    return _page(number)


@blueprint.post("/cases/<number>/copies")
def send(number: str) -> Response:
    """Show the case to those who were chosen."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "copy", number)
    try:
        people = colleagues.chosen(connection)
        sent = copies.send(connection, security.actor(), case, people, request.form.get("reason", ""))
    except errors.ReceiverMissing as problem:
        return failures.shown_again(problem, lambda *said: _page(number, *said))
    names = person.names(connection, [row.person for row in sent])
    flash(_("May read the case now: %(people)s.", people=_(", ").join(sorted(names.values()))), "success")
    return redirect(url_for("cases.one", number=number), 303)


def _page(number: str, problem: str = "", status: int = 200) -> Response:
    connection = database.connection()
    case = access.require(connection, security.reader(), "copy", number)
    shown = render_template(
        "handling/copies/send.html",
        case=case,
        colleagues=colleagues.by_unit(connection, {security.signed_in().id}),
        picked=request.form.getlist("person"),
        typed=request.form,
        problem=problem,
    )
    return make_response(shown, status)
