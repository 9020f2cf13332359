"""Throwing rows away that are no record: some at a time, so that nobody waits for a long statement."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection


def forget(connection: Connection, table: sa.Table, which: sa.ColumnElement[bool], most: int) -> int:
    """Throw away ``most`` rows of a table at the most that meet a condition; return how many there were."""
    key = table.primary_key.columns.values()
    some = sa.select(*key).where(which).limit(most)
    return connection.execute(sa.delete(table).where(sa.tuple_(*key).in_(some))).rowcount
