"""What follows from an undone decision besides money: restored, given back, or compensated (行政强制法41)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import given_day, remedy
from engine.cases.enforcement.execution import route
from engine.cases.enforcement.judging import draft, penalty
from engine.cases.reading import trail

CONFISCATED = ("没收违法所得", "没收非法财物")

restoration = sa.Table(
    "restoration",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("done_on", sa.Date, nullable=False),
    sa.Column("compensation", sa.BigInteger, nullable=False),
    sa.Column("received_by", sa.String(200), nullable=False),
    sa.Column("recorded_by", sa.String(80), nullable=False),
    sa.CheckConstraint("what <> '' AND received_by <> ''", name="what_and_receiver_given"),
    sa.CheckConstraint("compensation >= 0", name="compensation_counted"),
    sa.Index(None, "case_id"),
)


def wanted(connection: Connection, case: sa.Row[Any]) -> bool:
    """Tell whether an undone decision took more than a fine: things confiscated, or a duty carried out by force."""
    if not any(row.result in ("annulled", "void", "changed") for row in remedy.of(connection, case.id)):
        return False
    made = penalty.penalty_decision.c
    drafts = connection.scalars(sa.select(made.draft_id).where(made.case_id == case.id)).all()
    kinds = [kind for draft_id in drafts for kind in draft.get(connection, draft_id).content["penalty"]]
    executed = sa.exists().where(
        route.execution.c.case_id == case.id,
        route.execution.c.subject == "duty",
        route.execution.c.result == "executed",
    )
    return any(kind["kind"] in CONFISCATED for kind in kinds) or bool(connection.scalar(sa.select(executed)))


def restore(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record that it was restored or given back, or what was paid instead.

    Parameters
    ----------
    given
        ``what``, ``done_on`` (ISO day, else today), ``compensation`` (whole yuan, where it cannot be restored),
        ``received_by``.

    Raises
    ------
    RestorationUnknown
        If nothing is to be restored.
    ExecutionContentMissing
        If something is missing, or the day lies ahead.
    """
    if not wanted(connection, case):
        raise errors.RestorationUnknown(number=case.number)
    day = given_day.or_today(given.get("done_on"))
    texts = {name: str(given.get(name) or "").strip() for name in ("what", "received_by")}
    for field, right in {**{name: bool(text) for name, text in texts.items()}, "done_on": day <= clock.today()}.items():
        if not right:
            raise errors.ExecutionContentMissing(field=f"restore.{field}")
    paid = int(given.get("compensation") or 0)
    row = connection.execute(
        sa.insert(restoration)
        .values(case_id=case.id, done_on=day, compensation=paid, recorded_by=actor.id, **texts)
        .returning(restoration)
    ).one()
    trail.record(connection, case.number, actor, "execution.restored", on=day.isoformat(), compensation=paid, **texts)
    return row


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return what was restored in a case."""
    query = sa.select(restoration).where(restoration.c.case_id == case_id).order_by(restoration.c.id)
    return connection.execute(query).all()
