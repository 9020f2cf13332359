"""Generated events: any number of closed ones from a seed, spread over grids, classes and a year, for demonstration."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases.grid import reporting
from engine.cases.grid.items import item_class
from engine.cases.grid.past import history
from engine.cases.grid.past.history import Past
from engine.organisation.grid import node, shape

DAYS = 365
SOURCES = ("网格员", "网格员", "网格员", "网格员", "12345", "群众扫码", "条线系统", "物联报警")
"""How often each source reports, by how often it stands here."""

_MILLION = 1_000_000
OUTCOMES = {"grid": "in_grid", "level2": "level2", "town": "department", "joint": "joint"}


@dataclass(frozen=True)
class _Cell:
    code: str
    parent: str
    name: str
    shape: shape.Shape


def generate(connection: Connection, actor: audit.Actor, count: int, seed: int) -> int:
    """Write so many closed events; the same seed on the same day gives the same events. Return how many."""
    return len(history.write(connection, actor, events(connection, count, seed)))


def report(connection: Connection, count: int, seed: int) -> int:
    """Report so many open events through the process, in the hours before now; return how many were new."""
    chance, begun = Random(f"open {seed}"), 0  # noqa: S311  # it must give the same again
    cells, classes = _cells(connection), _classes(connection)
    for number in range(count):
        cell, kind = chance.choice(cells), chance.choice(classes)
        lon, lat = _place(chance, cell)
        with clock.frozen(clock.now() - timedelta(minutes=chance.randint(1, 600))):
            given = reporting.Report(
                source="网格员", class_code=kind.code, lon=lon, lat=lat, address=f"{cell.name}演示路{number + 1}号",
                description=f"{kind.name}，需要处置。", client_uuid=str(uuid.UUID(int=chance.getrandbits(128))),
            )  # fmt: skip
            begun += reporting.report(connection, audit.Actor("generator"), given)[1] is not None
    return begun


def events(connection: Connection, count: int, seed: int) -> Iterator[Past]:
    """Yield so many closed events in the order of their reports."""
    chance, now = Random(seed), clock.now()  # noqa: S311  # it must give the same again
    cells, classes, version = _cells(connection), _classes(connection), item_class.current(connection).version
    step = timedelta(days=DAYS) / max(count, 1)
    for number in range(count):
        at = now - timedelta(days=DAYS + 30) + number * step
        yield _one(chance, number, at, chance.choice(cells), chance.choice(classes), version)


def _one(chance: Random, number: int, at: datetime, cell: _Cell, kind: Any, version: int) -> Past:
    lon, lat = _place(chance, cell)
    finished = at + timedelta(hours=chance.uniform(1, 72))
    town = kind.level in ("town", "joint")
    source = chance.choice(SOURCES)
    values = {
        "source": source,
        "source_code": "r12345" if source == "12345" else "",
        "external_id": f"generated-{number}" if source == "12345" else None,
        "client_uuid": str(uuid.UUID(int=chance.getrandbits(128))),
        "class_code": kind.code,
        "class_name": kind.name,
        "list_version": version,
        "kind": kind.kind,
        "level_initial": kind.level,
        "level": kind.level,
        "urgency": chance.choice((item_class.ORDINARY, item_class.ORDINARY, item_class.PRESSING, item_class.URGENT)),
        "lon": lon,
        "lat": lat,
        "address": f"{cell.name}演示路{chance.randint(1, 400)}号",
        "grid_code": cell.code,
        "level2_code": cell.parent,
        "description": f"{kind.name}，需要处置。",
        "captured_at": at,
        "reported_at": at,
        "received_at": at,
        "unit": kind.lead_unit if town else None,
        "due_at": at + timedelta(hours=48),
        "handler": "generated-handler",
        "checker": "generated-checker",
        "finished_at": finished,
        "closed_at": finished + timedelta(hours=chance.uniform(1, 24)),
    }
    return Past(key=f"generated-{number}", values=values, outcome=OUTCOMES[kind.level])


def _place(chance: Random, cell: _Cell) -> tuple[float, float]:
    """Return a place inside a cell."""
    west, south, east, north = shape.box(cell.shape)
    while True:
        place = chance.randint(west, east), chance.randint(south, north)
        if shape.where(cell.shape, place) == shape.INSIDE:
            return place[0] / _MILLION, place[1] / _MILLION


def _cells(connection: Connection) -> list[_Cell]:
    rows = node.every(connection, node.CELL)
    shapes = node.shapes(connection, [row.code for row in rows])
    return [_Cell(row.code, row.parent, row.name, shapes[row.code]) for row in rows]


def _classes(connection: Connection) -> list[sa.Row[Any]]:
    return list(item_class.every(connection, item_class.current(connection).version))
