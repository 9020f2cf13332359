"""A cell is split while work in it is open: old codes stay, their holders answer for it, and no ground is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.organisation import appointment, person, trail
from engine.organisation.grid import branch, node, shape
from engine.organisation.grid.redrawing import Drawn, Redrawing, redraw

OLD = "GL-01-01"
ADMIN = audit.Actor("P195")


def halves(connection: Connection, code: str = OLD) -> tuple[dict[str, Any], dict[str, Any]]:
    """Cut a cell from one corner to another so that both halves are sound."""
    (ring,) = node.shapes(connection, [code])[code]
    for first in range(len(ring)):
        for second in range(first + 2, len(ring) - 1):
            parts = [ring[first : second + 1], (*ring[second:], *ring[: first + 1])]
            if any(shape.doubled_area([part]) <= 0 for part in parts):
                continue
            try:
                written = [shape.written((part,)) for part in parts]
                found = [shape.read("half", part) for part in written]
            except errors.ShapeUnreadable:
                continue
            if sum(map(shape.doubled_area, found)) == shape.doubled_area((ring,)):
                return written[0], written[1]
    raise AssertionError("no cut")


def split(connection: Connection) -> Redrawing:
    west, east = halves(connection)
    drawn = [
        Drawn("GL-01-05", "镇中社区第五网格", "Zhenzhong Community, Grid 5", "community", west),
        Drawn("GL-01-06", "镇中社区第六网格", "Zhenzhong Community, Grid 6", "community", east),
    ]
    return Redrawing([OLD], drawn, "GL-01-06", "人口增加", {"PB-019": "GL-01-05"})


def test_a_split_closes_the_old_cell_and_shows_where_it_went(connection: Connection) -> None:
    assert redraw(connection, ADMIN, split(connection)) == ["GL-01-05", "GL-01-06"]
    assert node.get(connection, OLD).closed_at == clock.now()
    assert node.successors(connection, OLD) == ["GL-01-05", "GL-01-06"]
    assert node.predecessors(connection, "GL-01-05") == [OLD]
    with pytest.raises(errors.GridClosed, match="GL-01-05, GL-01-06"):
        node.in_force(connection, OLD)
    event = connection.execute(
        sa.select(audit.audit_event)
        .where(audit.audit_event.c.stream == trail.STREAM)
        .order_by(audit.audit_event.c.seq.desc())
        .limit(1)
    ).one()
    assert (event.action, event.actor) == ("grid.redrawn", "P195")
    assert event.details == {
        "closed": [OLD],
        "opened": ["GL-01-05", "GL-01-06"],
        "heir": "GL-01-06",
        "reason": "人口增加",
    }


def test_a_place_belongs_to_the_cell_of_its_time(connection: Connection) -> None:
    place = 119.685304, 31.509082
    assert node.at(connection, *place) == OLD
    redraw(connection, ADMIN, split(connection))
    assert node.at(connection, *place) in ("GL-01-05", "GL-01-06")
    assert node.at(connection, *place, clock.now() - timedelta(seconds=1)) == OLD


def test_the_holders_move_to_the_heir_and_answer_for_the_old_cell(connection: Connection) -> None:
    redraw(connection, ADMIN, split(connection))
    groups = person.groups(connection, "P132")
    assert {"grid.worker@GL-01-06", f"grid.worker@{OLD}"} <= groups
    assert "grid.worker@GL-01-05" not in groups
    for group in ("grid.worker@GL-01-06", f"grid.worker@{OLD}"):
        assert [row.id for row in person.holders(connection, group)] == ["P132"]
        assert [row.id for row in person.eligible(connection, [group], [])] == ["P132"]
    assert [(row.scope, str(row.until)) for row in person.appointments(connection, "P132")[:2]] == [
        ("GL-01-06", "None"),
        (OLD, "2026-03-01"),
    ]


def test_a_second_split_hands_the_first_ones_work_on(connection: Connection) -> None:
    redraw(connection, ADMIN, split(connection))
    west, east = halves(connection, "GL-01-06")
    drawn = [Drawn("GL-01-07", "七", "7", "community", west), Drawn("GL-01-08", "八", "8", "community", east)]
    with clock.frozen(clock.now() + timedelta(hours=1)):
        redraw(connection, ADMIN, Redrawing(["GL-01-06"], drawn, "GL-01-08", "再分"))
    assert node.successors(connection, OLD) == ["GL-01-05", "GL-01-07", "GL-01-08"]
    assert f"grid.worker@{OLD}" in person.groups(connection, "P132")
    assert [row.id for row in person.holders(connection, f"grid.worker@{OLD}")] == ["P132"]


def test_cells_are_merged_into_one(connection: Connection) -> None:
    redraw(connection, ADMIN, split(connection))
    whole = node.get(connection, OLD).polygon
    drawn = [Drawn("GL-01-09", "九", "9", "community", whole)]
    with clock.frozen(clock.now() + timedelta(hours=1)):
        back = Redrawing(["GL-01-05", "GL-01-06"], drawn, "GL-01-09", "合并", {"PB-019": "GL-01-09"})
        assert redraw(connection, ADMIN, back) == ["GL-01-09"]
    assert node.successors(connection, OLD) == ["GL-01-09"]
    assert [row.id for row in person.holders(connection, "grid.worker@GL-01-05")] == ["P132"]


def test_a_branch_is_not_left_without_a_grid(connection: Connection) -> None:
    with pytest.raises(errors.GridHasBranches, match="PB-019"):
        redraw(connection, ADMIN, replace(split(connection), branches={}))
    redraw(connection, ADMIN, split(connection))
    assert [row.code for row in branch.of(connection, ["GL-01-05"])] == ["PB-019"]


def test_the_database_keeps_a_grid_that_has_a_branch(connection: Connection) -> None:
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        connection.execute(sa.delete(node.grid_node).where(node.grid_node.c.code == OLD))


def test_nobody_is_appointed_at_a_closed_grid_or_at_none(connection: Connection) -> None:
    redraw(connection, ADMIN, split(connection))
    with pytest.raises(errors.GridClosed):
        appointment.appoint(connection, ADMIN, "P133", "grid.level3.head", scope=OLD)
    with pytest.raises(errors.PostScopeWrong):
        appointment.appoint(connection, ADMIN, "P133", "grid.level3.head", scope="GL-99")
    with pytest.raises(errors.PostScopeWrong):
        appointment.appoint(connection, ADMIN, "P133", "grid.level3.head", scope="GL-02")


HEIRS = dict.fromkeys(("PB-019", "PB-020"), "GL-01-06")


def stretched(wanted: Redrawing) -> Redrawing:
    """Let the second half reach a little over its neighbour's corner."""
    east = wanted.drawn[1]
    ring = [list(corner) for corner in east.geometry["coordinates"][0]]
    ring[2][0] += 0.00002
    return replace(wanted, drawn=[wanted.drawn[0], replace(east, geometry={"type": "Polygon", "coordinates": [ring]})])


