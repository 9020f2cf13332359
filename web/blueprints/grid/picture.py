"""The map of the grids as a picture: their shapes as paths in a plane of a thousand units, kept while they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.organisation import trail
from engine.organisation.grid import earth, node, shape
from web import database
from web.shown import remembered

WIDE = 1000


@dataclass(frozen=True)
class Drawn:
    """A grid on the map: its row, the path of its border, and where its name stands."""

    row: Any
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Picture:
    """The cells and the quarters over them, in a plane of these units."""

    width: int
    height: int
    cells: Sequence[Drawn]
    quarters: Sequence[Drawn]


def of_town() -> Picture | None:
    """Return the map of the town, or None where no grid has been drawn."""
    return remembered.of("grid map", _picture, trail.STREAM)


def _picture() -> Picture | None:
    connection = database.connection()
    rows = node.every(connection)
    if not rows:
        return None
    shapes = node.shapes(connection, [row.code for row in rows])
    west, south, east, north = shape.box(tuple(ring for found in shapes.values() for ring in found))
    middle = (south + north) / 2 / shape.MILLION
    across = earth.east_m(middle) / earth.north_m(middle)
    scale = WIDE / ((east - west) * across)

    def placed(corner: shape.Point) -> tuple[int, int]:
        return round((corner[0] - west) * across * scale), round((north - corner[1]) * scale)

    def drawn(level: int) -> list[Drawn]:
        return [
            _drawn(row, [[placed(one) for one in ring] for ring in shapes[row.code]])
            for row in rows
            if row.level == level
        ]

    return Picture(WIDE, round((north - south) * scale), drawn(node.CELL), drawn(node.LEVEL_2))


def _drawn(row: Any, rings: list[list[tuple[int, int]]]) -> Drawn:
    path = "".join(f"M{_points(ring)}Z" for ring in rings)
    x, y = _middle(rings[0])
    return Drawn(row, path, x, y)


def _points(ring: Iterable[tuple[int, int]]) -> str:
    return "L".join(f"{x} {y}" for x, y in ring)


def _middle(ring: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the centre of gravity of what a ring encloses."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        part = x1 * y2 - x2 * y1
        area, x, y = area + part, x + (x1 + x2) * part, y + (y1 + y2) * part
    return (round(x / area / 3), round(y / area / 3)) if area else ring[0]
