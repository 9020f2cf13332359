"""The post: what work is offered to. Its code is the candidate group of process files, for example ``hall.window``.

A post that is held for a unit or a grid has a scope; its holders then belong to the group of the post
(``hall.window``) and to the one of their place (``hall.window@W03``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db, errors
from engine.organisation import unit
from engine.organisation.grid.node import grid_node

SCOPES = ("none", "grid", *unit.SCOPES)

post = sa.Table(
    "post",
    db.metadata,
    sa.Column("code", sa.String(60), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("unit", sa.ForeignKey(unit.unit.c.code), nullable=False),
    sa.Column("scope", sa.String(20), nullable=False),
    sa.Column("min_holders", sa.Integer, nullable=False),
    sa.Column("max_holders", sa.Integer),
    sa.Column("requires", db.Json, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("certainty", sa.String(12), nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.CheckConstraint(f"scope IN ({', '.join(repr(scope) for scope in SCOPES)})", name="scope_known"),
    sa.CheckConstraint("min_holders >= 0", name="min_holders_counted"),
    sa.CheckConstraint("max_holders IS NULL OR max_holders >= min_holders", name="max_above_min"),
)
"""``requires``: the qualifications a holder needs; ``facts``: lanes, notes and what else the tenant's files say."""


def group(code: str, scope: str = "") -> str:
    """Return the candidate group of a post at a place: ``hall.window@W03``."""
    return f"{code}@{scope}" if scope else code


def code_of(group: str) -> str:
    """Return the post of a candidate group, whatever its place."""
    return group.partition("@")[0]


def get(connection: Connection, code: str, *, lock: bool = False) -> sa.Row[Any]:
    """Return a post; ``lock`` keeps others from filling it until the transaction ends.

    Raises
    ------
    PostUnknown
        If there is none with this code.
    """
    query = sa.select(post).where(post.c.code == code)
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise errors.PostUnknown(post=code)
    return found


def every(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return all posts in the order of the tenant's files."""
    return connection.execute(sa.select(post).order_by(post.c.position)).all()


def groups(connection: Connection) -> frozenset[str]:
    """Return every candidate group that a process file may name: posts, posts at their places, alliances."""
    places: dict[str, list[str]] = {}
    for row in connection.execute(sa.select(unit.unit.c.kind, unit.unit.c.scope).where(unit.unit.c.scope.is_not(None))):
        places.setdefault(row.kind, []).append(row.scope)
    places["grid"] = list(connection.execute(sa.select(grid_node.c.code)).scalars())
    found = set(places.get("alliance", ()))
    for row in connection.execute(sa.select(post.c.code, post.c.scope)):
        found.add(row.code)
        found.update(group(row.code, scope) for scope in places.get(row.scope, ()))
    return frozenset(found)
