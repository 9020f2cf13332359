"""The points reached: which check points of the plan a worker's ways passed, within the plan's distance of each.

A point is due once in every span of ``every_days`` days, counted from the first of the month, in which the worker was
on duty. It is reached when a way of that span passes within its ``radius_m``: readings less exact than the plan's
``track_rule`` allows are left out, and between two readings the way is straight unless they lie further apart in time
than the rule's longest gap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import hypot
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock
from engine.cases.grid.patrols import patrol, patrol_plan
from engine.organisation.grid import earth

Rule = Mapping[str, Any]


def passed(points: Iterable[sa.Row[Any]], track: Sequence[Sequence[Any]], rule: Rule) -> set[str]:
    """Return the codes of the points that a way passed; ``track`` as a patrol keeps it."""
    exact = [point for point in track if point[3] <= rule["accuracy_m"]]
    longest = timedelta(minutes=int(rule["max_gap_minutes"]))
    parts = [(exact[0], exact[0])] if len(exact) == 1 else list(pairwise(exact))
    parts = [(one, other) if _apart(one, other) <= longest else (other, other) for one, other in parts]
    return {row.code for row in points if any(_distance_m(row, *part) <= row.radius_m for part in parts)}


def on(connection: Connection, person_id: str, day: date, plan: patrol_plan.Plan) -> set[str]:
    """Return the codes of a cell's points that somebody's ways have passed within their days, up to a day."""
    rule = patrol_plan.track_rule(connection)
    end = clock.midnight(day + timedelta(days=1))
    longest = max((row.every_days for row in plan.points), default=1)
    walks = patrol.of(connection, person_id, end - timedelta(days=longest), end)
    return {
        row.code
        for row in plan.points
        if any(
            passed([row], walk.points, rule)
            for walk in walks
            if walk.started_at >= end - timedelta(days=row.every_days)
        )
    }


def in_month(
    connection: Connection, walks: Iterable[sa.Row[Any]], grid: str, duty: Collection[date], first: date
) -> tuple[int, int]:
    """Return how many points were reached and how many were due in the month that begins on ``first``."""
    rule = patrol_plan.track_rule(connection)
    points = patrol_plan.of(connection, grid, first).points
    passes = [(clock.day(walk.started_at), passed(points, walk.points, rule)) for walk in walks] if rule else []
    reached = due = 0
    for point in points:
        wanted = {_span(day, first, point.every_days) for day in duty}
        made = {_span(day, first, point.every_days) for day, codes in passes if point.code in codes}
        due, reached = due + len(wanted), reached + len(wanted & made)
    return reached, due


def _span(day: date, first: date, every_days: int) -> int:
    return (day - first).days // every_days


def _distance_m(point: sa.Row[Any], one: Sequence[Any], other: Sequence[Any]) -> float:
    """Return how near a straight way comes to a point, in metres."""
    (east, north), (far_east, far_north) = (_from(point, end) for end in (one, other))
    along_east, along_north = far_east - east, far_north - north
    square = along_east**2 + along_north**2
    share = min(max(-(east * along_east + north * along_north) / square, 0), 1) if square else 0
    return hypot(east + share * along_east, north + share * along_north)


def _from(point: sa.Row[Any], reading: Sequence[Any]) -> tuple[float, float]:
    return earth.from_m(point.lon, point.lat, float(reading[1]), float(reading[2]))


def _apart(one: Sequence[Any], other: Sequence[Any]) -> timedelta:
    return datetime.fromisoformat(other[0]) - datetime.fromisoformat(one[0])
