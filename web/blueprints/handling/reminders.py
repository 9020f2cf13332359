"""Reminders: whoever follows a case asks the one who has a task of it to hurry."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import errors, tasks
from engine.cases.people import access
from engine.cases.reading import beside
from engine.handling import reminders
from engine.organisation import person
from web import database, failures, security
from web.shown import workplace

blueprint = Blueprint("reminders", __name__)


@blueprint.get("/tasks/<int:task_id>/reminders")
def form(task_id: int) -> Response:
    """Show the reminders so far and the form of another one."""
    return _page(task_id)


@blueprint.post("/tasks/<int:task_id>/reminders")
def urge(task_id: int) -> Response:
    """Send one."""
    row, case = asked(task_id)
    try:
        reminders.urge(database.connection(), security.actor(), row.id, request.form.get("reason", ""))
    except (errors.ReasonWrong, errors.RemindedAlready) as problem:
        return failures.shown_again(problem, lambda *said: _page(task_id, *said))
    flash(_("The reminder stands on the task and in the list of whoever has it."), "success")
    return redirect(url_for("cases.one", number=case.number), 303)


def asked(task_id: int) -> tuple[sa.Row[Any], sa.Row[Any]]:
    """Return an open task and its case, if the person who asks may remind of it.

    Raises
    ------
    TaskUnknown, CaseForbidden, TaskAlreadyCompleted, TaskWithdrawn
    """
    connection = database.connection()
    row = tasks.read(connection, task_id)
    if row is None:
        raise errors.TaskUnknown
    try:
        case = access.require(connection, security.reader(), "urge", beside.number_of(row.business_key))
    except errors.CaseNotFound:
        raise errors.TaskUnknown from None
    tasks.require_open(row)
    return row, case


def _page(task_id: int, problem: str = "", status: int = 200) -> Response:
    connection = database.connection()
    row, case = asked(task_id)
    sent = reminders.of(connection, task_id)
    names = person.names(connection, {each for each in (row.assignee, *(one.sent_by for one in sent)) if each})
    shown = render_template(
        "handling/reminders/remind.html",
        task=row,
        name=workplace.task_name(row),
        case=case,
        sent=sent,
        people=names,
        posts=workplace.called(connection, (row.offered or "").split(",")),
        problem=problem,
        typed=request.form,
    )
    return make_response(shown, status)
