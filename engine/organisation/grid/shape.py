"""The shape of a grid: polygons in whole millionths of a degree, so that every question about them has an exact answer.

Read from GeoJSON (RFC 7946): longitude first, WGS 84. Nothing here knows the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine import errors
from engine.errors import N_
from engine.organisation.grid import earth

MILLION = 1_000_000
MOST_CORNERS = 2000
"""A cell with more is a drawing error or meant to keep the server busy; the demo town's largest has 166."""

Point = tuple[int, int]
Ring = tuple[Point, ...]
Shape = tuple[Ring, ...]
"""Rings without their closing corner: what they enclose lies to the left, so outer ones run against the clock."""
Edge = tuple[Point, Point]
Box = tuple[int, int, int, int]
"""West, south, east, north."""

OUTSIDE, BORDER, INSIDE = -1, 0, 1


def point(lon: object, lat: object) -> Point:
    """Return a place in millionths of a degree, 11 cm; the half of one goes to the even number.

    Raises
    ------
    PointWrong
        If longitude or latitude is no number or no place on earth.
    """
    try:
        x, y = (_millionths(value) for value in (lon, lat))
    except (ArithmeticError, ValueError, TypeError) as problem:
        raise errors.PointWrong(lon=str(lon), lat=str(lat)) from problem
    if abs(x) > 180 * MILLION or abs(y) > 90 * MILLION:
        raise errors.PointWrong(lon=str(lon), lat=str(lat))
    return x, y


def _millionths(value: object) -> int:
    if not isinstance(value, float | Decimal | int) or isinstance(value, bool):
        raise TypeError(f"no number: {value!r}")
    return round(value * MILLION)


def read(grid: str, geometry: Any) -> Shape:
    """Return the shape of a GeoJSON Polygon or MultiPolygon.

    Raises
    ------
    ShapeUnreadable
        If it is neither, has too many corners, or crosses or touches itself; the error names the grid and the place.
    """
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    parts = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    if kind == "Polygon":
        parts = [parts]
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(parts, list) or not parts:
        raise errors.ShapeUnreadable(grid=grid, reason=N_("it is neither a Polygon nor a MultiPolygon"))
    rings = [ring for part in parts for ring in _polygon(grid, part)]
    if sum(map(len, rings)) > MOST_CORNERS:
        raise errors.ShapeUnreadable(grid=grid, reason=N_("it has too many corners"))
    found = tuple(rings)
    _refuse_touching(grid, found)
    return found


def _polygon(grid: str, part: object) -> Iterator[Ring]:
    if not isinstance(part, list) or not part:
        raise errors.ShapeUnreadable(grid=grid, reason=N_("a polygon has no ring"))
    for number, raw in enumerate(part):
        ring = _ring(grid, raw)
        outer, against_the_clock = number == 0, _doubled(ring) > 0
        yield ring if outer == against_the_clock else ring[::-1]


def _ring(grid: str, raw: object) -> Ring:
    if not isinstance(raw, list) or not all(isinstance(corner, list) and len(corner) >= 2 for corner in raw):
        raise errors.ShapeUnreadable(grid=grid, reason=N_("a ring is no list of corners"))
    corners = [point(*corner[:2]) for corner in raw]
    if len(corners) < 4 or corners[0] != corners[-1]:
        raise errors.ShapeUnreadable(grid=grid, reason=N_("a ring does not end where it begins"))
    ring = tuple(one for one, other in pairwise(corners) if one != other)
    if len(ring) < 3 or not _doubled(ring):
        raise errors.ShapeUnreadable(grid=grid, reason=N_("a ring encloses nothing"))
    return ring


def _refuse_touching(grid: str, found: Shape) -> None:
    if len({corner for ring in found for corner in ring}) < sum(map(len, found)):
        raise errors.ShapeUnreadable(grid=grid, reason=N_("it touches itself in a corner"))
    every = sorted(edges(found), key=lambda edge: min(edge[0][0], edge[1][0]))
    for number, one in enumerate(every):
        east = max(one[0][0], one[1][0])
        for other in every[number + 1 :]:
            if min(other[0][0], other[1][0]) > east:
                break
            if not set(one) & set(other) and meet(one, other):
                raise errors.ShapeUnreadable(grid=grid, reason=N_("it crosses itself"))
            if len(set(one) & set(other)) == 1 and _doubles_back(one, other):
                raise errors.ShapeUnreadable(grid=grid, reason=N_("it crosses itself"))


