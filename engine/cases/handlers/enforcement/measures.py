"""Service tasks for things: kept, sealed or seized, tested."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases.clocks import setting, supervision
from engine.cases.enforcement.investigation import empowered, keeping, seizure, things
from engine.cases.handlers import reading
from engine.cases.people import party
from engine.flow import handlers

Result = Mapping[str, Any] | None
APPROVED = "同意"
DISPOSED = {
    "returned": "退还",
    "testing": "送鉴定",
    "seized": "查封扣押",
    "transferred": "移送",
    "confiscation": "没收另行处罚",
}
"""What the decision on kept things says."""


def _head(approved: bool, why: str = "") -> dict[str, Any]:
    """Return what the papers print of the head's answer."""
    said = APPROVED if approved else "不同意"
    return {"opinion": f"{said}{'：' if why else ''}{why}", "decided_at": reading.town(clock.now())}


@handlers.handler("keeping.ask")
def ask_keeping(job: handlers.Job) -> Result:
    """Ask the head to let things be kept."""
    items = reading.context(job, "items")
    reason = str(reading.context(job, "seize").get("reason") or "")
    row = keeping.ask(
        job.connection, job.actor, reading.case_of(job), given=items.get("list"), place=str(items.get("place") or ""),
        reason=reason,
    )  # fmt: skip
    return {"keep": {"id": row.id}}


@handlers.handler("keeping.answer")
def answer_keeping(job: handlers.Job) -> Result:
    """Approve it or not."""
    given, keep = reading.context(job, "approval"), reading.context(job, "keep")
    approved, why = given.get("approved") == "yes", str(given.get("reason") or "")
    keeping.answer(job.connection, job.actor, reading.case_of(job), int(keep["id"]), approved=approved, why=why)
    return {"keep": {**keep, "approved": approved}, "head": _head(approved, why)}


@handlers.handler("keeping.begin")
def begin_keeping(job: handlers.Job) -> Result:
    """Keep the things and let the seven working days run."""
    case, keep = reading.case_of(job), reading.context(job, "keep")
    row = keeping.begin(job.connection, job.actor, case, int(keep["id"]), int(reading.variable(job, "act_number")))
    due = keeping.due(job.connection, case, row)
    assert due is not None
    return {"keep": {**keep, "due": due.due_on.isoformat(), "due_at": reading.town(due.due_at)}}


@handlers.handler("keeping.day7")
def seventh_day(job: handlers.Job) -> Result:
    """Raise the alarm of the seventh day, or free the things, as setting ``storage_day7`` says."""
    case, keep = reading.case_of(job), reading.context(job, "keep")
    freed = setting.load(job.connection)["storage_day7"] == "release"
    if freed:
        why = "七个工作日届满未作出处理决定"
        keeping.decide(job.connection, job.actor, case, int(keep["id"]), "released", why)
    else:
        text = "先行登记保存第七个工作日仍无处理决定，解除决定已起草"
        target = setting.load(job.connection)["supervise_overdue"]
        supervision.open_(job.connection, job.actor, case, level="supervise", target=target, reason="person", text=text)
    return {"keep": {**keep, "freed": freed, "disposition": "退还" if freed else None}}


@handlers.handler("keeping.decide")
def decide_keeping(job: handlers.Job) -> Result:
    """Decide what becomes of kept things."""
    keep = reading.context(job, "keep")
    chosen, why = str(keep.get("chosen") or ""), str(keep.get("why") or "")
    keeping.decide(job.connection, job.actor, reading.case_of(job), int(keep["id"]), chosen, why)
    words = {
        "returned": "退还",
        "testing": "送鉴定",
        "seized": "查封扣押",
        "transferred": "移送",
        "confiscation": "没收另行处罚",
    }
    return {"keep": {**keep, "disposition": words.get(chosen, chosen)}}


@handlers.handler("seizure.power")
def ask_power(job: handlers.Job) -> Result:
    """Refuse what may never be seized, and tell which clause empowers the organ, if any does.

    The decision names the party's address (行政强制法24(2)(一)): what the officers entered, else what the case knows.
    """
    case, known = reading.case_of(job), reading.context(job, "party")
    seizure.check(reading.context(job, "items").get("list"))
    address = str(job.variables.get("party_address") or party.get(job.connection, case.applicant_id).address)
    seize = {**reading.context(job, "seize"), "clause": empowered.find(job.connection, case)}
    return {"seize": seize, "party": {**known, "address": address}}


@handlers.handler("seizure.empower")
def enter_power(job: handlers.Job) -> Result:
    """Enter the clause that empowers the organ, as the legal office."""
    case, given, seize = reading.case_of(job), reading.context(job, "power"), reading.context(job, "seize")
    if given.get("empowered") != "yes":
        return {"seize": {**seize, "clause": None}}
    clause, document = str(given.get("clause") or ""), str(given.get("document") or "")
    empowered.enter(job.connection, job.actor, case.item_code, clause=clause, document=document)
    return {"seize": {**seize, "clause": clause}}


