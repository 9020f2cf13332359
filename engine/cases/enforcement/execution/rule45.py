"""The market sector's own rule on what is public of a penalty (45号令): whom it binds, and for how long it shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors
from engine.cases import standing
from engine.cases.clocks import setting
from engine.cases.enforcement import on_the_spot
from engine.cases.enforcement.judging import draft, penalty
from engine.ground.counting import corresponding_day

SECTOR = "市场监管"
"""The sector it is about; whether it binds the town's powers says setting ``rule45_scope``."""
MONTHS, USUAL_MONTHS = 3, 36
"""How long a public criticism or a low fine alone is public, and any other penalty (13(1))."""
LIGHT = ("通报批评", "罚款")
"""Penalties that alone may be public for :data:`MONTHS`; what fine is low the province says (13(2))."""
BANS = ("限制开展生产经营活动", "限制从业")
"""Penalties that are public as long as they last, where that is longer than three years (13(3))."""


def binds(connection: Connection, case: sa.Row[Any]) -> bool:
    """Tell whether the rule is about the case: its sector, decided in the ordinary procedure (2)."""
    about = case.kind == standing.ENFORCEMENT and (case.item or {}).get("sector") == SECTOR
    within = about and setting.load(connection)["rule45_scope"] == "domain"
    return within and on_the_spot.of(connection, case.id) is None


def kinds(connection: Connection, case: sa.Row[Any]) -> Sequence[dict[str, Any]]:
    """Return the penalties that were decided, each with ``kind`` and ``amount``; none where it was done on the spot."""
    based = penalty.of(connection, case.id)
    found: Sequence[dict[str, Any]] = draft.get(connection, based.draft_id).content["penalty"] if based else []
    return found


def require_end(connection: Connection, case: sa.Row[Any], published_on: date, until_on: date) -> None:
    """Refuse a last day that cannot be right: where the rule binds, another than it sets, else one before publication.

    Raises
    ------
    PublicityEndWrong
        If the day is before the publication.
    PublicityEndUnlawful
        If the rule sets another: three months, three years, or longer as a ban lasts (13).
    """
    if until_on < published_on:
        raise errors.PublicityEndWrong(day=until_on, published=published_on)
    if not binds(connection, case):
        return
    names = [one["kind"] for one in kinds(connection, case)]
    usual = corresponding_day(published_on, USUAL_MONTHS)
    light = [corresponding_day(published_on, MONTHS)] if all(name in LIGHT for name in names) else []
    banned = until_on > usual and any(name in BANS for name in names)
    if until_on not in (*light, usual) and not banned:
        ends = [{"text": "{day}", "facts": {"day": day}} for day in (*light, usual)]
        raise errors.PublicityEndUnlawful(day=until_on, ends=ends)


def may_end_later(connection: Connection, case: sa.Row[Any], published_on: date, until_on: date) -> bool:
    """Tell whether the last day of what was published could rightly be a later one (13).

    Where the rule does not bind, nothing forbids it.
    """
    usual = corresponding_day(published_on, USUAL_MONTHS)
    banned = any(one["kind"] in BANS for one in kinds(connection, case))
    return until_on < usual or banned or not binds(connection, case)
