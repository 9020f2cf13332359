"""The ranking follows the events at once, the same events give the same list, and each score shows its events."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from engine import clock
from engine.cases.grid import event, reporting
from engine.cases.grid.overview import ranking
from engine.cases.people import access
from tests.engine.cases.grid.conftest import WORKER, reported

LEADER = access.Reader("P001", roles=frozenset({"leader"}))


def closed(connection: Connection, number: str, hours: int, **values: Any) -> int:
    """Report an event and write down that it was settled in the grid some hours later."""
    row, _step = reporting.report(connection, WORKER, reported(external_id=number, **values.pop("told", {})))
    end = clock.now() + timedelta(hours=hours)
    due = clock.now() + timedelta(hours=12)
    said = {"due_at": due, "finished_at": end, "closed_at": end, "result": "in_grid", "level": "grid"}
    event.change(connection, row.id, **(said | values))
    return int(row.id)


def test_a_closed_event_changes_the_ranking_at_once(
    connection: Connection, at: Callable[..., AbstractContextManager[None]]
) -> None:
    today = clock.today()
    before = ranking.of(connection, today)
    assert [place.branch.code for place in before] == sorted(place.branch.code for place in before)
    assert {place.score for place in before} == {Decimal()}
    closed(connection, "A", 2)
    with at(2026, 3, 4, 9):
        after = ranking.of(connection, today)
        assert [place.branch.grid for place in after[:2]] == ["GL-01", "GL-01-01"], "equal: the code decides"
        first = after[1]
        assert (first.counted.closed, first.counted.on_time, after[2].counted.closed) == (1, 1, 0)
        assert first.score == Decimal("100.00")
        assert first.shares["satisfaction"] is first.shares["activity"] is None
        assert ranking.of(connection, today) == after
        (behind,) = ranking.events(connection, LEADER, "GL-01-01", today)
        assert behind.grid_code == "GL-01-01"
        assert not ranking.events(connection, access.Reader("nobody"), "GL-01-01", today)


def test_the_branch_of_a_village_counts_all_its_cells(
    connection: Connection, at: Callable[..., AbstractContextManager[None]]
) -> None:
    closed(connection, "A", 2)
    closed(connection, "B", 2, told={"lon": 119.695655, "lat": 31.50969})
    with at(2026, 3, 4, 9):
        counted = {place.branch.grid: place.counted for place in ranking.of(connection, clock.today())}
        assert (counted["GL-01"].closed, counted["GL-01-01"].closed, counted["GL-01-02"].closed) == (2, 1, 1)
        assert counted["GL-02"].closed == 0


def test_late_and_open_ones_cost_points_and_what_was_not_settled_earns_none(
    connection: Connection, at: Callable[..., AbstractContextManager[None]]
) -> None:
    closed(connection, "A", 20)
    closed(connection, "B", 2, result="not_filed")
    closed(connection, "C", 2, finished_at=None, closed_at=None, result=None)
    with at(2026, 3, 4, 9):
        place = next(one for one in ranking.of(connection, clock.today()) if one.branch.grid == "GL-01-01")
        assert (place.counted.closed, place.counted.due, place.counted.on_time, place.counted.late) == (1, 3, 1, 1)
        assert place.lost == 1


def test_weights_are_a_hundred_and_none_counts_fines() -> None:
    indicators = ranking.rule()["indicators"]
    assert sum(one["weight"] for one in indicators) == 100
    assert {one["code"] for one in indicators} == set(ranking.INDICATORS)
