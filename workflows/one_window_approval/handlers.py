"""Service tasks that only the approval process has; the generic ones are in :mod:`engine.cases.handlers`."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine import calendars, clock, errors, instances, tasks
from engine.cases import case as cases
from engine.cases import closing, deadline
from engine.cases.clocks import setting, supervision
from engine.cases.docket import gaps
from engine.cases.handlers import clocks, papers, reading, together
from engine.cases.papers import document, publicity
from engine.cases.people import rating
from engine.cases.reading import trail
from engine.flow import handlers
from engine.handling import offers
from engine.organisation import receiver, unit
from workflows.one_window_approval import checklist

Result = Mapping[str, Any] | None

WANTS = {"需踏勘": "踏勘", "需专家": "专家评审", "需检测": "检测", "需听证": "听证"}
"""Which special procedure a reviewing unit asks for with its conclusion."""

GROUNDS = {
    "49": ("changed", "变更"),
    "8-change": ("changed", "变更"),
    "8-withdraw": ("revoked", "撤回"),
    "69": ("revoked", "撤销"),
    "69-fraud": ("revoked", "撤销"),
    "70": ("revoked", "注销"),
}
"""What a ground of art. 8, 49, 69, 70 leads to: the result on the file and the word in the decision."""

EXPERTS = "expert.pool"

GAPS = {"deadline": "期限未了结", "document": "缺少文书"}


handlers.handler("approval.together")(together.together)
"""The engine's ``together``, under the name that diagrams of this package drew it with first."""


@handlers.handler("approval.checklist")
def list_materials(job: handlers.Job) -> Result:
    """List the questions of the item and the materials that the answers add or drop; what was entered stays."""
    return checklist.of(job.variables)


@handlers.handler("approval.register")
def register_materials(job: handlers.Job) -> Result:
    """Register the list of the intake; what the answers drop from the item's list is kept as not required.

    What is missing is written down as ``defects`` too, as a correction notice would tell it; the clerk adds to it.
    """
    listed, item = list(reading.variable(job, "materials")), job.variables["item"]
    dropped = checklist.dropped(item, listed)
    known = papers.register(replace(job, variables=ChainMap({"materials": listed + dropped}, dict(job.variables))))
    return {**(known or {}), "defects": checklist.defects(item, (known or {}).get("materials_missing") or ())}


@handlers.handler("approval.state")
def set_state(job: handlers.Job) -> Result:
    """Say where the case stands; a closed case that is decided anew after a remedy stays closed."""
    case = reading.case_of(job)
    if case.closed_at is None:
        cases.set_state(job.connection, job.actor, case, reading.header(job, "state"))
    return None


@handlers.handler("approval.start_clocks")
def start_clocks(job: handlers.Job) -> Result:
    """Start the legal period of the table ``promise_due`` and, where the item promises one, the promise."""
    case = reading.case_of(job)
    deadline.start(job.connection, job.actor, case, str(reading.context(job, "promise")["period"]))
    if case.item.get("promised_limit"):
        deadline.start(job.connection, job.actor, case, "promise")
    return {"deadline": clocks.running(job, case)}


@handlers.handler("approval.meet_clocks")
def meet_clocks(job: handlers.Job) -> Result:
    """End the clocks that the decision meets."""
    case = reading.case_of(job)
    for key in ("decision", "decision_joint", "pre_review", "promise"):
        if deadline.find(job.connection, case, key) is not None:
            deadline.meet(job.connection, job.actor, case, key)
    return {"deadline": clocks.running(job, case)}


@handlers.handler("approval.start_delivery")
def start_delivery(job: handlers.Job) -> Result:
    """Start the ten working days of art. 44, which are for a licence that was granted; a refusal goes out at once."""
    case = reading.case_of(job)
    if reading.variable(job, "outcome") == "granted":
        deadline.start(job.connection, job.actor, case, "delivery")
    return {"deadline": clocks.running(job, case)}


@handlers.handler("approval.stop_clock")
def stop_clock(job: handlers.Job) -> Result:
    """Stop the clock for the procedure at hand from today, the day on which the applicant is told in writing."""
    today = clock.today().isoformat()
    told = {"notice_on": today} if reading.context(job, "special").get("in_writing") else {}
    special = {
        **reading.context(job, "special"),
        **told,
        "kind": reading.context(job, "procedure")["kind"],
        "started_on": today,
    }
    stopped = clocks.stop(replace(job, headers={}, variables=ChainMap({"special": special}, dict(job.variables))))
    return {**(stopped or {}), "special": special}


