"""Redrawing: cells of level 3 give way to others that cover the same ground, by splitting, merging or a new border.

The old ones are closed, never deleted: events keep their code. Their holders, and whoever is offered work of theirs,
are found through the heir.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.handling import reasons
from engine.organisation import person, trail
from engine.organisation.grid import branch, coverage, node, shape
from engine.organisation.grid.node import grid_node, grid_successor


@dataclass(frozen=True)
class Drawn:
    """A cell to be: its geometry is GeoJSON."""

    code: str
    name: str
    name_en: str
    category: str
    geometry: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Redrawing:
    """Which cells close and which take their place; the ``heir`` among these keeps their holders and open work.

    ``branches`` says for each party branch of the closed ones to which new one it goes.
    """

    closed: Sequence[str]
    drawn: Sequence[Drawn]
    heir: str
    reason: str
    branches: Mapping[str, str] = field(default_factory=dict)


def redraw(connection: Connection, actor: audit.Actor, wanted: Redrawing) -> list[str]:
    """Close cells and open others on the same ground; return the codes of the new ones.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    GridUnknown, GridClosed, GridNotReplaceable
        If an old cell is not in force, none is named, or they do not lie in the same grid of level 2.
    GridTwice, GridHeirMissing, GridHasBranches
        If a code was used before, no new cell is the heir, or a branch would lose its grid.
    ShapeUnreadable, PointWrong, ShapesOverlap, ShapeBeyond, ShapesLeaveHole
        If the new ones are not exactly the ground of the old ones; the error names the first fault.
    """
    reason = reasons.given(wanted.reason)
    old = _old(connection, wanted.closed)
    _check_names(connection, wanted)
    _check_branches(connection, wanted)
    shapes = {one.code: shape.read(one.code, one.geometry) for one in wanted.drawn}
    refuse_uncovered(connection, old, shapes)
    now = clock.now()
    _open(connection, old[0], wanted, shapes, now)
    _close(connection, wanted, now)
    _hand_over(connection, actor, wanted)
    details = {"closed": sorted(wanted.closed), "opened": sorted(shapes), "heir": wanted.heir}
    trail.record(connection, actor, "grid.redrawn", **details, reason=reason)
    return sorted(shapes)


def _old(connection: Connection, codes: Sequence[str]) -> list[sa.Row[Any]]:
    """Return the cells that are to close, locked; the town's row lets one redrawing after the other look."""
    connection.execute(sa.select(grid_node.c.code).where(grid_node.c.level == node.TOWN).with_for_update())
    found = [node.in_force(connection, code) for code in dict.fromkeys(codes)]
    if len({row.parent for row in found}) != 1 or any(row.level != node.CELL for row in found):
        raise errors.GridNotReplaceable(grids=", ".join(codes) or "–")
    return found


def _check_names(connection: Connection, wanted: Redrawing) -> None:
    codes = [one.code for one in wanted.drawn]
    used = set(node.names(connection))
    for position, code in enumerate(codes):
        if code in used or code in codes[:position]:
            raise errors.GridTwice(grid=code)
    if wanted.heir not in codes:
        raise errors.GridHeirMissing(grids=", ".join(wanted.closed), heir=wanted.heir or "–")


def _check_branches(connection: Connection, wanted: Redrawing) -> None:
    codes = {one.code for one in wanted.drawn}
    left = [row for row in branch.of(connection, wanted.closed) if wanted.branches.get(row.code) not in codes]
    if left:
        raise errors.GridHasBranches(grid=left[0].grid, branches=", ".join(row.code for row in left))


def refuse_uncovered(connection: Connection, old: Sequence[sa.Row[Any]], new: Mapping[str, shape.Shape]) -> None:
    """Refuse new cells that do not cover exactly the ground of the old ones."""
    outline = coverage.union(node.shapes(connection, [row.code for row in old]).values())
    for fault in coverage.check(new, ", ".join(row.code for row in old), outline):
        raise fault


def _open(
    connection: Connection, old: sa.Row[Any], wanted: Redrawing, shapes: Mapping[str, shape.Shape], now: datetime
) -> None:
    rows = []
    for one in wanted.drawn:
        said = {"name": one.name, "name_en": one.name_en, "category": one.category, "facts": dict(one.facts)}
        place = {"level": node.CELL, "parent": old.parent, "certainty": old.certainty}
        rows.append(node.row(one.code, shapes[one.code], now, said | place))
    connection.execute(sa.insert(grid_node), rows)


def _close(connection: Connection, wanted: Redrawing, now: datetime) -> None:
    connection.execute(sa.update(grid_node).where(grid_node.c.code.in_(wanted.closed)).values(closed_at=now))
    known = connection.execute(
        sa.select(grid_successor.c.closed, grid_successor.c.heir, grid_successor.c.successor).where(
            grid_successor.c.successor.in_(wanted.closed)
        )
    ).all()
    ends = dict.fromkeys(wanted.closed, True)
    for row in known:
        ends[row.closed] = ends.get(row.closed, False) or row.heir
    rows = [
        {"closed": closed, "successor": one.code, "heir": heir and one.code == wanted.heir}
        for closed, heir in ends.items()
        for one in wanted.drawn
    ]
    connection.execute(sa.insert(grid_successor), rows)


def _hand_over(connection: Connection, actor: audit.Actor, wanted: Redrawing) -> None:
    """Let those who hold posts at the old cells hold them at the heir, and branches go where they were sent."""
    for row in branch.of(connection, wanted.closed):
        branch.link(connection, actor, row.code, wanted.branches[row.code])
    held = person.appointment
    today = clock.today()
    still = (held.c.scope.in_(wanted.closed), sa.or_(held.c.until.is_(None), held.c.until >= today))
    seen: set[tuple[str, str]] = set()
    for row in connection.execute(sa.select(held).where(*still).order_by(held.c.id)).all():
        _move(connection, actor, row, wanted.heir, twice=(row.person_id, row.post) in seen)
        seen.add((row.person_id, row.post))


def _move(connection: Connection, actor: audit.Actor, row: sa.Row[Any], heir: str, *, twice: bool) -> None:
    held, today = person.appointment, clock.today()
    here = held.c.id == row.id
    if row.since < today:
        connection.execute(sa.update(held).where(here).values(until=today - timedelta(days=1)))
    else:
        connection.execute(sa.delete(held).where(here))
    if not twice:
        days = {"since": max(row.since, today), "until": row.until}
        connection.execute(sa.insert(held).values(person_id=row.person_id, post=row.post, scope=heir, **days))
    details = {"person": row.person_id, "post": row.post, "before": row.scope, "scope": heir}
    trail.record(connection, actor, "person.moved", **details)
