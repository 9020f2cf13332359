"""The allowance: how much an address on the net may store here in a day without anybody having signed in."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from engine import clock, db, errors

FILES, MEGABYTES = 500, 1024
"""Enough for the machines of the hall, which share one address, and too little to fill a disk."""

upload_allowance = sa.Table(
    "upload_allowance",
    db.metadata,
    sa.Column("address", sa.String(64), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)
"""What was used today; the rows of other days are thrown away."""


def use(connection: Connection, address: str, size: int) -> None:
    """Count a file of an address.

    Raises
    ------
    AllowanceUsed
        If the address has stored as many files or bytes today as it may.
    """
    table, today = upload_allowance, clock.today()
    connection.execute(sa.delete(table).where(table.c.day < today))
    used = connection.execute(sa.select(table.c.files, table.c.size).where(*_row(address, today))).one_or_none()
    files, before = used if used is not None else (0, 0)
    if files >= FILES or before + size > MEGABYTES << 20:
        raise errors.AllowanceUsed
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    connection.execute(
        insert.values(address=address[:64], day=today, files=1, size=size).on_conflict_do_update(
            index_elements=["address", "day"],
            set_={"files": table.c.files + 1, "size": table.c.size + insert.excluded.size},
        )
    )


def _row(address: str, day: datetime.date) -> tuple[sa.ColumnElement[bool], ...]:
    return upload_allowance.c.address == address[:64], upload_allowance.c.day == day
