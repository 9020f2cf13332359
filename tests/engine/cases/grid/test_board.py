"""What the command centre sees and does: only what its rectangle, its filter and its rights show; every act is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, errors, tasks
from engine.cases import case as cases
from engine.cases.clocks import supervision
from engine.cases.grid import commanding, event, reporting
from engine.cases.grid.items import item_class
from engine.cases.grid.overview import board, chart, narrowing, rectangle
from engine.cases.people import access
from engine.handling import reminders
from engine.organisation.grid import earth
from tests.engine.cases.grid.conftest import MORNING, WORKER, reported

LEAD = access.Reader("P082", groups=frozenset({"command.lead"}))
NOBODY = access.Reader("P999", groups=frozenset({"hall.window@W01"}))
CENTRE = audit.Actor("P082")
LON, LAT = 119.688472, 31.508861
HERE = rectangle.Box(LON - 0.0001, LAT - 0.0001, LON + 0.0001, LAT + 0.0001)
QUARTER, CLOSED = narrowing.Filter(quarter="GL-01"), narrowing.Filter("all", since=MORNING.date(), until=MORNING.date())
STEP = 30 / earth.east_m(31.5)
"""So far apart two events of a class are two events."""


def came(connection: Connection, east: int = 0, **changed: Any) -> sa.Row[Any]:
    """Report an event so many steps to the east and return its case."""
    return reporting.report(connection, WORKER, reported(lon=LON + east * STEP, **changed))[0]


def actions(connection: Connection, number: str) -> list[str]:
    """Return what the trail of a case says was done, in order."""
    table = audit.audit_event.c
    query = sa.select(table.action).where(table.stream == number).order_by(table.seq)
    return list(connection.execute(query).scalars())


def seen(connection: Connection, reader: access.Reader = LEAD, **wanted: Any) -> list[str]:
    """Return the numbers of a list in its order."""
    return [row.number for row in board.page(connection, reader, narrowing.Filter(**wanted)).rows]


@pytest.fixture
def three(connection: Connection) -> list[sa.Row[Any]]:
    """Three events beside each other: ordinary, urgent, pressing."""
    made = [came(connection, east) for east in range(3)]
    for case, urgency in zip(made, (item_class.ORDINARY, item_class.URGENT, item_class.PRESSING), strict=True):
        event.change(connection, case.id, urgency=urgency)
    return made


def test_open_events_come_by_urgency_and_due_moment_page_by_page(
    connection: Connection, three: list[sa.Row[Any]]
) -> None:
    ordinary, urgent, pressing = (case.number for case in three)
    event.change(connection, three[2].id, due_at=None)
    sooner = came(connection, 3)
    event.change(connection, sooner.id, urgency=item_class.PRESSING, due_at=MORNING)
    expected = [urgent, sooner.number, pressing, ordinary]
    turned, after = [], None
    for _page in range(4):
        page = board.page(connection, LEAD, narrowing.Filter(), after=after, limit=1)
        turned, after = [*turned, page.rows[0].number], page.next
    assert (turned, after) == (expected, None)
    assert seen(connection) == expected
    assert board.counts(connection, LEAD, narrowing.Filter()) == board.Counts(4, 1, 0)
    with clock.frozen(MORNING + timedelta(hours=1)):
        assert seen(connection, overdue=True) == [sooner.number]


def test_a_list_is_narrowed_by_everything_an_event_has(connection: Connection, three: list[sa.Row[Any]]) -> None:
    other = came(connection, 9, class_code="S0101")
    event.change(connection, other.id, unit="police", level2_code="GL-02", source="12345")
    for wanted in ({"unit": "police"}, {"quarter": "GL-02"}, {"class_code": "S0101"}, {"source": "12345"}):
        assert seen(connection, **wanted) == [other.number]
    cell = event.of(connection, other.id).grid_code
    assert other.number in seen(connection, cell=cell)
    assert set(seen(connection, state=three[0].state)) >= {case.number for case in three}
    assert seen(connection, state="calling_back") == []
    today = MORNING.date()
    assert len(seen(connection, since=today, until=today)) == 4
    assert seen(connection, since=today + timedelta(days=1)) == []


def test_the_map_reads_only_what_its_rectangle_shows(connection: Connection, three: list[sa.Row[Any]]) -> None:
    shown = rectangle.within(connection, LEAD, narrowing.Filter(), HERE)
    assert [row.number for row in shown.events] == [three[0].number]
    wide = replace(HERE, east=LON + 3 * STEP)
    heaped = rectangle.within(connection, LEAD, narrowing.Filter(), wide, most=2)
    assert (heaped.total, heaped.events) == (3, ())
    assert sum(heap.number for heap in heaped.heaps) == 3
    assert min(heap.urgency for heap in heaped.heaps) == item_class.URGENT


def test_a_person_without_right_sees_nothing_and_a_barred_one_not_that_case(
    connection: Connection, three: list[sa.Row[Any]]
) -> None:
    assert seen(connection, NOBODY) == []
    assert rectangle.within(connection, NOBODY, narrowing.Filter(), HERE).total == 0
    assert board.counts(connection, NOBODY, narrowing.Filter()).total == 0
    assert not list(chart.by_source(connection, NOBODY, narrowing.Filter(view="all")))
    barred = replace(LEAD, barred=frozenset({three[0].number}))
    assert set(seen(connection, barred)) == {case.number for case in three[1:]}
    assert not access.sees(connection, barred, three[0].number)
    assert access.sees(connection, LEAD, three[0].number)
    with pytest.raises(errors.CaseNotFound):
        access.require(connection, NOBODY, "merge", three[0].number)


def test_figures_count_what_their_lists_hold(connection: Connection, three: list[sa.Row[Any]]) -> None:
    for case, unit in zip(three, ("police", "police", "urban"), strict=True):
        event.change(connection, case.id, unit=unit, due_at=MORNING)
    event.change(connection, three[1].id, finished_at=MORNING, closed_at=MORNING)
    with clock.frozen(MORNING + timedelta(hours=1)):
        by_unit = {
            row.unit: (row.number, row.overdue) for row in board.standing(connection, LEAD, narrowing.Filter(), "unit")
        }
        assert by_unit == {"police": (1, 1), "urban": (1, 1)}
        rate = chart.in_time_by_unit(connection, LEAD, narrowing.Filter(view="all"))
        assert [(row.key, row.number, row.in_time) for row in rate] == [("police", 1, 1)]
        assert seen(connection, view="on_time") == [three[1].number]
        assert seen(connection, view="late") == []
        per_day = chart.by_source(connection, LEAD, narrowing.Filter(view="all"))
        assert [tuple(row) for row in per_day] == [(MORNING.toordinal(), "网格员", 3)]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda connection: board.standing(connection, LEAD, narrowing.Filter(), "unit", "urgency"), "open_standing"),
        (lambda connection: board.standing(connection, LEAD, QUARTER, "unit", "urgency"), "open_level2"),
        (lambda connection: board.page(connection, LEAD, narrowing.Filter()), "open_list"),
        (lambda connection: chart.in_time_by_unit(connection, LEAD, CLOSED), "settled"),
    ],
)
def test_the_board_is_counted_from_the_index_made_for_it(
    connection: Connection, ask: Callable[[Connection], Any], index: str
) -> None:
    if connection.dialect.name != "sqlite":
        pytest.skip("an empty table of PostgreSQL is read whole whatever its indexes")
    asked: list[tuple[str, Any]] = []
    with listening(connection.engine, lambda _connection, _cursor, text, values, *_: asked.append((text, values))):
        ask(connection)
    ((text, values),) = asked
    plan = " ".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values))
    assert set(re.findall(r"ix_grid_event_(\w+)", plan)) == {index}, plan


@contextmanager
def listening(database: Engine, listener: Callable[..., None]) -> Iterator[None]:
    """Let a listener see every statement while the block lasts."""
    sa.event.listen(database, "before_cursor_execute", listener)
    try:
        yield
    finally:
        sa.event.remove(database, "before_cursor_execute", listener)


def test_the_newest_entry_of_an_event_is_told_apart_from_others(
    connection: Connection, three: list[sa.Row[Any]]
) -> None:
    known = board.latest(connection, board.Beat())
    assert known.newest > 0
    assert board.latest(connection, known) == known
    audit.record(connection, "house:test", audit.Event("test.done", CENTRE))
    later = board.latest(connection, known)
    assert (later.head > known.head, str(later)) == (True, str(known))
    audit.record(connection, three[0].number, audit.Event("test.done", CENTRE))
    assert board.latest(connection, later).newest > later.head


def test_merging_by_hand_ends_what_runs_of_the_child(connection: Connection, three: list[sa.Row[Any]]) -> None:
    first, second, _third = three
    with pytest.raises(errors.ReasonMissing):
        commanding.merge(connection, CENTRE, second, first.number, " ")
    commanding.merge(connection, CENTRE, second, first.number, "同一处")
    merged = cases.get(connection, second.number)
    assert (merged.outcome, event.of(connection, second.id).parent_id) == ("merged", first.id)
    assert tasks.of_case(connection, second.number) == []
    assert "event.merged_by_hand" in actions(connection, second.number)
    assert "event.joined" in actions(connection, first.number)
    assert second.number not in seen(connection)


def test_urging_reminds_every_task_once_in_four_hours(connection: Connection, three: list[sa.Row[Any]]) -> None:
    case = three[0]
    assert commanding.urge(connection, CENTRE, case, "请尽快") == 1
    (task,) = tasks.of_case(connection, case.number)
    assert [row.note for row in reminders.of(connection, task.id)] == ["请尽快"]
    assert "task.urged" in actions(connection, case.number)
    with pytest.raises(errors.RemindedAlready):
        commanding.urge(connection, CENTRE, case, "请尽快")


@pytest.mark.parametrize("grade", supervision.LEVELS)
def test_supervising_asks_the_post_that_is_meant(connection: Connection, three: list[sa.Row[Any]], grade: str) -> None:
    opened = commanding.supervise(connection, CENTRE, three[0], grade, "leader", "久拖不决")
    (row,) = [each for each in supervision.of(connection, three[0].id) if each.id == opened]
    assert (row.level, row.target, row.facts) == (grade, "town.leader", {"text": "久拖不决"})
    assert actions(connection, three[0].number)[-1] == "supervision.opened"
    with pytest.raises(errors.SupervisionLevelUnknown):
        commanding.supervise(connection, CENTRE, three[0], grade, "nobody", "久拖不决")
