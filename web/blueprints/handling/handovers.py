"""Whose task it is: claimed, given back, handed over for good, delegated for a while and handed back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import errors, tasks
from engine.handling import reasons
from engine.organisation import person
from web import database, failures, security
from web.sent import submissions
from web.shown import workplace

blueprint = Blueprint("handovers", __name__)


@blueprint.errorhandler(errors.TaskAlreadyCompleted)
@blueprint.errorhandler(errors.TaskWithdrawn)
@blueprint.errorhandler(errors.TaskNotYours)
def over(problem: errors.EngineError) -> Response:
    """Somebody was first, or the case went on."""
    return workplace.over(problem, int((request.view_args or {})["task_id"]))


@blueprint.errorhandler(errors.TaskAlreadyClaimed)
def taken(problem: errors.EngineError) -> Response:
    """Somebody else works on it: say who, and lead back to the list."""
    return failures.page(409, failures.told(problem), back=workplace.back())


@blueprint.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> Response:
    """Take the task; from a list one returns to the list, from the task's page to its form."""
    row = _do(tasks.claim, task_id)
    if "list" in request.form:
        flash(_("You have claimed “%(task)s”.", task=workplace.task_name(row)), "success")
        return redirect(f"{workplace.back()}#t{task_id}", 303)
    return _to_task(task_id)


@blueprint.delete("/tasks/<int:task_id>/claim")
@blueprint.post("/tasks/<int:task_id>/release")
def release(task_id: int) -> Response:
    """Give the task back to those it is offered to; the second address is for forms, which know no DELETE."""
    row = _do(tasks.release, task_id)
    flash(_("“%(task)s” is open to your colleagues again.", task=workplace.task_name(row)), "success")
    return redirect(workplace.back(), 303)


@blueprint.post("/tasks/<int:task_id>/transfer")
def transfer(task_id: int) -> Response:
    """Hand the task over for good."""
    return _hand_over(tasks.transfer, task_id, _("“%(task)s” is handed over to %(person)s."))


@blueprint.post("/tasks/<int:task_id>/delegation")
def delegate(task_id: int) -> Response:
    """Let another person work on the task, which comes back afterwards."""
    return _hand_over(tasks.delegate, task_id, _("%(person)s works on “%(task)s” for you."))


@blueprint.delete("/tasks/<int:task_id>/delegation")
@blueprint.post("/tasks/<int:task_id>/return")
def hand_back(task_id: int) -> Response:
    """Give a delegated task back to its owner; the second address is for forms."""
    row = _do(tasks.hand_back, task_id)
    flash(_("“%(task)s” is back with its owner.", task=workplace.task_name(row)), "success")
    return redirect(workplace.back(), 303)


def _hand_over(verb: Callable[..., Any], task_id: int, said: str) -> Response:
    """Hand over to the person chosen; without a person or a reason the page is shown again and says what is missing."""
    connection = database.connection()
    chosen, reason = request.form.get("to", ""), request.form.get("reason", "")
    try:
        if not chosen:
            raise errors.ReceiverMissing
        why = reasons.given(reason)
        to = person.as_candidate(connection, person.get(connection, chosen).id)
        row = _do(verb, task_id, to, why)
    except (errors.ReceiverMissing, errors.ReasonWrong, errors.PersonUnknown, errors.TaskNotForYou) as problem:
        return failures.shown_again(
            problem,
            lambda text, status: workplace.page(workplace.load(task_id), status, text, reason=reason, chosen=chosen),
        )
    names = person.names(connection, [to.id])
    flash(said % {"task": workplace.task_name(row), "person": names[to.id]}, "success")
    return redirect(workplace.back(), 303)


def _do(verb: Callable[..., Any], task_id: int, *given: Any) -> Any:
    who, acting_for = security.candidate()
    connection = database.connection()
    actor = submissions.actor_for(connection, who, acting_for, task_id)
    return verb(connection, actor, who, task_id, *given)


def _to_task(task_id: int) -> Response:
    return redirect(url_for("tasks.task", task_id=task_id, back=workplace.back()), 303)
