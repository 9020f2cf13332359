"""Files that come with a form: stored at once and for good, whatever becomes of the form, and named on the page."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict

from engine import audit, errors
from engine.cases.papers import attachment
from engine.cases.people import file_access
from forms import Fault
from web import database, security
from web.sent.storing import Store
from web.sent.submissions import Submission

SUFFIX = ":upload"
"""What follows a field's name where a browser sends a new file; the name alone carries ids of stored ones."""
Faults = dict[str, list[errors.EngineError]]


def init_app(app: Flask) -> None:
    """Let templates name stored files."""
    app.add_template_global(stored_file)


def receive(
    submission: Submission, actor: audit.Actor, sent: MultiDict[str, str], files_sent: MultiDict[str, FileStorage]
) -> tuple[MultiDict[str, str], Faults]:
    """Store the files that the form offers a place for and commit them; return the typing with their ids, and refusals.

    A file of a wrong kind, an empty or too large one is refused by itself; the others stay.
    """
    typed, faults, stored = MultiDict(sent), Faults(), []
    store = Store(database.connection(), actor, security.settings().upload_mb)
    for part in submission.form.shown():
        if part.kind != "filepicker" or part.readonly:
            continue
        rows, refused = store.take(files_sent.getlist(part.name + SUFFIX))
        if refused:
            faults[part.name] = refused
        for row in rows:
            stored.append(row.id)
            typed.add(part.name, str(row.id))
    if stored:
        attachment.attach(database.connection(), submission.task, stored)
        database.commit()
    return typed, faults


def add_faults(submission: Submission, faults: Faults) -> None:
    """Judge the form and say beside each field why its files were refused."""
    submission.form.validate()
    for part in submission.form.shown():
        part.errors += [Fault(problem.template, problem.facts) for problem in faults.get(part.name, ())]


def stored_file(entry: str) -> Any | None:
    """Return the row of a file that a form names, if the reader may open it."""
    if not str(entry).isdecimal() or len(str(entry)) > 18 or security.nobody():
        return None
    try:
        return file_access.require(database.connection(), security.reader(), int(entry))
    except errors.FileMissing:
        return None
