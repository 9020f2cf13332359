"""The trail of the organisation: every verb of this room writes its audit event through here."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from engine import audit

STREAM = "house:organisation"
SIGN_INS = "house:sign-ins"


def record(connection: Connection, actor: audit.Actor, action: str, **details: Any) -> None:
    """Write one event about the organisation; ``details`` are JSON values."""
    audit.record(connection, STREAM, audit.Event(action, actor, details=details))


def record_sign_in(connection: Connection, actor: audit.Actor, action: str, **details: Any) -> None:
    """Write one event about signing in and out, which has a stream of its own."""
    audit.record(connection, SIGN_INS, audit.Event(action, actor, details=details))
