"""Who investigates an enforcement case and who did, by name, with what ended it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.enforcement import officer
from engine.cases.enforcement.investigation import recusal
from engine.organisation import person


def of(connection: Connection, case: sa.Row[Any]) -> list[dict[str, Any]]:
    """Return the officers of a case in the order of appointment."""
    rows = officer.of(connection, case.id)
    called = person.names(connection, {name for row in rows for name in (row.person, row.replaced_by) if name})
    return [
        {
            "row": row,
            "name": called.get(row.person, row.person),
            "role": officer.ROLES[row.role],
            "replaced_by": called.get(row.replaced_by, row.replaced_by),
            "recused": recusal.since(connection, case.id, row.person),
        }
        for row in rows
    ]
