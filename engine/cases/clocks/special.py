"""Special procedures: stopping and resuming the clock of a case, for the eight kinds of 行政许可法45 only."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import deadline
from engine.cases.clocks import setting, stop


def begin(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    *,
    kind: str,
    started_on: date | None = None,
    notice_on: date | None = None,
    days_needed: int | None = None,
    procedure: str = "",
    subject: str = "",
) -> sa.Row[Any]:
    """Record a special procedure; it stops the clock from when the applicant is told its time in writing.

    Without a written notice the row says so (``effective_on`` None) and the clock runs on, unless setting
    ``stop_unwritten`` reads otherwise; :func:`tell` gives the notice later.

    Raises
    ------
    StopKindNotInLaw
        If article 45 does not name the kind.
    """
    stop.check_kind(kind)
    started_on = started_on or clock.today()
    row = stop.insert(
        connection,
        actor,
        case,
        kind=kind,
        procedure=procedure,
        subject=subject,
        started_on=started_on,
        days_needed=days_needed,
        notice_on=notice_on,
        effective_on=stop.effective_on(started_on, notice_on, setting.load(connection)),
    )
    deadline.recompute_all(connection, actor, case, "deadline.recomputed", stop=row.id)
    return row


def tell(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], stop_id: int, *, notice_on: date
) -> sa.Row[Any]:
    """Record the written notice of a procedure that was begun without one.

    Raises
    ------
    StopUnknown
        If the stop does not run on this case.
    """
    row = stop.running(connection, case, stop_id)
    effective_on = stop.effective_on(row.started_on, notice_on, setting.load(connection))
    told = stop.change(
        connection, actor, case, stop_id, "deadline.stop_told", notice_on=notice_on, effective_on=effective_on
    )
    deadline.recompute_all(connection, actor, case, "deadline.recomputed", stop=stop_id)
    return told


def end(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], stop_id: int, *, ended_on: date | None = None
) -> sa.Row[Any]:
    """Let the clock run again from the day after ``ended_on`` (today), the day the result came in.

    Raises
    ------
    StopUnknown
        If the stop does not run on this case.
    StopImpossible
        If it would end before it began, or in the future.
    """
    row = stop.running(connection, case, stop_id)
    ended_on = ended_on or clock.today()
    if not row.started_on <= ended_on <= clock.today():
        raise errors.StopImpossible(started_on=row.started_on, resumed_on=ended_on)
    ended = stop.change(connection, actor, case, stop_id, "deadline.resumed", resumed_on=ended_on)
    deadline.recompute_all(connection, actor, case, "deadline.recomputed", stop=stop_id)
    return ended


def hand_to_police(connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, to: str) -> None:
    """Stop the ninety days of 行政处罚法60 while the file is with the police, if setting ``cf60_criminal`` reads so."""
    if setting.load(connection)["cf60_criminal"] != "stopped":
        return
    today = clock.today()
    row = stop.insert(
        connection, actor, case, kind=stop.WITH_POLICE, procedure=to, started_on=today, effective_on=today
    )
    deadline.recompute_all(connection, actor, case, "deadline.recomputed", stop=row.id)


def take_from_police(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Let the ninety days run again: the police did not take the case."""
    for row in stop.of(connection, case.id):
        if row.kind == stop.WITH_POLICE and row.resumed_on is None:
            end(connection, actor, case, row.id)


def end_all(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """End what still runs on a case that has come to its end."""
    for row in stop.of(connection, case.id):
        if row.resumed_on is None:
            stop.change(
                connection, actor, case, row.id, "deadline.resumed", resumed_on=max(clock.today(), row.started_on)
            )
