"""The signers of a task: asked for their opinion before it is finished, and taken off again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import errors, tasks
from engine.errors import N_
from engine.handling import signers
from engine.organisation import person
from web import database, failures, security
from web.sent import submissions
from web.shown import colleagues, workplace

blueprint = Blueprint("signers", __name__)
STATES = {
    "waiting": N_("not asked yet"),
    "asked": N_("asked"),
    "given": N_("has answered"),
    "removed": N_("taken off"),
    "spared": N_("not needed any more"),
}


@blueprint.get("/tasks/<int:task_id>/signers")
def every(task_id: int) -> Response:
    """Show who has been asked and who may be."""
    return _page(task_id)


@blueprint.post("/tasks/<int:task_id>/signers")
def add(task_id: int) -> Response:
    """Ask those who were chosen."""
    connection, given = database.connection(), request.form
    who, acting_for = security.candidate()
    tasks.get(connection, who, task_id)
    actor = submissions.actor_for(connection, who, acting_for, task_id)
    people = [person.as_candidate(connection, each) for each in colleagues.chosen(connection)]
    try:
        added = signers.add(connection, actor, who, task_id, people, given.get("mode", ""), given.get("reason", ""))
    except (errors.Refused, errors.TaskNotForYou) as problem:
        return failures.shown_again(problem, lambda *said: _page(task_id, *said))
    names = person.names(connection, [each.person for each in added])
    flash(_("Asked: %(people)s.", people=_(", ").join(names[each.person] for each in added)), "success")
    return _to_page(task_id)


@blueprint.post("/tasks/<int:task_id>/signers/<int:signer_id>/removal")
def remove(task_id: int, signer_id: int) -> Response:
    """Take a signer off."""
    connection = database.connection()
    who, acting_for = security.candidate()
    tasks.get(connection, who, task_id)
    actor = submissions.actor_for(connection, who, acting_for, task_id)
    try:
        signers.remove(connection, actor, who, task_id, signer_id, request.form.get("reason", ""))
    except errors.ReasonWrong as problem:
        return failures.shown_again(problem, lambda *said: _page(task_id, *said))
    flash(_("Taken off; nobody waits for that opinion any more."), "success")
    return _to_page(task_id)


def _to_page(task_id: int) -> Response:
    return redirect(url_for("signers.every", task_id=task_id, back=workplace.back()), 303)


def _page(task_id: int, problem: str = "", status: int = 200) -> Response:
    connection, row = database.connection(), workplace.mine(task_id)
    known = signers.of(connection, task_id)
    shown = render_template(
        "handling/signers/signers.html",
        task=row,
        name=workplace.task_name(row),
        signers=known,
        people=person.names(connection, {each.person for each in known}),
        states=STATES,
        modes=signers.MODES,
        pending=signers.PENDING,
        colleagues=colleagues.by_unit(connection, _without(row, known)),
        picked=request.form.getlist("person"),
        typed=request.form,
        problem=problem,
        back=workplace.back(),
    )
    return make_response(shown, status)


def _without(row: sa.Row[Any], known: Any) -> set[str]:
    return {row.assignee, *(each.person for each in known if each.state in signers.PENDING)}
