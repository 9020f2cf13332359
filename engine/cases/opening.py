"""Taking a case in: its number, its parties, who may read it, and the process that carries it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors, instances
from engine.cases import case as cases
from engine.cases.people import access, party
from engine.cases.reading import trail
from engine.flow import steps

PROCESS = "one_window_approval"
"""The process of items whose catalogue entry names none."""

ITEM_FIELDS = (
    "code", "name", "kind", "handling", "decided_by", "safety_class", "commitment_allowed", "lacking_allowed",
    "statutory_limit", "promised_limit", "special_procedures", "reviewing_units", "reviewer_post", "village_enabled",
    "result", "materials", "visits", "channels", "power_source", "audience", "department", "detail",
)  # fmt: skip
"""What a process may know of an item; it keeps what held on the day of the application."""


def item_context(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a catalogue entry that goes into the case and its process."""
    return {name: body.get(name) for name in ITEM_FIELDS}


def open_case(
    connection: Connection,
    actor: audit.Actor,
    opening: cases.Opening,
    *,
    process_id: str = PROCESS,
    start_event: str | None = None,
    prepare: Callable[[sa.Row[Any]], None] | None = None,
) -> tuple[sa.Row[Any], steps.Step]:
    """Open a case and start its process; return the case and the process's first step.

    Parameters
    ----------
    prepare
        Writes what belongs to the case and its process may ask for in its first step.

    Raises
    ------
    ItemWithoutProcess
        If no such process is deployed; nothing is taken in.
    ChannelUnknown, ChannelNotOffered, AgentPowerMissing, ReceivedInFuture, PartyNameMissing, PartyKindUnknown, \
ResidentIdWrong, CreditCodeWrong
        See :func:`engine.cases.case.create`.
    """
    case = cases.create(connection, actor, opening)
    access.grant(connection, case.id, [f"person:{actor.id}"])
    details = {"item": case.item_code, "catalogue": case.catalogue_version, "channel": case.channel}
    trail.record(connection, case.number, actor, "case.opened", window=case.window, **details)
    if prepare is not None:
        prepare(case)
    try:
        step = instances.start(
            connection,
            actor,
            process_id,
            business_key=case.number,
            variables=variables_of(connection, case, opening),
            start_event=start_event,
        )
    except errors.DefinitionUnknown:
        raise errors.ItemWithoutProcess(item=case.item_name) from None
    return cases.get(connection, case.number), step


def variables_of(connection: Connection, case: sa.Row[Any], opening: cases.Opening) -> dict[str, Any]:
    """Return the variables a case starts with; numbers of persons only as far as a screen may show them."""
    applicant = party.shown(party.get(connection, case.applicant_id))
    agent = party.shown(party.get(connection, case.agent_id)) if case.agent_id else None
    return {
        **opening.facts,
        "item": case.item,
        "case_number": case.number,
        "channel": case.channel,
        "window": case.window,
        "applicant": applicant,
        "agent": agent,
        "received_at": case.received_at.astimezone(clock.TOWN).isoformat(),
    }
