"""The branch: a party branch and the grid it belongs to. A grid that has one is not deleted or closed over its head."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, db, errors
from engine.organisation import trail, unit
from engine.organisation.grid import node

KIND = "branch"

grid_branch = sa.Table(
    "grid_branch",
    db.metadata,
    sa.Column("branch", sa.ForeignKey(unit.unit.c.code), primary_key=True),
    sa.Column("grid", sa.ForeignKey(node.grid_node.c.code), nullable=False),
    sa.Index(None, "grid"),
)


def of(connection: Connection, grids: Iterable[str]) -> Sequence[sa.Row[Any]]:
    """Return the branches of grids as units, each with its ``grid``, by code."""
    query = sa.select(unit.unit, grid_branch.c.grid).join(grid_branch, grid_branch.c.branch == unit.unit.c.code)
    return connection.execute(query.where(grid_branch.c.grid.in_(set(grids))).order_by(unit.unit.c.code)).all()


def every(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return all branches that belong to a grid, each with its ``grid``, by code."""
    query = sa.select(unit.unit, grid_branch.c.grid).join(grid_branch, grid_branch.c.branch == unit.unit.c.code)
    return connection.execute(query.order_by(unit.unit.c.code)).all()


def link(connection: Connection, actor: audit.Actor, branch: str, grid: str) -> None:
    """Let a branch belong to a grid in force, instead of the one it belonged to.

    Raises
    ------
    UnitUnknown
        If there is no such party branch.
    GridUnknown, GridClosed
        If there is no such grid, or others have taken its place.
    """
    if unit.get(connection, branch).kind != KIND:
        raise errors.UnitUnknown(unit=branch)
    node.in_force(connection, grid)
    here = grid_branch.c.branch == branch
    before = connection.execute(sa.select(grid_branch.c.grid).where(here).with_for_update()).scalar_one_or_none()
    if before == grid:
        return
    write = sa.insert(grid_branch).values(branch=branch) if before is None else sa.update(grid_branch).where(here)
    connection.execute(write.values(grid=grid))
    trail.record(connection, actor, "grid.branch_linked", branch=branch, grid=grid, before=before)
