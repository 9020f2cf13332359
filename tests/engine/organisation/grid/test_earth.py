"""Distances on the ground: by the figures of the ellipsoid that the phones measure on, and the same in every part."""

from __future__ import annotations

import pytest

from engine.organisation.grid import earth

QUARTER_M = 10_001_965.729
"""From the equator to the pole along a meridian of WGS 84."""


def test_degrees_are_those_of_the_ellipsoid() -> None:
    steps = 9000
    width = 90 / steps
    quarter = sum(earth.north_m((step + 0.5) * width) * width for step in range(steps))
    assert quarter == pytest.approx(QUARTER_M, abs=1)
    assert earth.east_m(0) * 360 == pytest.approx(40_075_016.686, abs=0.001)
    assert (round(earth.east_m(31.5)), round(earth.north_m(31.5))) == (95_002, 110_878)


def test_a_distance_is_the_same_both_ways_and_adds_up() -> None:
    hall, bridge = (119.688472, 31.508861), (119.70, 31.52)
    assert earth.apart_m(*hall, *bridge) == earth.apart_m(*bridge, *hall)
    east, north = earth.from_m(*hall, *bridge)
    assert east > 0
    assert north > 0
    middle = (hall[0] + bridge[0]) / 2, (hall[1] + bridge[1]) / 2
    halves = earth.apart_m(*hall, *middle) + earth.apart_m(*middle, *bridge)
    assert halves == pytest.approx(earth.apart_m(*hall, *bridge), abs=0.01)
