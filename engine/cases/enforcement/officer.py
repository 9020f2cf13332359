"""The case officer: who investigates a case from when to when, under which licence, replaced by whom and why.

Two at least, with a licence that is valid on the day (行政处罚法42); who is recused (43) is no officer any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.enforcement.investigation import acting as acts
from engine.cases.enforcement.investigation import recusal
from engine.cases.people import access
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.together import Question
from engine.handling import reasons
from engine.organisation import person as people
from engine.organisation import qualification

ROLES = {"lead": N_("officer in charge"), "member": N_("second officer")}

case_officer = sa.Table(
    "case_officer",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("person", sa.String(80), nullable=False),
    sa.Column("licence", sa.String(40), nullable=False),
    sa.Column("role", sa.String(8), nullable=False),
    sa.Column("since", db.Utc, nullable=False),
    sa.Column("until", db.Utc),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("replaced_by", sa.String(80)),
    sa.Column("appointed_by", sa.String(80), nullable=False),
    sa.CheckConstraint("role IN ('lead', 'member')", name="role_known"),
    sa.CheckConstraint("(until IS NULL) = (replaced_by IS NULL)", name="replaced_by_somebody"),
    sa.CheckConstraint("until IS NULL OR reason <> ''", name="ended_with_reason"),
    sa.Index("uq_case_officer_acting", "case_id", "person", unique=True, sqlite_where=sa.text("until IS NULL"),
             postgresql_where=sa.text("until IS NULL")),
)  # fmt: skip
"""A recusal stands in its own table (:mod:`engine.cases.enforcement.investigation.recusal`)."""


def appoint(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], chosen: Sequence[str], *, on: date | None = None
) -> list[sa.Row[Any]]:
    """Name the officers of a case, the one in charge first; who is one already stays.

    Raises
    ------
    OfficersTooFew, PersonUnknown, OfficerUnlicensed, OfficerRecused, OfficerReviews
        See :func:`engine.cases.enforcement.investigation.acting.require`.
    """
    licences = {one.person: one.licence for one in acts.require(connection, case, chosen, on or clock.today())}
    known = {row.person: row for row in acting(connection, case.id)}
    return [
        known.get(name) or _appoint(connection, actor, case, name, licence, "member" if place else "lead")
        for place, (name, licence) in enumerate(licences.items())
    ]


def replace(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], person: str, by: str, *, reason: str
) -> sa.Row[Any]:
    """Let another officer take over from one.

    Raises
    ------
    ReasonMissing
    OfficerUnknown
        If the person is no officer of the case.
    OfficersTooFew
        If who takes over is one already.
    PersonUnknown, OfficerUnlicensed, OfficerRecused, OfficerReviews
        If who takes over may not act.
    """
    reason = reasons.given(reason)
    row = next((one for one in of(connection, case.id) if one.person == person and one.until is None), None)
    if row is None:
        raise errors.OfficerUnknown(person=people.names(connection, [person]).get(person, person))
    if any(other.person == by for other in acting(connection, case.id)):
        raise errors.OfficersTooFew(count=1)
    licence = acts.one(connection, case, by, clock.today()).licence
    ended = {"until": clock.now(), "reason": reason, "replaced_by": by}
    connection.execute(sa.update(case_officer).where(case_officer.c.id == row.id).values(**ended))
    trail.record(connection, case.number, actor, "officer.replaced", person=person, by=by, reason=reason)
    return _appoint(connection, actor, case, by, licence, row.role)


def shown(connection: Connection, case: sa.Row[Any], chosen: Sequence[str], on: date | None = None) -> dict[str, Any]:
    """Return ``persons``, ``names`` and ``cert_nos`` of officers who may act on a day, as papers know them.

    Raises
    ------
    OfficersTooFew, PersonUnknown, OfficerUnlicensed, OfficerRecused, OfficerReviews
    """
    found = acts.require(connection, case, chosen, on or clock.today())
    names = people.names(connection, [one.person for one in found])
    return {
        "persons": [one.person for one in found],
        "names": "、".join(names.get(one.person, one.person) for one in found),
        "cert_nos": "、".join(one.licence for one in found),
    }


def offered(connection: Connection, case: sa.Row[Any], team: str, *posts: str) -> list[dict[str, str]]:
    """Return whom a form may name as acting today, as its choices: holders of a licence in force who are not recused.

    Parameters
    ----------
    posts
        Which of the team's posts, ``leader`` and ``officer``.
    """
    held = {row.id: row for post in posts for row in people.holders(connection, f"enforcement.{team}.{post}")}
    found = []
    for key, row in sorted(held.items()):
        licence = qualification.valid(connection, key, acts.LICENCE)
        if licence is not None and recusal.since(connection, case.id, key) is None:
            found.append({"value": key, "label": f"{row.display_name}（{licence.number}）"})
    return found


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return everybody who is or was an officer of a case, in the order of appointment."""
    return OF_CASE.all(connection, case=case_id)


OF_CASE = Question(
    sa.select(case_officer).where(case_officer.c.case_id == sa.bindparam("case", type_=db.Id)), case_officer.c.id
)


def acting(connection: Connection, case_id: int) -> list[sa.Row[Any]]:
    """Return the officers of a case today, the one in charge first; who is recused is none any more."""
    rows = [row for row in of(connection, case_id) if row.until is None]
    rows = [row for row in rows if recusal.since(connection, case_id, row.person) is None]
    return sorted(rows, key=lambda row: row.role != "lead")


def _appoint(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], person: str, licence: str, role: str
) -> sa.Row[Any]:
    row = connection.execute(
        sa.insert(case_officer)
        .values(case_id=case.id, person=person, licence=licence, role=role, since=clock.now(), reason="",
                appointed_by=actor.id)
        .returning(case_officer)
    ).one()  # fmt: skip
    access.grant(connection, case.id, [f"person:{person}"])
    trail.record(connection, case.number, actor, "officer.appointed", person=person, role=role, licence=licence)
    return row
