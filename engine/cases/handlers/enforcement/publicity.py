"""Service tasks about what is public of a penalty: its early end on application, and its correction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import clock
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import early_end, penalty_publicity
from engine.cases.handlers import clocks, reading
from engine.cases.papers import publicity
from engine.flow import handlers

Result = Mapping[str, Any] | None
PAPERS = {
    "granted": "publicity_early_end", "refused": "publicity_early_refusal",
    "corrected": "publicity_correction", "right": "publicity_unchanged",
}  # fmt: skip
"""With which document an application or a correction is answered."""


@handlers.handler("early_end.apply")
def apply_early_end(job: handlers.Job) -> Result:
    """Take the application in and say whether the limits are known by which it is decided."""
    case, given = reading.case_of(job), reading.context(job, "early")
    grounds = given.get("grounds") or job.variables.get("reason")
    row = early_end.apply(job.connection, job.actor, case, {**given, "grounds": grounds})
    shown = {**given, "id": row.id, "applied_on": row.applied_on.isoformat(), "applied_by": row.applied_by}
    return {"early": {**shown, "grounds": row.grounds, "known": all(early_end.limits(job.connection))}}


@handlers.handler("early_end.fill")
def fill_limits(job: handlers.Job) -> Result:
    """Fill in what the General Administration sets, with its source."""
    given = reading.context(job, "filled")
    for key, name in ((early_end.MONTHS, "months"), (early_end.DAYS, "days")):
        value, origin = int(given.get(name) or 0), str(given.get("origin") or "")
        setting.change(job.connection, job.actor, key, value, reason=origin)
    return {"early": {**reading.context(job, "early"), "known": all(early_end.limits(job.connection))}}


@handlers.handler("early_end.begin")
def begin_early_end(job: handlers.Job) -> Result:
    """Let the period to decide run and show what the registers say of the conditions."""
    case = reading.case_of(job)
    row = early_end.begin(job.connection, job.actor, case)
    shown = publicity.get(job.connection, row.publicity_id)
    return {
        "early": {
            **reading.context(job, "early"),
            "penalty": shown.content.get("penalty"),
            "published_on": clock.day(shown.published_at).isoformat(),
            "until_on": shown.until_on.isoformat() if shown.until_on else None,
            "open_on": row.open_on.isoformat(),
            "never": "、".join(early_end.barred(job.connection, case)) or None,
            "unpaid": early_end.unpaid(job.connection, case),
            "again": "、".join(early_end.punished_again(job.connection, case)) or None,
        },
        "deadline": clocks.running(job, case),
    }


@handlers.handler("early_end.check")
def check_early_end(job: handlers.Job) -> Result:
    """Record what was found of each condition."""
    early_end.check(job.connection, job.actor, reading.case_of(job), reading.context(job, "early"))
    return None


@handlers.handler("early_end.decide")
def decide_early_end(job: handlers.Job) -> Result:
    """Decide; what ends early is public no more from this moment."""
    case, given = reading.case_of(job), reading.context(job, "early")
    row = early_end.decide(job.connection, job.actor, case, given)
    answered = {"paper": PAPERS[row.result], "variant": str(row.id), "message": f"publicity_{row.result}"}
    return {"early": {**given, **answered}, "reason": row.reason, "archived": case.archived_at is not None}


@handlers.handler("publicity.ask_correction")
def ask_correction(job: handlers.Job) -> Result:
    """Note that what is public is said to be wrong, and show how it reads."""
    case, given = reading.case_of(job), reading.context(job, "record")
    why, by = str(job.variables.get("reason") or ""), str(given.get("asked_by") or "")
    row = penalty_publicity.ask_correction(job.connection, job.actor, case, by=by, why=why)
    ended = row.until_on.isoformat() if publicity.over(row) else None
    shown = {**given, **publicity.said(row), "id": row.id, "why": why, "ended_on": ended}
    return {"record": shown, "deadline": clocks.running(job, case)}


@handlers.handler("publicity.correct")
def correct(job: handlers.Job) -> Result:
    """Put right what is public, or say why it is right as it is."""
    case, given = reading.case_of(job), reading.context(job, "record")
    row = penalty_publicity.correct(job.connection, job.actor, case, int(given["id"]), given)
    result, variant = str(given["result"]), f"{row.id}-{clock.now():%Y%m%d%H%M%S}"  # it may be asked more than once
    answered = {"paper": PAPERS[result], "variant": variant, "message": f"publicity_{result}"}
    told = {"reason": str(given["reason"]), "archived": case.archived_at is not None}
    return {"record": {**given, **publicity.said(row), **answered}, **told}
