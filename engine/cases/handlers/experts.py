"""Service tasks that draw experts from the pool, replace them and take their opinions in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.cases.handlers import reading
from engine.cases.people import access, expert_draw, expert_pool, expert_seat
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
    return {"expert_draw": _told(row), "experts": experts, "expert_opinions": []}


@handlers.handler("experts.replace")
def replace(job: handlers.Job) -> Result:
    """Let the next in rank sit in the place of an expert who cannot judge."""
    case, draw_id = reading.case_of(job), int(reading.context(job, "expert_draw")["id"])
    why = str(reading.context(job, "expert_opinion").get("reason") or "")
    follows = expert_draw.replace(
        job.connection, job.actor, case, draw_id, str(reading.context(job, "expert")["id"]), why
    )
    return {"expert": _let_in(job, case, follows), "expert_opinion": None}


@handlers.handler("experts.settle")
def settle(job: handlers.Job) -> Result:
    """Settle who judges for an expert who cannot or is silent: as the officer chose, else the next in rank."""
    chosen, opinion = reading.context(job, "seat"), reading.context(job, "expert_opinion")
    choice = str(chosen.get("choice") or "next")
    why = str((chosen if chosen else opinion).get("reason") or "")
    place = _Place(reading.case_of(job), int(reading.context(job, "expert_draw")["id"]), reading.context(job, "expert"))
    return {"seat": None, "expert_opinion": None, **_CHOICES[choice](job, place, why)}


class _Place(NamedTuple):
    """A seat: of which case and draw, and whose it is."""

    case: sa.Row[Any]
    draw_id: int
    expert: Mapping[str, Any]

    @property
    def named(self) -> tuple[sa.Row[Any], int, str]:
        return self.case, self.draw_id, str(self.expert["id"])


def _wait(job: handlers.Job, place: _Place, why: str) -> dict[str, Any]:
    expert_seat.wait(job.connection, job.actor, *place.named, why)
    return {"seated": "yes"}


def _next(job: handlers.Job, place: _Place, why: str) -> dict[str, Any]:
    if not expert_seat.followed(job.connection, place.case, place.draw_id):
        expert_seat.vacate(job.connection, job.actor, *place.named, why)
        return {"seated": "nobody"}
    follows = expert_draw.replace(job.connection, job.actor, *place.named, why)
    return {"seated": "yes", "expert": _let_in(job, place.case, follows)}


def _anew(job: handlers.Job, place: _Place, why: str) -> dict[str, Any]:
    field, grid = (
        str(reading.context(job, name).get(key) or "") for name, key in (("seat", "field"), ("draw", "grid"))
    )
    row = expert_seat.draw_anew(job.connection, job.actor, *place.named, field=field, grid=grid, why=why)
    (follows,) = expert_draw.seats_of(job.connection, row.id)
    return {"seated": "yes", "expert": _let_in(job, place.case, follows.expert_id), "expert_draw": _told(row)}


def _without(job: handlers.Job, place: _Place, why: str) -> dict[str, Any]:
    expert_seat.leave_empty(job.connection, job.actor, *place.named, why)
    return {"seated": "without", "expert_opinion": {**_from(job), "missing": why}}


_CHOICES = {"wait": _wait, "next": _next, "anew": _anew, "without": _without}


@handlers.handler("experts.answer")
def answer(job: handlers.Job) -> Result:
    """Take an expert's opinion in, from nobody but that expert."""
    case, given = reading.case_of(job), reading.context(job, "expert_opinion")
    draw_id, said = int(reading.context(job, "expert_draw")["id"]), str(given.get("text") or "")
    vote = str(given.get("vote") or "")
    expert_draw.answer(job.connection, job.actor, case, draw_id, vote=vote, opinion=said)
    return {"expert_opinion": {**given, **_from(job)}}


def _from(job: handlers.Job) -> dict[str, Any]:
    """Return whose opinion it is, and the draw by which anybody can draw again who it is."""
    expert, draw = reading.context(job, "expert"), reading.context(job, "expert_draw")
    drawn = {name: draw[name] for name in ("number", "fields", "seed", "pool")}
    return {"expert": expert["id"], "name": expert["name"], "title": expert["title"], "draw": drawn}


def _told(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what a process knows of a draw."""
    return {name: getattr(row, name) for name in ("id", "number", "fields", "algorithm", "seed", "pool", "kept_out")}


def _let_in(job: handlers.Job, case: sa.Row[Any], follows: str) -> dict[str, Any]:
    """Return what a process knows of an expert who takes a seat; they read the case where the question is named."""
    if reading.context(job, "draw").get("named"):
        access.grant(job.connection, case.id, [f"person:{follows}"])
    (expert,) = expert_pool.shown(job.connection, [follows])
    return expert
