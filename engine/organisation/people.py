"""The people as the administration reads them: found by name, with posts, absence and account side by side."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.organisation.account import account
from engine.organisation.person import person

CALLED = 100


def called(connection: Connection, text: str) -> list[str]:
    """Return the ids of those whose log-in is the text or whose name contains it, a hundred at most."""
    by_login = sa.select(account.c.person_id).where(account.c.login == text.lower())
    fits = sa.or_(person.c.display_name.icontains(text, autoescape=True), person.c.id.in_(by_login))
    return list(connection.execute(sa.select(person.c.id).where(fits).order_by(person.c.id).limit(CALLED)).scalars())
