"""Service tasks of an investigation: acts, evidence, recusal, suspension and the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import errors
from engine.cases import case as cases
from engine.cases.enforcement import officer
from engine.cases.enforcement.investigation import act, acting, checks, evidence, fact, recusal
from engine.cases.handlers import reading
from engine.flow import handlers
from engine.organisation import person

Result = Mapping[str, Any] | None

PAPERS = {
    "questioning": "inquiry_record",
    "sampling": "sampling_certificate",
    "seizure": "seizure_record",
}
"""The document of an act's record; every other act has an inspection record."""


@handlers.handler("investigation.begin")
def begin(job: handlers.Job) -> Result:
    """Begin to investigate, or go on, and offer the team's officers to the forms."""
    case = reading.case_of(job)
    cases.set_state(job.connection, job.actor, case, "investigating")
    return {"team_officers": _officers(job, case), "investigation_over": False, "investigation_end": None}


@handlers.handler("act.record")
def record(job: handlers.Job) -> Result:
    """Put the record of an act on file."""
    case, site = reading.case_of(job), reading.context(job, "site")
    kind = job.headers.get("kind") or str(site.get("kind") or "")
    row = act.record(job.connection, job.actor, case, _record(job, site, kind))
    at = {"start": reading.town(row.started_at), "end": reading.town(row.ended_at)}
    known = {**site, **at, "number": row.number, "kind": kind, "document": PAPERS.get(kind, "inspection_record")}
    known["others"] = [one for one in site.get("officers") or () if one != job.actor.id]
    spoken = {"inquiry": {"q_and_a": row.findings}, "sample": {"items": row.findings}}
    return {"site": known, "act_number": row.number, "av": {"record_id": row.recording}, **spoken}


@handlers.handler("act.sign")
def sign(job: handlers.Job) -> Result:
    """Let the other officer sign the record."""
    row = act.sign(job.connection, job.actor, reading.case_of(job), int(reading.variable(job, "act_number")))
    return {"act_signed": row.number}


@handlers.handler("recusal.ask")
def ask_recusal(job: handlers.Job) -> Result:
    """Put on file that an officer is asked to leave the case; the investigation goes on."""
    given = reading.context(job, "challenge")
    row = recusal.ask(
        job.connection,
        job.actor,
        reading.case_of(job),
        officer=str(given.get("officer") or ""),
        asked_by=str(given.get("asked_by") or ""),
        reason=str(given.get("reason") or ""),
        orally=bool(given.get("orally")),
    )
    name = person.get(job.connection, row.person_id).display_name
    return {"challenge": {**given, "id": row.id, "target": name}}


@handlers.handler("recusal.decide")
def decide_recusal(job: handlers.Job) -> Result:
    """Decide on it as the head of the organ."""
    case, given = reading.case_of(job), reading.context(job, "decision")
    acting.require_head(job.connection, job.actor.id, "town.leader", "town.mayor")
    granted = given.get("granted") == "yes"
    row = recusal.decide(
        job.connection,
        job.actor,
        case,
        int(reading.context(job, "challenge")["id"]),
        granted=granted,
        reason=str(given.get("reason") or ""),
        replaced_by=str(given.get("replaced_by") or ""),
    )
    by, acts = str(given.get("replaced_by") or ""), officer.acting(job.connection, case.id)
    replaces = granted and by and any(one.person == row.person_id for one in acts)
    replacement = {"person": row.person_id, "by": by, "reason": f"回避：{row.decided_why}"} if replaces else None
    told = {**given, "result": "同意回避" if granted else "驳回申请"}
    left = _officers(job, case)
    recused = row.person_id if granted else None
    return {"decision": told, "recused": recused, "team_officers": left, "replacement": replacement}


@handlers.handler("investigation.check")
def check(job: handlers.Job) -> Result:
    """Refuse to end an investigation that lacks what the review needs, and list facts and evidence for the report.

    Raises
    ------
    InvestigationIncomplete
        With every finding.
    """
    case = reading.case_of(job)
    found = checks.stopping(job.connection, case, "E7")
    if found:
        raise errors.InvestigationIncomplete(
            count=len(found), findings=[{"text": one.text, "facts": dict(one.facts), "law": one.law} for one in found]
        )
    marked = [one.text.format(**one.facts) for one in checks.findings(job.connection, case, "V4")]
    rows = [row for row in evidence.of(job.connection, case.id) if evidence.usable(row)]
    listed = [f"{row.number}．{row.title}（{row.place}，SHA-256 {row.sha256[:12]}）" for row in rows]
    proofs = fact.proofs(job.connection, case.id)
    facts = [
        {"number": row.number, "text": row.text, "proofs": sorted(by for of, by in proofs if of == row.number)}
        for row in fact.of(job.connection, case.id)
    ]
    proved = [{"number": row.number, "title": row.title, "sha256": row.sha256} for row in rows]
    told = {"evidence": {"list": listed, "rows": proved}, "facts": facts, "evidence_marks": marked}
    return {**told, "investigation_end": "report"}


def _record(job: handlers.Job, site: Mapping[str, Any], kind: str) -> act.Record:
    begins, ends = (reading.moment(job, f"site.{name}", site.get(name)) for name in ("start", "end"))
    corrects = site.get("corrects")
    return act.Record(
        kind=kind,
        started_at=begins,
        ended_at=ends,
        place=str(site.get("place") or ""),
        coordinates=str(site.get("coordinates") or ""),
        officers=[str(one) for one in site.get("officers") or ()],
        licences_shown=bool(site.get("licences_shown")),
        present=[dict(one) for one in site.get("present") or ()],
        findings=str(site.get("findings") or ""),
        recording=str(site.get("recording") or ""),
        signature=str(site.get("signature") or ""),
        signature_note=str(site.get("signature_note") or ""),
        witness=str(site.get("witness") or ""),
        corrects=int(corrects) if corrects else None,
    )


def _officers(job: handlers.Job, case: sa.Row[Any]) -> list[dict[str, str]]:
    return officer.offered(job.connection, case, str(reading.variable(job, "team")), "leader", "officer")
