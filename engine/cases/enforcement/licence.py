"""From a licence to a lead: a breach that supervision finds becomes a case, and both cases name each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, definitions
from engine.cases.enforcement import lead
from engine.cases.papers import push
from engine.cases.people import party as parties
from engine.cases.reading import trail

SOURCE = "许可后监管"
INTAKE = "enforcement.intake"
"""Who is told of the breach where the process of enforcement is not in force in this house."""


def breach(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], found: Mapping[str, Any], *, watched: str
) -> sa.Row[Any] | None:
    """Take in the lead of a breach that the supervision of a licence found, and return its case.

    Where enforcement is not in force its intake is told by a push, and None is returned.

    Parameters
    ----------
    case
        The approval by which the licence was granted.
    found
        ``facts``, ``place``, ``act_on`` (ISO day), ``party_kind`` (:data:`engine.cases.enforcement.lead.KINDS`).
    watched
        The business key of the supervision: finished twice, it has found one breach.

    Raises
    ------
    LeadFactsMissing, LeadDatesWrong, PartyKindUnknown
        See :func:`engine.cases.enforcement.lead.take_in`.
    """
    holder = parties.get(connection, case.applicant_id)
    if lead.PROCESS not in definitions.processes(connection):
        content = {"applicant": holder.name, "outcome": case.outcome, "note": str(found.get("facts") or "")}
        push.send(connection, actor, case, receiver=INTAKE, kind="finding", purpose="finding", content=content)
        return None
    known = {name: getattr(holder, name) for name in ("name", "id_type", "id_number", "phone", "address")}
    day = str(found.get("act_on") or "")
    taken, step = lead.take_in(
        connection,
        actor,
        lead.Lead(
            source=SOURCE,
            facts=str(found.get("facts") or ""),
            place=str(found.get("place") or ""),
            party={**known, "kind": str(found.get("party_kind") or "entity"), "representative": holder.representative},
            act_on=date.fromisoformat(day) if day else None,
            external_id=watched,
            licence_case_id=case.id,
            variables={"team": None},
        ),
    )
    if step is not None:
        trail.record(connection, case.number, actor, "licence.breach_found", lead=taken.number)
    return taken
