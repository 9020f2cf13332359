"""Word at a task: which documents may be written in Word, and what comes back filled into the task's form."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors, feel, tasks
from engine.cases.papers import word_copy
from engine.tasks import Candidate
from web.sent import as_typed
from web.sent.submissions import Submission
from web.shown import knowledge

TEXTS = ("textarea", "textfield")


def sheet(connection: Connection, submission: Submission, kind: str) -> word_copy.Sheet:
    """Return a document that a task will issue, with the text fields of its form to write in.

    Raises
    ------
    DocumentNotInWord
        If the task belongs to no case or issues no such document.
    """
    case = knowledge.case_of(connection, submission.task)
    if case is None or kind not in word_copy.kinds(submission.task):
        raise errors.DocumentNotInWord(title=kind)
    writable = [part.name for part in submission.form.shown() if part.kind in TEXTS and not part.readonly]
    return word_copy.Sheet(case, submission.task, kind, _data(submission), writable)


def take(
    connection: Connection, actor: audit.Actor, person: Candidate, submission: Submission, given: word_copy.Sheet,
    stored: sa.Row[Any],
) -> None:  # fmt: skip
    """Keep what was written in Word and fill it into the draft of the task's form.

    Raises
    ------
    TaskNotYours
        If somebody else has the task.
    DocumentNotInWord, WordUnreadable, WordOfAnother, WordFixedTextChanged
        See :func:`engine.cases.papers.word_copy.take_back`.
    """
    tasks.require_mine(submission.task, person)
    written = word_copy.take_back(connection, actor, given, stored)
    lines = {part.name for part in submission.form.shown() if part.kind == "textfield"}
    texts = {path: [" ".join(text.split()) if path in lines else text] for path, text in written.items()}
    begun = as_typed.typed(feel.to_json(submission.form.values))
    draft = {**begun, **submission.form.draft(), **texts}
    tasks.save_draft(connection, person, submission.task.id, draft, submission.form_hash)


def _data(submission: Submission) -> dict[str, Any]:
    """Return what the document would read: the variables the task sees, with what its form holds laid over them."""
    data = {**submission.context}
    for name, value in feel.to_json(submission.form.values).items():
        old = data.get(name)
        data[name] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return data
