"""Alike events: what is the same follows the first, never in a circle, and is set apart where that was wrong."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, errors
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.grid import alike, commanding, ending, event, reporting, settling
from engine.cases.grid import clock as clocks
from engine.organisation.grid import earth
from tests.engine.cases.grid.conftest import MORNING, WORKER, reported
from tests.engine.test_races import at_once

CENTRE = audit.Actor("P087")
NEAR = 119.688472 + 8 / earth.east_m(31.5)
FAR = 119.688472 + 25 / earth.east_m(31.5)


def test_the_same_report_from_three_people_is_one_event(connection: Connection) -> None:
    first, _ = reporting.report(connection, WORKER, reported())
    others = [
        reporting.report(connection, audit.Actor(f"guest{number}"), reported(source="群众扫码", lon=NEAR))[0]
        for number in (1, 2)
    ]
    assert [row.outcome for row in others] == ["merged", "merged"]
    assert [row.number for row in alike.children(connection, first.id)] == [row.number for row in others]
    assert cases.get(connection, first.number).closed_at is None


def test_what_is_further_away_older_or_of_another_class_is_another_event(connection: Connection) -> None:
    reporting.report(connection, WORKER, reported())
    far, _ = reporting.report(connection, WORKER, reported(lon=FAR))
    other, _ = reporting.report(connection, WORKER, reported(class_code="S0101"))
    with clock.frozen(MORNING + timedelta(days=4)):
        late, _ = reporting.report(connection, WORKER, reported())
    assert {row.outcome for row in (far, other, late)} == {None}


def test_what_was_seen_earlier_and_sent_later_is_the_same(connection: Connection) -> None:
    first, _ = reporting.report(connection, WORKER, reported())
    seen = MORNING - timedelta(hours=6)
    late, _ = reporting.report(connection, audit.Actor("P133"), reported(lon=NEAR, captured_at=seen, sent_at=MORNING))
    assert late.outcome == "merged"
    assert [row.number for row in alike.children(connection, first.id)] == [late.number]
    long_ago = MORNING - timedelta(days=4)
    other, _ = reporting.report(connection, WORKER, reported(lon=NEAR, captured_at=long_ago, sent_at=MORNING))
    assert other.outcome is None


def test_the_same_report_at_the_same_moment_is_one_event(town: Engine) -> None:
    def report(number: int) -> sa.Row[Any]:
        with db.transaction(town) as work:
            given = reported(class_code="C0301", source="群众扫码", lon=119.7, lat=31.5)
            return reporting.report(work, audit.Actor(f"guest{number}"), given)[0]

    outcomes = at_once(*(lambda number=number: report(number) for number in range(3)))
    assert sorted(str(row.outcome) for row in outcomes) == ["None", "merged", "merged"]


def test_two_merges_at_the_same_moment_make_no_circle(town: Engine) -> None:
    with db.transaction(town) as work:
        pair = [
            reporting.report(work, WORKER, reported(class_code="E0103", lon=119.7 + far, lat=31.5))[0]
            for far in (0, 0.01)
        ]

    def merge(case: sa.Row[Any], into: str) -> str:
        with db.transaction(town) as work:
            return str(alike.merge(work, CENTRE, case, into).outcome)

    one, other = pair
    outcomes = at_once(lambda: merge(one, other.number), lambda: merge(other, one.number))
    refused = [outcome for outcome in outcomes if isinstance(outcome, errors.EngineError)]
    assert (len(refused), "merged" in outcomes) == (1, True)


def test_a_visit_is_never_the_same(connection: Connection) -> None:
    one, _ = reporting.report(connection, WORKER, reported(class_code="V0101"))
    two, _ = reporting.report(connection, WORKER, reported(class_code="V0101"))
    assert alike.nearest(connection, two) is None
    assert one.outcome is two.outcome is None


def test_a_circle_is_refused_and_children_follow_the_first(connection: Connection) -> None:
    first, _ = reporting.report(connection, WORKER, reported())
    second, _ = reporting.report(connection, WORKER, reported(lon=FAR))
    third, _ = reporting.report(connection, WORKER, reported(lon=FAR + 22 / earth.east_m(31.5)))
    with pytest.raises(errors.EventMergeCycle):
        alike.merge(connection, CENTRE, first, first.number)
    alike.merge(connection, CENTRE, third, second.number)
    alike.merge(connection, CENTRE, cases.get(connection, second.number), first.number)
    with pytest.raises(errors.EventMergeCycle):
        alike.merge(connection, CENTRE, first, second.number)
    assert {row.number for row in alike.children(connection, first.id)} == {second.number, third.number}
    other, _ = reporting.report(connection, WORKER, reported(class_code="S0101"))
    with pytest.raises(errors.EventMergeRefused, match="different classes"):
        alike.merge(connection, CENTRE, first, other.number)
    fourth, _ = reporting.report(connection, WORKER, reported(lon=FAR + 99 / earth.east_m(31.5)))
    with pytest.raises(errors.EventMergeFollows, match=f"Choose {first.number}"):
        alike.merge(connection, CENTRE, fourth, second.number)
    event.change(connection, fourth.id, result="in_grid")
    ending.close(connection, CENTRE, fourth, "已清理")
    with pytest.raises(errors.EventMergeClosed, match=f"{fourth.number} is closed"):
        alike.merge(connection, CENTRE, first, fourth.number)


def test_a_wrong_merge_is_undone_with_a_reason(connection: Connection) -> None:
    reporting.report(connection, WORKER, reported())
    child, _ = reporting.report(connection, WORKER, reported(lon=NEAR))
    with pytest.raises(errors.ReasonMissing):
        alike.unmerge(connection, CENTRE, child, " ")
    alike.unmerge(connection, CENTRE, child, "不是同一处")
    apart = cases.get(connection, child.number)
    assert (apart.state, apart.outcome, apart.closed_at) == ("reported", None, None)
    with pytest.raises(errors.EventNotMerged):
        alike.unmerge(connection, CENTRE, cases.get(connection, child.number), "再一次")


@pytest.mark.parametrize("put_off", [False, True])
def test_the_case_clock_runs_on_when_a_merge_by_hand_was_a_mistake(connection: Connection, put_off: bool) -> None:
    first, _ = reporting.report(connection, WORKER, reported(class_code="C0103"))
    case, _ = reporting.report(connection, WORKER, reported(class_code="C0103", lon=119.7))
    begun = deadline.find(connection, case, clocks.CASE)
    assert begun is not None
    if put_off:
        settling.postpone(connection, CENTRE, case, date(2026, 3, 20), "等配件")
    commanding.merge(connection, CENTRE, case, first.number, "同一处")
    assert deadline.find(connection, case, clocks.CASE) is None
    alike.unmerge(connection, CENTRE, cases.get(connection, case.number), "不是同一处")
    after, me = deadline.find(connection, case, clocks.CASE), event.of(connection, case.id)
    assert after is not None
    assert (after.id, after.state, after.due_at, me.due_at) == (begun.id, "open", begun.due_at, begun.due_at)
    assert (me.revisit_on, me.step_due_at) == (None, None)


def test_whoever_reported_the_same_is_told_when_the_first_closes(connection: Connection) -> None:
    first, _ = reporting.report(connection, WORKER, reported())
    given = reported(source="群众扫码", lon=NEAR, reporter={"name": "王小明", "phone": "15400010001"})
    child, _ = reporting.report(connection, audit.Actor("guest"), given)
    event.change(connection, first.id, result="in_grid")
    ending.close(connection, CENTRE, first, "已清理")
    told = [row for row in audit.trail(connection, child.number) if row.action == "applicant.notified"]
    assert [row.details["message"] for row in told] == ["event_closed"]


def test_repetitions_are_counted_at_the_place_and_merged_ones_once(connection: Connection) -> None:
    reporting.report(connection, WORKER, reported(class_code="E0502"))
    reporting.report(connection, WORKER, reported(class_code="E0502", lon=NEAR))
    with clock.frozen(MORNING + timedelta(days=10)):
        third, _ = reporting.report(connection, WORKER, reported(class_code="E0502"))
    assert alike.repeated(connection, event.of(connection, third.id), 20, 90) == 1
