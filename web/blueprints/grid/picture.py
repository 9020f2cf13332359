"""The map of the grids as a picture: their shapes as paths in a plane of a thousand units, kept while they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


@dataclass(frozen=True)
class Way:
    """The ``line`` that somebody walked, over the ``cells`` of hers, with the check points: each row and its place."""

    width: int
    height: int
    cells: str
    line: str
    marks: Sequence[tuple[Any, int, int]]


def of_town() -> Picture | None:
    """Return the map of the town, or None where no grid has been drawn."""
    return remembered.of("grid map", _picture, trail.STREAM)


def _picture() -> Picture | None:
    connection = database.connection()
    rows = node.every(connection)
    if not rows:
        return None
    shapes = node.shapes(connection, [row.code for row in rows])
    height, placed = _plane(tuple(ring for found in shapes.values() for ring in found))

    def drawn(level: int) -> list[Drawn]:
        return [
            _drawn(row, [[placed(one) for one in ring] for ring in shapes[row.code]])
            for row in rows
            if row.level == level
        ]

    return Picture(WIDE, height, drawn(node.CELL), drawn(node.LEVEL_2))


def of_way(track: Sequence[Sequence[Any]], points: Iterable[Any], grounds: Iterable[shape.Shape]) -> Way:
    """Return the picture of a way over the cells of who walked it; ``track`` as a patrol keeps it."""
    marks = [(row, shape.point(row.lon, row.lat)) for row in points]
    walked = tuple(shape.point(lon, lat) for _moment, lon, lat, _accuracy in track)
    rings = [ring for ground in grounds for ring in ground]
    height, placed = _plane((*rings, walked + tuple(place for _row, place in marks)))
    cells = "".join(f"M{_points(map(placed, ring))}Z" for ring in rings)
    line = f"M{_points(map(placed, walked))}" if walked else ""
    return Way(WIDE, height, cells, line, [(row, *placed(place)) for row, place in marks])


def _plane(rings: shape.Shape) -> tuple[int, Callable[[shape.Point], tuple[int, int]]]:
    """Return how high a plane around some rings is, and how a corner is placed in it."""
    west, south, east, north = shape.box(rings)
    middle = (south + north) / 2 / shape.MILLION
    across = earth.east_m(middle) / earth.north_m(middle)
    scale = WIDE / max((east - west) * across, 1)

    def placed(corner: shape.Point) -> tuple[int, int]:
        return round((corner[0] - west) * across * scale), round((north - corner[1]) * scale)

    return round((north - south) * scale), placed


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
