"""How many metres a degree is, and how far two places are apart: the one rule for the whole town.

At a town's size the plane that touches the earth between two places is exact enough.

Source of the figures: World Geodetic System 1984, National Imagery and Mapping Agency TR8350.2, table 3.1 (semi-major
axis and flattening). The radii of curvature follow from them: of the meridian a(1 − e²) / W³, across it a / W, where
W² = 1 − e² sin² of the latitude.
"""

from __future__ import annotations

from math import cos, hypot, radians, sin

AXIS_M, FLATTENING = 6_378_137.0, 1 / 298.257223563
"""The half axis in metres and the flattening of WGS 84, in which phones tell where they are."""
_ECCENTRIC = FLATTENING * (2 - FLATTENING)


def north_m(lat: float) -> float:
    """Return how many metres a degree of latitude is at a latitude."""
    return radians(AXIS_M * (1 - _ECCENTRIC) / _bent(lat) ** 1.5)


def east_m(lat: float) -> float:
    """Return how many metres a degree of longitude is at a latitude."""
    return radians(AXIS_M / _bent(lat) ** 0.5 * cos(radians(lat)))


def from_m(lon: float, lat: float, other_lon: float, other_lat: float) -> tuple[float, float]:
    """Return how far the second place lies east and north of the first, in metres."""
    middle = (lat + other_lat) / 2
    return (other_lon - lon) * east_m(middle), (other_lat - lat) * north_m(middle)


def apart_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return how far two places are apart, in metres."""
    return hypot(*from_m(lon, lat, other_lon, other_lat))


def _bent(lat: float) -> float:
    return 1 - _ECCENTRIC * sin(radians(lat)) ** 2
