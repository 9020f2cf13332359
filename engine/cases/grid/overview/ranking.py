"""The ranking of the party branches (组织力榜单): scores counted from events when they are asked for, so never stale.

Each score is a sum of indicators by weight; one that no event of the month says anything about for the whole town does
not count, and its weight goes to the others. Fines play no part (行政处罚法74(3)).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db
from engine.cases.case import case_file
from engine.cases.grid.event import grid_event
from engine.cases.grid.items import item_class
from engine.cases.people import access
from engine.errors import N_
from engine.organisation.grid import branch, node

INDICATORS = {
    "service_cases": N_("matters closed per member"),
    "on_time": N_("closed in time"),
    "self_handled": N_("settled in the grid"),
    "visits": N_("visits made"),
    "satisfaction": N_("satisfied residents"),
    "activity": N_("meetings and alliance activities"),
}
"""What is measured; no connected system tells of activities yet, so these do not count."""

SETTLED = ("in_grid", "level2", "department", "joint")
"""Results that are service to residents; what was handed over, withdrawn or not filed is none."""
RATINGS = ("satisfied", "fair", "dissatisfied")
"""What a resident who was reached may have said."""

_POINT = Decimal("0.01")


@dataclass(frozen=True)
class Counted:
    """What the events of a month come to for a branch."""

    closed: int = 0
    due: int = 0
    on_time: int = 0
    small: int = 0
    small_in_grid: int = 0
    visits: int = 0
    visits_made: int = 0
    rated: int = 0
    satisfied: int = 0
    late: int = 0


@dataclass(frozen=True)
class Place:
    """A branch on the list: rank, score, the share of each indicator (None: nothing to measure) and what it lost."""

    rank: int
    branch: Any
    score: Decimal
    shares: Mapping[str, Decimal | None]
    lost: int
    counted: Counted


@cache
def rule() -> dict[str, Any]:
    """Return indicators, weights and deduction with their origin."""
    found: dict[str, Any] = db.loads(resources.files("engine.cases").joinpath("data/ranking.json").read_text("utf-8"))
    return found


def month(first: date) -> tuple[datetime, datetime]:
    """Return the moments at which the month of a day begins and the next one does, in the town's time."""
    begin = datetime(first.year, first.month, 1, tzinfo=clock.TOWN)
    after = (begin + timedelta(days=32)).replace(day=1)
    return begin, after


def of(connection: Connection, first: date) -> list[Place]:
    """Return all branches for the month of a day, the best first; the same events give the same list.

    Equal scores are ordered by punctuality, fewer late events, more closed ones, and last by the branch's code.
    """
    branches, by_cell = branch.every(connection), _by_cell(connection, first)
    ground = _ground(connection)
    counted = {row.code: _total(by_cell.get(cell, Counted()) for cell in ground[row.grid]) for row in branches}
    shares = _shares(branches, counted)
    scored = [(row, *_score(shares[row.code], counted[row.code]), counted[row.code]) for row in branches]
    scored.sort(key=lambda one: _order(one[0], one[1], shares[one[0].code], one[3]))
    return [
        Place(rank, row, score, shares[row.code], lost, known)
        for rank, (row, score, lost, known) in enumerate(scored, start=1)
    ]


def events(
    connection: Connection, reader: access.Reader, grid: str, first: date, limit: int = 200
) -> Sequence[sa.Row[Any]]:
    """Return the events of a month behind the score of a grid's branch, as far as a reader sees them, latest first."""
    event, (begin, after) = grid_event.c, month(first)
    spans = (event.closed_at, event.due_at)
    here = sa.or_(*(sa.and_(column >= begin, column < after) for column in spans), _late(after))
    joined = grid_event.join(case_file, case_file.c.id == event.case_id)
    query = sa.select(
        grid_event, case_file.c.number, item_class.name_en(event.list_version, event.class_code)
    ).select_from(joined)
    query = query.where(event.grid_code.in_(_ground(connection)[grid]), event.parent_id.is_(None), here)
    query = query.where(access.visible_cases(reader)).order_by(event.reported_at.desc(), event.case_id.desc())
    return connection.execute(query.limit(limit)).all()


def _late(after: datetime) -> sa.ColumnElement[bool]:
    event = grid_event.c
    return sa.and_(event.closed_at.is_(None), event.due_at < min(after, clock.now()), event.revisit_on.is_(None))


