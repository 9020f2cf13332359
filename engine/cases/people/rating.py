"""The rating (好差评) of a case, and the rectification that a bad one demands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline
from engine.cases.clocks import setting, supervision
from engine.cases.reading import trail
from engine.ground.together import Question

BAD = 2
"""Two stars or one (不满意, 非常不满意) are a bad rating."""

rating = sa.Table(
    "rating",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False, unique=True),
    sa.Column("stars", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("named", sa.Boolean, nullable=False),
    sa.Column("rated_at", db.Utc, nullable=False),
    sa.CheckConstraint("stars BETWEEN 1 AND 5", name="stars_one_to_five"),
)

rectification = sa.Table(
    "rectification",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("rating_id", db.Id, sa.ForeignKey("rating.id"), nullable=False, unique=True),
    sa.Column("opened_at", db.Utc, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("measure", sa.Text, nullable=False),
    sa.Column("called_back", sa.Boolean, nullable=False),
    sa.Column("resolved", sa.Boolean),
    sa.Column("closed_at", db.Utc),
    sa.CheckConstraint("(closed_at IS NULL) = (resolved IS NULL)", name="closed_with_result"),
)


def record(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Keep what the applicant says: ``stars`` 1-5, ``text``, ``named`` (may the staff see by whom).

    Raises
    ------
    RatingStarsWrong
        If it has no one to five stars.
    RatingTwice
        If the case has been rated.
    """
    stars = given.get("stars")
    if isinstance(stars, Decimal) or (isinstance(stars, str) and stars.isdigit()):
        stars = int(stars)
    if isinstance(stars, bool) or not isinstance(stars, int) or not 1 <= stars <= 5:
        raise errors.RatingStarsWrong(stars=stars)
    if of(connection, case.id) is not None:
        raise errors.RatingTwice
    row = connection.execute(
        sa.insert(rating)
        .values(
            case_id=case.id,
            stars=stars,
            text=str(given.get("text") or ""),
            named=bool(given.get("named")),
            rated_at=clock.now(),
        )
        .returning(rating)
    ).one()
    trail.record(connection, case.number, actor, "case.rated", rating=row.id, stars=row.stars, text=row.text)
    return row


def of(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the case's rating, if there is one."""
    return next(iter(OF_CASE.all(connection, case=case_id)), None)


OF_CASE = Question(sa.select(rating).where(rating.c.case_id == sa.bindparam("case", type_=db.Id)), rating.c.id)


def rectify(connection: Connection, actor: audit.Actor, case: sa.Row[Any], rating_id: int) -> sa.Row[Any]:
    """Open the rectification of a bad rating and start its two periods; an open one is returned.

    Raises
    ------
    RatingUnknown
        If the case has no such rating.
    """
    _rating(connection, case, rating_id)
    found = connection.execute(sa.select(rectification).where(rectification.c.rating_id == rating_id)).one_or_none()
    if found is not None:
        return found
    row = connection.execute(
        sa.insert(rectification)
        .values(rating_id=rating_id, opened_at=clock.now(), facts="", measure="", called_back=False)
        .returning(rectification)
    ).one()
    trail.record(connection, case.number, actor, "rectification.opened", rectification=row.id, rating=rating_id)
    deadline.start(connection, actor, case, "rating_contact")
    deadline.start(connection, actor, case, "rating_fix")
    return row


def resolve(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], rating_id: int, given: Mapping[str, Any]
) -> sa.Row[Any]:
    """Close the rectification with ``facts``, ``measure``, ``called_back``, ``resolved``; if not, supervise it.

    Raises
    ------
    RatingUnknown
        If the case has no such rating or its rectification is not open.
    """
    _rating(connection, case, rating_id)
    resolved = bool(given.get("resolved"))
    row = connection.execute(
        sa.update(rectification)
        .where(rectification.c.rating_id == rating_id, rectification.c.closed_at.is_(None))
        .values(
            facts=str(given.get("facts") or ""),
            measure=str(given.get("measure") or ""),
            called_back=bool(given.get("called_back")),
            resolved=resolved,
            closed_at=clock.now(),
        )
        .returning(rectification)
    ).one_or_none()
    if row is None:
        raise errors.RatingUnknown
    details = {"rectification": row.id, "measure": row.measure, "resolved": resolved}
    trail.record(connection, case.number, actor, "rectification.closed", **details)
    if not resolved:
        target = setting.load(connection)["supervise_overdue"]
        supervision.open_(
            connection, actor, case, level="supervise", target=target, reason="rectification_failed", rating=rating_id
        )
    return row


def _rating(connection: Connection, case: sa.Row[Any], rating_id: int) -> sa.Row[Any]:
    row = of(connection, case.id)
    if row is None or row.id != rating_id:
        raise errors.RatingUnknown
    return row