def _doubles_back(one: Edge, other: Edge) -> bool:
    """Tell whether two edges that share a corner lie on each other."""
    (shared,) = set(one) & set(other)
    (a,), (b,) = ([corner for corner in edge if corner != shared] for edge in (one, other))
    return (
        turn(shared, a, b) == 0
        and (a[0] - shared[0]) * (b[0] - shared[0]) + (a[1] - shared[1]) * (b[1] - shared[1]) > 0
    )


def drawn(polygon: Mapping[str, Any]) -> Shape:
    """Return the shape that :func:`written` wrote, unchecked."""
    parts = polygon["coordinates"] if polygon["type"] == "MultiPolygon" else [polygon["coordinates"]]
    return tuple(tuple(point(*corner) for corner in ring[:-1]) for part in parts for ring in part)


def written(found: Shape) -> dict[str, Any]:
    """Return a shape as GeoJSON."""
    outer: list[list[Any]] = []
    for ring in found:
        corners = [[x / MILLION, y / MILLION] for x, y in (*ring, ring[0])]
        if _doubled(ring) > 0:
            outer.append([corners])
        else:
            outer[-1].append(corners)
    if len(outer) == 1:
        return {"type": "Polygon", "coordinates": outer[0]}
    return {"type": "MultiPolygon", "coordinates": outer}


def edges(found: Iterable[Ring]) -> Iterator[Edge]:
    """Yield the directed edges; what is enclosed lies to the left of each."""
    for ring in found:
        yield from zip(ring, (*ring[1:], ring[0]), strict=True)


def box(found: Shape) -> Box:
    """Return the rectangle around a shape."""
    xs, ys = zip(*(corner for ring in found for corner in ring), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def inner_point(found: Shape) -> tuple[float, float]:
    """Return longitude and latitude of a place inside: the middle of the widest stretch of a line across the middle."""
    _west, south, _east, north = box(found)
    corners = {y for ring in found for _x, y in ring}
    y = next(y for y in range((south + north) // 2, north) if y not in corners)
    crossed = sorted(
        x1 + (x2 - x1) * (y - y1) / (y2 - y1) for (x1, y1), (x2, y2) in edges(found) if (y1 > y) != (y2 > y)
    )
    left, right = max(zip(crossed[::2], crossed[1::2], strict=True), key=lambda ends: ends[1] - ends[0])
    return round((left + right) / 2) / MILLION, y / MILLION


def doubled_area(found: Iterable[Ring]) -> int:
    """Return twice the area, in square millionths of a degree, exactly."""
    return sum(_doubled(ring) for ring in found)


def square_metres(found: Shape) -> int:
    """Return the area in the plane that touches the earth at the shape's middle."""
    _, south, _, north = box(found)
    middle = (south + north) / 2 / MILLION
    return round(doubled_area(found) / 2 * earth.east_m(middle) * earth.north_m(middle) / MILLION**2)


def _doubled(ring: Sequence[Point]) -> int:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges([tuple(ring)]))


def turn(a: Point, b: Point, c: Point) -> int:
    """Return more than 0 if c lies left of the line from a to b, 0 if on it, less if right of it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])


def on(edge: Edge, place: Point) -> bool:
    """Tell whether a place lies on an edge, its ends included."""
    (x1, y1), (x2, y2) = edge
    x, y = place
    return min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2) and turn(*edge, place) == 0


def cross(one: Edge, other: Edge) -> bool:
    """Tell whether two edges cut each other, each between its own ends."""
    a, b = turn(*one, other[0]), turn(*one, other[1])
    c, d = turn(*other, one[0]), turn(*other, one[1])
    return (a > 0 > b or a < 0 < b) and (c > 0 > d or c < 0 < d)


def meet(one: Edge, other: Edge) -> bool:
    """Tell whether two edges have a point in common."""
    return cross(one, other) or any(on(one, end) for end in other) or any(on(other, end) for end in one)


def where(found: Iterable[Ring], place: Point) -> int:
    """Return whether a place lies outside, on the border or inside."""
    x, y = place
    inside = False
    for ring in found:
        x1, y1 = ring[-1]
        for x2, y2 in ring:
            if (y1 > y) != (y2 > y):
                side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
                if side == 0:
                    return BORDER
                if (side > 0) == (y2 > y1):
                    inside = not inside
            elif y == y2 and (x == x2 or (y == y1 and min(x1, x2) <= x <= max(x1, x2))):
                return BORDER
            x1, y1 = x2, y2
    return INSIDE if inside else OUTSIDE
