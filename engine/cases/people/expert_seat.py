"""A seat whose expert cannot judge or stays silent: more time, somebody of a draw anew, or nobody.

Whoever the draw itself ranks next is :func:`engine.cases.people.expert_draw.replace`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.people import expert_draw
from engine.cases.reading import trail
from engine.handling import reasons


def followed(connection: Connection, case: sa.Row[Any], draw_id: int) -> bool:
    """Tell whether anybody of the draw is left to take a seat."""
    row = expert_draw.get(connection, case.id, draw_id)
    return bool(expert_draw.unseated(row, expert_draw.seats_of(connection, draw_id)))


def wait(connection: Connection, actor: audit.Actor, case: sa.Row[Any], draw_id: int, expert: str, why: str) -> None:
    """Give an expert who has not answered the same time once more.

    Raises
    ------
    ExpertNotSeated
        If the expert does not sit in this draw, or has answered.
    ReasonMissing
        If nothing says why.
    """
    row = expert_draw.get(connection, case.id, draw_id)
    expert_draw.waiting(expert_draw.seats_of(connection, draw_id), expert)
    trail.record(connection, case.number, actor, "experts.waited", draw=row.number, before=expert,
                 reason=reasons.given(why))  # fmt: skip


def vacate(connection: Connection, actor: audit.Actor, case: sa.Row[Any], draw_id: int, expert: str, why: str) -> None:
    """Let an expert leave the seat with nobody of the draw to take it; what becomes of it the officer says.

    Raises
    ------
    ExpertNotSeated, ReasonMissing
        As :func:`wait`.
    """
    row = expert_draw.get(connection, case.id, draw_id)
    expert_draw.waiting(expert_draw.seats_of(connection, draw_id), expert)
    why = reasons.given(why)
    expert_draw.rise(connection, draw_id, expert, why)
    trail.record(connection, case.number, actor, "experts.vacated", draw=row.number, before=expert, reason=why)


def draw_anew(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    draw_id: int,
    expert: str,
    *,
    field: str,
    why: str,
    grid: str = "",
) -> sa.Row[Any]:
    """Draw one expert of a field for the seat of another and return the draw; question, fee and papers stay.

    Raises
    ------
    ReasonMissing
        If nothing says why.
    ExpertFieldUsedUp
        If nobody of the field may be drawn.
    ExpertFieldUnknown, ExpertGridUnknown
        As :func:`engine.cases.people.expert_draw.draw`.
    """
    row, why = expert_draw.get(connection, case.id, draw_id), reasons.given(why)
    _leave(connection, draw_id, expert, why)
    shown = sa.select(expert_draw.expert_file.c.file_id).where(expert_draw.expert_file.c.draw_id == draw_id)
    wanted = {"count": 1, "question": row.question, "fee": row.fee, "grid": grid}
    papers = connection.execute(shown).scalars().all()
    known = {seat.expert_id for seat in expert_draw.seats_of_case(connection, case.id)}
    try:
        anew = expert_draw.draw(connection, actor, case, fields=[field], shown=papers, without=known, **wanted)
    except errors.ExpertsTooFew:
        raise errors.ExpertFieldUsedUp from None
    (follows,) = expert_draw.seats_of(connection, anew.id)
    trail.record(connection, case.number, actor, "experts.drawn_anew", draw=anew.number, before=expert,
                 after=follows.expert_id, reason=why)  # fmt: skip
    return anew


def leave_empty(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], draw_id: int, expert: str, why: str
) -> None:
    """Go on without an opinion for a seat.

    Raises
    ------
    ReasonMissing
        If nothing says why.
    """
    row, why = expert_draw.get(connection, case.id, draw_id), reasons.given(why)
    _leave(connection, draw_id, expert, why)
    trail.record(connection, case.number, actor, "experts.left_empty", draw=row.number, before=expert, reason=why)


def _leave(connection: Connection, draw_id: int, expert: str, why: str) -> None:
    """Take an expert out of a seat who has not left it by themselves."""
    if expert_draw.sits(expert_draw.seats_of(connection, draw_id), expert):
        expert_draw.rise(connection, draw_id, expert, why)
