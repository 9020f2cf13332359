"""Service tasks around people's say: ratings, supervision and remedies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.cases import deadline, remedy
from engine.cases.clocks import setting, supervision
from engine.cases.handlers import clocks, reading
from engine.cases.people import rating
from engine.flow import handlers

Result = Mapping[str, Any] | None


@handlers.handler("rating.invite")
def invite(job: handlers.Job) -> Result:
    """Let the applicant rate the case."""
    return {"rating_open": True}


@handlers.handler("rating.record")
def record_rating(job: handlers.Job) -> Result:
    """Keep the applicant's rating."""
    row = rating.record(job.connection, job.actor, reading.case_of(job), reading.context(job, "rating"))
    return {"rating_id": row.id, "rating_bad": row.stars <= rating.BAD}


@handlers.handler("rating.rectify")
def rectify(job: handlers.Job) -> Result:
    """Open the rectification of a bad rating."""
    case = reading.case_of(job)
    row = rating.rectify(job.connection, job.actor, case, int(reading.variable(job, "rating_id")))
    return {"rectification_id": row.id, "deadline": clocks.running(job, case)}


@handlers.handler("rating.resolve")
def resolve(job: handlers.Job) -> Result:
    """Close the rectification."""
    row = rating.resolve(
        job.connection,
        job.actor,
        reading.case_of(job),
        int(reading.variable(job, "rating_id")),
        reading.context(job, "rectification"),
    )
    return {"rectified": row.resolved}


@handlers.handler("supervision.open")
def supervise(job: handlers.Job) -> Result:
    """Put a duty under supervision."""
    level = reading.header(job, "level")
    default = supervision.HANDLER if level == "remind" else setting.load(job.connection)["supervise_overdue"]
    opened = supervision.open_(
        job.connection,
        job.actor,
        reading.case_of(job),
        level=level,
        target=str(reading.context(job, "supervise").get("post") or default),
        reason="person",
        text=str(reading.variable(job, "reason")),
    )
    return {"supervision_id": opened}


@handlers.handler("supervision.close")
def end_supervision(job: handlers.Job) -> Result:
    """End a supervision with its answer."""
    supervision.close(
        job.connection,
        job.actor,
        reading.case_of(job),
        int(reading.variable(job, "supervision_id")),
        str(job.variables.get("answer") or ""),
    )
    return None


@handlers.handler("remedy.record")
def record_remedy(job: handlers.Job) -> Result:
    """Keep that a remedy was sought."""
    case = reading.case_of(job)
    row = remedy.record(job.connection, job.actor, case, reading.header(job, "kind"), reading.context(job, "remedy"))
    running = deadline.find(job.connection, case, row.period)
    due_at = reading.town(running.due_at) if running is not None and running.due_at else None
    return {"remedy_id": row.id, "remedy_due_at": due_at, "deadline": clocks.running(job, case)}


@handlers.handler("remedy.close")
def close_remedy(job: handlers.Job) -> Result:
    """Keep how a remedy ended."""
    row = remedy.close(
        job.connection,
        job.actor,
        reading.case_of(job),
        int(reading.variable(job, "remedy_id")),
        str(reading.variable(job, "remedy_result")),
    )
    return {"remedy_result": row.result}
