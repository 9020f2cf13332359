"""The pool of experts: who may be drawn for a question on a day, and why the others may not.

Experts are persons of the unit ``experts`` (:mod:`engine.organisation.tenant_check`): their fields, the time of their
contract, what they must keep away from and how much they take on stand in the town's files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.errors import N_
from engine.organisation import person

UNIT = "experts"

REASONS = {
    "expired": N_("no contract at present"),
    "suspended": N_("suspended from the pool"),
    "enterprise": N_("keeps away from this firm"),
    "grid": N_("keeps away from this grid"),
    "busy": N_("has as much to judge as was agreed"),
    "seated": N_("has or had a seat in this matter"),
}
"""Why an expert of the field is not drawn."""


@dataclass(frozen=True)
class Question:
    """What is to be judged: fields of which one must be an expert's, whose matter it is and where, on which day."""

    fields: tuple[str, ...]
    on: date
    enterprise: str = ""
    grid: str = ""


@dataclass(frozen=True)
class Pool:
    """The experts that may be drawn, by id in order, and those of the field who may not, each with the reason."""

    eligible: tuple[str, ...]
    kept_out: Mapping[str, str]


def of(connection: Connection, question: Question, open_seats: Mapping[str, int]) -> Pool:
    """Return the pool for a question; ``open_seats`` says how many questions each expert has still to answer."""
    rows = connection.execute(
        sa.select(person.person).where(person.person.c.unit == UNIT).order_by(person.person.c.id)
    ).all()
    asked = [row for row in rows if {row.facts.get("field"), row.facts.get("second_field")} & set(question.fields)]
    why = {row.id: _why_not(row, question, open_seats.get(row.id, 0)) for row in asked}
    return Pool(
        tuple(expert for expert, reason in why.items() if reason is None),
        {expert: reason for expert, reason in why.items() if reason is not None},
    )


def but(pool: Pool, without: Collection[str]) -> Pool:
    """Return a pool from which experts who have or had a seat in the matter are kept out."""
    kept = dict.fromkeys((expert for expert in pool.eligible if expert in without), "seated")
    return Pool(tuple(expert for expert in pool.eligible if expert not in kept), {**pool.kept_out, **kept})


def fields(connection: Connection) -> list[str]:
    """Return the fields in which the pool has experts."""
    rows = connection.execute(sa.select(person.person.c.facts).where(person.person.c.unit == UNIT)).scalars()
    return sorted({name for facts in rows for name in (facts.get("field"), facts.get("second_field")) if name})


def shown(connection: Connection, experts: Sequence[str]) -> list[dict[str, Any]]:
    """Return what a process knows of experts, in the order given: ``id, name, title, employer``."""
    rows = {
        row.id: row for row in connection.execute(sa.select(person.person).where(person.person.c.id.in_(list(experts))))
    }
    return [
        {
            "id": expert,
            "name": rows[expert].display_name,
            "title": rows[expert].facts.get("title") or "",
            "employer": rows[expert].facts.get("employer") or "",
        }
        for expert in experts
    ]


def unavailable(row: sa.Row[Any], day: date) -> str | None:
    """Return why an expert is drawn for no question of a day, a key of :data:`REASONS`; None if that may be."""
    facts = row.facts
    if facts.get("status") == "suspended" or not row.on_duty:
        return "suspended"
    if facts.get("status") != "active" or not _within(facts.get("valid_from"), facts.get("valid_until"), day):
        return "expired"
    return None


def _why_not(row: sa.Row[Any], question: Question, seats: int) -> str | None:
    if reason := unavailable(row, question.on):
        return reason
    facts = row.facts
    for avoided in facts.get("avoid") or ():
        about = question.enterprise if avoided["kind"] == "enterprise" else question.grid
        if about and avoided["ref"] == about and _within(avoided.get("from"), avoided.get("until"), question.on):
            return str(avoided["kind"])
    return "busy" if seats >= int(facts.get("max_open_assignments") or 1) else None


def _within(since: Any, until: Any, day: date) -> bool:
    first, last = (date.fromisoformat(value) if value else None for value in (since, until))
    return (first is None or first <= day) and (last is None or day <= last)
