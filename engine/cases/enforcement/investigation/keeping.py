"""Provisional registration and keeping (先行登记保存): approved by the head, decided on within seven working days.

行政处罚法56, 85. What becomes of the things is a decision of its own; setting ``storage_day7`` says whether the seventh
day without one raises an alarm or frees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline
from engine.cases.enforcement.investigation import act, acting, measure, things
from engine.errors import N_
from engine.ground.together import Question
from engine.handling import reasons

PERIOD = "keeping"
HEADS = ("town.leader", "town.mayor")
"""Who is 行政机关负责人 for this."""

DISPOSITIONS = {
    "returned": N_("given back"),
    "testing": N_("sent for testing"),
    "seized": N_("sealed or seized"),
    "transferred": N_("handed over"),
    "confiscation": N_("to be confiscated by the decision"),
    "released": N_("freed, no decision in time"),
}

keeping = sa.Table(
    "keeping",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("things", db.Json, nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_by", sa.String(80), nullable=False),
    sa.Column("asked_at", db.Utc, nullable=False),
    sa.Column("approved_by", sa.String(80)),
    sa.Column("approved_at", db.Utc),
    sa.Column("approved_why", sa.Text),
    sa.Column("act_id", db.Id, sa.ForeignKey("investigative_act.id")),
    sa.Column("started_at", db.Utc),
    sa.Column("disposition", sa.String(12)),
    sa.Column("decided_by", sa.String(80)),
    sa.Column("decided_at", db.Utc),
    sa.Column("decided_why", sa.Text),
    sa.CheckConstraint("state IN ('asked', 'approved', 'refused', 'running', 'decided')", name="state_known"),
    sa.CheckConstraint("(state = 'asked') = (approved_at IS NULL)", name="head_has_answered"),
    sa.CheckConstraint("started_at IS NULL OR started_at >= approved_at", name="approved_before_it_began"),
    sa.CheckConstraint("(state IN ('running', 'decided')) = (started_at IS NOT NULL)", name="began_if_running"),
    sa.CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name="decided_at_if_decided"),
    sa.CheckConstraint(f"disposition IS NULL OR disposition IN {tuple(DISPOSITIONS)}", name="disposition_known"),
    sa.CheckConstraint("(disposition IS NULL) = (decided_at IS NULL)", name="disposition_if_decided"),
    sa.Index(None, "case_id"),
)


def ask(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, given: Any, place: str, reason: str
) -> sa.Row[Any]:
    """Ask the head to let things be kept that may get lost as evidence.

    Raises
    ------
    ThingsMissing, ReasonMissing
        If nothing is listed, or nothing says why.
    """
    reason, listed = reasons.given(reason), things.listed(given)
    return measure.ask(
        connection, actor, keeping, case, "keeping.asked", listed=listed, place=place, reason=reason
    )  # fmt: skip


def answer(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], keeping_id: int, *, approved: bool, why: str = ""
) -> sa.Row[Any]:
    """Approve or refuse it, as the head of the organ.

    Raises
    ------
    MeasureUnknown
        If nothing of the kind waits for an answer.
    NotTheHead
        If the person is no head.
    """
    row = measure.in_state(connection, keeping, case, keeping_id, "asked")
    acting.require_head(connection, actor.id, *HEADS)
    return measure.change(
        connection,
        actor,
        keeping,
        case,
        row,
        "keeping.approved" if approved else "keeping.refused",
        state="approved" if approved else "refused",
        approved_by=actor.id,
        approved_at=clock.now(),
        approved_why=why.strip(),
    )


def begin(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], keeping_id: int, act_number: int | None = None
) -> sa.Row[Any]:
    """Keep the things: notice and list are handed over, the seven working days run from the end of the act.

    Parameters
    ----------
    act_number
        The record of the act in the case.

    Raises
    ------
    ApprovalMissing
        If the head has not approved it (56).
    MeasureUnknown, ActUnknown
        If there is no such keeping or record.
    """
    row = get(connection, case, keeping_id)
    if row.state in ("asked", "refused"):
        raise errors.ApprovalMissing(article="行政处罚法56")
    row = measure.in_state(connection, keeping, case, keeping_id, "approved")
    recorded = act.get(connection, case.id, act_number) if act_number else None
    begun = measure.change(
        connection,
        actor,
        keeping,
        case,
        row,
        "keeping.began",
        state="running",
        started_at=measure.taken_at(row, recorded),
        act_id=recorded.id if recorded else None,
    )
    deadline.start(
        connection, actor, case, PERIOD, started_at=begun.started_at, subject=measure.subject(keeping, begun)
    )
    return begun


def decide(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], keeping_id: int, disposition: str, why: str
) -> sa.Row[Any]:
    """Decide what becomes of the things; a late decision is one, and its lateness shows.

    Raises
    ------
    KeepingDispositionUnknown, ReasonMissing
        If it is none of those that 56 leads to, or nothing says why.
    MeasureUnknown
        If no such keeping runs.
    """
    if disposition not in DISPOSITIONS:
        raise errors.KeepingDispositionUnknown(dispositions="、".join(DISPOSITIONS))
    why = reasons.given(why)
    row = measure.in_state(connection, keeping, case, keeping_id, "running")
    decided = measure.change(
        connection,
        actor,
        keeping,
        case,
        row,
        "keeping.decided",
        state="decided",
        disposition=disposition,
        decided_by=actor.id,
        decided_at=clock.now(),
        decided_why=why,
    )
    deadline.meet(connection, actor, case, PERIOD, subject=measure.subject(keeping, row))
    return decided


def due(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> sa.Row[Any] | None:
    """Return the running deadline by which the head must decide on a keeping, or None if it does not run."""
    return deadline.find(connection, case, PERIOD, subject=measure.subject(keeping, row))


def get(connection: Connection, case: sa.Row[Any], keeping_id: int) -> sa.Row[Any]:
    """Return a keeping of a case.

    Raises
    ------
    MeasureUnknown
    """
    return measure.get(connection, keeping, case, keeping_id)


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the keepings of a case in the order they were asked for."""
    return OF_CASE.all(connection, case=case_id)


OF_CASE = Question(sa.select(keeping).where(keeping.c.case_id == sa.bindparam("case", type_=db.Id)), keeping.c.id)
