"""Errors of the grid: its cells, their shapes, branches, equipment and the list of items."""

from __future__ import annotations

from engine.errors.base import Conflict, NotFound, Refused


class GridUnknown(NotFound):
    """There is no grid {grid}."""


class GridClosed(Conflict):
    """The grid {grid} was closed. Now there is: {successors}."""


class GridTwice(Conflict):
    """There is or was a grid {grid} already. Give the new one another code: old events keep theirs."""


class GridNotReplaceable(Refused):
    """{grids} cannot be replaced together. Name cells of level 3 that lie in one grid of level 2."""


class GridHasBranches(Refused):
    """{grid} has the party branches {branches}. Say for each to which of the new grids it goes."""


class GridHeirMissing(Refused):
    """Name one of the new grids whose holders answer for what is still open in {grids}; {heir} is none."""


class PointWrong(Refused):
    """{lon}, {lat} is no place: give longitude from -180 to 180 and latitude from -90 to 90, in degrees."""


class PointOutsideTown(Refused):
    """{lon}, {lat} lies outside the town: no grid answers for it. Move the pin, or tell the neighbouring town."""


class ShapeUnreadable(Refused):
    """The shape of {grid} cannot be used: {reason}. Give a GeoJSON Polygon with longitude first."""


class ShapesOverlap(Refused):
    """{one} and {other} overlap. Draw their common border along the same corners."""


class ShapeBeyond(Refused):
    """{grid} reaches beyond {whole}. Draw it along the corners of the outer border."""


class ShapesLeaveHole(Refused):
    """There is a hole in {whole} at {lon}, {lat}, beside {grids}. Every place belongs to a grid: draw one over it."""


class DrawingUnreadable(Refused):
    """The drawing is no GeoJSON FeatureCollection of at most 2 MB. Export it from the map program once more."""


class DrawnGridUnnamed(Refused):
    """A feature lacks its properties: code and name, and the category, one of {categories}. Look at {grid}."""


class EquipmentUnknown(NotFound):
    """There is no equipment with the number {no}."""


class EquipmentKindUnknown(Refused):
    """The kit has no {kind}. Choose one of its kinds."""


class EquipmentUnnamed(Refused):
    """Give the thing a number of at most 20 characters, and its serial number of at most 40."""


class CheckDayWrong(Refused):
    """{day} is no day. Write the day of the next check as 2026-12-31."""


class EquipmentTwice(Conflict):
    """The number {no} or the serial number {serial} stands in the register already."""


class EquipmentElsewhere(Conflict):
    """{no} cannot be moved like this: it is {state}. Look at its present state."""


class EquipmentMoveUnknown(Refused):
    """Equipment is returned, sent to repair, repaired, lost or found; {move} is none of these."""


class ItemListMissing(NotFound):
    """No list of grid items has been published yet."""


class ItemListUnknown(NotFound):
    """There is no version {version} of the list of grid items."""


class ItemFileUnreadable(Refused):
    """The file is no list of grid items in JSON of at most 4 MB. Begin with the file of the version in force."""


class ItemListRefused(Refused):
    """The list of grid items cannot be published, {count} findings: {summary}"""


class ItemClassUnknown(NotFound):
    """The list of grid items has no class {item} in version {version}. Choose one of the list."""
