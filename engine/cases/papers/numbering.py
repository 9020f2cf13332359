"""Numbers without gaps: one counter per series and year, moved in the transaction that uses the number."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from engine import db

number_series = sa.Table(
    "number_series",
    db.metadata,
    sa.Column("series", sa.String(40), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
    sa.CheckConstraint("last > 0", name="last_positive"),
)


def take(connection: Connection, series: str, year: int) -> int:
    """Return the next number of the series; a rolled-back transaction gives it back, so no number is lost."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(number_series)
        .values(series=series, year=year, last=1)
        .on_conflict_do_update(index_elements=["series", "year"], set_={"last": number_series.c.last + 1})
        .returning(number_series.c.last)
    )
    return int(connection.execute(statement).scalar_one())
