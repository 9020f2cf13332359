"""Service tasks of the beginning of an enforcement case: who acted, under which power, filed or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.cases.enforcement import lead
from engine.cases.handlers import reading
from engine.flow import handlers

Result = Mapping[str, Any] | None


@handlers.handler("lead.party")
def name_party(job: handlers.Job) -> Result:
    """Write who acted, once the first check has found out."""
    return {"applicant": lead.identify(job.connection, job.actor, reading.case_of(job), reading.context(job, "party"))}
