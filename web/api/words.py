"""Word files: copies of issued documents, and what was written in Word for a task."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from engine.cases.papers import word_copy
from engine.cases.people import access, file_access
from web import database, i18n, security
from web.api.guard import Resource
from web.api.shapes import words as shapes
from web.blueprints.words import handed_out
from web.sent import submissions, words

blueprint = Resource("words", "Word files", "Documents as Word files (.docx): copies, and those of a task to write in.")


@blueprint.get("/cases/<number>/documents/<int:document_id>/word")
@blueprint.response(200)
def copy(number: str, document_id: int) -> Response:
    """Read an issued document as a Word file; the PDF remains what was issued."""
    case = access.require(database.connection(), security.reader(), "read", number)
    with database.noting() as writing:
        return handed_out(*word_copy.of_issued(writing, security.actor(), case, document_id))


@blueprint.get("/tasks/<int:task_id>/words/<kind>")
@blueprint.response(200)
def sheet(task_id: int, kind: str) -> Response:
    """Read a document that a task of mine will issue, with the fields of its form to write in."""
    given = words.sheet(database.connection(), _submission(task_id), kind)
    with database.noting() as writing:
        return handed_out(*word_copy.to_write_in(writing, security.actor(), given))


@blueprint.post("/tasks/<int:task_id>/words/<kind>")
@blueprint.arguments(shapes.WordWritten)
@blueprint.response(204)
def take_back(sent: dict[str, Any], task_id: int, kind: str) -> None:
    """Take a stored Word file (`POST /files`) into the draft of the task's form; a version of it is kept."""
    connection, (person, acting_for) = database.connection(), security.candidate()
    submission = _submission(task_id)
    given = words.sheet(connection, submission, kind)
    stored = file_access.require(connection, security.reader(), sent["file"])
    actor = submissions.actor_of(person, acting_for, submission.task)
    words.take(connection, actor, person, submission, given, stored)


def _submission(task_id: int) -> submissions.Submission:
    person, _acting = security.candidate()
    return submissions.load(database.connection(), person, task_id, locale=i18n.locale_name())
