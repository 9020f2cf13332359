"""Service tasks of handling an event: in the grid, by its head, by departments side by side, later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.cases.grid import clock, ending, handling, photo, settling
from engine.cases.handlers import reading
from engine.cases.handlers.grid.intake import known, photos
from engine.cases.reading import trail
from engine.flow import handlers

Result = Mapping[str, Any] | None


@handlers.handler("event.settle")
def settle(job: handlers.Job) -> Result:
    """Write what the worker did."""
    return _settled(job, reading.context(job, "settle"), "in_grid")


@handlers.handler("event.settle_own")
def settle_own(job: handlers.Job) -> Result:
    """Write what the worker did before reporting it, as the worker."""
    settling.settle_before(job.connection, reading.case_of(job))
    return known(job)


@handlers.handler("event.level2")
def level2(job: handlers.Job) -> Result:
    """Write what the head of the level-2 grid did."""
    return _settled(job, reading.context(job, "level2"), "level2")


@handlers.handler("event.postpone")
def postpone(job: handlers.Job) -> Result:
    """Put the event off to the day that was approved."""
    given, asked = reading.context(job, "postpone"), reading.context(job, "asked")
    wanted = given.get("revisit_on") or asked.get("revisit_on")
    day = reading.day(job, "postpone.revisit_on", wanted)
    reason = str(given.get("reason") or "")
    moment = settling.postpone(job.connection, job.actor, reading.case_of(job), day, reason)
    return {"revisit_at": reading.town(moment)}


@handlers.handler("event.resume")
def resume(job: handlers.Job) -> Result:
    """Let the case clock run again."""
    settling.resume(job.connection, job.actor, reading.case_of(job))
    return None


@handlers.handler("event.refused")
def refused(job: handlers.Job) -> Result:
    """Record that what was asked for was not approved."""
    what = reading.header(job, "what")
    reason = str(reading.context(job, what).get("reason") or "")
    trail.record(job.connection, reading.case_of(job).number, job.actor, "event.refused", what=what, reason=reason)
    return None


@handlers.handler("event.file")
def file(job: handlers.Job) -> Result:
    """File the event at the centre, or not, or send it another way."""
    case, given = reading.case_of(job), reading.context(job, "filing")
    decision, reason = given.get("decision"), str(given.get("reason") or "")
    if decision == "not":
        ending.refuse(job.connection, job.actor, case, reason)
        return known(job)
    if decision == "hand_over":
        settling.pass_on(job.connection, job.actor, case, str(given.get("target")), reason)
        return {"turn": {"target": given.get("target"), "reason": reason}, **known(job)}
    handling.file(job.connection, job.actor, case)
    return known(job)


@handlers.handler("event.dispatch")
def dispatch(job: handlers.Job) -> Result:
    """Send the event to a lead and its helpers."""
    case, given = reading.case_of(job), reading.context(job, "dispatch")
    handling.file(job.connection, job.actor, case)
    rows = handling.dispatch(
        job.connection, job.actor, case, str(given.get("lead") or ""),
        [str(one) for one in given.get("helpers") or ()], str(given.get("note") or ""),
    )  # fmt: skip
    return {"departments": [handling.shown(job.connection, row) for row in rows], **known(job)}


@handlers.handler("event.again")
def again(job: handlers.Job) -> Result:
    """Let the departments do again what was not good."""
    rows = handling.again(job.connection, job.actor, reading.case_of(job))
    return {"departments": [handling.shown(job.connection, row) for row in rows]}


@handlers.handler("event.receive")
def receive(job: handlers.Job) -> Result:
    """Note the receipt, or the return, of a department."""
    row, given = _mine(job), reading.context(job, "receipt")
    if given.get("decision") == "return":
        handling.give_back(job.connection, job.actor, row, str(given.get("reason") or ""))
    else:
        handling.receive(job.connection, job.actor, row)
    return None


@handlers.handler("event.redispatch")
def redispatch(job: handlers.Job) -> Result:
    """Send what was returned to another department, or designate one."""
    given = reading.context(job, "again")
    designated = given.get("designated") == "yes"
    unit = str(given.get("unit") or "")
    sent = handling.send_again(job.connection, job.actor, _mine(job), unit, designated=designated)
    dispatch = reading.context(job, "dispatch")
    if given.get("note"):
        dispatch = {**dispatch, "note": str(given["note"])}
    return {"department": handling.shown(job.connection, sent), "dispatch": dispatch, "receipt": {}}


@handlers.handler("event.work")
def work(job: handlers.Job) -> Result:
    """Write what a department did, explained, or asks for."""
    row, given = _mine(job), reading.context(job, "work")
    photo.add(job.connection, job.actor, reading.case_of(job), "after", photos(given))
    measure = str(given.get("measure") or "")
    if given.get("action") in ("extension", "postpone"):
        handling.ask(job.connection, job.actor, row, str(given["action"]), measure)
        return {"asked": {"note": measure, "revisit_on": given.get("revisit_on")}}
    cost = int(given["cost"]) if given.get("cost") is not None else None
    handling.finish(job.connection, job.actor, row, measure, cost)
    return {"department_result": {**reading.context(job, "department"), "result": given.get("action")}}


@handlers.handler("event.extend")
def extend(job: handlers.Job) -> Result:
    """Extend the case clock once, or record that it was not approved."""
    case, given = reading.case_of(job), reading.context(job, "extension")
    reason = str(given.get("reason") or "")
    if given.get("approved") == "yes":
        clock.extend(job.connection, job.actor, case, reason=reason, approved_by=job.actor.id)
    else:
        trail.record(job.connection, case.number, job.actor, "event.refused", what="extension", reason=reason)
    return None


@handlers.handler("event.feed_back")
def feed_back(job: handlers.Job) -> Result:
    """Let the lead answer for all: the event is handled."""
    case, given = reading.case_of(job), reading.context(job, "feedback")
    units = {row.unit for row in handling.of(job.connection, case.id) if row.done_at is not None}
    result = "joint" if len(units) > 1 else "department"
    text = str(given.get("result") or "")
    settling.settle(job.connection, job.actor, case, result, text, photos=photos(given))
    return known(job)


def _settled(job: handlers.Job, given: Mapping[str, Any], outcome: str) -> Result:
    case, result = reading.case_of(job), str(given.get("result") or "")
    note = str(given.get("note") or "")
    if result == "settled":
        signed = given.get("signed") == "yes"
        settling.settle(job.connection, job.actor, case, outcome, note, photos=photos(given), signed=signed)
        return known(job)
    if result == "return":
        settling.send_back(job.connection, job.actor, case, note)
    else:
        level = {"up": "level2" if outcome == "in_grid" else "town"}.get(result)
        settling.pass_on(job.connection, job.actor, case, str(given.get("target") or result), note, level=level)
    turn = {"target": given.get("target"), "reason": note}
    return {"turn": turn, "asked": {"note": note, "revisit_on": given.get("revisit_on")}, **known(job)}


def _mine(job: handlers.Job) -> sa.Row[Any]:
    return handling.get(job.connection, int(reading.context(job, "department")["id"]))
