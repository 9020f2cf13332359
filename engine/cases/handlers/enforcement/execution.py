"""Service tasks that carry a penalty out: served, paid, executed, challenged, made public."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine import clock
from engine.cases import deadline
from engine.cases.enforcement.execution import (
    auction,
    court,
    duty,
    interruption,
    late_fee,
    own,
    payment,
    penalty_publicity,
    route,
    service,
    surcharge,
    windows,
)
from engine.cases.enforcement.judging import amount
from engine.cases.handlers import clocks, reading
from engine.flow import handlers
from engine.organisation import person

Result = Mapping[str, Any] | None


@handlers.handler("service.attempt")
def attempt_service(job: handlers.Job) -> Result:
    """Record one way of serving a document: done, put up as a public notice, or failed."""
    case, kind = reading.case_of(job), _served_kind(job)
    row = service.attempt(job.connection, job.actor, case, kind, reading.context(job, "serving"))
    return {
        "service": {**service.shown(job.connection, row), "until": _begins(row.effective_on)},
        "deadline": clocks.running(job, case),
    }


@handlers.handler("service.settle")
def settle_service(job: handlers.Job) -> Result:
    """Record that the day of effect has come; from a decision the party's periods run from that day."""
    case, kind = reading.case_of(job), _served_kind(job)
    row = service.settle(job.connection, job.actor, case, kind)
    served_on = clock.day(row.served_at)
    if kind in service.ANSWERS:
        return {"served_on": served_on.isoformat(), "deadline": clocks.running(job, case)}
    subject = "late_fee" if kind == "late_fee_decision" else ""
    windows.open_(job.connection, job.actor, case, served_on, simple=kind == "on_the_spot_decision", subject=subject)
    told = reading.context(job, "decision")
    about = {} if subject else {"decision": {**told, "served_on": served_on.isoformat()}}
    return {**about, "served_on": served_on.isoformat(), "deadline": clocks.running(job, case)}


@handlers.handler("fine.code")
def code_fine(job: handlers.Job) -> Result:
    """Say under which code the bank will book what is paid; the decision prints it."""
    code = payment.code_of(reading.case_of(job))
    return {"payment": {**reading.context(job, "payment"), "code": code}}


@handlers.handler("fine.open")
def open_fine(job: handlers.Job) -> Result:
    """Let the fine fall due fifteen days after service; without a fine nothing is to be paid."""
    case = reading.case_of(job)
    row = payment.open_(job.connection, job.actor, case)
    if row is None:
        return {
            "payment": None,
            "fine": {"amount": 0, "amount_cn": amount.in_words(0)},
            "execution_result": "performed",
        }
    told = {"amount": row.amount, "amount_cn": amount.in_words(row.amount)}
    return {"payment": _payment(job, case), "fine": told, "deadline": clocks.running(job, case)}


@handlers.handler("fine.pay")
def pay_fine(job: handlers.Job) -> Result:
    """Record what the bank says has been paid."""
    case, given = reading.case_of(job), reading.context(job, "paying")
    if given.get("amount"):
        payment.pay(job.connection, job.actor, case, given)
    return {"payment": _payment(job, case), "paying": None}


@handlers.handler("fine.instalments")
def defer_fine(job: handlers.Job) -> Result:
    """Approve what the party has applied for, or not."""
    case, given = reading.case_of(job), reading.context(job, "instalment")
    if given.get("approved") != "yes":
        return {"payment": _payment(job, case)}
    row = payment.approve(job.connection, job.actor, case, given)
    plan = "；".join(f"{part['due_on']}缴{part['amount']}元" for part in row.parts)
    return {"instalment": {**given, "plan": plan, "end": row.ends_on.isoformat()}, "payment": _payment(job, case)}


@handlers.handler("late_fee.count")
def count_late_fee(job: handlers.Job) -> Result:
    """Say what the late fee comes to by today."""
    case = reading.case_of(job)
    return {"latefee": surcharge.counted(job.connection, case).as_json(), "payment": _payment(job, case)}


@handlers.handler("late_fee.impose")
def impose_late_fee(job: handlers.Job) -> Result:
    """Add the late fee if the head wants it; the reason stands in the trail if not."""
    case, given = reading.case_of(job), reading.context(job, "late")
    if given.get("impose") != "yes":
        return {"latefee": None, "payment": _payment(job, case)}
    row = surcharge.impose(job.connection, job.actor, case, given)
    shown = {
        "amount": row.amount,
        "days": row.days,
        "from": row.since_on.isoformat(),
        "until": row.until_on.isoformat(),
    }
    return {"latefee": shown, "payment": _payment(job, case)}


