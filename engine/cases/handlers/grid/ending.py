"""Service tasks of the end of an event, and of what happens beside it: inspected, handed over, supervised, closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.cases.clocks import supervision
from engine.cases.grid import clock, ending, event, inspecting, link, photo, supervising
from engine.cases.handlers import reading
from engine.cases.handlers.grid.intake import known, photos
from engine.cases.reading import trail
from engine.flow import handlers

Result = Mapping[str, Any] | None


@handlers.handler("event.inspect")
def inspect(job: handlers.Job) -> Result:
    """Write what the inspection found, and who handled it."""
    case, given = reading.case_of(job), reading.context(job, "inspection")
    passed = given.get("passed") == "yes"
    note = str(given.get("note") or "")
    inspecting.inspect(job.connection, job.actor, case, note, photos(given), passed=passed)
    grid = event.of(job.connection, case.id).unit is None
    return {"handled_by": "grid" if grid else "departments"}


@handlers.handler("event.rework")
def rework(job: handlers.Job) -> Result:
    """Count that it is done again."""
    inspecting.rework(job.connection, job.actor, reading.case_of(job))
    return known(job)


@handlers.handler("event.call_back")
def call_back(job: handlers.Job) -> Result:
    """Keep what the reporter said."""
    given = reading.context(job, "callback")
    back = inspecting.call_back(
        job.connection, job.actor, reading.case_of(job), str(given.get("satisfaction") or ""),
        str(given.get("note") or ""), back=given.get("send_back") == "yes",
    )  # fmt: skip
    return {"callback": {**given, "back": back}}


@handlers.handler("event.hand_over")
def hand_over(job: handlers.Job) -> Result:
    """Send the event another way and link both sides."""
    turn = reading.context(job, "turn")
    target, reason = str(turn.get("target") or ""), str(turn.get("reason") or "")
    row = link.hand_over(job.connection, job.actor, reading.case_of(job), target, reason)
    shown = {"id": row.id, "target": row.target, "number": row.number, "reason": row.reason}
    return {"link": {**shown, "groups": link.GROUPS[row.target]}}


@handlers.handler("event.receipt")
def receipt(job: handlers.Job) -> Result:
    """Note that it was taken or returned."""
    case, given = reading.case_of(job), reading.context(job, "handed")
    row = link.waiting(job.connection, case.id)
    if given.get("decision") == "returned":
        link.give_back(job.connection, job.actor, case, row, str(given.get("reason") or ""))
        return known(job)
    settles = given.get("settles") == "yes"
    link.take(job.connection, job.actor, case, row, str(given.get("number") or ""), settles=settles)
    event.change(job.connection, case.id, result=f"to_{row.target}")
    clock.finish(job.connection, job.actor, case)
    return known(job)


@handlers.handler("event.supervise")
def supervise(job: handlers.Job) -> Result:
    """Tell the post that the tables name, and when the next one looks."""
    case, warned = reading.case_of(job), reading.context(job, "warned")
    found = reading.context(job, "supervising")
    target = str(job.variables.get("escalation") or "")
    share = found.get("next") if int(warned.get("level") or 0) == supervising.OVERDUE else None
    moment = supervising.next_at(job.connection, case, warned, int(share) if share is not None else None)
    supervising.supervise(
        job.connection, job.actor, case, target, str(found.get("grade") or ""), warned,
        next_at=moment, pushed=found.get("push") is True,
    )  # fmt: skip
    return {"next_at": reading.town(moment) if moment else None}


@handlers.handler("event.overdue")
def overdue(job: handlers.Job) -> Result:
    """Look whether the clock is still overdue, and by how much."""
    return {"warned": supervising.look(job.connection, reading.case_of(job), reading.context(job, "warned"))}


@handlers.handler("event.note")
def note(job: handlers.Job) -> Result:
    """Add what the reporter sent to the step in hand."""
    case, given = reading.case_of(job), reading.context(job, "addition")
    photo.add(job.connection, job.actor, case, "before", photos(given))
    trail.record(job.connection, case.number, job.actor, "event.added", text=str(given.get("text") or ""))
    return {"additions": [*(job.variables.get("additions") or ()), dict(given)]}


@handlers.handler("event.instruct")
def instruct(job: handlers.Job) -> Result:
    """Do as a leader instructed: supervise in a grade, hasten the case clock."""
    case, given = reading.case_of(job), reading.context(job, "instruction")
    text, hours = str(given.get("text") or ""), int(given.get("limit_hours") or 0)
    if hours > 0:
        clock.hasten(job.connection, job.actor, case, hours)
    if given.get("grade"):
        post, until = supervising.post_of(job.connection, case, "head"), supervising.answer_by(job.connection, case)
        supervision.open_(
            job.connection, job.actor, case, level=str(given["grade"]), target=post, reason="person", answer_by=until,
            text=text,
        )  # fmt: skip
    trail.record(
        job.connection, case.number, job.actor, "event.instructed", by=str(given.get("by") or ""), text=text,
        limit_hours=hours,
    )  # fmt: skip
    return None


@handlers.handler("event.keep")
def keep(job: handlers.Job) -> Result:
    """Go on as the town's own report."""
    text = str(reading.context(job, "withdrawal").get("note") or "")
    ending.keep(job.connection, job.actor, reading.case_of(job), text)
    return None


@handlers.handler("event.withdraw")
def withdraw(job: handlers.Job) -> Result:
    """Stop what runs."""
    text = str(reading.context(job, "withdrawal").get("note") or "")
    ending.withdraw(job.connection, job.actor, reading.case_of(job), text)
    return None


@handlers.handler("event.gone")
def gone(job: handlers.Job) -> Result:
    """Write that the event ends as withdrawn."""
    event.change(job.connection, reading.case_of(job).id, result="withdrawn")
    return None


@handlers.handler("event.result")
def result(job: handlers.Job) -> Result:
    """Let the process know what came of what was handed over; the link has kept it already."""
    return {"results": [*(job.variables.get("results") or ()), dict(reading.context(job, "result"))]}


@handlers.handler("event.close")
def close(job: handlers.Job) -> Result:
    """Close the event and tell everybody."""
    text = str(reading.context(job, "closing").get("note") or "")
    case = ending.close(job.connection, job.actor, reading.case_of(job), text)
    return {"outcome": case.outcome}
