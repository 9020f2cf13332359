"""What a phone keeps of the ground its worker walks: the cell and its shape, the classes to report, what to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.engine import Connection

from engine import clock
from engine.cases.grid.items import item_class
from engine.cases.grid.patrols import patrol_plan, reached
from engine.organisation.grid import node
from web.i18n import named


def of(connection: Connection, person_id: str, groups: Iterable[str]) -> dict[str, Any]:
    """Return ``grid``, ``shape``, ``classes`` and ``checks`` for somebody who acts for the groups."""
    known = node.names(connection)
    codes = sorted({place for group in groups if (place := group.partition("@")[2]) in known})
    return {
        "grid": {"name": "、".join(named(known[code]) for code in codes)} if codes else None,
        "shape": {"type": "FeatureCollection", "features": [_feature(connection, code) for code in codes]},
        "classes": _classes(connection),
        "checks": [check for code in codes for check in _checks(connection, person_id, code)],
    }


def _feature(connection: Connection, code: str) -> dict[str, Any]:
    return {"type": "Feature", "id": code, "properties": {}, "geometry": node.get(connection, code).polygon}


def _classes(connection: Connection) -> list[dict[str, Any]]:
    number = item_class.current(connection).version
    majors = {row.code: named(row) for row in item_class.majors(connection, number)}
    rows = item_class.every(connection, number)
    return [{"code": row.code, "name": named(row), "major": majors[row.major], **_wanted(row.body)} for row in rows]


def _wanted(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what evidence of the result a class of the list wants: how many photos, and whether signatures."""
    evidence = body.get("evidence") or {}
    return {"after": int(evidence.get("photo_after") or 0), "signature": bool(evidence.get("signature"))}


def _checks(connection: Connection, person_id: str, code: str) -> list[dict[str, str]]:
    plan = patrol_plan.of(connection, code, clock.today())
    seen = reached.on(connection, person_id, clock.today(), plan)
    points = [{"name": named(row), "note": _often(row, reached=row.code in seen)} for row in plan.points]
    return points + [{"name": named(row), "note": _("special patrol")} for row in plan.specials]


def _often(row: Any, *, reached: bool) -> str:
    often = str(ngettext("every day", "every %(num)d days", row.every_days))
    return f"{often} · ✓ {_('reached')}" if reached else f"{often} · {_('within %(metres)d m', metres=row.radius_m)}"