@handlers.handler("execution.choose")
def choose_route(job: handlers.Job) -> Result:
    """Take the way to carry out what was not performed."""
    case, given = reading.case_of(job), reading.context(job, "enforce")
    row = route.choose(job.connection, job.actor, case, given)
    if row.route == "auction":
        auction.require_seized(job.connection, case)
    shown = {"route": row.route, "subject": row.subject, "amount": row.amount, "clause": row.clause, "duty": row.duty}
    enforce = {**reading.context(job, "enforce"), **shown, "object": row.duty or "罚款"}
    duty = row.duty or "缴纳罚款"
    return {"enforce": enforce, "demand": {"amount": row.amount, "duty": duty}}


@handlers.handler("execution.end")
def end_execution(job: handlers.Job) -> Result:
    """Say how an execution ended."""
    case, given = reading.case_of(job), reading.context(job, "enforce")
    result = job.headers.get("result") or str(given.get("result") or "")
    ground, subject = str(given.get("ground") or ""), str(given.get("subject") or "fine")
    row = route.end(job.connection, job.actor, case, result, ground=ground, subject=subject)
    return {"execution_result": row.result}


@handlers.handler("court.wait")
def wait_for_remedies(job: handlers.Job) -> Result:
    """Say when reconsideration and lawsuit have both run out."""
    last = windows.remedies_end(job.connection, reading.case_of(job), route.about(_subject(job)))
    return {"remedies_over_at": reading.midnight(last)}


@handlers.handler("court.urge")
def urge_for_court(job: handlers.Job) -> Result:
    """Record the demand before the court is asked."""
    given = reading.context(job, "demand")
    day = reading.day(job, "demand.served_on", given.get("served_on")) or clock.today()
    row = court.urge(job.connection, job.actor, reading.case_of(job), day, _subject(job))
    about = {**given, "due": row.urging_over_on.isoformat(), "served_on": day.isoformat()}
    return {"demand": about, "urging_over_at": reading.midnight(row.urging_over_on), "court": court.shown(row)}


@handlers.handler("court.apply")
def apply_to_court(job: handlers.Job) -> Result:
    """Ask the court, signed by the head."""
    case = reading.case_of(job)
    row = court.apply(job.connection, job.actor, case, reading.context(job, "application"), _subject(job))
    head = {"name": person.names(job.connection, [row.signed_by]).get(row.signed_by, row.signed_by)}
    return {"court": court.shown(row), "head": head, "deadline": clocks.running(job, case)}


@handlers.handler("court.rule")
def note_ruling(job: handlers.Job) -> Result:
    """Note what the court has done with the application."""
    case, given = reading.case_of(job), reading.context(job, "ruling")
    accepted = reading.day(job, "ruling.accepted_on", given.get("accepted_on"))
    if accepted is not None:
        court.accept(job.connection, job.actor, case, accepted, _subject(job))
    on = reading.day(job, "ruling.ruled_on", given.get("ruled_on")) or clock.today()
    row = court.rule(job.connection, job.actor, case, str(given.get("ruling") or ""), on, _subject(job))
    return {"court": court.shown(row), "deadline": clocks.running(job, case)}


@handlers.handler("court.carry")
def carry_out(job: handlers.Job) -> Result:
    """Note what the court has done to carry the decision out, or what interrupts it."""
    case, given = reading.case_of(job), reading.context(job, "carry")
    result = court.carry(job.connection, job.actor, case, given, _subject(job))
    return {"pause": {**given, "kind": given.get("result")}, "execution_result": result}


@handlers.handler("own.urge")
def urge_for_own(job: handlers.Job) -> Result:
    """Record the demand before the town carries it out itself."""
    given = {**reading.context(job, "demand"), "subject": _subject(job)}
    row = own.urge(job.connection, job.actor, reading.case_of(job), given)
    return {"demand": {**given, "due": row.perform_by.isoformat()}, "urging_over_at": reading.midnight(row.perform_by)}


@handlers.handler("own.decide")
def decide_own(job: handlers.Job) -> Result:
    """Decide to carry it out."""
    given = {**reading.context(job, "enforce"), "subject": _subject(job)}
    own.decide(job.connection, job.actor, reading.case_of(job), given)
    return {"enforce": {**given, "mode": given.get("manner")}}


@handlers.handler("own.urge_again")
def urge_again(job: handlers.Job) -> Result:
    """Record the second demand before somebody else performs."""
    given = {**reading.context(job, "demand"), "subject": _subject(job)}
    own.urge_again(job.connection, job.actor, reading.case_of(job), {**given, "served_on": given.get("again_on")})
    return {"demand": given}


@handlers.handler("own.perform")
def perform_own(job: handlers.Job) -> Result:
    """Record that it was carried out."""
    given = reading.context(job, "site")
    moment = reading.moment(job, "site.start", given.get("start") or clock.now().isoformat())
    found = {**given, "subject": _subject(job), "at": moment, "officers": _people(given.get("officers"))}
    own.perform(job.connection, job.actor, reading.case_of(job), found)
    return {"site": {**given, "start": reading.town(moment)}}


