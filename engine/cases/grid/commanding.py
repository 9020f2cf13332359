"""Commanding: what the centre does about an event besides its tasks: merge it, urge, supervise."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, instances, tasks
from engine.cases.clocks import supervision
from engine.cases.grid import alike, supervising
from engine.cases.reading import trail
from engine.errors import N_
from engine.flow import steps
from engine.handling import reasons, reminders

TARGETS = {
    "handler": N_("those who handle it"),
    "head": N_("the head of whoever handles it"),
    "leader": N_("the leader in charge"),
    "mayor": N_("the mayor"),
}
"""Whom a supervision asks, as :func:`engine.cases.grid.supervising.post_of` finds their posts."""


def merge(connection: Connection, actor: audit.Actor, case: sa.Row[Any], into: str, reason: str) -> None:
    """Let an event follow another by hand: what runs of it ends where it stands.

    Raises
    ------
    ReasonMissing
        If nothing says why.
    CaseNotFound, GridEventUnknown, EventMergeCycle, EventMergeRefused
        See :func:`engine.cases.grid.alike.merge`.
    """
    why = reasons.given(reason)
    alike.merge(connection, actor, case, into)
    trail.record(connection, case.number, actor, "event.merged_by_hand", number=into, reason=why)
    for instance in _running(connection, case.number):
        instances.cancel(connection, actor, instance, why)


def urge(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> int:
    """Remind everybody who has a task of the event; return how many tasks that were.

    Raises
    ------
    ReasonMissing
    EventClosed
        If there is no task any more.
    RemindedAlready
        If somebody has reminded of each of them shortly before.
    """
    why = reasons.given(reason)
    _require_open(case)
    open_ = [row for row in tasks.of_case(connection, case.number) if row.assignee != actor.id]
    rested = [row for row in open_ if _rested(connection, row.id)]
    for row in rested or open_[:1]:  # the one that is not yet to be urged again says so itself
        reminders.urge(connection, actor, row.id, why)
    return len(rested)


def supervise(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], grade: str, target: str, reason: str
) -> int:
    """Open a supervision in a grade for one of :data:`TARGETS`; return its id.

    Raises
    ------
    ReasonMissing, EventClosed
    SupervisionLevelUnknown
        If there is no such grade, or no such target.
    """
    why = reasons.given(reason)
    _require_open(case)
    if target not in TARGETS:
        raise errors.SupervisionLevelUnknown(level=target, levels=", ".join(TARGETS))
    post, until = supervising.post_of(connection, case, target), supervising.answer_by(connection, case)
    return supervision.open_(
        connection, actor, case, level=grade, target=post, reason="person", answer_by=until, text=why
    )


def _rested(connection: Connection, task_id: int) -> bool:
    last = next(iter(reminders.of(connection, task_id)), None)
    return last is None or clock.now() >= last.sent_at + reminders.PAUSE


def _running(connection: Connection, number: str) -> list[int]:
    """Return the instances of an event that have not ended, those it began anew with included."""
    table = steps.instance.c
    mine = sa.or_(table.business_key == number, db.begins(connection, table.business_key, f"{number}-"))
    query = sa.select(table.id).where(mine, table.ended_at.is_(None)).order_by(table.id)
    return list(connection.execute(query).scalars())


def _require_open(case: sa.Row[Any]) -> None:
    if case.closed_at is not None:
        raise errors.EventClosed(number=case.number)
