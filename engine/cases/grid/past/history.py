"""The history of events: closed ones that were handled elsewhere or before, written as they were, with their trail.

What is still open is not history: it is reported (:func:`engine.cases.grid.reporting.report`) and handled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases import standing
from engine.cases.case import case_file
from engine.cases.clocks import supervision
from engine.cases.grid import event, handling, link
from engine.cases.grid.event import grid_event
from engine.cases.papers import numbering
from engine.cases.people import access, party

BATCH = 500
READERS = ("command.intake", "command.dispatcher", "grid.center.lead")
"""The posts of the centre that read every past event, besides those of its grid."""

_EMPTY: dict[str, Any] = {
    "source_code": "", "external_id": None, "client_uuid": None, "accuracy_m": None, "reported_by": None,
    "on_behalf_of": None, "reporter_known": False, "party_id": None, "clock_off_s": None, "clock_doubted": False,
    "parent_id": None, "merged_at": None, "unit": None, "helpers": [], "step": "", "step_due_at": None, "due_at": None,
    "extended": False, "revisit_on": None, "verified": None, "filed_at": None, "level2_returned": False,
    "sent_back": False, "rework_count": 0, "returns": 0, "reopened": 0, "satisfaction": None, "handler": None,
    "checker": None, "finished_at": None,
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What was done at a moment by somebody, in the words of where it was kept."""

    at: datetime
    actor: str
    node: str
    text: str


@dataclass(frozen=True)
class Past:
    """A closed event: ``values`` are columns of the event, ``outcome`` how it ended; the rest as in their tables.

    ``parent`` is the key of the past event that it follows, among those written together.
    """

    key: str
    values: Mapping[str, Any]
    outcome: str
    steps: Sequence[Step] = ()
    handlings: Sequence[Mapping[str, Any]] = ()
    links: Sequence[Mapping[str, Any]] = ()
    supervisions: Sequence[Mapping[str, Any]] = ()
    parent: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def write(connection: Connection, actor: audit.Actor, past: Iterable[Past]) -> dict[str, str]:
    """Write closed events in the order of their reports; return their numbers by key."""
    reporter = party.register(connection, {"kind": "person", "name": event.UNNAMED})
    numbers: dict[str, str] = {}
    ids: dict[str, int] = {}
    coming = iter(past)
    while batch := list(islice(coming, BATCH)):
        rows = [_case(connection, actor, one, reporter.id) for one in batch]
        numbers.update((one.key, row["number"]) for one, row in zip(batch, rows, strict=True))
        written = sa.insert(case_file).returning(case_file.c.id, sort_by_parameter_order=True)
        found = connection.execute(written, rows).scalars().all()
        ids.update(zip((one.key for one in batch), found, strict=True))
        connection.execute(sa.insert(grid_event), [_event(one, ids) for one in batch])
        _beside(connection, batch, ids)
        for one in batch:
            _tell(connection, actor, numbers[one.key], one)
    return numbers


def _case(connection: Connection, actor: audit.Actor, one: Past, reporter: int) -> dict[str, Any]:
    values, year = one.values, one.values["received_at"].astimezone(clock.TOWN).year
    code = f"{event.SERIES}-{values['class_code']}"
    title = f"{values['class_name']} {values['address']}"[:300]
    return {
        "number": f"{event.SERIES}-{year}-{numbering.take(connection, f'case:{event.SERIES}', year):06}",
        "kind": standing.GRID,
        "item_code": code,
        "item_name": values["class_name"],
        "department": "",
        "catalogue_version": 0,
        "item": {"code": code, "name": values["class_name"], "department": ""},
        "title": title,
        "state": "closed",
        "channel": values["source"],
        "window": "",
        "queue_number": "",
        "applicant_id": reporter,
        "opened_by": values.get("reported_by") or actor.id,
        "received_at": values["received_at"],
        "deemed": False,
        "closed_at": values["closed_at"],
        "outcome": one.outcome,
        "provisional": False,
        "visits": 0,
    }


def _event(one: Past, ids: Mapping[str, int]) -> dict[str, Any]:
    parent = {"parent_id": ids[one.parent], "merged_at": one.values["closed_at"]} if one.parent else {}
    result = None if one.outcome == "merged" else one.outcome
    return {**_EMPTY, **one.values, **parent, "case_id": ids[one.key], "result": result}


def _beside(connection: Connection, batch: Sequence[Past], ids: Mapping[str, int]) -> None:
    parts: list[tuple[sa.Table, str]] = [
        (handling.grid_handling, "handlings"), (link.grid_link, "links"), (supervision.supervision, "supervisions"),
    ]  # fmt: skip
    for table, name in parts:
        rows = [{**row, "case_id": ids[one.key]} for one in batch for row in getattr(one, name)]
        if rows:
            connection.execute(sa.insert(table), rows)
    readers = [
        {"case_id": ids[one.key], "principal": f"group:{group}"} for one in batch for group in (*READERS, *_grid(one))
    ]
    connection.execute(sa.insert(access.case_reader), readers)


def _grid(one: Past) -> tuple[str, str]:
    return f"grid.worker@{one.values['grid_code']}", f"grid.level2.head@{one.values['level2_code']}"


def _tell(connection: Connection, actor: audit.Actor, number: str, one: Past) -> None:
    """Write the trail: that the event was taken over, then each step at its moment."""
    taken = audit.Event("event.taken_over", actor, details={"key": one.key, "outcome": one.outcome, **one.facts})
    audit.record(connection, number, taken)
    for step in one.steps:
        with clock.frozen(step.at):
            details = {"node": step.node, "text": step.text}
            audit.record(connection, number, audit.Event("event.past", audit.Actor(step.actor), details=details))
