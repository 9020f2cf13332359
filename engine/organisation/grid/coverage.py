"""The coverage: cells that together are exactly the whole, proved without rounding, or where they fail.

Cells leave neither gap nor overlap if their directed edges cancel each other except for those of the whole: then each
point lies inside as many cells as it lies inside the whole, which is one or none. Nothing here knows the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise

from engine import errors
from engine.organisation.grid import shape
from engine.organisation.grid.shape import Box, Edge, Point, Shape


def check(parts: Mapping[str, Shape], whole: str, outline: Shape) -> Iterator[errors.EngineError]:
    """Yield what keeps the parts from being exactly the whole; nothing if they are.

    Yields
    ------
    ShapesOverlap, ShapeBeyond
        For each pair of parts with common ground, and each part that reaches beyond the whole.
    ShapesLeaveHole
        If there is neither, with the parts around the hole and a place at its edge.
    """
    left = _uncancelled(parts, outline)
    if not left:
        return
    faults = [*_overlapping(parts), *_beyond(parts, whole, outline)]
    yield from faults or [_hole(left, parts, whole)]


def _uncancelled(parts: Mapping[str, Shape], outline: Shape) -> set[Edge]:
    """Return the edges that no other cancels, cut wherever a corner of another lies on them."""
    directed = [edge for part in parts.values() for edge in shape.edges(part)]
    rest = _rest([*directed, *((end, start) for start, end in shape.edges(outline))])
    corners = {corner for edge in rest for corner in edge}
    return set(_rest([piece for edge in rest for piece in cut(edge, corners)]))


def union(parts: Iterable[Shape]) -> Shape:
    """Return the outline of shapes that do not overlap."""
    after: dict[Point, list[Point]] = {}
    every = list(parts)
    directed = [edge for part in every for edge in shape.edges(part)]
    rest = _rest(directed)
    corners = {corner for edge in rest for corner in edge}
    for start, end in _rest([piece for edge in rest for piece in cut(edge, corners)]):
        after.setdefault(start, []).append(end)
    rings = []
    while after:
        ring = [min(after)]
        while (ends := after.get(ring[-1])) is not None:
            ring.append(ends.pop())
            if not ends:
                del after[ring[-2]]
        rings.append(tuple(ring[:-1]))
    return tuple(rings)


def _rest(directed: Iterable[Edge]) -> list[Edge]:
    count = Counter(directed)
    return [edge for edge in count for _ in range(count[edge] - count.get((edge[1], edge[0]), 0))]


def cut(edge: Edge, corners: Iterable[Point]) -> Iterator[Edge]:
    """Yield the pieces of an edge between the corners that lie on it."""
    start, end = edge
    stops = {start, end, *(corner for corner in corners if shape.on(edge, corner))}
    row = sorted(stops, reverse=start > end)
    yield from pairwise(row)


def _overlapping(parts: Mapping[str, Shape]) -> Iterator[errors.EngineError]:
    boxes = {code: shape.box(part) for code, part in parts.items()}
    for one, other in combinations(sorted(parts), 2):
        if _apart(boxes[one], boxes[other]):
            continue
        if overlap(parts[one], parts[other]):
            yield errors.ShapesOverlap(one=one, other=other)


def _apart(one: Box, other: Box) -> bool:
    return one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


def overlap(one: Shape, other: Shape) -> bool:
    """Tell whether two shapes have ground in common; a common border is none."""
    mine, theirs = list(shape.edges(one)), list(shape.edges(other))
    if any(shape.cross(a, b) for a in mine for b in theirs):
        return True
    cut_mine, cut_theirs = _pieces(mine, other), _pieces(theirs, one)
    if _any(cut_mine, other, shape.INSIDE) or _any(cut_theirs, one, shape.INSIDE):
        return True
    return bool(set(cut_mine) & set(cut_theirs))


def _pieces(edges: Iterable[Edge], other: Shape) -> list[Edge]:
    corners = [corner for ring in other for corner in ring]
    return [piece for edge in edges for piece in cut(edge, corners)]


def _any(pieces: Iterable[Edge], other: Shape, position: int) -> bool:
    """Tell whether the middle of a piece lies there; twice as fine a scale keeps the middle a whole number."""
    doubled = [tuple((2 * x, 2 * y) for x, y in ring) for ring in other]
    return any(shape.where(doubled, (a[0] + b[0], a[1] + b[1])) == position for a, b in pieces)


def _beyond(parts: Mapping[str, Shape], whole: str, outline: Shape) -> Iterator[errors.EngineError]:
    border = list(shape.edges(outline))
    for code, part in sorted(parts.items()):
        mine = list(shape.edges(part))
        crossing = any(shape.cross(a, b) for a in mine for b in border)
        if crossing or _any(_pieces(mine, outline), outline, shape.OUTSIDE):
            yield errors.ShapeBeyond(grid=code, whole=whole)


def _hole(left: set[Edge], parts: Mapping[str, Shape], whole: str) -> errors.EngineError:
    corners = {corner for edge in left for corner in edge}
    around = [code for code, part in sorted(parts.items()) if corners & {one for ring in part for one in ring}]
    x, y = min(corners)
    place = {"lon": x / shape.MILLION, "lat": y / shape.MILLION}
    return errors.ShapesLeaveHole(grids=", ".join(around), whole=whole, **place)
