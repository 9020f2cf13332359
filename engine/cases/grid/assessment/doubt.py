"""The doubt: an appeal of a worker, an objection during publicity or what the leader sent back, about one line.

The centre checks it again. What it accepts names the figure that was wrong and what it should be, and the month is
counted again; what it refuses tells the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.grid.assessment import line, window
from engine.errors import N_
from engine.handling import reasons

ORIGINS = {"appeal": N_("appeal"), "objection": N_("objection"), "sent_back": N_("sent back by the leader")}

assessment_doubt = sa.Table(
    "assessment_doubt",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("month", sa.ForeignKey(window.assessment_window.c.month), nullable=False),
    sa.Column("worker", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("indicator", sa.String(20), nullable=False),
    sa.Column("origin", sa.String(10), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("raised_by", sa.String(80), nullable=False),
    sa.Column("raised_at", db.Utc, nullable=False),
    sa.Column("opinion", sa.Text, nullable=False),
    sa.Column("opinion_by", sa.String(80)),
    sa.Column("accepted", sa.Boolean),
    sa.Column("figure", sa.String(24)),
    sa.Column("value", sa.Integer),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("decided_by", sa.String(80)),
    sa.Column("decided_at", db.Utc),
    sa.Index(None, "month", "worker"),
    sa.Index("uq_assessment_doubt_appeal", "month", "worker", "indicator", unique=True,
             sqlite_where=sa.text("origin = 'appeal'"), postgresql_where=sa.text("origin = 'appeal'")),
    sa.CheckConstraint(f"origin IN {tuple(ORIGINS)}", name="origin_known"),
    sa.CheckConstraint(f"indicator IN {tuple(line.INDICATORS)}", name="indicator_known"),
    sa.CheckConstraint("reason <> ''", name="reason_given"),
    sa.CheckConstraint("(accepted IS NULL) = (decided_at IS NULL)", name="decided_at_a_moment"),
    sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
    sa.CheckConstraint("decided_at IS NULL OR decision <> ''", name="decided_with_reason"),
    sa.CheckConstraint("(accepted IS NULL OR NOT accepted) = (figure IS NULL)", name="accepted_names_a_figure"),
    sa.CheckConstraint("(figure IS NULL) = (value IS NULL)", name="figure_with_value"),
    sa.CheckConstraint("value >= 0", name="value_counted"),
)  # fmt: skip


def raise_(
    connection: Connection, actor: audit.Actor, month: str, worker: str, indicator: str, origin: str, reason: str
) -> sa.Row[Any]:
    """Doubt a line of a worker's current score.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    IndicatorUnknown, ScoreUnknown
        If there is no such line.
    LineAppealed
        If the worker has appealed it before.
    """
    reason = reasons.given(reason)
    if indicator not in line.INDICATORS:
        raise errors.IndicatorUnknown(indicator=indicator)
    if worker not in window.get(connection, month).members:
        raise errors.ScoreUnknown(month=month, worker=worker)
    if origin == "appeal" and any(
        row.indicator == indicator and row.origin == "appeal" for row in of(connection, month, worker)
    ):
        raise errors.LineAppealed
    row = connection.execute(
        sa.insert(assessment_doubt)
        .values(
            month=month, worker=worker, indicator=indicator, origin=origin, reason=reason,
            raised_by=actor.id, raised_at=clock.now(), opinion="", decision="",
        )
        .returning(assessment_doubt)
    ).one()  # fmt: skip
    _record(connection, actor, row, "assessment.doubted", origin=origin, reason=row.reason)
    return row


def judge(connection: Connection, actor: audit.Actor, doubt_id: int, opinion: str) -> None:
    """Write what the head of the level-2 grid thinks of an appeal.

    Raises
    ------
    ReasonMissing
        If nothing is said.
    DoubtUnknown, DoubtDecided
        If there is no such open doubt.
    """
    row = _undecided(connection, doubt_id)
    opinion = reasons.given(opinion)
    _change(connection, row.id, opinion=opinion, opinion_by=actor.id)
    _record(connection, actor, row, "assessment.reviewed", opinion=opinion)


def accept(
    connection: Connection, actor: audit.Actor, doubt_id: int, figure: str, value: int, decision: str
) -> sa.Row[Any]:
    """Accept a doubt: the figure of the line becomes the value; counting again is the next step.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    FigureUnknown
        If the line has no such figure, or the value is below 0.
    DoubtUnknown, DoubtDecided
        If there is no such open doubt.
    """
    row = _undecided(connection, doubt_id)
    figures = line.INDICATORS[row.indicator].figures
    if figure not in figures or value < 0:
        raise errors.FigureUnknown(figures=", ".join(figures))
    return _decide(connection, actor, row, decision, accepted=True, figure=figure, value=value)


def refuse(connection: Connection, actor: audit.Actor, doubt_id: int, decision: str) -> sa.Row[Any]:
    """Refuse a doubt with the reason that whoever raised it reads.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    DoubtUnknown, DoubtDecided
        If there is no such open doubt.
    """
    return _decide(connection, actor, _undecided(connection, doubt_id), decision, accepted=False)


def of(connection: Connection, month: str, worker: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return the doubts of a month, of one worker if named, in the order they were raised."""
    query = sa.select(assessment_doubt).where(assessment_doubt.c.month == month)
    if worker is not None:
        query = query.where(assessment_doubt.c.worker == worker)
    return connection.execute(query.order_by(assessment_doubt.c.id)).all()


def undecided(connection: Connection, month: str) -> Sequence[sa.Row[Any]]:
    """Return the doubts that nobody has decided."""
    return [row for row in of(connection, month) if row.decided_at is None]


def corrections(
    connection: Connection, month: str, counted: Mapping[str, datetime] | None = None
) -> Mapping[str, Mapping[str, int]]:
    """Return by worker the figures that accepted doubts have changed; the latest decision counts.

    ``counted`` asks for some workers alone, and for what was decided when the score of each was counted.
    """
    found: dict[str, dict[str, int]] = defaultdict(dict)
    accepted = [row for row in of(connection, month) if row.accepted]
    for row in sorted(accepted, key=lambda one: (one.decided_at, one.id)):
        if counted is None or (row.worker in counted and row.decided_at <= counted[row.worker]):
            found[row.worker][row.figure] = row.value
    return found


def _undecided(connection: Connection, doubt_id: int) -> sa.Row[Any]:
    table = assessment_doubt
    row = connection.execute(sa.select(table).where(table.c.id == doubt_id)).one_or_none()
    if row is None:
        raise errors.DoubtUnknown
    if row.decided_at is not None:
        raise errors.DoubtDecided
    return row


def _decide(connection: Connection, actor: audit.Actor, row: sa.Row[Any], decision: str, **values: Any) -> sa.Row[Any]:
    decision = reasons.given(decision)
    found = _change(connection, row.id, decision=decision, decided_by=actor.id, decided_at=clock.now(), **values)
    _record(connection, actor, found, "assessment.decided", decision=found.decision, **values)
    return found


def _change(connection: Connection, doubt_id: int, **values: Any) -> sa.Row[Any]:
    table = assessment_doubt
    return connection.execute(sa.update(table).where(table.c.id == doubt_id).values(**values).returning(table)).one()


def _record(connection: Connection, actor: audit.Actor, row: sa.Row[Any], action: str, /, **details: Any) -> None:
    month = window.get(connection, row.month)
    window.record(connection, month, actor, action, worker=row.worker, indicator=row.indicator, **details)
