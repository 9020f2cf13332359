"""Service tasks that draw experts from the pool, replace them and take their opinions in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.cases.handlers import reading
from engine.cases.people import access, expert_draw, expert_pool
from engine.flow import handlers

Result = Mapping[str, Any] | None


@handlers.handler("experts.draw")
def draw(job: handlers.Job) -> Result:
    """Draw experts for a question; they read the case only where the question does not hide whose matter it is."""
    case, asked = reading.case_of(job), reading.context(job, "draw")
    fields = [str(asked[name]) for name in ("field", "also") if asked.get(name)]
    shown = asked.get("files") or []
    row = expert_draw.draw(
        job.connection,
        job.actor,
        case,
        fields=fields,
        count=int(asked.get("count") or 0),
        question=str(asked.get("question") or ""),
        grid=str(asked.get("grid") or ""),
        fee=int(asked.get("fee") or 0),
        shown=[int(file_id) for file_id in (shown if isinstance(shown, list) else [shown])],
    )
    seats = expert_draw.seats_of(job.connection, row.id)
    experts = expert_pool.shown(job.connection, [seat.expert_id for seat in seats])
    if asked.get("named"):
        access.grant(job.connection, case.id, [f"person:{expert['id']}" for expert in experts])
    known = {name: getattr(row, name) for name in ("id", "number", "fields", "algorithm", "seed", "pool", "kept_out")}
    return {"expert_draw": known, "experts": experts, "expert_opinions": []}


@handlers.handler("experts.replace")
def replace(job: handlers.Job) -> Result:
    """Let the next in rank sit in the place of an expert who cannot judge."""
    case, draw_id = reading.case_of(job), int(reading.context(job, "expert_draw")["id"])
    why = str(reading.context(job, "expert_opinion").get("reason") or "")
    follows = expert_draw.replace(
        job.connection, job.actor, case, draw_id, str(reading.context(job, "expert")["id"]), why
    )
    if reading.context(job, "draw").get("named"):
        access.grant(job.connection, case.id, [f"person:{follows}"])
    (expert,) = expert_pool.shown(job.connection, [follows])
    return {"expert": expert, "expert_opinion": None}


@handlers.handler("experts.answer")
def answer(job: handlers.Job) -> Result:
    """Take an expert's opinion in, from nobody but that expert."""
    case, given = reading.case_of(job), reading.context(job, "expert_opinion")
    draw_id, said = int(reading.context(job, "expert_draw")["id"]), str(given.get("text") or "")
    vote = str(given.get("vote") or "")
    expert_draw.answer(job.connection, job.actor, case, draw_id, vote=vote, opinion=said)
    expert = reading.context(job, "expert")
    return {"expert_opinion": {**given, "expert": expert["id"], "name": expert["name"], "title": expert["title"]}}
