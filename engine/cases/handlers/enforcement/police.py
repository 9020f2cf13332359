"""Service tasks of a transfer to the police (移送规定5-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import clock
from engine.cases import case as cases
from engine.cases.enforcement.investigation import evidence, seizure, transfer
from engine.cases.handlers import reading
from engine.cases.papers import document
from engine.flow import handlers
from engine.organisation import person

Result = Mapping[str, Any] | None


@handlers.handler("police.report")
def report(job: handlers.Job) -> Result:
    """Hand the team's report to the head."""
    case, crime = reading.case_of(job), reading.context(job, "crime")
    row = transfer.report(
        job.connection,
        job.actor,
        case,
        team=[str(one) for one in crime.get("team") or ()],
        crime=str(crime.get("suspected") or ""),
        amount=str(crime.get("amount") or ""),
    )
    names = person.names(job.connection, row.team)
    listed = [one.title for one in evidence.of(job.connection, case.id) if evidence.usable(one)]
    held = [thing for one in seizure.of(job.connection, case.id) if one.state == "running" for thing in one.things]
    due = _due(job, "police_decision")
    team = {"names": "、".join(names[one] for one in row.team)}
    items = {"list": held or "无涉案物品"}
    return {"crime": {**crime, "decide_by": due}, "officers": team, "evidence": {"list": listed}, "items": items}


@handlers.handler("police.decide")
def decide(job: handlers.Job) -> Result:
    """Approve the transfer or not, as the very head of the organ."""
    given = reading.context(job, "approval")
    approved, why = given.get("approved") == "yes", str(given.get("reason") or "")
    transfer.decide(job.connection, job.actor, reading.case_of(job), approved=approved, why=why)
    head = {"opinion": "同意移送" if approved else f"不同意移送：{why}", "decided_at": reading.town(clock.now())}
    by = {"hand_over_by": _due(job, "police_hand_over")} if approved else {}
    crime = {**reading.context(job, "crime"), "approved": approved, **by}
    return {"head": head, "crime": crime, "transfer_result": None if approved else "not_approved"}


@handlers.handler("police.hand_over")
def hand_over(job: handlers.Job) -> Result:
    """Hand the case over with the annexes that have been issued."""
    case, crime, to = reading.case_of(job), reading.context(job, "crime"), reading.context(job, "transfer").get("to")
    issued = [row.kind for row in document.of(job.connection, case.id)]
    transfer.hand_over(
        job.connection, job.actor, case, to=str(to or ""), receipt=str(crime.get("receipt") or ""), annexes=issued
    )
    cases.set_state(job.connection, job.actor, case, "with_police")
    return {"crime": {**crime, "answer_by": _due(job, "police_answer")}}


@handlers.handler("police.answer")
def answer(job: handlers.Job) -> Result:
    """Take in whether the police filed the case."""
    given = reading.context(job, "answer")
    filed, number = given.get("filed") == "yes", str(given.get("number") or "")
    transfer.answer(job.connection, job.actor, reading.case_of(job), filed=filed, number=number)
    return {"answer": {**given, "taken_up": filed, "again": bool(reading.context(job, "crime").get("disputed"))}}


@handlers.handler("police.dispute")
def dispute(job: handlers.Job) -> Result:
    """Ask the police to reconsider, or propose supervision to the procuratorate."""
    given, crime = reading.context(job, "dispute"), reading.context(job, "crime")
    how, why = str(given.get("how") or ""), str(given.get("why") or "")
    transfer.dispute(job.connection, job.actor, reading.case_of(job), how=how, why=why)
    return {"crime": {**crime, "disputed": [*(crime.get("disputed") or ()), how]}}


@handlers.handler("police.things")
def things(job: handlers.Job) -> Result:
    """Hand things and papers to the police who filed the case; seized things go along (行政强制法21)."""
    case = reading.case_of(job)
    transfer.hand_things(job.connection, job.actor, case)
    for row in seizure.of(job.connection, case.id):
        if row.state == "running":
            seizure.end(job.connection, job.actor, case, row.id, "handed_over", "随案移送公安机关，已书面告知当事人")
    return {"transfer_result": "accepted"}


@handlers.handler("police.handle")
def handle(job: handlers.Job) -> Result:
    """Go on with a case that the police have not taken up."""
    case = reading.case_of(job)
    transfer.handle(job.connection, job.actor, case, str(reading.context(job, "dispute").get("why") or ""))
    cases.set_state(job.connection, job.actor, case, "investigating")
    return {"transfer_result": "returned"}


def _due(job: handlers.Job, period: str) -> str | None:
    """Return when a period of the transfer ends."""
    due = transfer.due(job.connection, reading.case_of(job), period)
    return reading.town(due.due_at) if due is not None and due.due_at is not None else None