@handlers.handler("auction.settle")
def settle_auction(job: handlers.Job) -> Result:
    """Set the proceeds of an auction off against the fine; any other way of carrying out brings none."""
    if reading.context(job, "enforce").get("route") != "auction":
        return None
    row = auction.settle(job.connection, job.actor, reading.case_of(job), reading.context(job, "site"))
    return {"auction": {"proceeds": row.proceeds, "set_off": row.set_off, "surplus": row.proceeds - row.set_off}}


@handlers.handler("execution.interrupt")
def interrupt_execution(job: handlers.Job) -> Result:
    """Agree with the party, stay the execution, or end it without success."""
    case, given = reading.case_of(job), {**reading.context(job, "pause"), "subject": _subject(job)}
    if given.get("kind") == "end":
        row = interruption.terminate(job.connection, job.actor, case, given)
        return {"execution_result": row.result, "interrupt_result": "over"}
    interruption.begin(job.connection, job.actor, case, given)
    running = deadline.find(job.connection, case, interruption.PERIOD)
    until = running.due_on if running is not None else None
    return {"pause": {**given, "until_at": reading.midnight(until)}, "interrupt_result": None}


@handlers.handler("execution.go_on")
def go_on(job: handlers.Job) -> Result:
    """End an agreement or a stay: kept and lapsed end the execution, broken and resumed lead back to it."""
    case, given = reading.case_of(job), {**reading.context(job, "pause"), "subject": _subject(job)}
    result = job.headers.get("result") or str(given.get("result") or "")
    row = interruption.finish(job.connection, job.actor, case, result, given)
    if row.result in ("broken", "resumed"):
        return {"interrupt_result": "resumed"}
    how = ("agreement_kept", "") if row.result == "kept" else ("ended", f"行政强制法39(2) {row.why}")
    ended = route.end(job.connection, job.actor, case, how[0], ground=how[1], subject=_subject(job))
    return {"interrupt_result": "over", "execution_result": ended.result}


@handlers.handler("duty.check")
def check_duty(job: handlers.Job) -> Result:
    """Record whether the party has done what the decision asks for besides money."""
    given = reading.context(job, "performance")
    row = duty.check(job.connection, job.actor, reading.case_of(job), given)
    return {"performance": {**given, "done": row.performed}}


@handlers.handler("penalty.publish")
def publish_penalty(job: handlers.Job) -> Result:
    """Publish the penalty, or note why it is kept back."""
    case, given = reading.case_of(job), reading.context(job, "publish")
    if given.get("public") == "no":
        penalty_publicity.keep_back(job.connection, job.actor, case, str(given.get("reason") or ""))
        return {"publicity_id": None}
    rule = reading.context(job, "publicity_rule")
    row = penalty_publicity.publish(job.connection, job.actor, case, {**given, "months": rule.get("months")})
    summary = f"{row.content['applicant']}：{row.content['item']}，{row.content['penalty']}"
    until = row.until_on.isoformat() if row.until_on else "撤回"
    return {"publicity_id": row.id, "publish": {**given, "summary": summary, "to": until}}


@handlers.handler("penalty.unpublish")
def unpublish_penalty(job: handlers.Job) -> Result:
    """Take the publication back and say why."""
    reason = str(reading.context(job, "withdraw").get("reason") or "")
    row = penalty_publicity.withdraw(job.connection, job.actor, reading.case_of(job), reason)
    return {"publicity_withdrawn_at": reading.town(row.withdrawn_at) if row is not None else None}


def _served_kind(job: handlers.Job) -> str:
    return job.headers.get("kind") or str(job.variables.get("service_kind") or "penalty_decision")


def _subject(job: handlers.Job) -> str:
    return str(reading.context(job, "enforce").get("subject") or "fine")


def _people(given: Any) -> list[str]:
    return [str(one) for one in given] if isinstance(given, list) else str(given or "").replace("、", ",").split(",")


def _payment(job: handlers.Job, case: Any) -> dict[str, Any]:
    """Return how the fine stands; ``overdue_at`` is the first midnight at which something is late."""
    row = payment.require(job.connection, case)
    return {**payment.shown(job.connection, case, row), **_next(payment.debt_of(job.connection, case, row))}


def _next(debt: late_fee.Debt) -> dict[str, Any]:
    got = sum(part.amount for part in debt.paid)
    wanted, next_on = 0, None
    for part in sorted(debt.plan or [late_fee.Part(debt.due_on, debt.fine)], key=lambda part: part.on):
        wanted += part.amount
        if wanted > got:
            next_on = part.on
            break
    overdue = next_on is not None and next_on < clock.today()
    return {
        "next_due": next_on.isoformat() if next_on else None,
        "overdue_at": reading.midnight(next_on),
        "overdue": overdue,
    }


def _begins(day: date | None) -> str | None:
    return reading.midnight(day - timedelta(days=1)) if day is not None else None
