"""A check point counts once a way passes it, by readings exact enough, within its distance and its days."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases.grid.patrols import patrol, patrol_plan, reached
from engine.organisation.grid import earth

WORKER = audit.Actor("P132")
GRID, FIRST = "GL-01-01", date(2026, 3, 1)
BEGUN = datetime(2026, 3, 2, 9, tzinfo=clock.TOWN)


def way(connection: Connection, point: Any, *, beside_m: float, accuracy_m: int = 5, minutes: int = 1) -> Any:
    """Keep a patrol from west to east that passes so many metres north of a point."""
    lat = point.lat + beside_m / earth.north_m(31.5)
    east = 100 / earth.east_m(31.5)
    ends = [(BEGUN, point.lon - east), (BEGUN + timedelta(minutes=minutes), point.lon + east)]
    track = [(moment, lon, lat, accuracy_m) for moment, lon in ends]
    name = f"{point.code}-{beside_m}-{accuracy_m}-{minutes}"
    walked = patrol.Walked(name, BEGUN, BEGUN + timedelta(hours=1), track)
    return patrol.keep(connection, WORKER, walked)


def test_a_way_between_two_readings_passes_what_lies_beside_it(connection: Connection) -> None:
    plan, rule = patrol_plan.of(connection, GRID, FIRST), patrol_plan.track_rule(connection)
    point = plan.points[0]
    near = way(connection, point, beside_m=point.radius_m - 5)
    assert point.code in reached.passed(plan.points, near.points, rule)
    assert reached.on(connection, WORKER.id, BEGUN.date(), plan) >= {point.code}
    assert point.code not in reached.on(connection, "P133", BEGUN.date(), plan)
    for far in (
        way(connection, point, beside_m=point.radius_m + 5),
        way(connection, point, beside_m=0, accuracy_m=rule["accuracy_m"] + 1),
        way(connection, point, beside_m=0, minutes=rule["max_gap_minutes"] + 1),
    ):
        assert point.code not in reached.passed(plan.points, far.points, rule), far.client_uuid


def test_a_point_is_due_once_in_its_days_on_duty(
    connection: Connection, at: Callable[..., AbstractContextManager[None]]
) -> None:
    plan = patrol_plan.of(connection, GRID, FIRST)
    daily = next(row for row in plan.points if row.every_days == 1)
    walk = way(connection, daily, beside_m=0)
    duty = [date(2026, 3, 2), date(2026, 3, 3)]
    due = sum(len({(day - FIRST).days // row.every_days for day in duty}) for row in plan.points)
    assert reached.in_month(connection, [walk], GRID, duty, FIRST) == (1, due)
    assert reached.in_month(connection, [walk], GRID, [duty[1]], FIRST)[0] == 0
    assert reached.in_month(connection, [], GRID, [], FIRST) == (0, 0)
    with at(2026, 3, 3, 10):
        assert daily.code not in reached.on(connection, WORKER.id, clock.today(), plan)
