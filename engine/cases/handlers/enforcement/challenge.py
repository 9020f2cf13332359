"""Service tasks of reconsideration and lawsuits against a penalty, and of what must be undone after them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import messages
from engine.cases import deadline, remedy
from engine.cases.enforcement.execution import challenge, penalty_publicity, restoring
from engine.cases.handlers import clocks, reading
from engine.cases.papers import publicity
from engine.flow import handlers

Result = Mapping[str, Any] | None
ANSWERS = {"reconsideration": "reconsideration_answer", "litigation": "court_defence"}
"""With which document the town answers."""


@handlers.handler("challenge.receive")
def receive_challenge(job: handlers.Job) -> Result:
    """Record that the party has challenged the decision, or handed its application in at the town.

    Of what was forwarded no copy may come: then the reply is its result.
    """
    case, asked = reading.case_of(job), reading.context(job, "recon")
    given = {name: value for name, value in asked.items() if name != "reply"}  # not that of an earlier challenge
    if asked.get("reply") in remedy.UNTAKEN and remedy.handed_in(job.connection, case.id) is not None:
        row = challenge.untaken(job.connection, job.actor, case, asked)
        return {
            "recon": {**asked, "result": asked["reply"]},
            "remedy_id": row.id,
            "deadline": clocks.running(job, case),
        }
    if given.get("kind") == "reconsideration" and given.get("here") is True:
        row = challenge.hand_in(job.connection, job.actor, case, given)
        return {"recon": given, "remedy_id": row.id, "deadline": clocks.running(job, case)}
    row = challenge.receive(job.connection, job.actor, case, str(given.get("kind") or ""), given)
    running = deadline.find(job.connection, case, row.period)
    due = running.due_on.isoformat() if running is not None and running.due_on else None
    answer = ANSWERS[row.kind]
    shown = {**given, "no": row.number, "received_at": row.received_on.isoformat(), "due": due, "answer_kind": answer}
    due_at = reading.midnight(running.due_on) if running is not None else None
    return {"recon": {**shown, "due_at": due_at}, "remedy_id": row.id, "deadline": clocks.running(job, case)}


@handlers.handler("challenge.forward")
def forward_challenge(job: handlers.Job) -> Result:
    """Record that the application was forwarded, so that its copy comes next, or that the decision does not stand."""
    case, given = reading.case_of(job), reading.context(job, "recon")
    if given.get("view") == challenge.FORWARDED:
        challenge.forward(job.connection, job.actor, case, given)
        return {"recon": {**given, "here": False}, "deadline": clocks.running(job, case)}
    challenge.set_right(job.connection, job.actor, case, given)
    return {"recon": {**given, "result": given["view"]}, "reason": str(given["standpoint"])}


@handlers.handler("challenge.answer")
def answer_challenge(job: handlers.Job) -> Result:
    """Note that answer and evidence were handed in."""
    late = challenge.answer(job.connection, job.actor, reading.case_of(job), int(reading.variable(job, "remedy_id")))
    return {"answer_late": late}


@handlers.handler("challenge.close")
def close_challenge(job: handlers.Job) -> Result:
    """Record the result with all that follows from it."""
    case, given = reading.case_of(job), reading.context(job, "recon")
    row = challenge.close(job.connection, job.actor, case, int(reading.variable(job, "remedy_id")), given)
    if row.result == "changed":
        messages.publish(job.connection, job.actor, "fine.changed", case.number, {})
    ordered, published = challenge.refund_of(job.connection, case.id), publicity.of(job.connection, case.id)
    due = penalty_publicity.due(job.connection, case)
    return {
        "challenge_result": row.result,
        "undone": row.result in remedy.UNDOING,
        "anew": row.result in challenge.ENDING and given.get("anew") is True,
        "restore_needed": restoring.wanted(job.connection, case),
        "archived": case.archived_at is not None,
        "published": any(one.kind == publicity.PENALTY and one.withdrawn_at is None for one in published),
        "refund": {"amount": ordered.amount if ordered is not None and ordered.paid_on is None else 0},
        "withdraw_by": reading.midnight(due),
        "deadline": clocks.running(job, case),
    }


@handlers.handler("fine.refund")
def refund_fine(job: handlers.Job) -> Result:
    """Record that the treasury has paid back."""
    given = reading.context(job, "refund")
    row = challenge.refund(job.connection, job.actor, reading.case_of(job), str(given.get("reference") or ""))
    return {"refund": {**given, "amount": row.amount, "paid_on": row.paid_on.isoformat()}}


@handlers.handler("challenge.restore")
def restore(job: handlers.Job) -> Result:
    """Record that what the undone decision took was restored or given back."""
    given = reading.context(job, "restore")
    row = restoring.restore(job.connection, job.actor, reading.case_of(job), given)
    return {"restore": {**given, "done_on": row.done_on.isoformat()}}
