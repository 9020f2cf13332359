"""The unit: a part of the town or of its neighbours, in one tree; windows and village points are units too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db, errors

SCOPES = ("window", "village_point", "branch", "alliance", "department")
"""Kinds of unit for which a post can be held: a window clerk is one *of a window*."""

EXTERNAL = "ext:"
"""How the code of a department outside the town begins."""

unit = sa.Table(
    "unit",
    db.metadata,
    sa.Column("code", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("parent", sa.ForeignKey("unit.code")),
    sa.Column("scope", sa.String(40)),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("certainty", sa.String(12), nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.UniqueConstraint("kind", "scope"),
    sa.Index(None, "parent"),
    sa.CheckConstraint("parent <> code", name="not_its_own_parent"),
)
"""``scope`` is the code by which posts name the unit (``W03``); ``facts`` what else the tenant's files say."""

unit_member = sa.Table(
    "unit_member",
    db.metadata,
    sa.Column("unit", sa.ForeignKey(unit.c.code), primary_key=True),
    sa.Column("member", sa.ForeignKey(unit.c.code), primary_key=True),
)
"""Units that belong to an alliance across the tree."""


def get(connection: Connection, code: str) -> sa.Row[Any]:
    """Return a unit.

    Raises
    ------
    UnitUnknown
        If there is none with this code.
    """
    found = connection.execute(sa.select(unit).where(unit.c.code == code)).one_or_none()
    if found is None:
        raise errors.UnitUnknown(unit=code)
    return found


def name_of(connection: Connection, code: str) -> str:
    """Return what a unit is called; one that is not of the town is called by its code."""
    return connection.scalar(sa.select(unit.c.name).where(unit.c.code == code)) or code


def every(connection: Connection, kind: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return all units, or those of a kind, in the order of the tenant's files."""
    query = sa.select(unit).order_by(unit.c.position)
    return connection.execute(query.where(unit.c.kind == kind) if kind else query).all()


def at(connection: Connection, kind: str, scope: str) -> sa.Row[Any]:
    """Return the unit that a post's scope names, for example ``at("window", "W03")``.

    Raises
    ------
    UnitUnknown
        If there is none.
    """
    found = connection.execute(sa.select(unit).where(unit.c.kind == kind, unit.c.scope == scope)).one_or_none()
    if found is None:
        raise errors.UnitUnknown(unit=scope)
    return found


def below(connection: Connection, code: str) -> frozenset[str]:
    """Return the codes of a unit and of everything under it."""
    tree = sa.select(unit.c.code).where(unit.c.code == code).cte(recursive=True)
    tree = tree.union_all(sa.select(unit.c.code).join(tree, unit.c.parent == tree.c.code))
    return frozenset(connection.execute(sa.select(tree.c.code)).scalars())


def path(connection: Connection, code: str) -> list[sa.Row[Any]]:
    """Return the unit and everything above it, the top first."""
    tree = sa.select(unit.c.code, unit.c.parent, sa.literal(0).label("height")).where(unit.c.code == code)
    line = tree.cte(recursive=True)
    line = line.union_all(
        sa.select(unit.c.code, unit.c.parent, line.c.height + 1).join(line, unit.c.code == line.c.parent)
    )
    return list(
        connection.execute(sa.select(unit).join(line, line.c.code == unit.c.code).order_by(line.c.height.desc()))
    )
