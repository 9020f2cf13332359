"""The receiver of pushes: which post answers for what is sent to a unit, or to a system outside the house.

Processes and decision tables name receivers by their codes (``supervision``, ``credit``); who that is in a town is the
tenant's data. Somebody of the house answers for a system outside too: a push that nobody can confirm would be
supervised for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
from engine.organisation import post

receiver = sa.Table(
    "receiver",
    db.metadata,
    sa.Column("code", sa.String(120), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("post", sa.ForeignKey(post.post.c.code), nullable=False),
    sa.Column("outside", sa.Boolean, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Index(None, "post"),
)
"""``post``: whose holders confirm; ``outside``: a channel carries the push, they only note its receipt."""


def every(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return all receivers in the order of the tenant's files."""
    return connection.execute(sa.select(receiver).order_by(receiver.c.position)).all()


def name_of(connection: Connection, code: str) -> str:
    """Return what a receiver is called; one that the town does not know is called by its code."""
    return connection.scalar(sa.select(receiver.c.name).where(receiver.c.code == code)) or code


def answered_for(groups: Iterable[str]) -> sa.Select[tuple[str]]:
    """Return the query for the codes of the receivers that the holders of the groups answer for."""
    codes = sorted({post.code_of(group) for group in groups})
    return sa.select(receiver.c.code).where(receiver.c.post.in_(codes))
