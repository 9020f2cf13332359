"""The domain: the N of 1+18+64+N, one field of government work that runs across all grids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db

grid_domain = sa.Table(
    "grid_domain",
    db.metadata,
    sa.Column("code", sa.String(8), primary_key=True),
    sa.Column("name", sa.String(40), nullable=False, unique=True),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("certainty", sa.String(12), nullable=False),
)


def every(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return all domains in the order of the town's file."""
    return connection.execute(sa.select(grid_domain).order_by(grid_domain.c.position)).all()
