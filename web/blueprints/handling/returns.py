"""Going back: a task is returned to an earlier step, or the one who finished it takes that back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from engine import errors, tasks
from engine.handling import recalls, returns
from engine.organisation import person
from web import database, failures, security
from web.sent import submissions
from web.shown import workplace

blueprint = Blueprint("returns", __name__)


@blueprint.get("/tasks/<int:task_id>/step-back")
def form(task_id: int) -> Response:
    """Show the steps to which the task may go back, and what ends with it."""
    return _page(task_id)


@blueprint.post("/tasks/<int:task_id>/step-back")
def go_back(task_id: int) -> Response:
    """Return the task to the chosen step."""
    connection, given = database.connection(), request.form
    who, acting_for = security.candidate()
    actor = submissions.actor_for(connection, who, acting_for, task_id)
    try:
        again = returns.go_back(
            connection,
            actor,
            who,
            task_id,
            given.get("to", ""),
            given.get("reason", ""),
            person.as_candidate,
            to_post=given.get("whom") == "post",
        )
    except (errors.ReasonWrong, errors.StepNotEarlier) as problem:
        text = failures.told(problem) if given.get("to") else _("Choose the step it goes back to.")
        database.roll_back()
        return _page(task_id, text, 422 if isinstance(problem, errors.ReasonWrong) else failures.status_of(problem))
    flash(_("It went back to “%(step)s”.", step=workplace.task_name(again[0])), "success")
    return redirect(workplace.back(), 303)


@blueprint.get("/tasks/<int:task_id>/recall")
def undo(task_id: int) -> Response:
    """Lead a reloaded answer back to the page it stood on."""
    return redirect(url_for("tasks.after", task_id=task_id, back=request.args.get("back")), 303)


@blueprint.post("/tasks/<int:task_id>/recall")
def recall(task_id: int) -> Response:
    """Take back having finished the task, which is open again then."""
    connection = database.connection()
    who, acting_for = security.candidate()
    tasks.get(connection, who, task_id)
    actor = submissions.actor_for(connection, who, acting_for, task_id)
    row = recalls.recall(connection, actor, who, task_id, request.form.get("reason", ""))
    flash(_("“%(task)s” is yours again.", task=workplace.task_name(row)), "success")
    return redirect(url_for("tasks.task", task_id=row.id, back=workplace.back()), 303)


def may_recall(connection: Connection, who: tasks.Candidate, row: sa.Row[Any]) -> bool:
    """Tell whether a person may take back having finished a task."""
    try:
        recalls.check(connection, who, row)
    except errors.CompletionStands:
        return False
    return True


def _page(task_id: int, problem: str = "", status: int = 200) -> Response:
    connection, row = database.connection(), workplace.mine(task_id)
    found = returns.targets(connection, row)
    shown = render_template(
        "handling/returns/step_back.html",
        task=row,
        name=workplace.task_name(row),
        targets=found,
        people=person.names(connection, {each.done_by for each in found}),
        task_name=workplace.task_name,
        problem=problem,
        typed=request.form,
        back=workplace.back(),
    )
    return make_response(shown, status)
