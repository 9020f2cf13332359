"""The bar: a person who is kept away from one case, whatever posts they hold: no task of it, and no sight of it.

It is asked once for whoever acts, with their posts, and travels with them (:class:`engine.tasks.Candidate`). A process
that runs beside a case has the case's number with more behind a dash and is barred with it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db
from engine.organisation import trail

bar = sa.Table(
    "bar",
    db.metadata,
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("business_key", sa.String(80), primary_key=True),
    sa.Column("since", db.Utc, nullable=False),
    sa.Index(None, "business_key"),
)


def put(connection: Connection, actor: audit.Actor, person_id: str, business_key: str) -> None:
    """Keep a person away from a case from now on; once more changes nothing."""
    if business_key in keys(connection, person_id):
        return
    connection.execute(sa.insert(bar).values(person_id=person_id, business_key=business_key, since=clock.now()))
    trail.record(connection, actor, "person.barred", person=person_id, case=business_key)


def keys(connection: Connection, person_id: str) -> frozenset[str]:
    """Return the business keys that a person is kept away from."""
    query = sa.select(bar.c.business_key).where(bar.c.person_id == person_id)
    return frozenset(connection.execute(query).scalars())
