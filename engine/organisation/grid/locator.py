"""The locator: the cells in force held in memory, for whoever has to place many points."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors
from engine.organisation.grid import node, shape

_BUCKET = 5_000
"""Millionths of a degree: half a kilometre, so that most squares meet few cells."""


class Locator:
    """Finds the cells of points by what was in force when it was made."""

    def __init__(self, connection: Connection) -> None:
        table = node.grid_node.c
        query = sa.select(table.code, table.polygon).where(table.level == node.CELL, table.closed_at.is_(None))
        cells = {str(row.code): shape.drawn(row.polygon) for row in connection.execute(query)}
        self._cells = [(shape.box(cells[code]), code, cells[code]) for code in sorted(cells)]
        self._buckets: dict[tuple[int, int], list[tuple[shape.Box, str, shape.Shape]]] = {}

    def at(self, lon: object, lat: object) -> str:
        """Return the code of the cell, as :func:`engine.organisation.grid.node.at` does.

        Raises
        ------
        PointWrong, PointOutsideTown
            If it is no place on earth, or none in the town.
        """
        x, y = place = shape.point(lon, lat)
        for (west, south, east, north), code, cell in self._near(x // _BUCKET, y // _BUCKET):
            if west <= x <= east and south <= y <= north and shape.where(cell, place) != shape.OUTSIDE:
                return code
        raise errors.PointOutsideTown(lon=x / shape.MILLION, lat=y / shape.MILLION)

    def _near(self, column: int, line: int) -> list[tuple[shape.Box, str, shape.Shape]]:
        near = self._buckets.get((column, line))
        if near is None:
            near = [cell for cell in self._cells if _touches(cell[0], column, line)]
            if near:  # squares outside the town are not kept: there is no end to them
                self._buckets[column, line] = near
        return near


def _touches(box: shape.Box, column: int, line: int) -> bool:
    west, south = column * _BUCKET, line * _BUCKET
    return box[0] < west + _BUCKET and box[2] >= west and box[1] < south + _BUCKET and box[3] >= south
