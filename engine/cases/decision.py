"""The decision: granted or refused (行政许可法38), penalised or not (行政处罚法57), with reasons and remedies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import case as cases
from engine.cases.reading import trail
from engine.ground.together import Question

RESULTS = ("granted", "refused", "revoked", "changed", "withdrawn")
PENALTY_RESULTS = ("penalised", "not_penalised", "not_established", "transferred")
"""The results on a breach, which :mod:`engine.cases.enforcement.penalty` alone writes."""

decision = sa.Table(
    "case_decision",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("result", sa.String(16), nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("remedies", sa.Text, nullable=False),
    sa.Column("conditions", sa.Text, nullable=False),
    sa.Column("valid_until", sa.Date),
    sa.Column("drafted_by", sa.String(80)),
    sa.Column("decided_by", sa.String(80), nullable=False),
    sa.Column("decided_at", db.Utc, nullable=False),
    sa.Column("effective", sa.Boolean, nullable=False),
    sa.CheckConstraint(f"result IN {(*RESULTS, *PENALTY_RESULTS)}", name="result_known"),
    sa.CheckConstraint("result <> 'refused' OR (reasons <> '' AND remedies <> '')", name="refusal_with_reasons"),
    sa.Index("uq_case_decision_effective", "case_id", unique=True, sqlite_where=sa.text("effective"),
             postgresql_where=sa.text("effective")),
    sa.Index(None, "valid_until"),
    sa.Index(None, "case_id"),
)  # fmt: skip


def decide(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Write the decision; it supersedes an earlier one of the case, which stays readable.

    Parameters
    ----------
    given
        ``result`` and where known ``reasons``, ``basis``, ``remedies``, ``conditions``, ``valid_until`` (ISO day),
        ``decided_by`` (else the actor), ``drafted_by``.

    Raises
    ------
    DecisionResultUnknown
        If the result is none of :data:`RESULTS`.
    DecisionIncomplete
        If a refusal lacks reasons or remedies (行政许可法38).
    CaseStateWrong
        If nothing has been accepted that could be decided.
    """
    result = given.get("result")
    if result not in RESULTS:
        raise errors.DecisionResultUnknown(result=result, results=", ".join(RESULTS))
    if case.accepted_at is None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="accepted")
    texts = {name: str(given.get(name) or "").strip() for name in ("reasons", "basis", "remedies", "conditions")}
    if result == "refused":
        for name in ("reasons", "remedies"):
            if not texts[name]:
                raise errors.DecisionIncomplete(field=name)
    return write(connection, actor, case, {**given, **texts})


def write(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Write a decision whose grounds the caller has checked; it supersedes an earlier one, which stays readable.

    ``given`` is as for :func:`decide`.
    """
    texts = {name: str(given.get(name) or "").strip() for name in ("reasons", "basis", "remedies", "conditions")}
    result, until = str(given["result"]), given.get("valid_until")
    connection.execute(
        sa.update(decision).where(decision.c.case_id == case.id, decision.c.effective).values(effective=False)
    )
    row = connection.execute(
        sa.insert(decision)
        .values(
            **texts,
            case_id=case.id,
            result=result,
            valid_until=date.fromisoformat(until) if isinstance(until, str) and until else until or None,
            drafted_by=given.get("drafted_by"),
            decided_by=given.get("decided_by") or actor.id,
            decided_at=clock.now(),
            effective=True,
        )
        .returning(decision)
    ).one()
    state = "decided" if case.closed_at is None else case.state
    cases.change(connection, case.id, state=state, outcome=result, decided_at=row.decided_at)
    details = {"decision": row.id, "result": result, "decided_by": row.decided_by, **texts}
    trail.record(connection, case.number, actor, "case.decided", **details)
    return row


def annul(connection: Connection, actor: audit.Actor, case: sa.Row[Any], result: str) -> None:
    """Take the decision out of force because reconsideration or a court has undone it; it stays readable."""
    made = effective(connection, case.id)
    if made is not None:
        connection.execute(sa.update(decision).where(decision.c.id == made.id).values(effective=False))
        trail.record(connection, case.number, actor, "decision.annulled", decision=made.id, result=result)


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the case's decisions, the effective one last."""
    return OF_CASE.all(connection, case=case_id)


OF_CASE = Question(
    sa.select(decision).where(decision.c.case_id == sa.bindparam("case", type_=db.Id)),
    decision.c.effective,
    decision.c.id,
)


def effective(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the decision in force, if there is one."""
    return connection.execute(
        sa.select(decision).where(decision.c.case_id == case_id, decision.c.effective)
    ).one_or_none()
