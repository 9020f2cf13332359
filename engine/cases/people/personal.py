"""Personal data that leave the house's pages: who took out which list; one stream of the trail tells all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from engine import audit

STREAM = "house:personal"


def record(connection: Connection, actor: audit.Actor, action: str, **details: Any) -> None:
    """Write one event on the use of personal data; ``details`` are JSON values."""
    audit.record(connection, STREAM, audit.Event(action, actor, details=details))


def exported(connection: Connection, actor: audit.Actor, what: str, wanted: Mapping[str, str], rows: int) -> None:
    """Note that a list of persons was handed out as a file: which one, with which filter, how many rows."""
    record(connection, actor, "list.exported", list=what, filter=dict(wanted), rows=rows)
