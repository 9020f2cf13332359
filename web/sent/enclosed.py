"""Files that come with a page which is no task: stored at once, so that a refused page keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import FileStorage

from engine import errors
from engine.cases.people import file_access
from web import database, security
from web.sent.storing import Store

FIELD = "file"


@dataclass(frozen=True)
class Enclosed:
    """The ids of the files that are stored, and why the others are not."""

    ids: list[int]
    refused: list[errors.EngineError]


def take() -> Enclosed:
    """Store what came with the form and find again what it had stored before; committed whatever becomes of the form.

    Raises
    ------
    FileMissing
        If it names a file that is not the sender's to read.
    """
    kept = [_own(int(one)) for one in request.form.getlist("file_id") if one.isdecimal() and len(one) < 16]
    stored, refused = store(request.files.getlist(FIELD))
    return Enclosed([*kept, *stored], refused)


def store(sent: list[FileStorage]) -> tuple[list[int], list[errors.EngineError]]:
    """Store and commit files, the empty places of a form left out; return their ids, and why others are not stored."""
    if not any(file.filename for file in sent):
        return [], []
    rows, refused = Store(database.connection(), security.actor(), security.settings().upload_mb).take(sent)
    database.commit()
    return [int(row.id) for row in rows], refused


def _own(file_id: int) -> int:
    return int(file_access.require(database.connection(), security.reader(), file_id).id)
