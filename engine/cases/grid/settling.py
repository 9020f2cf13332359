"""Settling: what the grid or its head did about an event, with the evidence the list wants, and putting it off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine import clock as times
from engine.cases import case as cases
from engine.cases.clocks import stop
from engine.cases.grid import clock, event, photo
from engine.cases.grid.items import item_class
from engine.cases.reading import trail
from engine.handling import reasons


def settle(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    result: str,
    note: str,
    *,
    photos: Iterable[photo.Taken] = (),
    signed: bool = False,
) -> None:
    """Settle an event: the case clock is met, whoever did it is its handler.

    Raises
    ------
    EventMeasureMissing
        If nothing is said.
    EventPhotosMissing, EventSignatureMissing
        If the list wants photos of the result, or signatures, that are not there.
    """
    if not note.strip():
        raise errors.EventMeasureMissing
    photo.add(connection, actor, case, "after", photos)
    require_evidence(connection, case, signed=signed)
    event.change(connection, case.id, handler=actor.id, result=result)
    clock.finish(connection, actor, case)
    trail.record(connection, case.number, actor, "event.settled", result=result, note=note.strip(), signed=signed)


def require_evidence(connection: Connection, case: sa.Row[Any], *, signed: bool | None = None) -> None:
    """Refuse unless the evidence of the result that the list wants is there; ``signed`` None leaves signatures out.

    Raises
    ------
    EventPhotosMissing, EventSignatureMissing
        See :func:`settle`.
    """
    missing = lacking(connection, event.of(connection, case.id), signed=signed)
    if missing is not None:
        raise missing


def lacking(connection: Connection, me: sa.Row[Any], *, signed: bool | None) -> errors.EngineError | None:
    """Return the refusal that the evidence of an event's result calls for, None if the list wants no more."""
    wanted = item_class.get(connection, me.class_code, me.list_version).body.get("evidence") or {}
    if fewer := photo.lacking(connection, me.case_id, wanted):
        number = int(wanted["photo_after"])
        return errors.EventPhotosMissing(wanted=number, given=number - fewer)
    if signed is False and wanted.get("signature"):
        return errors.EventSignatureMissing(who="、".join(wanted["signature"]))
    return None


def settled_before(connection: Connection, me: sa.Row[Any]) -> bool:
    """Tell whether what was done before the report settles the event: with its evidence, and not to be done again."""
    if me.settled_note is None or me.rework_count:
        return False
    return lacking(connection, me, signed=me.settled_signed) is None


def settle_before(connection: Connection, case: sa.Row[Any]) -> None:
    """Settle an event by what was done before the report, as whoever reported it would.

    Raises
    ------
    EventPhotosMissing, EventSignatureMissing
        See :func:`settle`.
    """
    me = event.of(connection, case.id)
    settle(connection, audit.Actor(me.reported_by), case, "in_grid", me.settled_note, signed=me.settled_signed)


def pass_on(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], to: str, reason: str, *, level: str | None = None
) -> None:
    """Send an event up, back, or another way, with the reason.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    """
    reason = reasons.given(reason)
    if level is not None:
        event.change(connection, case.id, level=level)
    trail.record(connection, case.number, actor, "event.passed_on", to=to, reason=reason)


def send_back(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> None:
    """Let the head of the level-2 grid send an event back to the worker, once.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    EventSentBackBefore
        If it was sent back before.
    """
    if event.of(connection, case.id).level2_returned:
        raise errors.EventSentBackBefore
    pass_on(connection, actor, case, "grid", reason, level="grid")
    event.change(connection, case.id, level2_returned=True)


def postpone(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], revisit_on: date | None, reason: str
) -> datetime:
    """Put an event off to a day on which somebody looks again; until then the case clock stands still.

    Returns the moment of that day.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    RevisitDayWrong
        If the day is missing or not ahead.
    """
    reason = reasons.given(reason)
    if revisit_on is None or revisit_on <= times.today():
        raise errors.RevisitDayWrong(day=revisit_on.isoformat() if revisit_on else "")
    stop.insert(
        connection, actor, case, kind=stop.POSTPONED, procedure=reason, subject="", started_on=times.today(),
        days_needed=None, notice_on=times.today(), effective_on=times.today(),
    )  # fmt: skip
    clock.stand_still(connection, actor, case, revisit_on)
    cases.set_state(connection, actor, cases.get(connection, case.number), "postponed")
    return datetime.combine(revisit_on, time(9), times.TOWN)


def resume(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Let the case clock run again: the day to look has come."""
    for row in stop.of(connection, case.id):
        if row.kind == stop.POSTPONED and row.resumed_on is None:
            day = max(times.today(), row.started_on)
            stop.change(connection, actor, case, row.id, "deadline.resumed", resumed_on=day)
    clock.run_again(connection, actor, case)
