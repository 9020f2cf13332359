"""The trail of a case: every verb of the case domain writes its audit event through here."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from engine import audit


def record(connection: Connection, number: str, actor: audit.Actor, action: str, /, **details: Any) -> None:
    """Write one event to the case's stream; ``details`` are JSON values."""
    audit.record(connection, number, audit.Event(action, actor, details=details))
