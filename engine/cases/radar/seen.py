"""What the rules look up beside what they find: the officers of a case, its key, its events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit
from engine.cases import case as cases
from engine.cases.enforcement import officer


def officers(connection: Connection, case_id: int) -> list[str]:
    """Return everybody who is or was an officer of a case."""
    return sorted({row.person for row in officer.of(connection, case_id)})


def case_id(connection: Connection, number: str) -> int | None:
    """Return the key of the case of a number, if there is one."""
    found: int | None = connection.scalar(sa.select(cases.case_file.c.id).where(cases.case_file.c.number == number))
    return found


def events(connection: Connection, number: str, *actions: str) -> Sequence[Any]:
    """Return the events of a case that are one of the actions, in their order."""
    event = audit.audit_event.c
    query = sa.select(event.id, event.action).where(event.stream == number, event.action.in_(actions))
    return connection.execute(query.order_by(event.id)).all()