@handlers.handler("approval.unit_opinion")
def unit_opinion(job: handlers.Job) -> Result:
    """Keep the opinion of one unit, with the special procedure it asks for."""
    conclusion, code = str(reading.variable(job, "conclusion")), str(reading.context(job, "reviewing")["unit"])
    return {
        "unit_opinion": {
            "unit": code,
            "name": unit.name_of(job.connection, code),
            "conclusion": conclusion,
            "basis": job.variables.get("basis"),
            "opinion": job.variables.get("opinion"),
            "by": job.actor.id,
            "wants": WANTS.get(conclusion),
        }
    }


@handlers.handler("approval.extend")
def extend(job: handlers.Job) -> Result:
    """Extend the legal period that runs, approved by whoever completed the approval (行政许可法42).

    Raises
    ------
    BpmnError
        ``extension_refused`` when the period has ended or was extended before.
    """
    case = reading.case_of(job)
    extension = {**reading.context(job, "extension"), "approved_by": job.actor.id}
    period = str(reading.context(job, "promise")["period"])
    try:
        deadline.extend(
            job.connection,
            job.actor,
            case,
            period,
            reason=str(extension.get("reason") or ""),
            approved_by=extension["approved_by"],
        )
    except (errors.ExtensionLate, errors.ExtensionAgain, errors.ExtensionNotForeseen) as refused:
        raise handlers.BpmnError("extension_refused", str(refused)) from refused
    return {"deadline": clocks.running(job, case), "extension": extension}


@handlers.handler("approval.publish")
def publish(job: handlers.Job) -> Result:
    """Publish the decision in its period (行政许可法40); a refusal only where setting ``publish_refusal`` allows."""
    case, outcome = reading.case_of(job), str(reading.variable(job, "outcome"))
    row = publicity.publish(job.connection, job.actor, case, kind=outcome)
    if row is not None:
        deadline.start(job.connection, job.actor, case, "publicity")
        deadline.meet(job.connection, job.actor, case, "publicity")
    return {"publicity_id": row.id if row is not None else None}


@handlers.handler("approval.record_bar")
def record_bar(job: handlers.Job) -> Result:
    """Record until when the applicant may not apply again: header ``years``, 1 by art. 78, 3 by art. 79.

    Only items of public safety, personal health, life and property safety are barred. Setting ``xk_bar_start``
    says whether the bar counts from the decision or from the act.
    """
    case = reading.case_of(job)
    if not case.item.get("safety_class"):
        return {"bar": None}
    from_act = setting.load(job.connection)["xk_bar_start"] == "act"
    start = clock.day(case.received_at) if from_act else clock.today()
    years = int(job.headers.get("years", "1"))
    last = calendars.load(job.connection).months_after(start, 12 * years).day
    bar = {"item": case.item_code, "years": years, "from": start.isoformat(), "until": str(last)}
    trail.record(job.connection, case.number, job.actor, "applicant.barred", **bar)
    return {"bar": bar}


@handlers.handler("approval.watch_licence")
def watch_licence(job: handlers.Job) -> Result:
    """Let the renewal process watch the last day of the certificate that was just handed over."""
    number = str(reading.variable(job, "case_number"))
    names = ("item", "applicant", "agent", "channel", "window", "certificate", "delivery_mode", "decision", "promise")
    known = {name: job.variables.get(name) for name in names}
    instances.start(
        job.connection,
        job.actor,
        "licence_renewal",
        business_key=f"{number}-R{len(document.of(job.connection, reading.case_of(job).id))}",
        variables={**known, "case_number": number, "valid_until": reading.context(job, "certificate")["valid_until"]},
        start_event="licence_renewal_issued",
    )
    return None


@handlers.handler("approval.watch_promise")
def watch_promise(job: handlers.Job) -> Result:
    """Let the check of a promise of conditions wait for its day, beside the case."""
    if not job.variables.get("commitment"):
        return None
    number = str(reading.variable(job, "case_number"))
    names = ("item", "applicant", "agent", "channel", "window", "decision", "promise", "documents", "promise_check_on")
    known = {name: job.variables.get(name) for name in names}
    instances.start(
        job.connection,
        job.actor,
        "promise_check",
        business_key=f"{number}-C1",
        variables={**known, "case_number": number},
    )
    return None


@handlers.handler("approval.watch_grant")
def watch_grant(job: handlers.Job) -> Result:
    """Open a supervision task for every receiver of the grant that the table push_targets names for one (art. 61).

    Where nobody answers for a receiver, the reviewer of the item supervises: the organ that grants has to.
    """
    case, sent = reading.case_of(job), {one["receiver"]: one["id"] for one in reading.variable(job, "pushes")}
    posts = {row.code: row.post for row in receiver.every(job.connection)}
    values = setting.load(job.connection)
    calendar = calendars.load(job.connection, year_end=values["year_end"])
    check_by = calendar.working_days_after(clock.now(), values["licence_check_days"]).at
    known = {name: job.variables.get(name) for name in ("item", "applicant", "agent", "channel", "window", "decision")}
    for target in reading.variable(job, "push_targets"):
        if not target.get("watch"):
            continue
        push_id = sent[str(target["receiver"])]
        post = posts.get(str(target["receiver"]), case.item["reviewer_post"])
        watch = {"push": push_id, "receiver": target["receiver"], "post": post, "check_by": reading.town(check_by)}
        instances.start(
            job.connection,
            job.actor,
            "licence_supervision",
            business_key=f"{case.number}-S{push_id}",
            variables={**known, "case_number": case.number, "watch": watch},
        )
    return None


