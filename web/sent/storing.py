"""Storing the files of a form: each is stored or refused by itself, so that one that is refused leaves the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from werkzeug.datastructures import FileStorage

from engine import audit, errors
from engine.ground import files

MOST = 30
"""How many files one request may bring."""
_REFUSED = (errors.FileEmpty, errors.FileTooLarge, errors.FileKindNotAllowed, errors.AllowanceUsed)


@dataclass
class Store:
    """Takes the files of one request for one who hands them in; ``count`` is told each file's size first."""

    connection: Connection
    actor: audit.Actor
    limit_mb: int
    count: Callable[[int], None] | None = None
    room: int = MOST

    def take(self, sent: Iterable[FileStorage]) -> tuple[list[sa.Row[Any]], list[errors.EngineError]]:
        """Store the files of a field; return the rows of those that are stored, and why the others are not."""
        stored, refused = list[sa.Row[Any]](), list[errors.EngineError]()
        for file in sent:
            if not file.filename:
                continue
            self.room -= 1
            if self.room < 0:
                refused.append(errors.TooManyFiles(most=MOST))
                break
            try:
                stored.append(self._one(file, file.filename))
            except _REFUSED as problem:
                refused.append(problem)
        return stored, refused

    def _one(self, file: FileStorage, name: str) -> sa.Row[Any]:
        stream = cast(BinaryIO, file.stream)
        if self.count is not None:
            size = stream.seek(0, 2)
            stream.seek(0)
            self.count(min(size, self.limit_mb << 20))
        return files.store(self.connection, stream, name, self.actor, limit_mb=self.limit_mb)
