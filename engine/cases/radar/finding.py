"""The finding: what a rule has found once and for all, its evidence, and what became of it.

It stays open until somebody whom it does not name says what explains it, or hands it to discipline inspection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import case as cases
from engine.cases.radar import rule
from engine.errors import N_
from engine.handling import reasons

STREAM = "house:radar"
STATES = {
    "open": N_("to be looked into"),
    "explained": N_("explained"),
    "handed": N_("handed to discipline inspection"),
}
"""Where a finding stands; all but the first are ends."""

finding = sa.Table(
    "finding",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("rule", sa.String(40), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("found_at", db.Utc, nullable=False),
    sa.Column("closed_by", sa.String(80)),
    sa.Column("closed_at", db.Utc),
    sa.Column("reason", sa.Text, nullable=False),
    sa.UniqueConstraint("rule", "key"),
    sa.CheckConstraint("state IN ('open', 'explained', 'handed')", name="state_known"),
    sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_at_if_closed"),
    sa.CheckConstraint("(closed_by IS NULL) = (closed_at IS NULL)", name="closed_by_somebody"),
    sa.CheckConstraint("state = 'open' OR reason <> ''", name="closed_with_reason"),
    sa.Index(None, "state", "id"),
)
finding_person = sa.Table(
    "finding_person",
    db.metadata,
    sa.Column("finding_id", db.Id, sa.ForeignKey("finding.id"), primary_key=True),
    sa.Column("person", sa.String(80), primary_key=True),
)
"""Whose acts a finding is about."""
finding_proof = sa.Table(
    "finding_proof",
    db.metadata,
    sa.Column("finding_id", db.Id, sa.ForeignKey("finding.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id")),
    sa.Column("event_id", db.Id, sa.ForeignKey("audit_event.id")),
    sa.Column("facts", db.Json, nullable=False),
    sa.CheckConstraint("case_id IS NOT NULL OR event_id IS NOT NULL", name="leads_somewhere"),
    sa.Index(None, "case_id"),
    sa.Index(None, "event_id"),
)


@dataclass(frozen=True)
class Filter:
    """What is looked for: a rule, a state, somebody named; empty words leave a point open."""

    rule: str = ""
    state: str = ""
    person: str = ""


def keep(connection: Connection, actor: audit.Actor, key: str, hit: rule.Hit) -> bool:
    """Keep what a rule has found, unless it was found before; tell whether it is new."""
    known = sa.select(finding.c.id).where(finding.c.rule == key, finding.c.key == hit.key)
    if connection.scalar(known) is not None:
        return False
    values = {"rule": key, "key": hit.key, "facts": dict(hit.facts), "state": "open", "reason": ""}
    found = connection.scalar(sa.insert(finding).values(**values, found_at=clock.now()).returning(finding.c.id))
    people = [{"finding_id": found, "person": person} for person in dict.fromkeys(hit.persons)]
    proofs = [
        {
            "finding_id": found,
            "place": place,
            "case_id": one.case_id,
            "event_id": one.event_id,
            "facts": dict(one.facts),
        }
        for place, one in enumerate(hit.proofs)
    ]
    for table, rows in ((finding_person, people), (finding_proof, proofs)):
        if rows:
            connection.execute(sa.insert(table), rows)
    details = {"finding": found, "rule": key, "key": hit.key, "facts": dict(hit.facts)}
    audit.record(connection, STREAM, audit.Event("finding.found", actor, details=details))
    return True


def close(
    connection: Connection, actor: audit.Actor, finding_id: int, state: str, reason: str, barred: Collection[str] = ()
) -> sa.Row[Any]:
    """End a finding: something explains it, or it is handed to discipline inspection.

    Raises
    ------
    FindingUnknown
        If there is none, or it is about a case one is kept away from.
    FindingStateUnknown, ReasonMissing
        If it cannot end like this, or nothing says why.
    FindingNamesYou
        If the finding is about whoever would end it.
    FindingClosed
        If it has ended before.
    """
    row = get(connection, finding_id, barred)
    if state not in STATES or state == "open":
        raise errors.FindingStateUnknown(state=state)
    reason = reasons.given(reason)
    if {actor.id, actor.on_behalf_of} & set(persons(connection, finding_id)):
        raise errors.FindingNamesYou
    values = {"state": state, "reason": reason, "closed_by": actor.id, "closed_at": clock.now()}
    ended = connection.execute(
        sa.update(finding).where(finding.c.id == row.id, finding.c.state == "open").values(**values).returning(finding)
    ).one_or_none()
    if ended is None:
        raise errors.FindingClosed
    details = {"finding": row.id, "rule": row.rule, "state": state, "reason": ended.reason}
    audit.record(connection, STREAM, audit.Event("finding.closed", actor, details=details))
    return ended


def get(connection: Connection, finding_id: int, barred: Collection[str] = ()) -> sa.Row[Any]:
    """Return a finding.

    Raises
    ------
    FindingUnknown
        If there is none, or it is about a case one is kept away from.
    """
    row = connection.execute(sa.select(finding).where(finding.c.id == finding_id, _open_to(barred))).one_or_none()
    if row is None:
        raise errors.FindingUnknown
    return row


def page(
    connection: Connection, wanted: Filter, barred: Collection[str] = (), *, below: int | None = None, limit: int = 20
) -> Sequence[sa.Row[Any]]:
    """Return findings, the newest first, those below a key."""
    query = sa.select(finding).where(*_conditions(wanted, barred)).order_by(finding.c.id.desc()).limit(limit)
    return connection.execute(query.where(finding.c.id < below) if below is not None else query).all()


def every(connection: Connection, wanted: Filter, barred: Collection[str] = ()) -> Iterator[sa.Row[Any]]:
    """Yield all findings, the newest first."""
    rows = page(connection, wanted, barred, limit=200)
    while rows:
        yield from rows
        rows = page(connection, wanted, barred, below=rows[-1].id, limit=200)


def counts(connection: Connection, wanted: Filter, barred: Collection[str] = ()) -> dict[str, int]:
    """Return how many findings there are by rule, under the other conditions."""
    query = sa.select(finding.c.rule, sa.func.count()).where(
        *_conditions(Filter("", wanted.state, wanted.person), barred)
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(finding.c.rule))}


def persons(connection: Connection, finding_id: int) -> list[str]:
    """Return whom a finding is about."""
    query = sa.select(finding_person.c.person).where(finding_person.c.finding_id == finding_id)
    return list(connection.scalars(query.order_by(finding_person.c.person)))


def proofs(connection: Connection, finding_id: int) -> Sequence[sa.Row[Any]]:
    """Return the evidence behind a finding: the case's number, or the event's key, and what was seen."""
    event, case = audit.audit_event.c, cases.case_file.c
    query = (
        sa.select(finding_proof, case.number, case.title, case.item_name, event.at, event.actor, event.action)
        .outerjoin(cases.case_file, case.id == finding_proof.c.case_id)
        .outerjoin(audit.audit_event, event.id == finding_proof.c.event_id)
        .where(finding_proof.c.finding_id == finding_id)
        .order_by(finding_proof.c.place)
    )
    return connection.execute(query).all()


def _conditions(wanted: Filter, barred: Collection[str]) -> Iterator[sa.ColumnElement[bool]]:
    yield _open_to(barred)
    if wanted.rule:
        yield finding.c.rule == wanted.rule
    if wanted.state:
        yield finding.c.state == wanted.state
    if wanted.person:
        named = finding_person.c.finding_id == finding.c.id
        yield sa.exists().where(named, finding_person.c.person == wanted.person)


def _open_to(barred: Collection[str]) -> sa.ColumnElement[bool]:
    """Nobody sees what is found in a case they are kept away from."""
    if not barred:
        return sa.true()
    kept = sa.select(cases.case_file.c.id).where(cases.case_file.c.number.in_(sorted(barred)))
    return ~sa.exists().where(finding_proof.c.finding_id == finding.c.id, finding_proof.c.case_id.in_(kept))
