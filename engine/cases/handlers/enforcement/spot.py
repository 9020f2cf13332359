"""Service tasks of the penalty on the spot: the decision, cash, the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import clock, errors
from engine.cases import case as cases
from engine.cases.enforcement import cash, on_the_spot, pushes
from engine.cases.enforcement.execution import windows
from engine.cases.handlers import clocks, reading
from engine.flow import handlers

Result = Mapping[str, Any] | None


@handlers.handler("spot.decide")
def decide(job: handlers.Job) -> Result:
    """Decide on the spot, hand over, push, let the remedies run; where no penalty was found nothing is done."""
    given, case = reading.context(job, "spot"), reading.case_of(job)
    if given.get("result") not in (None, "penalty"):
        return None
    kinds = [str(kind) for kind in given.get("kinds") or ()]
    fine = int(given.get("amount") or 0) if on_the_spot.FINE in kinds else 0
    wanted = on_the_spot.Wanted(
        kinds=kinds,
        fine=fine,
        officers=[str(person) for person in given.get("officers") or ()],
        done=[str(act) for act in given.get("done") or ()],
        place=str(given.get("place") or reading.context(job, "act").get("place") or ""),
        reason=str(given.get("reason") or ""),
        signed=given.get("signed") != "refused",
        remedy=str(given.get("remedy") or on_the_spot.REMEDY),
    )
    row = on_the_spot.decide(job.connection, job.actor, case, wanted)
    decided = cases.get(job.connection, case.number)
    windows.open_(job.connection, job.actor, decided, clock.today(), simple=True)
    text, today = on_the_spot.penalty_text(kinds, fine), clock.today().isoformat()
    act = reading.context(job, "act")
    return {
        "act": {**act, "date": given.get("date") or act.get("date")},
        "officers": row.officers,
        "penalty": {"text": text, "kinds": [{"kind": kind, "amount": fine, "text": text} for kind in kinds]},
        "fine": {"amount": fine},
        "decision": {"result": "penalised", "reason": wanted.reason, "date": today, "served_on": today},
        "service": {"mode": "direct", "effective_on": today, "receiver": reading.context(job, "party").get("name")},
        "decided_at": reading.town(decided.decided_at),
    }


@handlers.handler("penalty.push")
def push(job: handlers.Job) -> Result:
    """Tell the three receivers of a penalty; a decision that is none is pushed to nobody (C2.3 I12)."""
    if job.variables.get("decision_result") != "penalty":
        return {"pushes": []}
    text = str(reading.context(job, "penalty").get("text") or "")
    number = reading.case_of(job).number
    return {
        "pushes": pushes.send(job.connection, job.actor, number, text=text, officers=reading.context(job, "officers"))
    }


@handlers.handler("spot.record")
def record(job: handlers.Job) -> Result:
    """Report the decision for the record."""
    recording = str(reading.context(job, "av").get("record_id") or "")
    on_the_spot.record(job.connection, job.actor, reading.case_of(job), recording)
    return None


@handlers.handler("cash.collect")
def collect(job: handlers.Job) -> Result:
    """Take the fine in cash."""
    given, case = reading.context(job, "cash"), reading.case_of(job)
    amount = reading.context(job, "fine").get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise errors.HandlerInputMissing(element=job.element, place="variable", name="fine.amount")
    row = cash.collect(
        job.connection,
        job.actor,
        case,
        amount=amount,
        simple=on_the_spot.of(job.connection, case.id) is not None,
        ground=str(given.get("ground") or ""),
        receipt_no=str(given.get("receipt_no") or ""),
        reason=str(given.get("reason") or ""),
    )
    known = {**reading.context(job, "payment"), "receipt": row.receipt_no, "code": row.receipt_no, "paid": row.amount}
    return {"payment": known, "deadline": clocks.running(job, case)}


@handlers.handler("cash.hand_over")
def hand_over(job: handlers.Job) -> Result:
    """Note that the cash reached the organ or the bank."""
    case = reading.case_of(job)
    cash.hand_over(job.connection, job.actor, case, to=reading.header(job, "to"))
    return {"deadline": clocks.running(job, case)}
