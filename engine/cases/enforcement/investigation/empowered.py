"""The power to seal and seize (行政强制法17, 22): a clause of law that the legal office has entered for an item.

The power is never delegated (17(1)); whether it came to the town with the power to punish (17(2)) is open, so nothing
is empowered until somebody answers for it with the clause and the document that hands it over.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.clocks import setting

STREAM = "house:settings"

seizure_clause = sa.Table(
    "seizure_clause",
    db.metadata,
    sa.Column("item_code", sa.String(40), primary_key=True),
    sa.Column("clause", sa.String(300), nullable=False),
    sa.Column("document", sa.String(300), nullable=False),
    sa.Column("entered_by", sa.String(80), nullable=False),
    sa.Column("entered_at", db.Utc, nullable=False),
    sa.CheckConstraint("clause <> '' AND document <> ''", name="clause_and_document"),
)


def enter(connection: Connection, actor: audit.Actor, item_code: str, *, clause: str, document: str) -> None:
    """Say which clause empowers the organ for an item, and which document hands the power over.

    Raises
    ------
    SeizureClauseIncomplete
        If one of the two is not said.
    """
    if not clause.strip() or not document.strip():
        raise errors.SeizureClauseIncomplete
    row = {"clause": clause.strip(), "document": document.strip(), "entered_by": actor.id, "entered_at": clock.now()}
    changed = connection.execute(sa.update(seizure_clause).where(seizure_clause.c.item_code == item_code).values(**row))
    if not changed.rowcount:
        connection.execute(sa.insert(seizure_clause).values(item_code=item_code, **row))
    details = {"item": item_code, "clause": row["clause"], "document": row["document"]}
    audit.record(connection, STREAM, audit.Event("seizure.empowered", actor, details=details))


def find(connection: Connection, case: sa.Row[Any]) -> str | None:
    """Return the clause that empowers the organ to seize in a case, or None."""
    entered = connection.scalar(sa.select(seizure_clause.c.clause).where(seizure_clause.c.item_code == case.item_code))
    proposed = case.item.get("seizure_clause_candidate")
    if entered is None and proposed and setting.load(connection)["seizure_power"] == "yes":
        return str(proposed)
    return str(entered) if entered is not None else None


def clause_of(connection: Connection, case: sa.Row[Any]) -> str:
    """Return the clause that empowers the organ to seize in a case.

    Raises
    ------
    SeizureNotEmpowered
        If there is none.
    """
    found = find(connection, case)
    if found is None:
        raise errors.SeizureNotEmpowered(item=case.item_name)
    return found
