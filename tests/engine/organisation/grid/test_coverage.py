"""Cells are exactly the whole, or the error says which overlap, which reach beyond and where the hole is."""

from __future__ import annotations

from typing import Any

import pytest

from engine import errors
from engine.organisation.grid import coverage, shape

SIDE = 0.01


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [[[x * SIDE, y * SIDE] for x, y in corners]]}


def faults(whole: dict[str, Any], **parts: dict[str, Any]) -> list[str]:
    drawn = {code: shape.read(code, part) for code, part in parts.items()}
    return [str(fault) for fault in coverage.check(drawn, "whole", shape.read("whole", whole))]


def test_cells_that_are_exactly_the_whole_are_accepted() -> None:
    assert faults(square(0, 0, 2, 1), a=square(0, 0, 1, 1), b=square(1, 0, 2, 1)) == []


def test_a_corner_on_the_straight_border_of_a_neighbour_leaves_no_gap() -> None:
    assert faults(square(0, 0, 2, 2), a=square(0, 0, 2, 1), b=square(0, 1, 1, 2), c=square(1, 1, 2, 2)) == []


@pytest.mark.parametrize(
    "other",
    [square(1, 0, 2, 2), square(0, 0, 2, 2), square(0.5, 0.5, 1, 1), square(0, 0, 1, 1), square(0, 0, 3, 2)],
    ids=["side by side", "the same", "inside", "in the corner", "around"],
)
def test_cells_with_common_ground_are_named(other: dict[str, Any]) -> None:
    said = faults(square(0, 0, 3, 2), a=square(0, 0, 2, 2), b=other)
    assert said == ["a and b overlap. Draw their common border along the same corners."]


def test_a_hole_is_named_with_those_around_it() -> None:
    said = faults(square(0, 0, 3, 1), a=square(0, 0, 1, 1), b=square(2, 0, 3, 1))
    assert said == [
        "There is a hole in whole at 0.01, 0.0, beside a, b. Every place belongs to a grid: draw one over it."
    ]


def test_a_sliver_of_a_tenth_of_a_metre_is_a_hole_too() -> None:
    bent = square(0, 0, 1, 1)
    bent["coordinates"][0][2][0] -= 0.000001
    assert faults(square(0, 0, 2, 1), a=bent, b=square(1, 0, 2, 1))[0].startswith("There is a hole in whole")


def test_a_cell_beyond_the_border_is_named() -> None:
    said = faults(square(0, 0, 2, 1), a=square(0, 0, 1, 1), b=square(1, 0, 3, 1))
    assert said == ["b reaches beyond whole. Draw it along the corners of the outer border."]


def test_a_cell_may_lie_in_the_hole_of_another() -> None:
    ring, inner = square(0, 0, 3, 3), square(1, 1, 2, 2)
    ring["coordinates"].append(inner["coordinates"][0])
    assert faults(square(0, 0, 3, 3), a=ring, b=inner) == []
    assert faults(square(0, 0, 3, 3), a=ring)[0].startswith("There is a hole in whole at 0.01, 0.01, beside a")


def test_the_outline_of_neighbours_has_no_border_inside() -> None:
    both = [shape.read("a", square(0, 0, 1, 1)), shape.read("b", square(1, 0, 2, 2))]
    assert shape.doubled_area(coverage.union(both)) == sum(map(shape.doubled_area, both))
    assert len(list(shape.edges(coverage.union(both)))) == 7


def test_a_shape_is_written_as_it_was_read() -> None:
    apart = {
        "type": "MultiPolygon",
        "coordinates": [square(0, 0, 1, 1)["coordinates"], square(2, 0, 3, 1)["coordinates"]],
    }
    for geometry in (square(0, 0, 1, 1), apart):
        assert shape.written(shape.read("a", geometry)) == geometry
        assert shape.drawn(shape.written(shape.read("a", geometry))) == shape.read("a", geometry)


BOW_TIE = [[0, 0], [0.01, 0.01], [0.01, 0], [0, 0.02], [0, 0]]
SPUR = [[0, 0], [0.02, 0], [0.01, 0], [0.01, 0.01], [0, 0]]
TOUCHING = [[0, 0], [0.01, 0], [0.02, 0.01], [0.01, 0.02], [0, 0.01], [0.02, 0.01], [0, 0]]


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "it is neither a Polygon nor a MultiPolygon"),
        ({"type": "Point", "coordinates": [0, 0]}, "it is neither a Polygon nor a MultiPolygon"),
        ({"type": "Polygon", "coordinates": []}, "a polygon has no ring"),
        ({"type": "Polygon", "coordinates": ["north"]}, "a ring is no list of corners"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}, "a ring does not end where it begins"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [2, 0], [0, 0]]]}, "a ring encloses nothing"),
        ({"type": "Polygon", "coordinates": [BOW_TIE]}, "it crosses itself"),
        ({"type": "Polygon", "coordinates": [SPUR]}, "it crosses itself"),
        ({"type": "Polygon", "coordinates": [TOUCHING]}, "it touches itself in a corner"),
        ({"type": "Polygon", "coordinates": [[[0, i / 1e5] for i in range(2001)] + [[1, 0], [0, 0]]]}, "too many"),
    ],
)
def test_a_drawing_that_is_no_shape_is_refused(geometry: Any, reason: str) -> None:
    with pytest.raises(errors.ShapeUnreadable, match=reason):
        shape.read("a", geometry)


@pytest.mark.parametrize("place", [(181, 0), (0, 91), (float("nan"), 0), (float("inf"), 0), ("119", 31), (True, 0)])
def test_what_is_no_place_on_earth_is_refused(place: tuple[Any, Any]) -> None:
    with pytest.raises(errors.PointWrong):
        shape.point(*place)
