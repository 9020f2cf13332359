"""The recusal (回避): an officer who may be partial leaves the case once the head of the organ says so (行政处罚法43).

The investigation goes on until then. What the officer did before stands and is marked, or is void, as setting
``recusal_prior_acts`` says; from that day on they have no task of the case and no sight of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, tasks
from engine.cases.reading import trail
from engine.ground.together import Question
from engine.handling import reasons
from engine.organisation import bar, person

recusal = sa.Table(
    "recusal",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("asked_by", sa.String(200), nullable=False),
    sa.Column("orally", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_at", db.Utc, nullable=False),
    sa.Column("granted", sa.Boolean),
    sa.Column("decided_by", sa.String(80)),
    sa.Column("decided_at", db.Utc),
    sa.Column("decided_why", sa.Text),
    sa.Column("replaced_by", sa.ForeignKey("person.id")),
    sa.CheckConstraint("(granted IS NULL) = (decided_at IS NULL)", name="decided_at_if_decided"),
    sa.CheckConstraint("(granted IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
    sa.CheckConstraint("decided_by IS NULL OR decided_by <> person_id", name="never_by_oneself"),
    sa.CheckConstraint("replaced_by IS NULL OR replaced_by <> person_id", name="replaced_by_another"),
    sa.Index(None, "case_id"),
)


def ask(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    *,
    officer: str,
    asked_by: str,
    reason: str,
    orally: bool = False,
) -> sa.Row[Any]:
    """Put on file that somebody wants an officer to leave the case; the investigation goes on (43(3)).

    Raises
    ------
    PersonUnknown
        If the officer is nobody.
    ReasonMissing
        If nothing says why.
    """
    reason = reasons.given(reason)
    person.get(connection, officer)
    row = connection.execute(
        sa.insert(recusal)
        .values(
            case_id=case.id,
            person_id=officer,
            asked_by=asked_by.strip() or actor.id,
            orally=orally,
            reason=reason,
            asked_at=clock.now(),
        )
        .returning(recusal)
    ).one()
    trail.record(
        connection,
        case.number,
        actor,
        "recusal.asked",
        recusal=row.id,
        person=officer,
        reason=row.reason,
        orally=orally,
    )
    return row


def decide(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    recusal_id: int,
    *,
    granted: bool,
    reason: str,
    replaced_by: str = "",
) -> sa.Row[Any]:
    """Grant or refuse it; when granted the officer loses every task and all sight of the case at once.

    That the decider is the head of the organ is for whoever calls this to make sure: a task's post, or
    :func:`engine.cases.enforcement.investigation.acting.require_head`.

    Raises
    ------
    RecusalUnknown, RecusalDecided
        If there is none, or it was decided before.
    RecusalOwn
        If the officer decides on themselves.
    ReasonMissing
        If nothing says why.
    """
    row = get(connection, case.id, recusal_id)
    if row.granted is not None:
        raise errors.RecusalDecided
    if actor.id == row.person_id or actor.on_behalf_of == row.person_id:
        raise errors.RecusalOwn
    reason = reasons.given(reason)
    values = {"granted": granted, "decided_by": actor.id, "decided_at": clock.now(), "decided_why": reason}
    if granted and replaced_by:
        values["replaced_by"] = person.get(connection, replaced_by).id
    decided = connection.execute(
        sa.update(recusal).where(recusal.c.id == row.id).values(**values).returning(recusal)
    ).one()
    told = {"recusal": row.id, "person": row.person_id, "reason": reason, "replaced_by": replaced_by or None}
    trail.record(connection, case.number, actor, "recusal.granted" if granted else "recusal.refused", **told)
    if granted:
        _keep_away(connection, actor, case, row.person_id)
    return decided


def get(connection: Connection, case_id: int, recusal_id: int) -> sa.Row[Any]:
    """Return a request of a case.

    Raises
    ------
    RecusalUnknown
    """
    found = connection.execute(
        sa.select(recusal).where(recusal.c.id == recusal_id, recusal.c.case_id == case_id)
    ).one_or_none()
    if found is None:
        raise errors.RecusalUnknown(recusal_id=recusal_id)
    return found


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the requests of a case in the order they were made."""
    return OF_CASE.all(connection, case=case_id)


OF_CASE = Question(sa.select(recusal).where(recusal.c.case_id == sa.bindparam("case", type_=db.Id)), recusal.c.id)


def since(connection: Connection, case_id: int, person_id: str) -> date | None:
    """Return from which day on an officer may not act in a case, or None."""
    granted = (row.decided_at for row in of(connection, case_id) if row.person_id == person_id and row.granted)
    first = min(granted, default=None)
    return clock.day(first) if first else None


def _keep_away(connection: Connection, actor: audit.Actor, case: sa.Row[Any], person_id: str) -> None:
    bar.put(connection, actor, person_id, case.number)
    for row in tasks.of_case(connection, case.number):
        if person_id in (row.assignee, row.owner):
            tasks.take_away(connection, actor, row)
