"""Service tasks that take in material and send out documents, publications, pushes and notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine import clock, errors
from engine.cases.handlers import reading
from engine.cases.papers import document, material, notice, publicity, push, template
from engine.flow import handlers

Result = Mapping[str, Any] | None


@handlers.handler("material.register")
def register(job: handlers.Job) -> Result:
    """Write what was handed in and tell what is missing."""
    given = reading.variable(job, "materials")
    if not isinstance(given, list):
        raise errors.HandlerInputMissing(element=job.element, place="list", name="materials")
    checked = material.register(job.connection, job.actor, reading.case_of(job), given)
    return {
        "materials_missing": list(checked.missing),
        "materials_complete": checked.complete,
        "minor_missing": checked.minor_only,
    }


@handlers.handler("document.issue")
def issue(job: handlers.Job) -> Result:
    """Issue a document from a template of the package the case runs on."""
    kind, variant = reading.header(job, "kind"), job.headers.get("variant", "")
    draft = template.Draft(
        kind=kind,
        templates=document.templates(job.connection, job.instance_id),
        data={name: job.variables[name] for name in job.variables},
        variant=variant,
        title=job.headers.get("title", ""),
        title_en=job.headers.get("title_en", "").replace("_", " "),
    )
    row = document.issue(job.connection, job.actor, reading.case_of(job), draft)
    shown = document.shown(row)
    return {"document": shown, "documents": {**reading.context(job, "documents"), kind: shown}}


@handlers.handler("document.serve")
def serve(job: handlers.Job) -> Result:
    """Record that a document reached its addressee, and with it those that were handed over in the same moment."""
    given, case = reading.context(job, "delivery"), reading.case_of(job)
    served_at, proof = given.get("served_at"), given.get("proof_file")
    variant = job.headers.get("variant", "")
    beside = [kind.strip() for kind in job.headers.get("with", "").split(",") if kind.strip()]
    issued = [kind for kind in beside if document.find(job.connection, case.id, kind, variant) is not None]
    service = document.Service(
        mode=str(given.get("mode") or job.headers.get("mode") or ""),
        recipient=str(given.get("recipient") or reading.context(job, "applicant").get("name") or ""),
        served_at=reading.day_or_moment(job, "delivery.served_at", served_at) if served_at else clock.now(),
        proof_file=int(proof) if proof else None,
    )
    rows = [
        document.serve(job.connection, job.actor, case, service, kind=kind, variant=variant)
        for kind in (reading.header(job, "kind"), *issued)
    ]
    return {"served_at": reading.town(rows[0].served_at), "served_documents": [document.shown(row) for row in rows]}


@handlers.handler("publicity.publish")
def publish(job: handlers.Job) -> Result:
    """Publish the decision or a notice."""
    days = job.headers.get("days")
    row = publicity.publish(
        job.connection,
        job.actor,
        reading.case_of(job),
        kind=job.headers.get("kind", ""),
        days=int(days) if days else None,
    )
    return {"publicity_id": row.id if row is not None else None}


@handlers.handler("push.send")
def send(job: handlers.Job) -> Result:
    """Tell other units what they must know."""
    case, kind = reading.case_of(job), job.headers.get("kind", "notice")
    decision, applicant = reading.context(job, "decision"), reading.context(job, "applicant")
    content = {
        "applicant": str(applicant.get("name") or ""),
        "outcome": case.outcome,
        "decided_on": clock.day(case.decided_at).isoformat() if case.decided_at else "",
        "valid_until": str(decision.get("valid_until") or ""),
        "note": str(job.variables.get("push_note") or ""),
    }
    pushes = [
        {
            "receiver": receiver,
            "id": push.send(
                job.connection, job.actor, case, receiver=receiver, kind=kind, purpose=purpose, content=content
            ),
        }
        for receiver, purpose in _receivers(job)
    ]
    return {"pushes": pushes}


@handlers.handler("push.confirm")
def confirm(job: handlers.Job) -> Result:
    """Note that a push was read: whoever has done what it asks for has it. One that never left stays to be sent."""
    push_id = int(reading.variable(job, "push_id"))
    if push.one(job.connection, push_id).sent_at is not None:
        push.confirm(job.connection, job.actor, push_id, seen=True)
    return None


def _receivers(job: handlers.Job) -> Iterable[tuple[str, str]]:
    purpose = job.headers.get("purpose", "")
    if job.headers.get("receivers"):
        named = [name.strip() for name in job.headers["receivers"].split(",") if name.strip()]
        return [(name, purpose) for name in named]
    targets = reading.variable(job, "push_targets")
    if not isinstance(targets, list):
        raise errors.HandlerInputMissing(element=job.element, place="list", name="push_targets")
    return [
        (str(target["receiver"]), str(target.get("purpose") or purpose))
        if isinstance(target, Mapping)
        else (str(target), purpose)
        for target in targets
    ]


_DUE = {
    "accepted": ("promise", "decision", "decision_joint", "pre_review"),
    "hearing_right": ("hearing_request",),
    "extended": ("decision_joint", "decision", "promise"),
}
"""Which period's last day a message tells, the first that runs."""


@handlers.handler("notify.applicant")
def notify(job: handlers.Job) -> Result:
    """Tell the applicant something."""
    case, message = reading.case_of(job), reading.header(job, "message")
    kind = job.headers.get("document", "")
    document_id = _issued(job, case, kind) if kind else None
    notice.tell(job.connection, job.actor, case, message, _facts(job, case, message), document_id)
    return {"notified_at": reading.town(clock.now())}


def _issued(job: handlers.Job, case: sa.Row[Any], kind: str) -> int | None:
    """Return the document of a kind that the process issued last; a kind may come in several variants."""
    known = reading.context(job, "documents").get(kind)
    if known:
        return int(known["id"])
    issued = document.find(job.connection, case.id, kind)
    return issued.id if issued is not None else None


def _facts(job: handlers.Job, case: sa.Row[Any], message: str) -> dict[str, Any]:
    running = reading.context(job, "deadline")
    due = next((running[key]["due_on"] for key in _DUE.get(message, ()) if running.get(key)), None)
    special, decision = reading.context(job, "special"), reading.context(job, "decision")
    extension = reading.context(job, "extension")
    return {
        "missing": "、".join(str(name) for name in job.variables.get("materials_missing") or []) or "—",
        "due_on": due or "—",
        "reason": str(extension.get("reason") or job.variables.get("reason") or "—"),
        "kind": str(special.get("kind") or "—"),
        "days_needed": str(special.get("days_needed") or "—"),
        "outcome": case.outcome or "—",
        "valid_until": str(decision.get("valid_until") or "—"),
        "measure": str(reading.context(job, "rectification").get("measure") or "—"),
    }
