"""Service tasks of the beginning of an enforcement case: what happened, who acted, under which power, filed or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine import errors
from engine.cases.enforcement import filing, lead, licence, officer, power
from engine.cases.handlers import clocks, papers, reading
from engine.flow import handlers

Result = Mapping[str, Any] | None


@handlers.handler("power.offer")
def offer(job: handlers.Job) -> Result:
    """List the powers in force for a form."""
    return {"powers": [_choice(row) for row in power.search(job.connection)]}


def _choice(row: sa.Row[Any]) -> dict[str, str]:
    english = f"{row.name_en or row.name} ({row.code})"
    return {"label": f"{row.name}（{row.code}）", "label:en": english, "value": row.code}


@handlers.handler("power.choose")
def choose(job: handlers.Job) -> Result:
    """Choose the power that covers the act; the list that the form offered is not needed any more."""
    code = str(reading.variable(job, "power_code"))
    item = filing.choose(job.connection, job.actor, reading.case_of(job), code, _other_powers(job))
    return {"item": item, "transfer_decision": power.transfer(job.connection)}


def _other_powers(job: handlers.Job) -> list[str]:
    other = job.variables.get("other_power")
    return [str(other)] if other else []


@handlers.handler("lead.from_licence")
def from_licence(job: handlers.Job) -> Result:
    """Take in as a lead what the supervision of a licence found, if it is a breach."""
    found = reading.context(job, "finding")
    if found.get("result") != "breach":
        return {"lead_number": None}
    taken = licence.breach(job.connection, job.actor, reading.case_of(job), found, watched=job.business_key)
    return {"lead_number": taken.number if taken is not None else None}


@handlers.handler("lead.check")
def check(job: handlers.Job) -> Result:
    """Write what the first check found out, and look for cases about the same act."""
    party, act = reading.context(job, "party"), reading.context(job, "act")
    if job.variables.get("power_code"):
        filing.require_highest(job.connection, str(job.variables["power_code"]), _other_powers(job))
    applicant = filing.check(job.connection, job.actor, reading.case_of(job), party, act)
    known = {**party, "name": applicant["name"], "id_no": applicant["id_masked"]}
    duplicates = filing.duplicates(job.connection, reading.case_of(job))
    return {"applicant": applicant, "party": known, "duplicates": duplicates, "powers": None}


@handlers.handler("lead.merge")
def merge(job: handlers.Job) -> Result:
    """Join the lead to the open case about the same act, if there is one."""
    if not job.variables.get("merge_into"):
        return None
    case = filing.merge(job.connection, job.actor, reading.case_of(job), str(job.variables["merge_into"]))
    return {"outcome": case.outcome}


@handlers.handler("lead.answer")
def answer(job: handlers.Job) -> Result:
    """Tell who reported that the lead is not filed; nobody reported, nobody is told."""
    if not reading.context(job, "lead").get("reporter"):
        return None
    return papers.issue(replace(job, headers={"kind": "not_filed_notice"}))


@handlers.handler("officers.offer")
def offer_officers(job: handlers.Job) -> Result:
    """List the officers of a team, with the number of the licence that is valid today, for a form."""
    team = str(reading.variable(job, "team"))
    return {"team_officers": officer.offered(job.connection, reading.case_of(job), team, "officer")}


@handlers.handler("case.file")
def file(job: handlers.Job) -> Result:
    """File the case with its officers; where the head has not agreed nothing is done."""
    given, case = reading.context(job, "filing"), reading.case_of(job)
    if given.get("decision") not in (None, "file"):
        return None
    chosen = _persons(job, given.get("officers"))
    declared = given.get("declared") is True
    distinct = str(job.variables.get("distinct_reason") or "")
    filed = filing.file(job.connection, job.actor, case, chosen, declared=declared, distinct=distinct)
    names = officer.shown(job.connection, case, chosen)
    return {
        "officers": names,
        "filed_at": reading.town(filed.accepted_at),
        "deadline": clocks.running(job, filed),
        "team_officers": None,
    }


@handlers.handler("case.begin_anew")
def begin_anew(job: handlers.Job) -> Result:
    """Open the case in which the town acts anew, as the reconsideration organ or the court has ordered."""
    case, given = reading.case_of(job), reading.context(job, "recon")
    why = f"{given.get('authority') or ''} {given.get('no') or ''}".strip()
    begun = lead.begin_anew(job.connection, job.actor, case, why, {"team": job.variables.get("team")})
    return {"anew_case": begun.number}


@handlers.handler("officer.replace")
def replace_officer(job: handlers.Job) -> Result:
    """Let another officer take over from one, where somebody is replaced."""
    if not job.variables.get("replacement"):
        return None
    given, case = reading.context(job, "replacement"), reading.case_of(job)
    officer.replace(
        job.connection, job.actor, case, str(given.get("person") or ""), str(given.get("by") or ""),
        reason=str(given.get("reason") or ""),
    )  # fmt: skip
    acting = [row.person for row in officer.acting(job.connection, case.id)]
    return {"officers": officer.shown(job.connection, case, acting)}


def _persons(job: handlers.Job, given: Any) -> list[str]:
    if not isinstance(given, list):
        raise errors.HandlerInputMissing(element=job.element, place="list", name="officers")
    return [str(one) for one in given]
