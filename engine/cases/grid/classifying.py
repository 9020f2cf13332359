"""Classifying: what the list in force says of an event, and the level, urgency and limit it gets."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.grid import alike, clock, event
from engine.cases.grid.items import item_class
from engine.cases.reading import trail
from engine.organisation import unit

NEVER = 10**6
"""How often something must recur that no list turns to enforcement."""
_WORDS = re.compile(r"[\s、，,或]+")


def facts(connection: Connection, case: sa.Row[Any]) -> dict[str, Any]:
    """Return what tables and forms may know of the event's class, and whether its text meets the urgent condition."""
    me = event.of(connection, case.id)
    row = item_class.get(connection, me.class_code, me.list_version)
    turn, rule = row.body.get("to_enforcement") or {}, row.body.get("urgency") or {}
    lead = unit.get(connection, row.body.get("escalate_to") or row.lead_unit)
    when = [word for word in _WORDS.split(str(rule.get("when") or "")) if word]
    return {
        "level": row.level,
        "lead": row.lead_unit,
        "lead_name": lead.name,
        "lead_name_en": lead.name_en,
        "escalate_to": lead.code,
        "helpers": list(row.body.get("helper_units") or ()),
        "limit": row.limit_amount,
        "limit_unit": row.limit_unit,
        "closing_condition": row.body["closing_condition"],
        "closing_condition_en": item_class.closing_en(row),
        "evidence": dict(row.body.get("evidence") or {}),
        "raised": any(word in me.description for word in when),
        "team": str(turn.get("team") or ""),
        "repeat_count": int(turn.get("repeat_count") or NEVER),
    }


def repeats(connection: Connection, case: sa.Row[Any]) -> int:
    """Return how often the same was reported at the same place before, within the days of the list."""
    me = event.of(connection, case.id)
    row = item_class.get(connection, me.class_code, me.list_version)
    turn = row.body.get("to_enforcement") or {}
    if not turn:
        return 0
    return alike.repeated(connection, me, row.merge_m or 0, int(turn["repeat_days"]))


def classify(connection: Connection, actor: audit.Actor, case: sa.Row[Any], found: dict[str, Any]) -> sa.Row[Any]:
    """Write level and urgency as the tables found them and start the case clock.

    Raises
    ------
    EventLevelUnknown
        If the table names no level or no urgency that there is.
    """
    level, urgency = str(found.get("level")), int(found.get("urgency") or 0)
    if level not in item_class.LEVELS or urgency not in item_class.URGENCIES:
        raise errors.EventLevelUnknown(level=level, urgency=urgency)
    me = event.of(connection, case.id)
    row = item_class.get(connection, me.class_code, me.list_version)
    event.change(connection, case.id, level=level, urgency=urgency)
    factor = Decimal(str((row.body.get("urgency") or {}).get("factor", 1))) if urgency == item_class.URGENT else 1
    clock.start(connection, actor, case, row.limit_amount, row.limit_unit, factor)
    details = {"level": level, "urgency": urgency, "reason": str(found.get("reason") or "")}
    trail.record(connection, case.number, actor, "event.classified", **details)
    return event.of(connection, case.id)
