"""What is done about an event from the command centre: each with its reason, in one click and one transaction."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from werkzeug.wrappers import Response

from engine import errors
from engine.cases.grid import commanding, ending, event
from engine.cases.people import access
from web import database, failures, security
from web.blueprints.grid.centre import blueprint, event_page, watched

REFUSALS = (
    errors.ReasonWrong, errors.InstructionLimitWrong, errors.RemindedAlready, errors.EventClosed,
    errors.EventMergeCycle, errors.EventMergeRefused, errors.EventMergeTargetMissing, errors.CaseNotFound,
    errors.SupervisionLevelUnknown, errors.TaskNotForYou, errors.GridEventUnknown,
)  # fmt: skip


@blueprint.post("/events/<number>/merging")
@watched
def merge(number: str) -> Response:
    """Let the event follow another."""
    given = request.form
    into = (given.get("into") or given.get("near") or "").strip()

    def act(case: sa.Row[object]) -> str:
        if not into:
            raise errors.EventMergeTargetMissing
        access.require(database.connection(), security.reader(), "read", into)
        commanding.merge(database.connection(), security.actor(), case, into, given.get("reason", ""))
        return str(_("The event follows %(number)s now.", number=into))

    return _done(number, "merge", act)


@blueprint.post("/events/<number>/urging")
@watched
def urge(number: str) -> Response:
    """Remind everybody who has a task of the event."""

    def act(case: sa.Row[object]) -> str:
        sent = commanding.urge(database.connection(), security.actor(), case, request.form.get("reason", ""))
        return str(_n("%(num)d task was urged.", "%(num)d tasks were urged.", sent))

    return _done(number, "urge", act)


@blueprint.post("/events/<number>/supervision")
@watched
def supervise(number: str) -> Response:
    """Supervise whoever is meant, in a grade."""
    given = request.form

    def act(case: sa.Row[object]) -> str:
        commanding.supervise(
            database.connection(), security.actor(), case, given.get("grade", ""), given.get("target", ""),
            given.get("reason", ""),
        )  # fmt: skip
        return str(_("The supervision is open until the matter is answered."))

    return _done(number, "supervise", act)


@blueprint.post("/events/<number>/instruction")
@watched
def instruct(number: str) -> Response:
    """Give an instruction as a leader."""
    given = request.form

    def act(case: sa.Row[object]) -> str:
        ending.instruct(
            database.connection(), security.actor(), case, given.get("reason", ""), grade=given.get("grade", ""),
            limit_hours=_hours(given.get("hours", "").strip()),
        )  # fmt: skip
        return str(_("The instruction stands in the case, and those who handle it are told."))

    return _done(number, "instruct", act)


def _hours(text: str) -> int | None:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise errors.InstructionLimitWrong(most=ending.LONGEST_H)
    return int(text) if text else None


def _done(number: str, action: str, act: Callable[[sa.Row[object]], str]) -> Response:
    """Do it if the person may, say what came of it, and show the event again."""
    connection, reader = database.connection(), security.reader()
    event.of(connection, access.require(connection, reader, "read", number).id)
    case = access.require(connection, reader, action, number)
    try:
        said = act(case)
    except REFUSALS as problem:
        return failures.shown_again(problem, lambda *told: event_page(number, *told))
    flash(said, "success")
    return redirect(url_for("centre.event", number=number), 303)
