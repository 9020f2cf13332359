"""New leads: what was seen, reported or sent over is taken in as a case of enforcement."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import clock, errors
from engine.cases import standing
from engine.cases.enforcement import lead
from web import database, failures, security
from web.sent import enclosed, intake, leads

blueprint = Blueprint("leads", __name__, url_prefix="/leads")

BY_HAND = [source for source in standing.SOURCES if source not in lead.START_EVENTS]
"""The sources that a person enters; a case the police returns comes as a message."""


@blueprint.get("/new")
@leads.taking_in
def form() -> Response:
    """Show the form of a new lead."""
    return _page()


@blueprint.post("/new")
@leads.taking_in
def take_in() -> Response:
    """Take it in and go on to its first check; a form that is refused keeps what was typed."""
    person, _acting = security.candidate()
    files = enclosed.take()
    connection = database.connection()
    try:
        if files.refused:
            raise files.refused[0]
        given = leads.read(request.form, person, files=files.ids)
        case, _step = lead.take_in(connection, security.actor(), given)
        task = intake.claim_first(connection, security.actor(), person, case.number)
    except errors.Refused as problem:
        return failures.shown_again(problem, lambda text, status: _page(text, status, files.ids))
    flash(_("The lead %(number)s has been taken in.", number=case.number), "success")
    if task is not None:
        return redirect(url_for("tasks.task", task_id=task), 303)
    return redirect(url_for("cases.one", number=case.number), 303)


def _page(problem: str = "", status: int = 200, file_ids: Sequence[int] = ()) -> Response:
    shown = render_template(
        "enforcement/leads/new.html",
        sources={source: standing.SOURCES[source] for source in BY_HAND},
        typed=request.form,
        now=clock.now().astimezone(clock.TOWN),
        problem=problem,
        file_ids=file_ids,
    )
    return make_response(shown, status)
