"""Tasks: mine and those I may take, with the form to be filled in; claim, release, keep a draft, complete."""

from __future__ import annotations

from typing import Any

from engine import errors, feel, tasks
from engine.cases.reading import worklist
from engine.ground.paging import Place
from web import database, failures, i18n, problems, security
from web.api import paging
from web.api.guard import Resource
from web.api.shapes import tasks as shapes
from web.sent import submissions
from web.sent.as_typed import typed

blueprint = Resource("tasks", "Tasks", "My tasks and those I may take, with their forms.")


@blueprint.get("/tasks")
@blueprint.arguments(shapes.TaskQuery, location="query")
@blueprint.response(200, shapes.Tasks)
def every(query: dict[str, Any]) -> dict[str, Any]:
    """List my tasks, those I may claim, or all I may see; the most urgent first."""
    start = paging.place(query.get("after"))
    found = worklist.page(
        database.connection(),
        security.candidate()[0],
        worklist.Filter(view=query["view"], text=query["text"]),
        after=Place(*start) if start else None,
        limit=query["limit"],
    )
    return paging.page(found.rows, f"{found.next.value}~{found.next.id}" if found.next else None)


@blueprint.get("/tasks/<int:task_id>")
@blueprint.response(200, shapes.Task)
def one(task_id: int) -> dict[str, Any]:
    """Read a task with the schema of its form and what the form begins with."""
    return _shown(task_id)


@blueprint.post("/tasks/<int:task_id>/claim")
@blueprint.response(200, shapes.Task)
def claim(task_id: int) -> dict[str, Any]:
    """Take a task that is offered to one of my posts."""
    tasks.claim(database.connection(), _actor(task_id), security.candidate()[0], task_id)
    return _shown(task_id)


@blueprint.delete("/tasks/<int:task_id>/claim")
@blueprint.response(200, shapes.Task)
def release(task_id: int) -> dict[str, Any]:
    """Give a claimed task back to those it was offered to."""
    tasks.release(database.connection(), _actor(task_id), security.candidate()[0], task_id)
    return _shown(task_id)


@blueprint.put("/tasks/<int:task_id>/draft")
@blueprint.arguments(shapes.Values)
@blueprint.response(204)
def keep_draft(sent: dict[str, Any], task_id: int) -> None:
    """Keep what is filled in so far, right or wrong."""
    submissions.keep_draft(database.connection(), security.candidate()[0], _submission(task_id, sent))


@blueprint.post("/tasks/<int:task_id>/completion")
@blueprint.arguments(shapes.Values)
@blueprint.response(200, shapes.Completed)
def complete(sent: dict[str, Any], task_id: int) -> Any:
    """Complete a task with its filled-in form; every field that cannot be accepted stands in `errors`."""
    submission = _submission(task_id, sent)
    try:
        step = submissions.complete(database.connection(), _actor(task_id), security.candidate()[0], submission)
    except errors.FormIncomplete as problem:
        return problems.document(
            422, failures.told(problem), kind=problem.code, errors=problems.of_fields(submission.form.errors)
        )
    return {"id": task_id, "state": "completed", "instance_state": step.workflow.outcome if step else "active"}


def _submission(task_id: int, sent: dict[str, Any]) -> submissions.Submission:
    return submissions.load(
        database.connection(),
        security.candidate()[0],
        task_id,
        typed(sent["values"]),
        form_hash=sent.get("form_hash"),
        locale=i18n.locale_name(),
    )


def _actor(task_id: int) -> Any:
    person, acting_for = security.candidate()
    return submissions.actor_for(database.connection(), person, acting_for, task_id)


def _shown(task_id: int) -> dict[str, Any]:
    connection, (person, _acting) = database.connection(), security.candidate()
    row = tasks.get(connection, person, task_id)
    found = {name: getattr(row, name) for name in _COLUMNS}
    if row.state != "open":
        return {**found, "form": None, "form_hash": None, "values": {}, "context": {}}
    submission = submissions.load(connection, person, task_id, locale=i18n.locale_name())
    return {
        **found,
        "form": tasks.form(connection, row),
        "form_hash": submission.form_hash,
        "values": feel.to_json(submission.form.values),
        "context": feel.to_json(submission.context),
    }


_COLUMNS = ("id", "name", "element", "business_key", "state", "assignee", "created_at", "due_at")
