"""Repeated pairs of officer and party (处罚法43): whoever meets the same party again and again may be partial."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases import case as cases
from engine.cases.enforcement import officer
from engine.cases.people import party
from engine.cases.radar import rule


@rule.finds("officer_party")
def find(connection: Connection, values: Mapping[str, Any]) -> Iterator[rule.Hit]:
    """Yield every officer with as many cases of one party as the setting says; a further case is a new finding."""
    pairs: defaultdict[tuple[str, str], dict[int, sa.Row[Any]]] = defaultdict(dict)
    for row in _worked(connection, values):
        pairs[row.person, row.id_number or row.name][row.case_id] = row
    for (person, _party), rows in pairs.items():
        if len(rows) >= values["radar_pair_cases"]:
            last = max(rows)
            yield rule.Hit(
                key=f"{person}~{last}",
                facts={"person": person, "party": rows[last].name, "count": len(rows), "days": values["radar_days"]},
                persons=[person],
                proofs=[rule.Proof(case_id) for case_id in sorted(rows)],
            )


def _worked(connection: Connection, values: Mapping[str, Any]) -> sa.CursorResult[Any]:
    case, named = cases.case_file.c, officer.case_officer.c
    return connection.execute(
        sa.select(named.person, named.case_id, party.party.c.name, party.party.c.id_number)
        .join(cases.case_file, case.id == named.case_id)
        .join(party.party, party.party.c.id == case.applicant_id)
        .where(case.received_at >= rule.since(values))
        .order_by(named.person, named.case_id)
    )
