"""The grid node: one cell of the town at one of three levels, from the day it was drawn until others took its place.

The town is level 1, its villages and quarters are level 2, the cells of the grid workers level 3. Cells in force cover
the town without gap or overlap (:mod:`engine.organisation.grid.coverage`); a point on a border belongs to the smallest
code. A cell never changes its shape: when borders move it is closed and succeeded (:mod:`.redrawing`), so that an event
keeps the code under which it was reported and still finds those who answer for the place now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db, errors
from engine.errors import N_
from engine.organisation.grid import shape

TOWN, LEVEL_2, CELL = 1, 2, 3

CATEGORIES = {
    "village": N_("village"),
    "community": N_("community"),
    "industry": N_("industrial park"),
    "commerce": N_("commercial quarter"),
}
"""What kind of place a grid is; workers are assessed by it."""

grid_node = sa.Table(
    "grid_node",
    db.metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("parent", sa.ForeignKey("grid_node.code")),
    sa.Column("category", sa.String(12)),
    sa.Column("polygon", db.Json, nullable=False),
    sa.Column("west", sa.Integer, nullable=False),
    sa.Column("south", sa.Integer, nullable=False),
    sa.Column("east", sa.Integer, nullable=False),
    sa.Column("north", sa.Integer, nullable=False),
    sa.Column("area_m2", sa.BigInteger, nullable=False),
    sa.Column("opened_at", db.Utc, nullable=False),
    sa.Column("closed_at", db.Utc),
    sa.Column("certainty", sa.String(12), nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.Index(None, "parent"),
    sa.Index(None, "level"),
    sa.CheckConstraint("level BETWEEN 1 AND 3", name="level_known"),
    sa.CheckConstraint("(level = 1) = (parent IS NULL)", name="only_the_town_stands_alone"),
    sa.CheckConstraint("parent <> code", name="not_its_own_parent"),
    sa.CheckConstraint(f"category IN ({', '.join(map(repr, CATEGORIES))})", name="category_known"),
    sa.CheckConstraint("west < east AND south < north", name="encloses_ground"),
    sa.CheckConstraint("area_m2 > 0", name="area_positive"),
    sa.CheckConstraint("closed_at > opened_at", name="closes_after_opening"),
)
"""``polygon`` is GeoJSON; ``west`` to ``north`` the rectangle around it in millionths of a degree; ``facts`` what else
the tenant's files say: team, service point, the official code."""

grid_successor = sa.Table(
    "grid_successor",
    db.metadata,
    sa.Column("closed", sa.ForeignKey(grid_node.c.code), primary_key=True),
    sa.Column("successor", sa.ForeignKey(grid_node.c.code), primary_key=True),
    sa.Column("heir", sa.Boolean, nullable=False),
    sa.Index(None, "successor"),
    sa.CheckConstraint("closed <> successor", name="not_its_own_successor"),
)
"""Which cells took the place of a closed one, theirs in turn included. ``heir``: those who answer for this one answer
for what is still open in the closed one."""

_open = grid_node.c.closed_at.is_(None)
_about = [column for column in grid_node.c if column.name != "polygon"]


