"""Word files: copies of issued documents, and documents of a task written in Word and brought back."""

from __future__ import annotations

import io
from urllib.parse import quote

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from engine import errors
from engine.cases.papers import word_copy
from engine.cases.people import access
from engine.ground import files
from web import database, failures, security
from web.sent import submissions, words
from web.sent.storing import Store
from web.shown import workplace

blueprint = Blueprint("words", __name__)


@blueprint.get("/cases/<number>/documents/<int:document_id>.docx")
def copy(number: str, document_id: int) -> Response:
    """Hand out an issued document as a Word file."""
    case = access.require(database.connection(), security.reader(), "read", number)
    with database.noting() as writing:
        return handed_out(*word_copy.of_issued(writing, security.actor(), case, document_id))


@blueprint.get("/tasks/<int:task_id>/words/<kind>.docx")
def sheet(task_id: int, kind: str) -> Response:
    """Hand out a document that the task will issue, to write in."""
    workplace.mine(task_id)
    given = words.sheet(database.connection(), workplace.load(task_id), kind)
    with database.noting() as writing:
        return handed_out(*word_copy.to_write_in(writing, security.actor(), given))


@blueprint.post("/tasks/<int:task_id>/words/<kind>")
def take_back(task_id: int, kind: str) -> Response:
    """Take what was written in Word into the draft of the task's form."""
    workplace.mine(task_id)
    submission = workplace.load(task_id)
    who, acting_for = security.candidate()
    actor = submissions.actor_of(who, acting_for, submission.task)
    store = Store(database.connection(), actor, security.settings().upload_mb)
    stored, refused = store.take([request.files.get("file", FileStorage())])
    try:
        given = words.sheet(database.connection(), submission, kind)
        if not stored:
            raise refused[0] if refused else errors.WordNotChosen()
        words.take(database.connection(), actor, who, submission, given, stored[0])
    except errors.EngineError as problem:
        text, status = failures.told(problem), failures.status_of(problem)
        database.roll_back()
        return workplace.page(workplace.load(task_id), status, text)
    flash(_("What you wrote in Word stands in the form. Read it through, then finish the task."), "success")
    return redirect(url_for("tasks.task", task_id=task_id, back=workplace.back()), 303)


def handed_out(name: str, content: bytes) -> Response:
    """Return a Word file as an attachment that no browser opens by itself."""
    answer = Response(io.BytesIO(content), mimetype=files.MEDIA_TYPES["docx"], direct_passthrough=True)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.content_length = len(content)
    return answer