@handlers.handler("seizure.ask")
def ask_seizure(job: handlers.Job) -> Result:
    """Ask the head to let things be sealed or seized."""
    items, seize = reading.context(job, "items"), reading.context(job, "seize")
    row = seizure.ask(
        job.connection, job.actor, reading.case_of(job), given=items.get("list"), place=str(items.get("place") or ""),
        reason=str(seize.get("reason") or ""), urgent=bool(seize.get("urgent")),
    )  # fmt: skip
    return {"seize": {**seize, "id": row.id, "clause": row.clause, "urgent": row.urgent}}


@handlers.handler("seizure.answer")
def answer_seizure(job: handlers.Job) -> Result:
    """Approve it or not; what was seized in urgency is freed at once if not."""
    given, seize = reading.context(job, "approval"), reading.context(job, "seize")
    approved = given.get("approved") == "yes"
    seizure.answer(job.connection, job.actor, reading.case_of(job), int(seize["id"]), approved=approved)
    head = _head(approved, str(given.get("reason") or ""))
    return {"seize": {**seize, "approved": approved}, "head": head}


@handlers.handler("seizure.begin")
def begin_seizure(job: handlers.Job) -> Result:
    """Seal or seize, and let the thirty days run."""
    case, seize = reading.case_of(job), reading.context(job, "seize")
    row = seizure.begin(job.connection, job.actor, case, int(seize["id"]), int(reading.variable(job, "act_number")))
    return {"seize": {**seize, "from": clock.day(row.started_at).isoformat(), **_until(job, row)}}


@handlers.handler("seizure.look")
def look(job: handlers.Job) -> Result:
    """Look whether the time of a seizure is over; an extension or a test may have moved its end."""
    case, seize = reading.case_of(job), reading.context(job, "seize")
    row = seizure.get(job.connection, case, int(seize["id"]))
    due = seizure.due(job.connection, case, row)
    over = due is None or (due.due_at is not None and due.due_at <= clock.now())
    if over and row.state == "running":
        seizure.end(job.connection, job.actor, case, row.id, "expired", "查封、扣押期限届满")
    more = {} if over else _until(job, row)
    return {"seize": {**seize, "over": over, **more}, "decision": {"reason": "期限届满"}}


@handlers.handler("seizure.extend")
def extend(job: handlers.Job) -> Result:
    """Extend a seizure, once and before it ends."""
    case, seize = reading.case_of(job), reading.context(job, "seize")
    reason = str(seize.get("why") or "")
    row = seizure.extend(job.connection, job.actor, case, int(seize["id"]), reason=reason)
    extended = row.due_on.isoformat()
    known = _until(job, seizure.get(job.connection, case, int(seize["id"])))
    return {"seize": {**seize, **known, "to": seize.get("to"), "reason": reason, "extended_to": extended}}


@handlers.handler("seizure.end")
def end(job: handlers.Job) -> Result:
    """End a seizure with its ground."""
    seize = reading.context(job, "seize")
    ground, why = str(seize.get("ground") or ""), str(seize.get("why") or "")
    seizure.end(job.connection, job.actor, reading.case_of(job), int(seize["id"]), ground, why)
    return {"decision": {"reason": why}}


@handlers.handler("seizure.kept")
def look_for_kept(job: handlers.Job) -> Result:
    """Name what is still kept for an auction; a case is not closed before it went back."""
    rows = seizure.kept(job.connection, reading.case_of(job).id)
    return {"kept_things": "、".join(things.named(row.things) for row in rows)}


@handlers.handler("seizure.give_back")
def give_back(job: handlers.Job) -> Result:
    """Give back what is still kept for an auction, as the closing says."""
    why = str(reading.context(job, "close").get("returned") or "")
    seizure.give_back(job.connection, job.actor, reading.case_of(job), why)
    return {"kept_things": ""}


@handlers.handler("test.begin")
def begin_test(job: handlers.Job) -> Result:
    """Send things for testing; the time of seized ones stops if the party is told the days in writing."""
    case, test = reading.case_of(job), reading.context(job, "test")
    held = [row for row in seizure.of(job.connection, case.id) if row.state == "running"]
    if not test.get("seized") or not held:
        return {"test": {**test, "stop": None}}
    told = clock.today() if test.get("told") else None
    days = int(test["days"]) if test.get("days") else None
    what = str(test.get("what") or "检测")
    row = seizure.send_for_testing(job.connection, job.actor, case, held[-1].id, what=what, days=days, told_on=told)
    items = {"list": held[-1].things, "names": things.named(held[-1].things)}
    return {"test": {**test, "stop": row.id}, "items": items}


@handlers.handler("test.end")
def end_test(job: handlers.Job) -> Result:
    """Take the result in; the time of seized things runs again."""
    test = reading.context(job, "test")
    if test.get("stop"):
        ended = reading.day(job, "test.ended_on", test.get("ended_on"))
        seizure.take_result(job.connection, job.actor, reading.case_of(job), int(test["stop"]), ended_on=ended)
    return None


def _until(job: handlers.Job, row: sa.Row[Any]) -> dict[str, Any]:
    """Return until when things are seized, and when to look again: at the end, else tomorrow while a test runs."""
    due = seizure.due(job.connection, reading.case_of(job), row)
    if due is None or due.due_at is None:
        return {"to": None, "look_at": reading.town(clock.now() + timedelta(days=1))}
    return {"to": due.due_on.isoformat(), "look_at": reading.town(due.due_at)}
