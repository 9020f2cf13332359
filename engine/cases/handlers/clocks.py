"""Service tasks that start, stop, resume, extend and meet the periods of the law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases import deadline
from engine.cases.clocks import period as periods
from engine.cases.clocks import special
from engine.cases.handlers import reading
from engine.flow import handlers
from engine.ground.counting import Unit

Result = Mapping[str, Any] | None


@handlers.handler("deadline.start")
def start(job: handlers.Job) -> Result:
    """Start a period of the law."""
    key, source = reading.header(job, "period"), job.headers.get("from")
    length = None
    if job.headers.get("days"):
        length = periods.Length(int(job.headers["days"]), Unit(job.headers.get("unit", "working")))
    row = deadline.start(
        job.connection,
        job.actor,
        reading.case_of(job),
        key,
        started_at=reading.moment(job, source, reading.variable(job, source)) if source else None,
        length=length,
    )
    return {"deadline": {**reading.context(job, "deadline"), key: _shown(row)}}


def stop(job: handlers.Job) -> Result:
    """Stop the clock for a special procedure, for the service of a package that says which."""
    case, given = reading.case_of(job), reading.context(job, "special")
    needed = given.get("days_needed")
    row = special.begin(
        job.connection,
        job.actor,
        case,
        kind=job.headers.get("kind") or str(given.get("kind") or ""),
        started_on=reading.day(job, "special.started_on", given.get("started_on")),
        notice_on=reading.day(job, "special.notice_on", given.get("notice_on")),
        days_needed=int(needed) if needed else None,
        procedure=job.headers.get("procedure") or str(given.get("procedure") or ""),
    )
    return {"stop_id": row.id, "stopped": row.effective_on is not None, "deadline": running(job, case)}


@handlers.handler("deadline.resume")
def resume(job: handlers.Job) -> Result:
    """Let the clock run again."""
    case = reading.case_of(job)
    special.end(
        job.connection,
        job.actor,
        case,
        int(reading.variable(job, "stop_id")),
        ended_on=reading.day(job, "special.ended_on", reading.context(job, "special").get("ended_on")),
    )
    return {"deadline": running(job, case)}


@handlers.handler("deadline.extend")
def extend(job: handlers.Job) -> Result:
    """Extend a period once, with approval and reason."""
    case, given = reading.case_of(job), reading.context(job, "extension")
    deadline.extend(
        job.connection,
        job.actor,
        case,
        job.headers.get("period", "decision"),
        reason=str(given.get("reason") or ""),
        approved_by=str(given.get("approved_by") or ""),
    )
    return {"deadline": running(job, case)}


@handlers.handler("deadline.meet")
def meet(job: handlers.Job) -> Result:
    """Say that what a period demanded has been done."""
    case, key = reading.case_of(job), reading.header(job, "period")
    known = reading.context(job, "deadline")
    if deadline.find(job.connection, case, periods.get(key).key) is None:
        return {"deadline": known, "overdue": False}
    row = deadline.meet(job.connection, job.actor, case, key)
    return {"deadline": {**known, key: _shown(row)}, "overdue": deadline.overdue(row)}


def running(job: handlers.Job, case: sa.Row[Any]) -> dict[str, Any]:
    """Return the variable ``deadline`` with the present state of every period of the case."""
    rows = deadline.of(job.connection, case.id)
    return {**reading.context(job, "deadline"), **{row.period: _shown(row) for row in rows}}


def _shown(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what process variables may know; moments are ISO texts in the town's zone."""
    moments = {name: _town(getattr(row, name)) for name in ("due_at", "half_at", "eighty_at", "ended_at")}
    return {
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "provisional": row.provisional,
        "article": periods.get(row.period).article,
        **moments,
    }


def _town(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.TOWN).isoformat() if moment else None
