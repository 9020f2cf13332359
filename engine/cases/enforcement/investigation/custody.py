"""The chain of custody: with whom a thing has been, from the moment it was taken, without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.enforcement.investigation import kept
from engine.cases.reading import trail
from engine.handling import reasons

LONGEST_REASON = 200
THING = "obj"
"""The kind of evidence that somebody must have."""

custody = sa.Table(
    "custody",
    db.metadata,
    sa.Column("evidence_id", db.Id, sa.ForeignKey("evidence.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("holder_before", sa.String(80), nullable=False),
    sa.Column("holder", sa.String(80), nullable=False),
    sa.Column("at", db.Utc, nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("reason", sa.String(LONGEST_REASON), nullable=False),
    sa.CheckConstraint("(seq = 1) = (holder_before = '')", name="first_from_nobody"),
    sa.CheckConstraint("seq > 0", name="seq_positive"),
    sa.CheckConstraint("holder <> '' AND holder <> holder_before", name="to_somebody_else"),
)
"""``holder``: the id of a person of the house, else a name as it was written down."""

KEPT = kept.triggers("custody", "evidence_id", "seq", "holder_before", "holder", "at", "place", "reason")
"""The triggers that keep the chain; the migration creates the same ones."""
db.after_create(custody, KEPT)


def begin(connection: Connection, evidence_id: int, holder: str, at: datetime, place: str) -> None:
    """Begin the chain of a thing with whoever took it."""
    _add(connection, evidence_id, 1, "", holder, at, place, "")


def hand_over(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    thing: sa.Row[Any],
    *,
    giver: str,
    taker: str,
    at: datetime,
    place: str,
    reason: str,
) -> None:
    """Add a link: the giver is whoever has the thing.

    Parameters
    ----------
    thing
        Evidence of the case, as :func:`engine.cases.enforcement.investigation.evidence.get` returns it.

    Raises
    ------
    CustodyNotKept
        If it is no thing.
    CustodyBroken
        If somebody else has it, or giver and taker are the same.
    CustodyTimeWrong
        If it is before the last link or ahead.
    ReasonMissing
        If nothing says why.
    """
    chain = of(connection, thing.id)
    if not chain:
        raise errors.CustodyNotKept(number=thing.number)
    last = chain[-1]
    if not taker.strip():
        raise errors.ReasonMissing
    reason = reasons.given(reason, LONGEST_REASON)
    if last.holder != giver.strip() or giver.strip() == taker.strip():
        raise errors.CustodyBroken(holder=last.holder, given=giver)
    if not last.at <= at <= clock.now():
        raise errors.CustodyTimeWrong
    _add(connection, thing.id, last.seq + 1, last.holder, taker.strip(), at, place.strip(), reason)
    told = {"evidence": thing.number, "before": last.holder, "holder": taker.strip(), "reason": reason}
    trail.record(connection, case.number, actor, "custody.handed_over", **told)


def of(connection: Connection, evidence_id: int) -> Sequence[sa.Row[Any]]:
    """Return the chain of a thing in order."""
    return connection.execute(
        sa.select(custody).where(custody.c.evidence_id == evidence_id).order_by(custody.c.seq)
    ).all()


def whole(chain: Sequence[sa.Row[Any]]) -> bool:
    """Tell whether a chain begins with a taking and each link with the holder of the one before."""
    if not chain or chain[0].seq != 1:
        return False
    return all(
        after.seq == before.seq + 1 and after.holder_before == before.holder and after.at >= before.at
        for before, after in pairwise(chain)
    )


def _add(
    connection: Connection, evidence_id: int, seq: int, before: str, holder: str, at: datetime, place: str, reason: str
) -> None:
    values = {"holder_before": before, "holder": holder, "at": at, "place": place[:200], "reason": reason}
    connection.execute(sa.insert(custody).values(evidence_id=evidence_id, seq=seq, **values))
