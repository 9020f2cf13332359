"""The three pushes of a penalty: to the approval front desk, the command centre and the discipline inspection.

Each gets what it needs for its purpose and no more; they are written in the transaction in which the penalty
takes effect (C2.3 I12).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases import case as cases
from engine.cases.papers import push
from engine.cases.people import party as parties

KIND = "penalty"
PURPOSES = {"approval": "penalty.approval", "command": "penalty.command", "discipline": "penalty.discipline"}
"""By receiver (demo/guanlin/organisation/receivers.json), what the push is for."""


def send(
    connection: Connection, actor: audit.Actor, number: str, *, text: str, officers: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Write the pushes of a case's penalty; a receiver that was told already is not told twice.

    Parameters
    ----------
    text
        The penalty as papers say it.
    officers
        ``names`` and ``cert_nos`` of those who acted.
    """
    case = cases.get(connection, number)
    told = {row.receiver for row in push.of(connection, case.id) if row.purpose in PURPOSES.values()}
    content = _contents(connection, case, text, officers)
    return [
        {
            "receiver": receiver,
            "id": push.send(
                connection, actor, case, receiver=receiver, kind=KIND, purpose=purpose, content=content[receiver]
            ),
        }
        for receiver, purpose in PURPOSES.items()
        if receiver not in told
    ]


def _contents(
    connection: Connection, case: sa.Row[Any], text: str, officers: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    party = parties.get(connection, case.applicant_id)
    decided_on = clock.day(case.decided_at or clock.now()).isoformat()
    shared = {"outcome": case.outcome, "decided_on": decided_on, "note": ""}
    licences = [link["name"] for link in case.item.get("licence_link") or ()]
    return {
        "approval": {**shared, "applicant": party.name, "penalty": text, "licences": licences},
        "command": {**shared, "applicant": parties.public_name(party), "penalty": text, "cause": case.item_name},
        "discipline": {
            **shared,
            "applicant": party.name,
            "penalty": text,
            "cause": case.item_name,
            "officers": officers.get("names", ""),
            "licence_numbers": officers.get("cert_nos", ""),
        },
    }
