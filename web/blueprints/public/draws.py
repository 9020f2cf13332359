"""Draws of experts for everybody: seed, pool and result, so that anybody can draw again and compare."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.cases.people import expert_draw
from web import database
from web.security import public

blueprint = Blueprint("draws", __name__, url_prefix="/draws")

LONG = 20


@blueprint.get("")
@public
def draws() -> str:
    """List the draws, newest first; nothing says for whose matter they were."""
    below = request.args.get("below", type=int)
    before = below if below is not None and 0 < below < 2**63 else None
    rows = expert_draw.published(database.connection(), before=before, limit=LONG + 1)
    return render_template(
        "public/draws/draws.html",
        rows=rows[:LONG],
        next=rows[LONG - 1].id if len(rows) > LONG else None,
        digest=expert_draw.pool_digest,
        drawn=_drawn,
    )


@blueprint.get("/<draw_no>")
@public
def one(draw_no: str) -> str:
    """Draw again from the published seed and pool, and compare with who sat."""
    connection = database.connection()
    row = expert_draw.published_one(connection, draw_no)
    seats = {seat.rank: seat for seat in expert_draw.seats_of(connection, row.id)}
    again = expert_draw.ranked(row.seed, row.pool)
    return render_template(
        "public/draws/draw.html",
        draw=row,
        digest=expert_draw.pool_digest(row.pool),
        ranks=[(rank, who, expert_draw.mark(row.seed, who), seats.get(rank)) for rank, who in enumerate(again, 1)],
        agrees=all(again[rank - 1] == seat.expert_id for rank, seat in seats.items()),
    )


def _drawn(row: object) -> list[str]:
    """Return who was drawn first, before anybody was replaced."""
    return expert_draw.ranked(row.seed, row.pool)[: row.wanted]  # type: ignore[attr-defined]
