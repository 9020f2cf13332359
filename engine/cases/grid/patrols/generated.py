"""Generated patrols: the rounds that some workers made in the days before now, from a seed, for demonstration."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import ceil
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases.grid.patrols import patrol, patrol_plan
from engine.cases.grid.patrols.patrol import Point, Walked
from engine.organisation import person
from engine.organisation.grid import earth, node

DAYS = 7
CELLS = 5
"""Of so many cells the worker of one walks."""
SETS_OUT = (time(8, 30), time(14, 10))
WALKS = 0.75
"""How likely a worker is out in the morning, or in the afternoon, of a day."""
METRES_A_SECOND = 0.9
"""How fast a worker gets on who looks around on the way."""
WAVERS_M = 4.0
"""How far a phone's reading lies beside the way."""
SENT_AFTER = timedelta(minutes=2)


def generate(connection: Connection, seed: int) -> int:
    """Keep the patrols of the last days that have ended, each as of its end; return how many.

    The same seed on the same day gives the same ones. A worker walks past the check points of the
    plan and back, now and then past all but one.
    """
    chance, now = Random(f"patrols {seed}"), clock.now()  # noqa: S311  # it must give the same again
    rule = patrol_plan.track_rule(connection)
    made = [pair for cell in node.every(connection, node.CELL)[::CELLS] for pair in _of(connection, chance, cell, rule)]
    over = sorted((pair for pair in made if pair[1].ended_at + SENT_AFTER <= now), key=lambda pair: pair[1].ended_at)
    for worker, walked in over:
        with clock.frozen(walked.ended_at + SENT_AFTER):
            patrol.keep(connection, audit.Actor(worker), walked)
    return len(over)


def _of(
    connection: Connection, chance: Random, cell: sa.Row[Any], rule: dict[str, Any]
) -> Iterator[tuple[str, Walked]]:
    """Yield the patrols of a cell, each with who made it."""
    points = patrol_plan.of(connection, cell.code, clock.today()).points
    for worker in person.holders(connection, f"grid.worker@{cell.code}"):
        for back in range(DAYS):
            for hour in SETS_OUT:
                walked = _walked(chance, points, clock.today() - timedelta(days=back), hour, rule["sample_seconds"])
                if chance.random() < WALKS:
                    yield worker.id, walked


def _walked(chance: Random, points: Sequence[sa.Row[Any]], day: date, hour: time, sample_s: int) -> Walked:
    begin = datetime.combine(day, hour, clock.TOWN) + timedelta(seconds=chance.randint(0, 2400))
    left_out = chance.choice((None, None, *points))
    stops = [(row.lon, row.lat) for row in points if row is not left_out]
    track: list[Point] = [
        (begin + timedelta(seconds=at * sample_s), *_beside(chance, place), chance.randint(4, 18))
        for at, place in enumerate(_way([*stops, *stops[-2::-1]], sample_s))
    ]
    key = str(uuid.UUID(int=chance.getrandbits(128)))
    return Walked(key, begin, track[-1][0] if track else begin, track)


def _way(stops: Sequence[tuple[float, float]], sample_s: int) -> Iterator[tuple[float, float]]:
    """Yield where somebody is at every sample who walks from stop to stop."""
    for one, other in pairwise(stops):
        steps = ceil(earth.apart_m(*one, *other) / (METRES_A_SECOND * sample_s)) or 1
        for step in range(steps):
            share = step / steps
            yield one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share
    yield from stops[-1:]


def _beside(chance: Random, place: tuple[float, float]) -> tuple[float, float]:
    lon, lat = place
    east, north = chance.gauss(0, WAVERS_M), chance.gauss(0, WAVERS_M)
    return round(lon + east / earth.east_m(lat), 6), round(lat + north / earth.north_m(lat), 6)