BREAKING: list[tuple[Callable[[Redrawing], Redrawing], Any]] = [
    (lambda wanted: replace(wanted, reason=" "), errors.ReasonMissing),
    (lambda wanted: replace(wanted, closed=[]), errors.GridNotReplaceable),
    (lambda wanted: replace(wanted, closed=[OLD, "GL-02-01"]), errors.GridNotReplaceable),
    (lambda wanted: replace(wanted, closed=["GL-01"]), errors.GridNotReplaceable),
    (lambda wanted: replace(wanted, closed=["GL-77"]), errors.GridUnknown),
    (lambda wanted: replace(wanted, heir="GL-01-02"), errors.GridHeirMissing),
    (lambda wanted: replace(wanted, drawn=[replace(wanted.drawn[0], code=OLD)]), errors.GridTwice),
    (lambda wanted: replace(wanted, drawn=[wanted.drawn[0]] * 2), errors.GridTwice),
    (lambda wanted: replace(wanted, drawn=wanted.drawn[1:], branches=HEIRS), errors.ShapesLeaveHole),
    (lambda wanted: replace(wanted, closed=[OLD, "GL-01-02"], branches=HEIRS), errors.ShapesLeaveHole),
    (stretched, (errors.ShapesOverlap, errors.ShapeBeyond, errors.ShapesLeaveHole)),
]


def test_what_would_break_the_tree_is_refused(connection: Connection) -> None:
    for spoil, error in BREAKING:
        with pytest.raises(error):
            redraw(connection, ADMIN, spoil(split(connection)))
        assert node.successors(connection, OLD) == []
