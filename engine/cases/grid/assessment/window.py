"""The window: the month that is assessed, the rules it is assessed by, and where its assessment stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.errors import N_

PROCESS = "monthly_assessment"

STATES = {
    "counting": N_("being counted"),
    "answering": N_("workers confirm or appeal"),
    "checking": N_("being checked again"),
    "published": N_("published for objections"),
    "approving": N_("waiting for the town leader"),
    "archived": N_("archived"),
}

assessment_window = sa.Table(
    "assessment_window",
    db.metadata,
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("business_key", sa.String(80), nullable=False, unique=True),
    sa.Column("rules", db.Json, nullable=False),
    sa.Column("members", db.Json, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("frozen_at", db.Utc, nullable=False),
    sa.Column("answer_until", db.Utc),
    sa.Column("publicity_until", db.Utc),
    sa.Column("published_digest", db.Digest),
    sa.Column("approved_by", sa.String(80)),
    sa.Column("approved_at", db.Utc),
    sa.Column("archived_at", db.Utc),
    sa.Column("archived_digest", db.Digest),
    sa.CheckConstraint(f"state IN {tuple(STATES)}", name="state_known"),
    sa.CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_by_somebody"),
    sa.CheckConstraint("archived_at IS NULL OR approved_at IS NOT NULL", name="archived_after_approval"),
    sa.CheckConstraint("(archived_at IS NULL) = (archived_digest IS NULL)", name="archived_with_digest"),
    sa.CheckConstraint("(state = 'archived') = (archived_at IS NOT NULL)", name="archived_at_a_moment"),
)
"""``rules`` are what the decision tables said when the window was frozen: ``weights`` (category, indicator, weight,
target, cap, class_cap, formula) and ``redlines`` (code, points, fails); ``members`` who is assessed: by worker grid,
level2, category, figures (the raw values), redlines, and whether the raw values were ``entered`` or walked with the
phone. With the basis they are all that is counted. The digests are those of all current scores."""


def freeze(
    connection: Connection, actor: audit.Actor, business_key: str, month: str, rules: Mapping[str, Any]
) -> sa.Row[Any]:
    """Freeze a month for its assessment.

    Raises
    ------
    MonthWrong
        If the month is none or is not over.
    MonthAssessed
        If it was frozen before.
    WeightsWrong
        If the weights of a category do not add up to 100.
    """
    begin, end = bounds(month)
    if end > clock.now():
        raise errors.MonthWrong(month=month)
    if find(connection, month) is not None:
        raise errors.MonthAssessed(month=month)
    _check(rules)
    row = connection.execute(
        sa.insert(assessment_window)
        .values(
            month=month, business_key=business_key, rules=dict(rules), members={}, state="counting",
            frozen_at=clock.now(),
        )
        .returning(assessment_window)
    ).one()  # fmt: skip
    record(connection, row, actor, "assessment.frozen", since=str(begin.date()), until=str(end.date()))
    return row


def find(connection: Connection, month: str) -> sa.Row[Any] | None:
    """Return the window of a month, if it was frozen."""
    query = sa.select(assessment_window).where(assessment_window.c.month == month)
    return connection.execute(query).one_or_none()


def get(connection: Connection, month: str) -> sa.Row[Any]:
    """Return the window of a month.

    Raises
    ------
    AssessmentUnknown
        If the month was never frozen.
    """
    row = find(connection, month)
    if row is None:
        raise errors.AssessmentUnknown(month=month)
    return row


def named(connection: Connection, business_key: str) -> sa.Row[Any] | None:
    """Return the window that an instance of the process has frozen, if it has."""
    query = sa.select(assessment_window).where(assessment_window.c.business_key == business_key)
    return connection.execute(query).one_or_none()


def of_number(connection: Connection, business_key: str) -> sa.Row[Any]:
    """Return the window that an instance of the process has frozen.

    Raises
    ------
    AssessmentUnknown
        If it has frozen none.
    """
    row = named(connection, business_key)
    if row is None:
        raise errors.AssessmentUnknown(month=business_key)
    return row


def every(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return all windows, the latest month first."""
    return connection.execute(sa.select(assessment_window).order_by(assessment_window.c.month.desc())).all()


def change(connection: Connection, month: str, **values: Any) -> sa.Row[Any]:
    """Write columns of a window and return it; the verb that calls this writes the audit event."""
    return connection.execute(
        sa.update(assessment_window)
        .where(assessment_window.c.month == month)
        .values(**values)
        .returning(assessment_window)
    ).one()


def record(connection: Connection, row: sa.Row[Any], actor: audit.Actor, action: str, /, **details: Any) -> None:
    """Write one event to the trail of the month's assessment."""
    audit.record(connection, row.business_key, audit.Event(action, actor, details={"month": row.month, **details}))


def bounds(month: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month in the town, and the first after it.

    Raises
    ------
    MonthWrong
        If it is no month.
    """
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise errors.MonthWrong(month=month) from None
    following = (first + timedelta(days=31)).replace(day=1)
    begin, end = (clock.midnight(day) for day in (first, following))
    return begin, end


def last_month() -> str:
    """Return the month before this one."""
    return f"{clock.today().replace(day=1) - timedelta(days=1):%Y-%m}"


def _check(rules: Mapping[str, Any]) -> None:
    sums: dict[str, int] = {}
    for rule in rules["weights"]:
        sums[rule["category"]] = sums.get(rule["category"], 0) + int(rule["weight"])
    for category, total in sums.items():
        if total != 100:
            raise errors.WeightsWrong(category=category, total=total)