def row(code: str, found: shape.Shape, opened_at: datetime, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a cell; ``said`` are its name, level, parent, category, certainty and facts."""
    west, south, east, north = shape.box(found)
    return {
        **said,
        "code": code,
        "polygon": shape.written(found),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "area_m2": shape.square_metres(found),
        "opened_at": opened_at,
        "closed_at": None,
    }


def get(connection: Connection, code: str) -> sa.Row[Any]:
    """Return a grid, in force or closed.

    Raises
    ------
    GridUnknown
        If there is none with this code.
    """
    found = connection.execute(sa.select(grid_node).where(grid_node.c.code == code)).one_or_none()
    if found is None:
        raise errors.GridUnknown(grid=code)
    return found


def in_force(connection: Connection, code: str) -> sa.Row[Any]:
    """Return a grid that is in force.

    Raises
    ------
    GridUnknown, GridClosed
        If there is none with this code, or others have taken its place; the error names them.
    """
    found = get(connection, code)
    if found.closed_at is not None:
        raise errors.GridClosed(grid=code, successors=", ".join(successors(connection, code)))
    return found


def every(connection: Connection, level: int | None = None) -> Sequence[sa.Row[Any]]:
    """Return the grids in force, or those of a level, by code, without their shapes."""
    query = sa.select(*_about).where(_open)
    return _by_code(connection.execute(query if level is None else query.where(grid_node.c.level == level)))


def children(connection: Connection, code: str) -> Sequence[sa.Row[Any]]:
    """Return the grids in force directly under one, by code, without their shapes."""
    return _by_code(connection.execute(sa.select(*_about).where(_open, grid_node.c.parent == code)))


def _by_code(rows: Iterable[sa.Row[Any]]) -> list[sa.Row[Any]]:
    return sorted(rows, key=lambda row: str(row.code))


def path(connection: Connection, code: str) -> list[sa.Row[Any]]:
    """Return the grid and those above it, the town first, without their shapes.

    Raises
    ------
    GridUnknown
        If there is none with this code.
    """
    line: list[sa.Row[Any]] = []
    above: str | None = code
    while above is not None:
        found = connection.execute(sa.select(*_about).where(grid_node.c.code == above)).one_or_none()
        if found is None:
            raise errors.GridUnknown(grid=above)
        line.insert(0, found)
        above = found.parent
    return line


def names(connection: Connection) -> dict[str, sa.Row[Any]]:
    """Return every grid, closed ones too, by code, without their shapes."""
    return {row.code: row for row in connection.execute(sa.select(*_about))}


def shapes(connection: Connection, codes: Iterable[str]) -> dict[str, shape.Shape]:
    """Return the shapes of grids by code."""
    query = sa.select(grid_node.c.code, grid_node.c.polygon).where(grid_node.c.code.in_(set(codes)))
    return {row.code: shape.drawn(row.polygon) for row in connection.execute(query)}


def polygons(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return the shapes of the grids in force as GeoJSON by code, the towns first."""
    query = sa.select(grid_node.c.code, grid_node.c.level, grid_node.c.polygon).where(_open)
    rows = sorted(connection.execute(query), key=lambda row: (row.level, row.code))
    return {row.code: row.polygon for row in rows}


def successors(connection: Connection, code: str) -> list[str]:
    """Return the codes of the grids in force that stand where a closed one stood, by code."""
    query = sa.select(grid_successor.c.successor).join(grid_node, grid_node.c.code == grid_successor.c.successor)
    return sorted(connection.execute(query.where(grid_successor.c.closed == code, _open)).scalars())


def predecessors(connection: Connection, code: str) -> list[str]:
    """Return the codes of the closed grids whose ground is now, in part at least, this one's, by code."""
    query = sa.select(grid_successor.c.closed).where(grid_successor.c.successor == code)
    return sorted(connection.execute(query).scalars())


def cells(connection: Connection, code: str) -> list[str]:
    """Return the codes of the cells of level 3 in a grid, itself if it is one, with the closed ones before them."""
    tree = sa.select(grid_node.c.code).where(grid_node.c.code == code).cte(recursive=True)
    tree = tree.union_all(sa.select(grid_node.c.code).join(tree, grid_node.c.parent == tree.c.code))
    here = sa.select(grid_node.c.code).join(tree, tree.c.code == grid_node.c.code).where(grid_node.c.level == CELL)
    before = sa.select(grid_successor.c.closed).where(grid_successor.c.successor.in_(here))
    return sorted(set(connection.execute(here.union(before)).scalars()))


def at(connection: Connection, lon: object, lat: object, moment: datetime | None = None) -> str:
    """Return the code of the cell of level 3 in which a point lies, now or at a moment.

    For many points make a :class:`.locator.Locator`.

    Raises
    ------
    PointWrong
        If longitude or latitude is no number or no place on earth.
    PointOutsideTown
        If no cell holds it.
    """
    x, y = place = shape.point(lon, lat)
    around = (grid_node.c.west <= x, grid_node.c.east >= x, grid_node.c.south <= y, grid_node.c.north >= y)
    then = _open if moment is None else valid_at(moment)
    query = sa.select(grid_node.c.code, grid_node.c.polygon).where(grid_node.c.level == CELL, *around, then)
    for row in _by_code(connection.execute(query)):
        if shape.where(shape.drawn(row.polygon), place) != shape.OUTSIDE:
            return str(row.code)
    raise errors.PointOutsideTown(lon=x / shape.MILLION, lat=y / shape.MILLION)


def valid_at(moment: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that a grid was in force at a moment."""
    later = sa.or_(_open, grid_node.c.closed_at > moment)
    return sa.and_(grid_node.c.opened_at <= moment, later)
