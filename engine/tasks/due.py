"""When a task is due, and by which moment lists sort it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.flow import steps
from engine.handling import offers
from engine.tasks.table import IS_OPEN, task

Dates = Callable[[Connection, str], datetime | None]
_dates: list[Dates] = []


def dates(source: Dates) -> Dates:
    """Register what knows when the work of a business key is due, for tasks without a due moment of their own."""
    _dates.append(source)
    return source


def due_of(connection: Connection, business_key: str) -> datetime:
    """Return when the work of a business key is due, as whoever is registered knows; else :data:`offers.NEVER`."""
    found = (source(connection, business_key) for source in _dates)
    return next((moment for moment in found if moment is not None), offers.NEVER)


def limit(connection: Connection, business_key: str, token: int, at: datetime) -> None:
    """Let the open task of a token be due at a moment of its own, or with the work of its case if that is sooner."""
    at = min(at, due_of(connection, business_key))
    mine = task.c.business_key == business_key, task.c.token == token
    connection.execute(sa.update(task).where(*mine, IS_OPEN).values(due_at=at, sort_due_at=at))


def move_due(connection: Connection, business_key: str, before: datetime, after: datetime) -> None:
    """Let a case's open tasks that were due at one moment be due at another: their period has been counted anew."""
    connection.execute(
        sa.update(task)
        .where(task.c.business_key == business_key, IS_OPEN, task.c.due_at == before)
        .values(due_at=after, sort_due_at=after)
    )


def show_due(connection: Connection, instances: sa.ColumnElement[bool], at: datetime | None) -> None:
    """Let open tasks of some instances that have no due moment of their own stand in lists as due at ``at``."""
    theirs = task.c.business_key.in_(sa.select(steps.instance.c.business_key).where(instances))
    connection.execute(
        sa.update(task).where(theirs, IS_OPEN, task.c.due_at.is_(None)).values(sort_due_at=at or offers.NEVER)
    )