def _by_cell(connection: Connection, first: date) -> dict[str, Counted]:
    """Count the events of the month cell by cell; what was merged into another event counts with it."""
    event, (begin, after) = grid_event.c, month(first)
    visit = event.kind == item_class.VISIT
    closed = sa.and_(event.closed_at >= begin, event.closed_at < after, event.result.in_(SETTLED))
    due = sa.and_(event.due_at >= begin, event.due_at < min(after, clock.now()), event.revisit_on.is_(None))
    small = sa.and_(closed, ~visit, event.level_initial == "grid")
    rated = sa.and_(closed, event.satisfaction.in_(RATINGS))
    conditions = {
        "closed": sa.and_(closed, ~visit),
        "due": sa.and_(due, ~visit),
        "on_time": sa.and_(due, ~visit, event.finished_at <= event.due_at),
        "small": small,
        "small_in_grid": sa.and_(small, event.level == "grid"),
        "visits": sa.and_(due, visit),
        "visits_made": sa.and_(due, visit, event.finished_at.is_not(None)),
        "rated": rated,
        "satisfied": sa.and_(rated, event.satisfaction == "satisfied"),
        "late": _late(after),
    }
    counts = [sa.func.count().filter(condition).label(name) for name, condition in conditions.items()]
    relevant = sa.or_(closed, due, _late(after))
    query = sa.select(event.grid_code, *counts).where(event.parent_id.is_(None), relevant).group_by(event.grid_code)
    return {row.grid_code: Counted(*(row._mapping[name] for name in conditions)) for row in connection.execute(query)}


def _ground(connection: Connection) -> dict[str, set[str]]:
    """Return for each grid the cells in it, closed ones too: theirs are the events of those who answer for them now."""
    names = node.names(connection)
    found: dict[str, set[str]] = {code: set() for code in names}
    after = connection.execute(sa.select(node.grid_successor.c.closed, node.grid_successor.c.successor)).all()
    for row in names.values():
        above: str | None = row.code if row.level == node.CELL else None
        while above is not None:
            found[above].add(row.code)
            above = names[above].parent
    for one in after:
        found[one.successor].add(one.closed)
    return found


def _total(parts: Iterable[Counted]) -> Counted:
    sums = dict.fromkeys((field.name for field in fields(Counted)), 0)
    for part in parts:
        for name in sums:
            sums[name] += getattr(part, name)
    return Counted(**sums)


def _shares(branches: Sequence[Any], counted: Mapping[str, Counted]) -> dict[str, dict[str, Decimal | None]]:
    """Return each branch's share of each indicator; where it has nothing to measure, the whole town's."""
    per_member = {row.code: Decimal(counted[row.code].closed) / row.facts["party_members"] for row in branches}
    most = max(per_member.values(), default=Decimal())
    whole = _rates(_total(counted.values()))
    return {
        row.code: {
            "service_cases": per_member[row.code] / most if most else None,
            **{name: whole[name] if rate is None else rate for name, rate in _rates(counted[row.code]).items()},
        }
        for row in branches
    }


def _rates(known: Counted) -> dict[str, Decimal | None]:
    parts = {
        "on_time": (known.on_time, known.due),
        "self_handled": (known.small_in_grid, known.small),
        "visits": (known.visits_made, known.visits),
        "satisfaction": (known.satisfied, known.rated),
        "activity": (0, 0),
    }
    return {name: Decimal(part) / whole if whole else None for name, (part, whole) in parts.items()}


def _score(shares: Mapping[str, Decimal | None], known: Counted) -> tuple[Decimal, int]:
    said = rule()
    weights = {one["code"]: one["weight"] for one in said["indicators"] if shares[one["code"]] is not None}
    earned = sum((weight * (shares[code] or 0) for code, weight in weights.items()), Decimal())
    lost = min(known.late * said["late_deduction"], said["late_deduction_most"])
    score = max(earned * 100 / sum(weights.values()) - lost, Decimal()) if weights else Decimal()
    return score.quantize(_POINT, ROUND_HALF_UP), lost


def _order(row: Any, score: Decimal, shares: Mapping[str, Decimal | None], known: Counted) -> tuple[Any, ...]:
    return -score, -(shares["on_time"] or 0), known.late, -known.closed, row.code
