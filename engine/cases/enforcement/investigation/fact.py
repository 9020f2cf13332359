"""The fact: what an investigation says happened, and which evidence proves it (行政处罚法40, 46(2)).

A fact is never reworded: it is withdrawn and said anew. A proof is taken off a fact, not erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.enforcement.investigation import evidence, kept
from engine.cases.reading import trail
from engine.ground.together import Question
from engine.handling import reasons

case_fact = sa.Table(
    "case_fact",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("said_by", sa.String(80), nullable=False),
    sa.Column("said_at", db.Utc, nullable=False),
    sa.Column("withdrawn_at", db.Utc),
    sa.Column("withdrawn_why", sa.Text),
    sa.UniqueConstraint("case_id", "number"),
    sa.CheckConstraint("text <> ''", name="says_something"),
    sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_why IS NULL)", name="withdrawn_with_reason"),
)

fact_proof = sa.Table(
    "fact_proof",
    db.metadata,
    sa.Column("fact_id", db.Id, sa.ForeignKey("case_fact.id"), primary_key=True),
    sa.Column("evidence_id", db.Id, sa.ForeignKey("evidence.id"), primary_key=True),
    sa.Column("linked_by", sa.String(80), nullable=False),
    sa.Column("linked_at", db.Utc, nullable=False),
    sa.Column("ended_at", db.Utc),
    sa.Index(None, "evidence_id"),
)

KEPT = kept.triggers("case_fact", "case_id", "number", "text", "said_by", "said_at")
"""The triggers that keep the words; the migration creates the same ones."""
db.after_create(case_fact, KEPT)


def say(connection: Connection, actor: audit.Actor, case: sa.Row[Any], text: str) -> sa.Row[Any]:
    """Say that something happened, under the next number of the case.

    Raises
    ------
    ReasonMissing
        If nothing is said.
    """
    text = reasons.given(text)
    last = sa.select(sa.func.coalesce(sa.func.max(case_fact.c.number), 0) + 1).where(case_fact.c.case_id == case.id)
    row = connection.execute(
        sa.insert(case_fact)
        .values(
            case_id=case.id,
            number=last.scalar_subquery(),
            text=text,
            said_by=actor.id,
            said_at=clock.now(),
        )
        .returning(case_fact)
    ).one()
    trail.record(connection, case.number, actor, "fact.said", fact=row.number, text=row.text)
    return row


def withdraw(connection: Connection, actor: audit.Actor, case: sa.Row[Any], number: int, why: str) -> None:
    """Say no longer that something happened; the fact stays on file.

    Raises
    ------
    FactUnknown, ReasonMissing
        If there is none that stands, or nothing says why.
    """
    row = get(connection, case.id, number)
    why = reasons.given(why)
    connection.execute(
        sa.update(case_fact).where(case_fact.c.id == row.id).values(withdrawn_at=clock.now(), withdrawn_why=why)
    )
    trail.record(connection, case.number, actor, "fact.withdrawn", fact=number, reason=why)


def prove(connection: Connection, actor: audit.Actor, case: sa.Row[Any], number: int, by: Sequence[int]) -> None:
    """Say which evidence proves a fact, all of it: what is not named proves it no longer.

    Raises
    ------
    FactUnknown, EvidenceUnknown
        If there is no such fact or evidence.
    EvidenceExcluded
        If one of them was obtained illegally.
    """
    row, wanted = get(connection, case.id, number), {}
    for each in dict.fromkeys(by):
        proof = evidence.get(connection, case.id, each)
        if proof.excluded_at is not None:
            raise errors.EvidenceExcluded(number=each)
        wanted[proof.id] = each
    now, known = clock.now(), {link.evidence_id: link for link in _links(connection, row.id)}
    for key in wanted.keys() - known.keys():
        connection.execute(
            sa.insert(fact_proof).values(fact_id=row.id, evidence_id=key, linked_by=actor.id, linked_at=now)
        )
    for key, link in known.items():
        if (key in wanted) != (link.ended_at is None):
            ended = None if key in wanted else now
            here = sa.and_(fact_proof.c.fact_id == row.id, fact_proof.c.evidence_id == key)
            connection.execute(sa.update(fact_proof).where(here).values(ended_at=ended, linked_by=actor.id))
    trail.record(connection, case.number, actor, "fact.proved", fact=number, by=sorted(wanted.values()))


def get(connection: Connection, case_id: int, number: int) -> sa.Row[Any]:
    """Return a fact that stands.

    Raises
    ------
    FactUnknown
    """
    for row in of(connection, case_id):
        if row.number == number:
            return row
    raise errors.FactUnknown(number=number)


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the facts of a case that stand, by number."""
    return OF_CASE.all(connection, case=case_id)


OF_CASE = Question(
    sa.select(case_fact).where(
        case_fact.c.case_id == sa.bindparam("case", type_=db.Id), case_fact.c.withdrawn_at.is_(None)
    ),
    case_fact.c.number,
)


def proofs(connection: Connection, case_id: int) -> set[tuple[int, int]]:
    """Return which evidence proves which standing fact of a case, as pairs of their numbers in the case."""
    return {(row.number, row.proof) for row in PROOFS_OF_CASE.all(connection, case=case_id)}


PROOFS_OF_CASE = Question(
    sa.select(case_fact.c.number, evidence.evidence.c.number.label("proof"))
    .join(fact_proof, fact_proof.c.fact_id == case_fact.c.id)
    .join(evidence.evidence, evidence.evidence.c.id == fact_proof.c.evidence_id)
    .where(case_fact.c.case_id == sa.bindparam("case", type_=db.Id))
    .where(case_fact.c.withdrawn_at.is_(None), fact_proof.c.ended_at.is_(None)),
    case_fact.c.number,
)


def _links(connection: Connection, fact_id: int) -> Sequence[sa.Row[Any]]:
    return connection.execute(sa.select(fact_proof).where(fact_proof.c.fact_id == fact_id)).all()
