"""What the process of an event knows of it: what its tables judge by, and whose posts its tasks are offered to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.grid import event, photo, settling
from engine.cases.grid.items import item_class
from engine.organisation.grid import node

ASKED = ("turn", "refused", "clear_breach", "danger")
"""What whoever reports or takes in may say besides: another way, a refusal, a clear breach, danger to life."""


def of(connection: Connection, row: sa.Row[Any], said: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the variable ``event``; ``said`` is what was said besides (:data:`ASKED`)."""
    said = said or {}
    kind = item_class.get(connection, row.class_code, row.list_version)
    return {
        **event.told(row._asdict()),
        "class_name_en": kind.name_en,
        "turn": str(said.get("turn") or ""),
        "refused": said.get("refused") is True,
        "clear_breach": said.get("clear_breach") is True,
        "danger": said.get("danger") is True or (bool(kind.body.get("emergency")) and not row.reopened),
        "verify": row.source not in event.INSIDE and row.verified is None,
        "repeats": 0,
        "rework_count": row.rework_count,
        "filed": row.filed_at is not None,
        "settled_already": settling.settled_before(connection, row),
        "settled": _settled(row),
        "photos_wanted": photo.lacking(connection, row.case_id, kind.body.get("evidence") or {}),
        "checkers": checkers(connection, row),
    }


def _settled(row: sa.Row[Any]) -> dict[str, str]:
    """Return what was done before the report as the form of G5 would say it; nothing once it is to be done again."""
    if row.settled_note is None or row.rework_count:
        return {}
    return {"result": "settled", "note": row.settled_note, "signed": "yes" if row.settled_signed else "no"}


def checkers(connection: Connection, row: sa.Row[Any]) -> list[str]:
    """Return who may inspect: the workers of the level-2 grid and the centre's intake; who handled it is barred."""
    cells = [cell.code for cell in node.children(connection, row.level2_code)]
    return [f"grid.worker@{code}" for code in dict.fromkeys([row.grid_code, *cells])] + ["command.intake"]
