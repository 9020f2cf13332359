"""Alike events: what is the same follows the first, never in a circle, and is set apart where that was wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases.grid import alike, ending, event
from engine.organisation.grid import earth
from tests.engine.cases.grid.conftest import MORNING, WORKER, reported

CENTRE = audit.Actor("P087")
NEAR = 119.688472 + 8 / earth.east_m(31.5)
FAR = 119.688472 + 25 / earth.east_m(31.5)


def test_the_same_report_from_three_people_is_one_event(connection: Connection) -> None:
    first, _ = event.report(connection, WORKER, reported())
    others = [
        event.report(connection, audit.Actor(f"guest{number}"), reported(source="群众扫码", lon=NEAR))[0]
        for number in (1, 2)
    ]
    assert [row.outcome for row in others] == ["merged", "merged"]
    assert [row.number for row in alike.children(connection, first.id)] == [row.number for row in others]
    assert cases.get(connection, first.number).closed_at is None


def test_what_is_further_away_older_or_of_another_class_is_another_event(connection: Connection) -> None:
    event.report(connection, WORKER, reported())
    far, _ = event.report(connection, WORKER, reported(lon=FAR))
    other, _ = event.report(connection, WORKER, reported(class_code="S0101"))
    with clock.frozen(MORNING + timedelta(days=4)):
        late, _ = event.report(connection, WORKER, reported())
    assert {row.outcome for row in (far, other, late)} == {None}


def test_a_visit_is_never_the_same(connection: Connection) -> None:
    one, _ = event.report(connection, WORKER, reported(class_code="V0101"))
    two, _ = event.report(connection, WORKER, reported(class_code="V0101"))
    assert alike.nearest(connection, two) is None
    assert one.outcome is two.outcome is None


def test_a_circle_is_refused_and_children_follow_the_first(connection: Connection) -> None:
    first, _ = event.report(connection, WORKER, reported())
    second, _ = event.report(connection, WORKER, reported(lon=FAR))
    third, _ = event.report(connection, WORKER, reported(lon=FAR + 22 / earth.east_m(31.5)))
    with pytest.raises(errors.EventMergeCycle):
        alike.merge(connection, CENTRE, first, first.number)
    alike.merge(connection, CENTRE, third, second.number)
    alike.merge(connection, CENTRE, cases.get(connection, second.number), first.number)
    with pytest.raises(errors.EventMergeCycle):
        alike.merge(connection, CENTRE, first, second.number)
    assert {row.number for row in alike.children(connection, first.id)} == {second.number, third.number}
    with pytest.raises(errors.EventMergeRefused):
        alike.merge(connection, CENTRE, first, event.report(connection, WORKER, reported(class_code="S0101"))[0].number)


def test_a_wrong_merge_is_undone_with_a_reason(connection: Connection) -> None:
    event.report(connection, WORKER, reported())
    child, _ = event.report(connection, WORKER, reported(lon=NEAR))
    with pytest.raises(errors.ReasonMissing):
        alike.unmerge(connection, CENTRE, child, " ")
    alike.unmerge(connection, CENTRE, child, "不是同一处")
    apart = cases.get(connection, child.number)
    assert (apart.state, apart.outcome, apart.closed_at) == ("reported", None, None)
    with pytest.raises(errors.EventNotMerged):
        alike.unmerge(connection, CENTRE, cases.get(connection, child.number), "再一次")


def test_whoever_reported_the_same_is_told_when_the_first_closes(connection: Connection) -> None:
    first, _ = event.report(connection, WORKER, reported())
    given = reported(source="群众扫码", lon=NEAR, reporter={"name": "王小明", "phone": "15400010001"})
    child, _ = event.report(connection, audit.Actor("guest"), given)
    event.change(connection, first.id, result="in_grid")
    ending.close(connection, CENTRE, first, "已清理")
    told = [row for row in audit.trail(connection, child.number) if row.action == "applicant.notified"]
    assert [row.details["message"] for row in told] == ["event_closed"]


def test_repetitions_are_counted_at_the_place_and_merged_ones_once(connection: Connection) -> None:
    event.report(connection, WORKER, reported(class_code="E0502"))
    event.report(connection, WORKER, reported(class_code="E0502", lon=NEAR))
    with clock.frozen(MORNING + timedelta(days=10)):
        third, _ = event.report(connection, WORKER, reported(class_code="E0502"))
    assert alike.repeated(connection, event.of(connection, third.id), 20, 90) == 1
