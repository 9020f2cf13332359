"""The party: a person or an organisation that applies, is represented, or is dealt with.

A row is never changed: a party that gives a new telephone number is a new row, so every case keeps what was said then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db, errors
from engine.cases.people import identity
from engine.ground.together import Question

KINDS = ("person", "organisation")

party = sa.Table(
    "party",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("id_type", sa.String(20), nullable=False),
    sa.Column("id_number", sa.String(40), nullable=False),
    sa.Column("phone", sa.String(30), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("representative", sa.String(100), nullable=False),
    sa.Column("contact", sa.String(100), nullable=False),
    sa.Column("created_at", db.Utc, nullable=False),
    sa.CheckConstraint("kind IN ('person', 'organisation')", name="kind_known"),
    sa.CheckConstraint("name <> ''", name="name_given"),
    sa.Index(None, "id_number"),
    sa.Index(None, "phone"),
)

_FIELDS = ("kind", "name", "id_type", "id_number", "phone", "address", "representative", "contact")


def register(connection: Connection, given: Mapping[str, Any]) -> sa.Row[Any]:
    """Return the party's row, a new one unless the very same was registered before.

    Parameters
    ----------
    given
        ``kind``, ``name``, and where known ``id_type`` (``resident`` or ``uscc`` are checked, others taken as they
        are), ``id_number``, ``phone``, ``address``, ``representative`` (of an organisation), ``contact``.

    Raises
    ------
    PartyKindUnknown, PartyNameMissing
        If it is neither a person nor an organisation, or has no name.
    ResidentIdWrong, CreditCodeWrong
        If the number's check digit does not fit.
    """
    row = _clean(given)
    same = sa.and_(*(party.c[name] == row[name] for name in _FIELDS))
    found = connection.execute(sa.select(party).where(same).order_by(party.c.id).limit(1)).one_or_none()
    if found is None:
        found = connection.execute(sa.insert(party).values(**row, created_at=clock.now()).returning(party)).one()
    return found


def get(connection: Connection, party_id: int) -> sa.Row[Any]:
    """Return a party."""
    return connection.execute(sa.select(party).where(party.c.id == party_id)).one()


def of_case(connection: Connection, case: sa.Row[Any]) -> dict[int, sa.Row[Any]]:
    """Return the applicant of a case, and the agent where there is one, by their keys."""
    return {row.id: row for row in OF_CASE.all(connection, applicant=case.applicant_id, agent=case.agent_id)}


OF_CASE = Question(
    sa.select(party).where(
        party.c.id.in_([sa.bindparam("applicant", type_=db.Id), sa.bindparam("agent", type_=db.Id)])
    ),
    party.c.id,
)


def shown(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what process variables, pages and documents may know: numbers masked, address and phone kept."""
    return {
        "kind": row.kind,
        "name": row.name,
        "id_type": row.id_type,
        "id_masked": identity.masked(row.id_number) if row.id_number else "",
        "phone": row.phone,
        "address": row.address,
        "representative": row.representative,
        "contact": row.contact,
    }


def same(known: sa.Row[Any]) -> sa.ColumnElement[bool]:
    """Return the condition by which a row is the same party: by its number, or by its name where it has none."""
    name = "id_number" if known.id_number else "name"
    return party.c[name] == sa.literal(getattr(known, name))


def public_name(row: sa.Row[Any]) -> str:
    """Return the name as a public page shows it: organisations in full, persons by their family name only.

    A sole trader who trades under their own name is a person to the public.
    """
    named = row.kind == "person" or identity.is_personal(row.name)
    return identity.masked_name(row.name) if named else str(row.name)


def public_text(row: sa.Row[Any], text: str) -> str:
    """Return a text about a party as a public page shows it: numbers hidden, persons by their family name only."""
    named = (row.name if public_name(row) != row.name else "", row.representative, row.contact)
    text = identity.masked_text(text)
    for name in filter(None, named):
        text = text.replace(name, identity.masked_name(name))
    return text


def _clean(given: Mapping[str, Any]) -> dict[str, str]:
    row = {name: str(given.get(name) or "").strip() for name in _FIELDS}
    if row["kind"] not in KINDS:
        raise errors.PartyKindUnknown(kind=row["kind"])
    if not row["name"]:
        raise errors.PartyNameMissing
    row["id_type"] = row["id_type"] or ("resident" if row["kind"] == "person" else "uscc")
    if row["id_number"] and row["id_type"] == "resident":
        row["id_number"] = identity.resident_id(row["id_number"])
    if row["id_number"] and row["id_type"] == "uscc":
        row["id_number"] = identity.credit_code(row["id_number"])
    return row
