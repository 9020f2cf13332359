"""Supervising: who hears that a clock warns or a result was not good, by posts and level by level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases.clocks import period as periods
from engine.cases.clocks import supervision
from engine.cases.grid import clock as grid_clock
from engine.cases.grid import event, unit_posts
from engine.cases.papers import push

LEADER, MAYOR = "town.leader", "town.mayor"
OVERDUE = 3
"""The mark of a clock that has run out."""
REASONS = {1: "half", 2: "eighty", OVERDUE: "overdue"}
KEYS = {"case": grid_clock.CASE, "step": grid_clock.STEP}


def supervise(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], target: str, grade: str,
    warned: Mapping[str, Any], *, next_at: datetime | None = None, pushed: bool = False,
) -> int | None:  # fmt: skip
    """Open a supervision for the post that the tables name; ``pushed`` tells discipline inspection as well.

    Parameters
    ----------
    target
        ``handler``, ``head``, ``leader``, ``mayor``, or nothing: then nobody is told.
    warned
        ``clock`` (case, step, rework), ``level``, ``overdue`` in per cent, ``subject`` of a step, ``rework``.
    next_at
        When the next level looks, see :func:`next_at`: until then this one answers.

    Raises
    ------
    SupervisionLevelUnknown
        If there is no such grade.
    """
    if not target:
        return None
    post = post_of(connection, case, target)
    reason, facts = _why(connection, case, warned)
    until = next_at or answer_by(connection, case, warned)
    opened = supervision.open_(
        connection, actor, case, level=grade, target=post, reason=reason, answer_by=until, **facts
    )
    if pushed:
        content = {"grade": grade, "post": post, "overdue": int(warned.get("overdue") or 0)}
        push.send(
            connection, actor, case, receiver="discipline", kind="supervision", purpose="supervision", content=content
        )
    return opened


def post_of(connection: Connection, case: sa.Row[Any], target: str) -> str:
    """Return the post that is meant: those who handle it, the head of whoever handles it, the leader, the mayor."""
    if target == "handler":
        return supervision.HANDLER
    if target in ("leader", "mayor"):
        return LEADER if target == "leader" else MAYOR
    me = event.of(connection, case.id)
    if me.unit is not None:
        return unit_posts.head_of(connection, me.unit)
    return f"grid.level2.head@{me.level2_code}" if me.level == "grid" else "grid.center.lead"


def answer_by(connection: Connection, case: sa.Row[Any], warned: Mapping[str, Any] | None = None) -> datetime | None:
    """Return until when a supervision that is opened now wants its answer: the end of the clock that warns of it.

    Without such a clock it is the first end of the event's two clocks; None if none of them lies ahead.
    """
    row = _clock(connection, case, warned)[1] if warned else None
    me = event.of(connection, case.id)
    ends = (row.due_at,) if row is not None else (me.step_due_at, me.due_at)
    return min((end for end in ends if end is not None and end > clock.now()), default=None)


def next_at(connection: Connection, case: sa.Row[Any], warned: Mapping[str, Any], share: int | None) -> datetime | None:
    """Return when the clock will be overdue by a share of its length in per cent, or None if nothing follows."""
    row = _clock(connection, case, warned)[1]
    if share is None or row is None or row.due_at is None:
        return None
    after: timedelta = (row.due_at - row.started_at) * share / 100 + timedelta(seconds=1)
    return grid_clock.ran_out_at(connection, case, row) + after


def look(connection: Connection, case: sa.Row[Any], warned: Mapping[str, Any]) -> dict[str, Any]:
    """Return how things stand now: by how much the clock is overdue, and whether it still is.

    A case clock that stood or was met since, and runs on, warns by itself: it is not looked at twice.
    """
    overdue, row = _clock(connection, case, warned)
    now = grid_clock.round_of(connection, case)
    same = warned.get("clock") != "case" or warned.get("round", now) == now
    return {**warned, "overdue": overdue, "still": row is not None and overdue > 0 and same}


def _clock(connection: Connection, case: sa.Row[Any], warned: Mapping[str, Any]) -> tuple[int, sa.Row[Any] | None]:
    key = KEYS.get(str(warned.get("clock")))
    return grid_clock.overdue(connection, case, key, str(warned.get("subject") or "")) if key else (0, None)


def _why(connection: Connection, case: sa.Row[Any], warned: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if warned.get("clock") == "rework":
        return "rework", {"count": int(warned.get("rework") or 0)}
    _overdue, row = _clock(connection, case, warned)
    period = periods.get(KEYS[str(warned["clock"])])
    return REASONS[int(warned["level"])], {
        "period": period.key,
        "title": period.title,
        "title_en": period.title_en,
        "subject": str(warned.get("subject") or ""),
        "due_on": row.due_on.isoformat() if row is not None and row.due_on else "",
    }