@handlers.handler("approval.file_afterwards")
def file_afterwards(job: handlers.Job) -> Result:
    """Tell whether the file is in the archive already; if so, the period to add to it begins."""
    case = reading.case_of(job)
    if case.archived_at is not None:
        deadline.start(job.connection, job.actor, case, "archive", started_at=clock.now())
    return {"file_archived": case.archived_at is not None, "archive_gaps": [], "deadline": clocks.running(job, case)}


@handlers.handler("approval.deemed_renewal")
def deemed_renewal(job: handlers.Job) -> Result:
    """Write the renewal that art. 50 deems granted because nobody decided before the last day."""
    decision = {
        "result": "granted",
        "reasons": "申请延续，行政机关在有效期届满前未作决定",
        "basis": "《中华人民共和国行政许可法》第五十条第二款",
    }
    return {"decision": decision, "outcome": "granted", "redecision": True, "certificate": None}


@handlers.handler("approval.change_licence")
def change_licence(job: handlers.Job) -> Result:
    """Turn ground and decision of the change process into the decision on the file."""
    made = reading.context(job, "change_decision")
    result, word = GROUNDS[str(reading.context(job, "change")["ground"])]
    decision = {**{name: made.get(name) for name in ("reasons", "basis", "remedies")}, "result": result}
    return {"decision": decision, "change_word": word}


@handlers.handler("approval.archive_gaps")
def archive_gaps(job: handlers.Job) -> Result:
    """Tell the archivist what still has to be mended before the file may be archived."""
    found = []
    for gap in gaps.of(job.connection, reading.case_of(job)):
        kind, _, name = gap.code.partition(":")
        if kind in GAPS and (kind == "document" or name in closing.AFTERWARDS):
            found.append(f"{GAPS[kind]}：{name}")
    return {"archive_gaps": found, "check_again": False}


@handlers.handler("approval.open_rectification")
def open_rectification(job: handlers.Job) -> Result:
    """Open the mending of a bad rating, or of a complaint, which has no rating; both have the same two periods."""
    case = reading.case_of(job)
    if job.variables.get("rating_id"):
        rating.rectify(job.connection, job.actor, case, int(job.variables["rating_id"]))
    else:
        deadline.start(job.connection, job.actor, case, "rating_contact")
        deadline.start(job.connection, job.actor, case, "rating_fix")
    return {"deadline": clocks.running(job, case)}


@handlers.handler("approval.answering")
def answering(job: handlers.Job) -> Result:
    """Say who answers a supervision, and by when: the posts whose work on the case is open, by the day it is due.

    Without such work the reviewer answers. Experts from outside are not asked to answer for the house.
    """
    task, offered = tasks.task.c, offers.candidate.c
    working = job.connection.execute(
        sa.select(offered.name, task.due_at)
        .join(tasks.task, task.id == offered.task_id)
        .where(task.business_key == reading.case_of(job).number, task.state == "open", offered.kind == "group")
        .where(offered.name != EXPERTS)
    ).all()
    posts = sorted({row.name for row in working}) or [reading.context(job, "item")["reviewer_post"]]
    first = min((row.due_at for row in working if row.due_at), default=None)
    return {"answering_posts": posts, "answer_by": reading.town(first) if first else None}


@handlers.handler("approval.resolve_rectification")
def resolve_rectification(job: handlers.Job) -> Result:
    """Close the mending; what stays unresolved is supervised."""
    case, given = reading.case_of(job), reading.context(job, "rectification")
    if job.variables.get("rating_id"):
        rating.resolve(job.connection, job.actor, case, int(job.variables["rating_id"]), given)
    elif not given.get("resolved"):
        target = setting.load(job.connection)["supervise_overdue"]
        supervision.open_(
            job.connection, job.actor, case, level="supervise", target=target, reason="rectification_failed"
        )
    return {"rectified": bool(given.get("resolved"))}


@handlers.handler("approval.remedy_answered")
def remedy_answered(job: handlers.Job) -> Result:
    """End the town's period to answer, whichever of the three runs."""
    case = reading.case_of(job)
    for key in ("remedy_reconsideration", "remedy_reconsideration_simple", "remedy_litigation"):
        if deadline.find(job.connection, case, key) is not None:
            deadline.meet(job.connection, job.actor, case, key)
    return {"answered_at": reading.town(clock.now())}
