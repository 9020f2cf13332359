"""Alarms of deadlines: half time to those who handle the case, eighty per cent to their head, overdue to the leader.

A job due at a deadline's next alarm calls :func:`sweep`, which asks one indexed question when nothing is to be done. An
alarm is given once per level, and a level passed over while the system stood still is not given afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, jobs
from engine.cases import case as cases
from engine.cases import standing
from engine.cases.clocks import period as periods
from engine.cases.clocks import setting, supervision
from engine.cases.deadline import deadline

Teller = Callable[[Connection, audit.Actor, sa.Row[Any], sa.Row[Any], int], None]
_tellers: dict[str, Teller] = {}


def tells(at_end: str) -> Callable[[Teller], Teller]:
    """Register who tells of a period with this ``at_end`` instead; it gets the case, the deadline and the level."""

    def register(teller: Teller) -> Teller:
        _tellers[at_end] = teller
        return teller

    return register


def sweep(connection: Connection, actor: audit.Actor = audit.SYSTEM) -> int:
    """Give every alarm whose moment has come; return how many were given."""
    now = clock.now()
    rows = connection.execute(
        sa.select(deadline)
        .where(deadline.c.state == "open", deadline.c.alarm_at <= now)
        .order_by(deadline.c.alarm_at)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        _give(connection, actor, row, now)
    return len(rows)


def _give(connection: Connection, actor: audit.Actor, row: sa.Row[Any], now: datetime) -> None:
    level = sum(moment is not None and moment <= now for moment in (row.half_at, row.eighty_at, row.due_at))
    level = max(level, row.alarm + 1)
    following = (row.half_at, row.eighty_at, row.due_at)[level] if level < 3 else None
    connection.execute(sa.update(deadline).where(deadline.c.id == row.id).values(alarm=level, alarm_at=following))
    if following is not None:
        jobs.add(connection, "alarm", following, {})
    case = cases.by_id(connection, row.case_id)
    period = periods.get(row.period)
    if period.at_end in _tellers:
        _tellers[period.at_end](connection, actor, case, row, level)
        return
    values = setting.load(connection)
    by_level = {
        1: ("remind", supervision.HANDLER, "half"),
        2: ("remind", values[_HEAD_OF.get(case.kind, "supervise_eighty")], "eighty"),
        3: ("supervise", values["supervise_overdue"], "overdue"),
    }
    grade, target, reason = by_level[level]
    if period.theirs:
        grade, target, reason = "remind", supervision.HANDLER, "lapsed"
    supervision.open_(
        connection,
        actor,
        case,
        level=grade,
        target=target,
        reason=reason,
        period=row.period,
        title=period.title,
        title_en=period.title_en,
        due_on=row.due_on.isoformat(),
    )


_HEAD_OF = {standing.ENFORCEMENT: "supervise_eighty_enforcement"}
"""The setting that names the post reminded at eighty per cent, where it is not that of approvals."""


@jobs.runs("alarm")
def _look(connection: Connection, row: sa.Row[Any]) -> None:
    sweep(connection)
