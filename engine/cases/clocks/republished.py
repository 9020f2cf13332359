"""A calendar year that is published anew: the deadlines that it touches are counted again."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars
from engine.cases import case as cases
from engine.cases import deadline
from engine.ground.counting import midnight_after


@calendars.on_publish
def recompute_for_year(connection: Connection, actor: audit.Actor, year: int) -> int:
    """Count again the running deadlines that a newly published year touches; return how many end on another day.

    Called in the transaction that publishes the year, so no page ever shows days of two calendars.
    """
    first, last = midnight_after(date(year - 1, 12, 31)), midnight_after(date(year, 12, 31))
    touched = connection.execute(
        sa.select(cases.case_file, deadline.deadline.c.id.label("deadline_id"))
        .join(deadline.deadline, deadline.deadline.c.case_id == cases.case_file.c.id)
        .where(
            deadline.deadline.c.state.in_(deadline.RUNNING),
            deadline.deadline.c.started_at < last,
            sa.or_(
                deadline.deadline.c.provisional,
                deadline.deadline.c.due_at.is_(None),
                deadline.deadline.c.due_at >= first,
            ),
        )
        .order_by(deadline.deadline.c.id)
    ).all()
    moved = 0
    for case in touched:
        before = deadline.get(connection, case.deadline_id)
        after = deadline.recompute(connection, actor, case, before, "deadline.recomputed", calendar=year)
        moved += before.due_at != after.due_at
    return moved
