"""Files that come with a page's form: each is stored or refused for itself, so that a refused page keeps the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import request
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.ground import allowance, files
from web import i18n, security
from web.sent.storing import Store

LIMIT_MB = 20


@dataclass
class Received:
    """The files of one field: those that are stored, and what is wrong with the others."""

    stored: list[sa.Row[Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        """The ids of the stored files."""
        return [row.id for row in self.stored]


def take(connection: Connection, actor: audit.Actor, names: Sequence[str]) -> dict[str, Received]:
    """Store what came for each field, and find again what the field already had.

    A file lies in the request under the field's name with ``:upload``; one that was stored before is named by its id
    under the field's name. An id that this visitor did not store is dropped. What an address stores a day is bounded.
    """
    found = {}
    store = Store(connection, actor, LIMIT_MB, lambda size: allowance.use(connection, security.address(), size))
    for name in names:
        kept = [row for row in map(_own(connection, actor), request.form.getlist(name)) if row]
        stored, refused = store.take(request.files.getlist(f"{name}:upload"))
        found[name] = Received([*kept, *stored], [i18n.error_message(problem) for problem in refused])
    return found


def _own(connection: Connection, actor: audit.Actor) -> Any:
    def find(file_id: str) -> sa.Row[Any] | None:
        if not file_id.isascii() or not file_id.isdecimal() or len(file_id) > 15:
            return None
        try:
            row = files.get(connection, int(file_id))
        except errors.FileMissing:
            return None
        return row if row.stored_by == actor.id else None

    return find
