"""The task: its page, its form sent in, its draft, and what happened after it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine import clock, definitions, errors, tasks
from engine.cases.reading import worklist
from web import database, failures, security
from web.blueprints.handling import returns
from web.sent import submissions, uploads
from web.sent.submissions import Submission
from web.shown import diagrams, knowledge, workplace

blueprint = Blueprint("tasks", __name__)


@blueprint.errorhandler(errors.TaskAlreadyCompleted)
@blueprint.errorhandler(errors.TaskWithdrawn)
@blueprint.errorhandler(errors.TaskNotYours)
def over(problem: errors.EngineError) -> Response:
    """Somebody was first, or the case went on: say who and when, and keep what was typed on the page."""
    return workplace.over(problem, int((request.view_args or {})["task_id"]))


@blueprint.get("/tasks/<int:task_id>")
def task(task_id: int) -> Response:
    """Show the task with its form and what one must know for it."""
    return workplace.page(workplace.load(task_id))


@blueprint.get("/tasks/<int:task_id>/completion")
@blueprint.get("/tasks/<int:task_id>/draft")
def once_more(task_id: int) -> AnyResponse:
    """Lead a reloaded answer back to the page it stood on."""
    return redirect(url_for("tasks.task", task_id=task_id, back=request.args.get("back")), 303)


@blueprint.post("/tasks/<int:task_id>/completion")
def complete(task_id: int) -> AnyResponse:
    """Finish the task with what was typed; a form that is refused, or that asks for a row, is shown again."""
    submission, faults = _sent(task_id)
    who, acting_for = security.candidate()
    if submission.form.rearranged or faults:
        return _again(submission, faults)
    actor = submissions.actor_of(who, acting_for, submission.task)
    try:
        submissions.complete(database.connection(), actor, who, submission)
    except (errors.FormIncomplete, errors.FormChanged) as problem:
        return _refused(submission, problem)
    except errors.EngineError as problem:
        if not problem.sent_back and not isinstance(problem, errors.Refused):
            raise
        return _sent_back(submission, problem)
    return redirect(url_for("tasks.after", task_id=task_id, back=workplace.back()), 303)


@blueprint.post("/tasks/<int:task_id>/draft")
@security.repeatable
def keep_draft(task_id: int) -> AnyResponse:
    """Keep what was typed; a script is told the time, a browser without one is led back to the page."""
    submission, faults = _sent(task_id)
    who, _acting = security.candidate()
    submissions.keep_draft(database.connection(), who, submission)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(saved=f"{clock.now().astimezone(clock.TOWN):%H:%M}")
    if faults:
        return _again(submission, faults)
    return redirect(url_for("tasks.task", task_id=task_id, back=workplace.back(), saved=1), 303)


def _show_again(task_id: int) -> Response:
    text = _("This page was open for too long. Nothing was lost: look through what you typed and send it once more.")
    return workplace.page(workplace.load(task_id, workplace.typed()), 400, text)


complete.shows_again = keep_draft.shows_again = _show_again  # type: ignore[attr-defined]


@blueprint.get("/tasks/<int:task_id>/after")
def after(task_id: int) -> str:
    """Say what followed from the task that the person completed, whose turn it is, and what to do next."""
    connection = database.connection()
    who, _acting = security.candidate()
    row = tasks.get(connection, who, task_id)
    if row.completed_by != who.id:
        raise errors.TaskUnknown
    case, following = knowledge.case_of(connection, row), worklist.next_of(connection, who)
    continuing = worklist.next_in(connection, who, case.number) if case is not None else None
    return render_template(
        "tasks/after.html",
        task=row,
        name=workplace.task_name(row),
        recallable=returns.may_recall(connection, who, row),
        case=case,
        next=following,
        next_name=workplace.task_name(following) if following is not None else "",
        continuing=continuing,
        continuing_name=workplace.task_name(continuing) if continuing is not None else "",
        back=workplace.back(),
        **(knowledge.after(connection, case, row) if case is not None else {}),
    )


@blueprint.get("/tasks/<int:task_id>/diagram")
def diagram(task_id: int) -> Response:
    """Return the diagram of the process that the task stands in, for those who may see the task."""
    connection = database.connection()
    who, _acting = security.candidate()
    definition = definitions.get(connection, tasks.get(connection, who, task_id).definition_id)
    return diagrams.file(definitions.file(connection, definition.deployment_id, definition.path))


def _sent(task_id: int) -> tuple[Submission, uploads.Faults]:
    """Return the form with what was typed; files that came with it are stored before anything is judged."""
    who, acting_for = security.candidate()
    submission = workplace.load(task_id, workplace.typed())
    tasks.require_mine(submission.task, who)
    if not any(file.filename for file in request.files.values()):
        return submission, {}
    actor = submissions.actor_of(who, acting_for, submission.task)
    typed, faults = uploads.receive(submission, actor, workplace.typed(), request.files)
    return workplace.load(task_id, typed), faults


def _again(submission: Submission, faults: uploads.Faults) -> Response:
    """Show the form again with what was typed and keep that as the draft."""
    who, _acting = security.candidate()
    submissions.keep_draft(database.connection(), who, submission)
    if not faults:
        return workplace.page(submission)
    database.keep()
    uploads.add_faults(submission, faults)
    too_large = any(isinstance(problem, errors.FileTooLarge) for found in faults.values() for problem in found)
    return workplace.page(submission, 413 if too_large else 422)


def _sent_back(refused: Submission, problem: errors.EngineError) -> Response:
    """Undo the step that a service or the law refused; show the form again with all it held and the reason.

    The reason stands beside the field that it names, else on top.
    """
    text = failures.told(problem)
    database.roll_back()
    submission = workplace.load(refused.task.id, refused.form.draft())
    if submissions.blame(submission, problem):
        text = ""
    who, _acting = security.candidate()
    with database.noting() as writing:
        submissions.keep_draft(writing, who, submission)
    return workplace.page(submission, failures.status_of(problem), text)


def _refused(submission: Submission, problem: errors.EngineError) -> Response:
    """Show a form that cannot be taken, with every fault beside its field; what was typed is kept as the draft."""
    who, _acting = security.candidate()
    submissions.keep_draft(database.connection(), who, submission)
    database.keep()
    text = "" if isinstance(problem, errors.FormIncomplete) else failures.told(problem)
    return workplace.page(submission, failures.status_of(problem), text)
