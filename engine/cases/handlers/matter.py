"""Service tasks that move the case itself: accept, decide, withdraw, close, archive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.cases import archiving, closing, decision
from engine.cases import case as cases
from engine.cases.handlers import reading
from engine.flow import handlers

Result = Mapping[str, Any] | None
ANNULLED = "决定被撤销或者确认无效"
"""The ground on which an annulled case closes, as its paper prints it."""


@handlers.handler("case.accept")
def accept(job: handlers.Job) -> Result:
    """Accept the application, by a person or because the time to object has run out."""
    given = job.variables.get("accepted_at")
    case = cases.accept(
        job.connection,
        job.actor,
        reading.case_of(job),
        accepted_at=reading.moment(job, "accepted_at", given) if given else None,
        deemed=job.headers.get("deemed") == "true",
    )
    return {"accepted_at": reading.town(case.accepted_at), "deemed": case.deemed}


@handlers.handler("case.refuse")
def refuse(job: handlers.Job) -> Result:
    """Do not accept the application."""
    facts = {name: job.variables[name] for name in ("competent_organ", "last_barred_on") if job.variables.get(name)}
    case = closing.refuse(
        job.connection,
        job.actor,
        reading.case_of(job),
        outcome=reading.header(job, "outcome"),
        reason=str(reading.variable(job, "reason")),
        **facts,
    )
    return {"outcome": case.outcome, "closed_on": reading.town(case.closed_at)[:10]}


@handlers.handler("case.state")
def state(job: handlers.Job) -> Result:
    """Say where the case stands."""
    cases.set_state(job.connection, job.actor, reading.case_of(job), reading.header(job, "state"))
    return None


@handlers.handler("case.decide")
def decide(job: handlers.Job) -> Result:
    """Write the decision."""
    given = dict(reading.context(job, "decision"))
    if job.headers.get("result"):
        given["result"] = job.headers["result"]
    given.setdefault("drafted_by", job.variables.get("drafted_by"))
    row = decision.decide(job.connection, job.actor, reading.case_of(job), given)
    return {"decided_at": reading.town(row.decided_at), "outcome": row.result, "decision_id": row.id}


@handlers.handler("case.withdraw")
def withdraw(job: handlers.Job) -> Result:
    """End the case at the applicant's wish."""
    given = reading.context(job, "withdrawal")
    case = closing.withdraw(
        job.connection,
        job.actor,
        reading.case_of(job),
        reason=str(given.get("reason") or ""),
        by=str(given.get("by") or ""),
    )
    return {"outcome": case.outcome}


@handlers.handler("case.close")
def close(job: handlers.Job) -> Result:
    """Close the case."""
    case = closing.close(job.connection, job.actor, reading.case_of(job), job.headers.get("outcome", ""))
    return {"closed_at": reading.town(case.closed_at)}


@handlers.handler("closing.ground")
def ground(job: handlers.Job) -> Result:
    """Say on which ground the case closes: what was annulled while the closing was approved closes as annulled."""
    given = reading.context(job, "close")
    if reading.case_of(job).outcome != "annulled":
        return {"close": given}
    return {"close": {**given, "outcome": "annulled", "ground": ANNULLED, "reason": ANNULLED}}


@handlers.handler("case.archive")
def archive(job: handlers.Job) -> Result:
    """Put the case into the archive."""
    case = archiving.archive(job.connection, job.actor, reading.case_of(job), reading.context(job, "archive"))
    return {
        "archive_no": case.archive_no,
        "archived_at": reading.town(case.archived_at),
        "archive_catalogue": case.archive["catalogue"],
    }


@handlers.handler("archive.add")
def add_to_archive(job: handlers.Job) -> Result:
    """Add to an archived file what came since."""
    case = archiving.supplement(job.connection, job.actor, reading.case_of(job), reading.context(job, "archive"))
    return {"archive_catalogue": case.archive["catalogue"]}


@handlers.handler("visit.count")
def count_visit(job: handlers.Job) -> Result:
    """Count that the applicant had to come once more, if a reason says so: who is visited at home has not come."""
    case, reason = reading.case_of(job), str(job.variables.get("visit_reason") or "").strip()
    if reason:
        case = cases.count_visit(job.connection, job.actor, case, reason)
    promised = case.item.get("visits")
    return {"visits": case.visits, "visit_over": promised is not None and case.visits > promised}
