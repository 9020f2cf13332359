"""What a penalty asks for besides money: whether the party has done it by its day (行政处罚法66(1), 72(1))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import given_day
from engine.cases.enforcement.execution import windows
from engine.cases.reading import trail

duty_check = sa.Table(
    "duty_check",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("duty", sa.Text, nullable=False),
    sa.Column("checked_on", sa.Date, nullable=False),
    sa.Column("performed", sa.Boolean, nullable=False),
    sa.Column("findings", sa.Text, nullable=False),
    sa.Column("recorded_by", sa.String(80), nullable=False),
    sa.CheckConstraint("duty <> '' AND findings <> ''", name="duty_and_findings_given"),
    sa.Index(None, "case_id"),
)


def check(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record whether the party has done what the decision asks for besides money.

    Parameters
    ----------
    given
        ``duty`` (what was to be done), ``checked_on`` (ISO day, else today), ``performed`` (yes, no), ``findings``.

    Raises
    ------
    NoDecisionInForce, ExecutionBeforeService
        If there is no decision to carry out (I11).
    ExecutionContentMissing
        If something is missing, or the day lies ahead or before the decision.
    """
    made = windows.require_in_force(connection, case)
    day = given_day.or_today(given.get("checked_on"))
    texts = {name: str(given.get(name) or "").strip() for name in ("duty", "findings")}
    known = {**{name: bool(text) for name, text in texts.items()}, "performed": given.get("performed") in ("yes", "no")}
    for field, right in {**known, "checked_on": clock.day(made.decided_at) <= day <= clock.today()}.items():
        if not right:
            raise errors.ExecutionContentMissing(field=f"performance.{field}")
    done = given["performed"] == "yes"
    row = connection.execute(
        sa.insert(duty_check)
        .values(case_id=case.id, checked_on=day, performed=done, recorded_by=actor.id, **texts)
        .returning(duty_check)
    ).one()
    action = "duty.performed" if done else "duty.not_performed"
    trail.record(connection, case.number, actor, action, on=day.isoformat(), **texts)
    return row


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return what was found, in the order it was recorded."""
    query = sa.select(duty_check).where(duty_check.c.case_id == case_id).order_by(duty_check.c.id)
    return connection.execute(query).all()
