"""Service tasks of judging: discretion, draft, review, notice and plea, hearing, recheck, discussion, decision."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine import clock, errors
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import service
from engine.cases.enforcement.investigation import evidence
from engine.cases.enforcement.judging import (
    amount,
    collective,
    discretion,
    draft,
    fine_elsewhere,
    hearing,
    notification,
    penalty,
    plea,
    recheck,
    review,
)
from engine.cases.handlers import papers, reading
from engine.cases.handlers.enforcement import sheets
from engine.flow import handlers
from engine.ground.counting import midnight_after
from engine.organisation import person

Result = Mapping[str, Any] | None

POINTS = {
    "subject": "主体和人员资格",
    "power": "权限和时效",
    "procedure": "程序",
    "evidence": "事实和证据",
    "law": "法律适用",
    "discretion": "裁量",
    "documents": "文书",
    "crime": "涉嫌犯罪",
}
"""The points of the review as its documents call them."""
REVIEWED = {"passed": "通过", "supplement": "补正", "disagreed": "不同意"}


@handlers.handler("discretion.propose")
def propose(job: handlers.Job) -> Result:
    """Find step and amounts for what the investigation has proved; where no penalty is proposed there is nothing to."""
    if not reading.context(job, "penalty").get("kinds"):
        return {"discretion": None}
    given, item = reading.context(job, "discretion_input"), reading.context(job, "item")
    reason = str(given.get("reason") or "")
    found = discretion.Found(
        powers=[str(code) for code in given.get("powers") or [item.get("code")]],
        party=str(reading.context(job, "party").get("kind") or "citizen"),
        criteria=[str(step) for step in given.get("criteria") or ()],
        circumstances=[
            one if isinstance(one, Mapping) else {"id": str(one), "proved": True, "reason": reason}
            for one in given.get("circumstances") or ()
        ],
        stage=str(given.get("stage") or "first"),
        base=given.get("base"),
        reduce=bool(given.get("reduce")),
        spare=bool(given.get("spare")),
    )
    return {"discretion": discretion.propose(job.connection, found)}


@handlers.handler("fine.elsewhere")
def note_fine_elsewhere(job: handlers.Job) -> Result:
    """Note what another organ has fined already, where the report says so."""
    given = reading.context(job, "fined")
    if given.get("known") is True:
        fine_elsewhere.note(job.connection, job.actor, reading.case_of(job), given)
    return None


@handlers.handler("draft.keep")
def keep(job: handlers.Job) -> Result:
    """Keep what is to be decided as a version of the draft; the same content stays the same version."""
    case, content = reading.case_of(job), _content(job)
    given, reason = reading.context(job, "discretion"), str(reading.context(job, "penalty").get("deviation") or "")
    fine = draft.fine_of(content)
    if fine:
        fine_elsewhere.require_none(job.connection, case)
    deviates = bool(fine) and discretion.require(given, fine, reason)
    found = {**given, "review_required": given.get("review_required") or deviates} if given else None
    row = draft.keep(job.connection, job.actor, case, content, discretion=found, deviation=reason if deviates else "")
    penalty_text = "；".join(_said(kind) for kind in content["penalty"]) or "不予行政处罚"
    return {
        "draft": draft.shown(row),
        "fine": {"amount": fine, "amount_cn": amount.in_words(fine)},
        "penalty": {**reading.context(job, "penalty"), "kinds": content["penalty"], "text": penalty_text},
    }


@handlers.handler("review.record")
def record_review(job: handlers.Job) -> Result:
    """Record the legal review of the present draft by whoever completed the task."""
    row = review.review(job.connection, job.actor, reading.case_of(job), reading.context(job, "review"))
    points = "；".join(_point(point, answer) for point, answer in row.checklist.items())
    shown = {
        "result": REVIEWED[row.result],
        "checklist": points,
        "draft_hash": row.draft_hash,
        "reviewer": _name(job, row.reviewer),
        "opinion": row.opinion,
    }
    return {"review": shown, "review_result": row.result}


@handlers.handler("notice.serve")
def serve_notice(job: handlers.Job) -> Result:
    """Record that the draft was told to the party, with its rights, and how long it has."""
    case, told = reading.case_of(job), reading.context(job, "notice")
    hearing_told = bool(job.variables.get("hearing_told"))
    row = notification.tell(job.connection, job.actor, case, told, hearing_told=hearing_told)
    return _standing(job, case, row)


@handlers.handler("notice.papers")
def issue_notice(job: handlers.Job) -> Result:
    """Issue the notice and, where the right to a hearing was told, the notice of it; both were served as it says."""
    told = reading.context(job, "notice")
    kinds = ["penalty_notice", *(["hearing_right"] if job.variables.get("hearing_told") else [])]
    written = sheets.issue(job, kinds, f"{told['id']}")
    delivery = {"mode": told["mode"], "recipient": told["recipient"], "served_at": told["served_on"]}
    headers = {"kind": kinds[0], "variant": f"{told['id']}", "with": ",".join(kinds[1:])}
    papers.serve(replace(job, headers=headers, variables=ChainMap({"delivery": delivery}, dict(job.variables))))
    number = written["documents"]["penalty_notice"]["number"]
    return {**written, "notice": {**told, "no": number}}


@handlers.handler("notice.answer")
def take_answer(job: handlers.Job) -> Result:
    """Take in what the party said: a plea, a request for a hearing, or an explicit waiver."""
    case, answer = reading.case_of(job), reading.context(job, "answer")
    take = _ANSWERS.get(str(answer.get("kind") or ""))
    if take is None:
        raise errors.HandlerInputMissing(element=job.element, place="variable", name="answer.kind")
    take(job, case, answer, reading.day(job, "answer.received_on", answer.get("received_on")) or clock.today())
    return _standing(job, case, notification.require(job.connection, case))


def _plead(job: handlers.Job, case: sa.Row[Any], answer: Mapping[str, Any], day: date) -> None:
    plea.receive(job.connection, job.actor, case, text=str(answer.get("text") or ""), received_on=day)


def _ask_for_hearing(job: handlers.Job, case: sa.Row[Any], answer: Mapping[str, Any], day: date) -> None:
    posted = answer.get("posted_on") if setting.load(job.connection)["post_in_time"] == "in_time" else None
    asked_on = reading.day(job, "answer.posted_on", posted) or day
    if hearing.request(job.connection, job.actor, case, asked_on) is None:
        _plead(job, case, answer, day)


def _waive(job: handlers.Job, case: sa.Row[Any], answer: Mapping[str, Any], day: date) -> None:
    given = {**answer, "received_on": day.isoformat(), "statement": answer.get("text")}
    notification.waive(job.connection, job.actor, case, given)


def _withdraw(job: handlers.Job, case: sa.Row[Any], _answer: Mapping[str, Any], _day: date) -> None:
    hearing.close(job.connection, job.actor, case, {"result": "withdrawn"})


_ANSWERS = {"plea": _plead, "hearing": _ask_for_hearing, "waiver": _waive, "withdrawal": _withdraw}
"""What the party may say, and what is done with it."""


@handlers.handler("notice.standing")
def stand(job: handlers.Job) -> Result:
    """Say how the notice stands: how long the party has, what must be heard, whether a hearing is to be held."""
    case = reading.case_of(job)
    return _standing(job, case, notification.require(job.connection, case))


@handlers.handler("hearing.plan")
def plan_hearing(job: handlers.Job) -> Result:
    """Fix day and place of the hearing; whoever does chairs it."""
    case, given = reading.case_of(job), reading.context(job, "hearing")
    row = hearing.plan(job.connection, job.actor, case, {**given, "chair": job.actor.id})
    shown = {"chair": _name(job, row.chair), "at": reading.town(row.held_at), "id": row.id}
    shown["when"] = shown["at"][:16].replace("T", " ")
    shown["tell_by"] = row.tell_by.isoformat()
    return {"hearing": {**given, **shown, "result": None, "objection": None}, "tell_at": reading.midnight(row.tell_by)}


@handlers.handler("hearing.papers")
def issue_hearing(job: handlers.Job) -> Result:
    """Issue what belongs to a hearing as it stands: notice and announcement before it, record and report after it."""
    row = hearing.of(job.connection, reading.case_of(job).id)[0]
    kinds = {
        "planned": ["hearing_notice", *(["hearing_announcement"] if row.public else [])],
        "held": ["hearing_record", "hearing_report"],
    }.get(row.state, [])
    return sheets.issue(job, kinds, clock.now().isoformat())


@handlers.handler("hearing.serve")
def serve_hearing(job: handlers.Job) -> Result:
    """Record an attempt to serve the notice of the hearing, with its receipt, and say what is next."""
    case, given = reading.case_of(job), reading.context(job, "serving")
    tried = service.shown(job.connection, hearing.serve(job.connection, job.actor, case, given))
    seen = replace(job, variables=ChainMap({"service": tried}, dict(job.variables)))
    receipt = sheets.issue(seen, ["service_receipt"], clock.now().isoformat()) if tried["done"] else {}
    standing = _standing(job, case, notification.require(job.connection, case))
    return {**receipt, **standing, "service": tried, "serving": None}


@handlers.handler("hearing.close")
def close_hearing(job: handlers.Job) -> Result:
    """Say how the hearing ended, unless it is to be arranged anew."""
    case, given = reading.case_of(job), reading.context(job, "hearing")
    if given.get("result") == "replan":
        return None
    row = hearing.close(job.connection, job.actor, case, given)
    return {"hearing_result": row.state}


@handlers.handler("recheck.record")
def record_recheck(job: handlers.Job) -> Result:
    """Keep the draft as it stands after what the party said, with its discretion, and compare it with what was told.

    Without anything entered under ``discretion_input`` the discretion stays as it was.
    """
    case, entered = reading.case_of(job), reading.context(job, "discretion_input")
    found = dict(propose(job) or {}) if entered.get("criteria") else {}
    kept = {**found, **(keep(replace(job, variables=ChainMap(found, dict(job.variables)))) or {})}
    if notification.last(job.connection, case.id) is None:  # no penalty was to be told of
        return {**kept, "recheck": None}
    given = reading.context(job, "rechecking")
    row = recheck.recheck(job.connection, job.actor, case, given)
    said = "；".join(one.text for one in plea.of(job.connection, case.id))
    about = {**reading.context(job, "plea"), "text": said, "result": row.reasons}
    return {**kept, "plea": about, "recheck": row.result}


@handlers.handler("collective.record")
def record_discussion(job: handlers.Job) -> Result:
    """Record the collective discussion; what it changed in the penalty is written by the recheck that follows."""
    case, given = reading.case_of(job), reading.context(job, "meeting")
    kinds = given.get("kinds") if given.get("changed") else None
    row = collective.discuss(job.connection, job.actor, case, {"members": given.get("members"), "kinds": kinds})
    changed = row.agreed != draft.require(job.connection, case).content["penalty"]
    written: dict[str, Any] = {"meeting": {**collective.shown(row), "changed": changed}}
    if changed:
        written["penalty"] = {**reading.context(job, "penalty"), "kinds": row.agreed}
    return written


@handlers.handler("penalty.ready")
def ready(job: handlers.Job) -> Result:
    """Say what is still missing before the decision: a recheck, a review of just this draft."""
    case, present = reading.case_of(job), draft.require(job.connection, reading.case_of(job))
    known, heard = review.last(job.connection, case.id), hearing.require_done(job.connection, case)
    due_on = penalty.due_on(job.connection, case)
    passed = known is not None and known.result == "passed" and known.draft_hash == present.content_hash
    fresh = passed and (heard is None or known.reviewed_at > heard)  # type: ignore[union-attr]  # passed: it is there
    return {
        "review_needed": not fresh,
        "plea_open": bool(plea.unheard(job.connection, case.id)),
        "notice_needed": bool(present.content["penalty"])
        and not recheck.is_told(job.connection, case, present.content),
        "discussed": collective.is_agreed(job.connection, case, present.content),
        "hearing_was_held": heard is not None,
        "decide_on": due_on.isoformat(),
        "decide_by": reading.town(midnight_after(due_on)),
    }


@handlers.handler("penalty.decide")
def decide(job: handlers.Job) -> Result:
    """Make the decision that whoever completed the task wants, on what the variables say now."""
    case, made = reading.case_of(job), reading.context(job, "decision")
    row = penalty.decide(
        job.connection,
        job.actor,
        case,
        penalty.Wanted(
            result=str(made.get("result") or ""),
            reason=str(made.get("reason") or ""),
            content=_content(job),
            performance=str(reading.context(job, "penalty").get("performance") or ""),
            remedies=str(reading.context(job, "remedy").get("text") or ""),
            education=str(made.get("education") or ""),
            grounds=job.variables.get("no_penalty_grounds") or (),
            suspected=bool(reading.context(job, "police_rule").get("transfer")),
            review_required=job.variables.get("review_required") is not False,
            collective_required=job.variables.get("collective_required") is not False,
            overdue_reason=str(made.get("overdue_reason") or ""),
            extension=made.get("extension") or {},
        ),
    )
    decided_at = reading.town(row.decided_at)
    about = {**made, "date": decided_at[:10], "id": row.id}
    head = {"opinion": row.reasons, "decided_at": decided_at, "name": _name(job, row.decided_by)}
    return {"decision": about, "decision_result": made["result"], "head": head, "outcome": row.result}


@handlers.handler("penalty.papers")
def issue_decision(job: handlers.Job) -> Result:
    """Issue the sheet of approval and the decision; a transfer has papers of its own."""
    result = str(reading.context(job, "decision").get("result"))
    decisions = {"penalty": "penalty_decision", "no_penalty": "no_penalty_decision"}
    decisions["not_established"] = decisions["no_penalty"]
    kinds = ["decision_approval", *([decisions[result]] if result in decisions else [])]
    written = sheets.issue(job, kinds, "")
    numbers = {kind: paper["number"] for kind, paper in (written.get("documents") or {}).items()}
    return {**written, "decision": {**reading.context(job, "decision"), "no": numbers.get(kinds[-1])}}


@handlers.handler("setting.fill")
def fill_setting(job: handlers.Job) -> Result:
    """Fill in a figure for the kind of party of the case; header ``key``, reads filled {value, origin}."""
    given, kind = reading.context(job, "filled"), str(reading.context(job, "party").get("kind") or "citizen")
    key = f"{reading.header(job, 'key')}_{discretion.party_of(job.connection, kind)}"
    value, origin = int(given.get("value") or 0), str(given.get("origin") or "")
    setting.change(job.connection, job.actor, key, value, reason=origin)
    return None


def _content(job: handlers.Job) -> dict[str, Any]:
    """Return what is to be decided as the variables say it, on the usable evidence of the register.

    Where the register holds none the process may name the pieces itself.
    """
    rows = evidence.of(job.connection, reading.case_of(job).id)
    pieces = [{"id": row.number, "sha256": row.sha256} for row in rows if evidence.usable(row)]
    named = reading.context(job, "evidence").get("items") or () if not rows else pieces
    return draft.content_of({name: reading.context(job, name) for name in ("act", "item", "penalty")}, named)


def _standing(job: handlers.Job, case: sa.Row[Any], row: sa.Row[Any]) -> dict[str, Any]:
    """Return the variables that say how a notice stands; from ``wait_until`` on it holds nothing up."""
    shown = notification.shown(job.connection, row)
    until, opened = shown["open_until"], plea.unheard(job.connection, case.id)
    hearings = [one for one in hearing.of(job.connection, case.id) if one.notice_id == row.id]
    answered = bool(opened or hearings)
    asked = {**reading.context(job, "hearing"), "request_due": shown["hearing_due_on"]}
    return {
        "notice": {**reading.context(job, "notice"), **shown},
        "plea": {**reading.context(job, "plea"), "due": shown["plea_due_on"]},
        "hearing": asked,
        "hearing_open": any(one.state in hearing.OPEN for one in hearings),
        "hearing_planned": any(one.state == "planned" for one in hearings),
        "hearing_served": any(hearing.is_told(one) for one in hearings),
        "plea_open": bool(opened),
        "answered": answered,
        "recheck": None if answered else "unchanged",
        "wait_until": reading.town(midnight_after(date.fromisoformat(until)) if until else clock.now()),
        "waiting": until is not None and date.fromisoformat(until) >= clock.today(),
    }


def _point(point: str, answer: Mapping[str, Any]) -> str:
    note = f"（{answer['note']}）" if answer["note"] else ""
    return f"{POINTS[point]}：{'符合' if answer['holds'] else '不符合'}{note}"


def _name(job: handlers.Job, who: str) -> str:
    return person.names(job.connection, [who]).get(who, who)


def _said(kind: Mapping[str, Any]) -> str:
    if kind["text"]:
        return str(kind["text"])
    return f"{kind['kind']}{kind['amount']}元" if kind["amount"] is not None else str(kind["kind"])
