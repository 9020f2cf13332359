"""Changes out of hours: drafts, reviews, evidence and decisions written at night or on days of rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock
from engine.cases.radar import rule, seen

ACTIONS = ("penalty.drafted", "penalty.reviewed", "penalty.decided", "evidence.corrected", "document.written")
"""Acts that change what a case says, and can wait for the morning."""


@rule.finds("off_hours")
def find(connection: Connection, values: Mapping[str, Any]) -> Iterator[rule.Hit]:
    """Yield every person, case and day with as many changes out of hours as the setting says."""
    calendar, hours = calendars.load(connection), values["radar_hours"]
    groups: defaultdict[tuple[str, str, str], list[sa.Row[Any]]] = defaultdict(list)
    for row in _changes(connection, values):
        moment = row.at.astimezone(clock.TOWN)
        if not (calendar.is_working(moment.date()) and _within(hours, moment)):
            groups[row.actor, row.stream, moment.date().isoformat()].append(row)
    for (person, number, day), rows in groups.items():
        case_id = seen.case_id(connection, number) if len(rows) >= values["radar_off_hours_changes"] else None
        if case_id is not None:
            yield rule.Hit(
                key=f"{person}~{number}~{day}",
                facts={"person": person, "case": number, "day": day, "count": len(rows)},
                persons=[person],
                proofs=[rule.Proof(case_id, row.id, {"action": row.action}) for row in rows],
            )


def _within(hours: str, moment: datetime) -> bool:
    return any(begin <= f"{moment:%H:%M}" < end for begin, _, end in (span.partition("-") for span in hours.split()))


def _changes(connection: Connection, values: Mapping[str, Any]) -> sa.CursorResult[Any]:
    event = audit.audit_event.c
    return connection.execute(
        sa.select(event.id, event.at, event.actor, event.stream, event.action)
        .where(event.action.in_(ACTIONS), event.at >= rule.since(values), event.actor != audit.SYSTEM.id)
        .order_by(event.id)
    )
