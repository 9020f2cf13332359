"""What the town's list wants recorded by sound or pictures in a case, besides acts of investigation (行政处罚法47)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.enforcement import cash, on_the_spot
from engine.cases.enforcement.execution import own, route, service
from engine.cases.enforcement.investigation import recording
from engine.cases.enforcement.judging import hearing, notification


def lacking(connection: Connection, case: sa.Row[Any]) -> list[sa.Row[Any]]:
    """Return the steps of a case that the town's list wants recorded and that have no recording."""
    happened = set(_happened(connection, case.id))
    if not happened:
        return []
    have = {row.step for row in recording.of(connection, case.id)}
    return [row for row in recording.steps_of(connection) if row.level == "required" and row.code in happened - have]


def _happened(connection: Connection, case_id: int) -> Iterator[str]:
    """Yield the steps of the list that a case went through, besides acts of investigation."""
    if on_the_spot.of(connection, case_id) is not None:
        yield "AV01"
    if cash.of(connection, case_id) is not None:
        yield "AV02"
    if any(row.mode == "left" for row in notification.of(connection, case_id)):
        yield "AV11"
    if any(row.state == "held" for row in hearing.of(connection, case_id)):
        yield "AV13"
    for row in service.of(connection, case_id):
        if row.effective_on is not None and row.mode in ("left", "public"):
            yield "AV15" if row.mode == "left" else "AV16"
    done = own.own_execution.join(route.execution, route.execution.c.id == own.own_execution.c.execution_id)
    routes = sa.select(route.execution.c.route).select_from(done)
    performed = (route.execution.c.case_id == case_id, own.own_execution.c.performed_at.is_not(None))
    for name in connection.execute(routes.where(*performed)).scalars():
        yield "AV18" if name == "substitute" else "AV17"
