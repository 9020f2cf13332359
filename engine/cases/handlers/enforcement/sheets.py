"""Service tasks that issue the papers a step calls for only sometimes: by what was said, chosen, served or pushed."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases.enforcement import pushes
from engine.cases.enforcement.execution import rule45, service
from engine.cases.handlers import papers, reading
from engine.cases.papers import push
from engine.cases.people import party
from engine.flow import handlers
from engine.organisation import receiver

Result = Mapping[str, Any] | None

ANSWERS = {"plea": "plea_record", "waiver": "waiver"}
"""What paper an answer of the party makes, which it signs; a request for a hearing is its own paper."""

TOLD = {
    "applicant": "当事人",
    "cause": "案由",
    "penalty": "处罚",
    "licences": "关联许可事项",
    "officers": "执法人员",
    "licence_numbers": "执法证号",
    "decided_on": "决定日期",
}
"""What a push tells, as its sheet calls it."""


def issue(job: handlers.Job, kinds: Sequence[str], variant: str) -> dict[str, Any]:
    """Issue documents of one variant; what one writes the next reads."""
    written: dict[str, Any] = {}
    about = party.shown(party.get(job.connection, reading.case_of(job).applicant_id))
    for kind in kinds:
        named = {"party": {**about, **reading.context(job, "party")}}
        seen = ChainMap(written, named, dict(job.variables))
        written.update(papers.issue(replace(job, headers={"kind": kind, "variant": variant}, variables=seen)) or {})
    return written


@handlers.handler("answer.papers")
def answered(job: handlers.Job) -> Result:
    """Write down what the party said to the notice, for its signature."""
    answer = reading.context(job, "answer")
    kind = ANSWERS.get(str(answer.get("kind")))
    return issue(job, [kind], clock.now().isoformat()) if kind else None


@handlers.handler("push.papers")
def pushed(job: handlers.Job) -> Result:
    """Keep a sheet of each push of the penalty in the file."""
    case, written = reading.case_of(job), dict(job.variables)
    for row in push.of(job.connection, case.id):
        if row.purpose in pushes.PURPOSES.values():
            seen = {**written, "push": _sheet(job, row)}
            written |= issue(replace(job, variables=seen), [f"push_{row.receiver}"], "")
    return {"documents": written.get("documents")}


@handlers.handler("service.papers")
def served(job: handlers.Job) -> Result:
    """File the receipt; with it the confirmed address of an electronic service, and what the market domain tells.

    45号令8: the party is told in writing at service that the penalty will be public. Each answer that is served later
    has a receipt of its own.
    """
    confirmed = reading.context(job, "service").get("mode") == "electronic"
    market = reading.context(job, "item").get("sector") == rule45.SECTOR
    penalised = job.variables.get("decision_result") == "penalty"
    kinds = [
        "service_receipt",
        *(["address_confirmation"] if confirmed else []),
        *(["publicity_notice"] if market and penalised else []),
    ]
    again = job.variables.get("service_kind") in service.ANSWERS
    return issue(job, kinds, clock.now().isoformat() if again else "")


@handlers.handler("own.papers")
def urged(job: handlers.Job) -> Result:
    """Issue the demand and, before a building is pulled down, the public notice of it (行政强制法44)."""
    demolition = bool(reading.context(job, "demand").get("demolition"))
    return issue(job, ["own_urging", *(["demolition_notice"] if demolition else [])], "")


@handlers.handler("recording.papers")
def recorded(job: handlers.Job) -> Result:
    """Say in the file which recording was made, where one was."""
    known = reading.context(job, "av").get("record_id")
    return issue(job, ["on_the_spot_record", *(["recording_note"] if known else [])], "")


def _sheet(job: handlers.Job, row: sa.Row[Any]) -> dict[str, Any]:
    said = {name: row.payload.get(name) for name in TOLD}
    texts = {name: "、".join(map(str, value)) if isinstance(value, list) else value for name, value in said.items()}
    content = "；".join(f"{TOLD[name]}：{text}" for name, text in texts.items() if text)
    return {"receiver": receiver.name_of(job.connection, row.receiver), "content": content}
