"""The statutory clock of a case: it starts, stops for eight kinds only, is extended once, and warns in time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, errors
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.clocks import alarm, period, setting, special, stop, supervision
from engine.cases.reading import story
from engine.ground.counting import Mark

CLERK = audit.Actor("P101")
Clock = Callable[..., AbstractContextManager[None]]


def actions(connection: Connection, case: sa.Row[Any]) -> list[str]:
    return [event.action for event in audit.trail(connection, case.number)]


@pytest.fixture
def accepted(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    return cases.accept(connection, CLERK, case)


def test_every_period_names_its_article_and_can_be_counted() -> None:
    for known in period.register().values():
        assert known.article, known.key
        assert known.bound in ("organ", "party", "court", "police"), known.key
        assert known.start in ("received_at", "accepted_at", "decided_at", "now"), known.key


def test_the_clock_of_the_law_and_of_the_promise_start_with_acceptance(
    connection: Connection, accepted: sa.Row[Any]
) -> None:
    legal = deadline.start(connection, CLERK, accepted, "decision")
    promise = deadline.start(connection, CLERK, accepted, "promise")
    assert (legal.due_on, promise.due_on) == (date(2026, 3, 30), date(2026, 3, 11))
    assert legal.readings == {"roll_organ": "none", "stop_days": "after_start", "year_end": "provisional"}
    assert legal.derivation[0] == ["2026-03-02", None, "start", None, False]
    case = cases.get(connection, accepted.number)
    assert (case.legal_due_at, case.promised_due_at, case.provisional) == (legal.due_at, promise.due_at, False)
    assert actions(connection, accepted)[-2:] == ["deadline.started", "deadline.started"]


def test_without_a_calendar_nothing_is_counted_and_nothing_half_done(
    connection: Connection, accepted: sa.Row[Any]
) -> None:
    connection.execute(sa.delete(calendars.calendar_day))
    before = actions(connection, accepted)
    with pytest.raises(errors.CalendarEmpty, match="onewindow calendar seed"):
        deadline.start(connection, CLERK, accepted, "decision")
    assert not deadline.of(connection, accepted.id)
    assert actions(connection, accepted) == before


def test_a_period_starts_only_once(connection: Connection, accepted: sa.Row[Any]) -> None:
    first = deadline.start(connection, CLERK, accepted, "decision")
    assert deadline.start(connection, CLERK, accepted, "decision").id == first.id


def test_a_period_whose_event_has_not_happened_cannot_start(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.PeriodStartMissing):
        deadline.start(connection, CLERK, case, "decision")
    with pytest.raises(errors.PeriodUnknown):
        deadline.start(connection, CLERK, case, "whenever")


def test_deemed_acceptance_counts_from_the_day_of_receipt(connection: Connection, case: sa.Row[Any], at: Clock) -> None:
    notice = deadline.start(connection, CLERK, case, "correction_notice")
    assert notice.due_on == date(2026, 3, 9)
    with at(2026, 3, 10, 0, 0):
        accepted = cases.accept(connection, audit.SYSTEM, case, deemed=True)
        assert (accepted.accepted_at, accepted.deemed) == (case.received_at, True)
        assert deadline.start(connection, audit.SYSTEM, accepted, "decision").due_on == date(2026, 3, 30)
        assert cases.accept(connection, CLERK, accepted) == accepted, "a late acceptance does not undo it"


def test_a_special_procedure_told_in_writing_gives_its_days_back(
    connection: Connection, accepted: sa.Row[Any], at: Clock
) -> None:
    deadline.start(connection, CLERK, accepted, "decision")
    deadline.start(connection, CLERK, accepted, "promise")
    with at(2026, 3, 6, 10):
        begun = special.begin(connection, CLERK, accepted, kind="检测", notice_on=date(2026, 3, 6), days_needed=5)
        standing = deadline.find(connection, accepted, "decision")
        assert standing is not None
        assert (standing.state, standing.due_on, standing.days_left) == ("stopped", None, 16)
        assert cases.get(connection, accepted.number).legal_due_at is None
    with at(2026, 3, 13, 16):
        special.end(connection, CLERK, accepted, begun.id)
    legal, promise = (deadline.find(connection, accepted, key) for key in ("decision", "promise"))
    assert legal is not None
    assert promise is not None
    assert (legal.due_on, promise.due_on) == (date(2026, 4, 7), date(2026, 3, 18))
    assert legal.state == "open"
    assert "deadline.resumed" in actions(connection, accepted)


def test_without_written_notice_the_clock_runs_on(connection: Connection, accepted: sa.Row[Any], at: Clock) -> None:
    deadline.start(connection, CLERK, accepted, "decision")
    begun = special.begin(connection, CLERK, accepted, kind="鉴定")
    assert begun.effective_on is None
    running = deadline.find(connection, accepted, "decision")
    assert running is not None
    assert running.due_on == date(2026, 3, 30)
    with at(2026, 3, 5, 9):
        told = special.tell(connection, CLERK, accepted, begun.id, notice_on=date(2026, 3, 5))
        assert told.effective_on == date(2026, 3, 5), "a late notice stops from its own day"
        stopped = deadline.find(connection, accepted, "decision")
        assert stopped is not None
        assert stopped.state == "stopped"


def test_the_setting_may_stop_without_notice(connection: Connection, accepted: sa.Row[Any]) -> None:
    setting.change(connection, CLERK, "stop_unwritten", "stops", reason="试验")
    assert special.begin(connection, CLERK, accepted, kind="鉴定").effective_on == date(2026, 3, 2)


def test_a_late_notice_may_stop_from_the_beginning(connection: Connection, accepted: sa.Row[Any], at: Clock) -> None:
    setting.change(connection, CLERK, "stop_late_notice", "from_start", reason="试验")
    begun = special.begin(connection, CLERK, accepted, kind="鉴定")
    with at(2026, 3, 5, 9):
        told = special.tell(connection, CLERK, accepted, begun.id, notice_on=date(2026, 3, 5))
    assert told.effective_on == date(2026, 3, 2)


@pytest.mark.parametrize("kind", ["踏勘", "公示", "中止", ""])
def test_nothing_but_the_eight_kinds_stops_the_clock(connection: Connection, accepted: sa.Row[Any], kind: str) -> None:
    with pytest.raises(errors.StopKindNotInLaw):
        special.begin(connection, CLERK, accepted, kind=kind, notice_on=date(2026, 3, 2))
    assert stop.of(connection, accepted.id) == []


def test_a_stop_ends_once_and_not_before_it_began(connection: Connection, accepted: sa.Row[Any], at: Clock) -> None:
    begun = special.begin(connection, CLERK, accepted, kind="听证", notice_on=date(2026, 3, 2))
    with pytest.raises(errors.StopImpossible):
        special.end(connection, CLERK, accepted, begun.id, ended_on=date(2026, 3, 1))
    special.end(connection, CLERK, accepted, begun.id)
    with pytest.raises(errors.StopUnknown):
        special.end(connection, CLERK, accepted, begun.id)


def test_an_extension_needs_approval_and_reason_and_happens_once(connection: Connection, accepted: sa.Row[Any]) -> None:
    deadline.start(connection, CLERK, accepted, "decision")
    with pytest.raises(errors.ExtensionIncomplete):
        deadline.extend(connection, CLERK, accepted, "decision", reason="", approved_by="P002")
    extended = deadline.extend(connection, CLERK, accepted, "decision", reason="情况复杂", approved_by="P002")
    assert extended.due_on == date(2026, 4, 14)
    assert audit.trail(connection, accepted.number)[-1].details["approved_by"] == "P002"
    with pytest.raises(errors.ExtensionAgain):
        deadline.extend(connection, CLERK, accepted, "decision", reason="再次", approved_by="P002")


def test_a_period_that_has_ended_cannot_be_extended(connection: Connection, accepted: sa.Row[Any], at: Clock) -> None:
    deadline.start(connection, CLERK, accepted, "decision")
    with at(2026, 3, 31, 0, 0), pytest.raises(errors.ExtensionLate):
        deadline.extend(connection, CLERK, accepted, "decision", reason="太晚", approved_by="P002")
    with at(2026, 3, 30, 23, 59):
        deadline.extend(connection, CLERK, accepted, "decision", reason="来得及", approved_by="P002")


def test_the_setting_may_count_what_was_approved_late(connection: Connection, accepted: sa.Row[Any], at: Clock) -> None:
    setting.change(connection, CLERK, "ext_late", "counted", reason="试验")
    deadline.start(connection, CLERK, accepted, "decision")
    with at(2026, 3, 31, 9):
        extended = deadline.extend(connection, CLERK, accepted, "decision", reason="太晚", approved_by="P002")
    assert extended.due_on == date(2026, 4, 14)


def test_periods_without_extension_in_the_law_are_not_extended(connection: Connection, accepted: sa.Row[Any]) -> None:
    deadline.start(connection, CLERK, accepted, "promise")
    with pytest.raises(errors.ExtensionNotForeseen):
        deadline.extend(connection, CLERK, accepted, "promise", reason="x", approved_by="P002")
    with pytest.raises(errors.DeadlineUnknown):
        deadline.extend(connection, CLERK, accepted, "decision", reason="x", approved_by="P002")


def test_a_promise_never_outlasts_the_law(connection: Connection, opening: Callable[..., cases.Opening]) -> None:
    item = {**opening().item, "statutory_limit": {"n": 10, "unit": "日"}, "promised_limit": {"n": 10, "unit": "工作日"}}
    case = cases.accept(connection, CLERK, cases.create(connection, CLERK, opening(item=item)))
    deadline.start(connection, CLERK, case, "decision")
    promise = deadline.start(connection, CLERK, case, "promise")
    assert (promise.due_on, promise.capped) == (date(2026, 3, 12), True)


def test_warnings_come_at_half_at_eighty_per_cent_and_when_overdue(
    connection: Connection, accepted: sa.Row[Any], at: Clock
) -> None:
    deadline.start(connection, CLERK, accepted, "decision")
    with at(2026, 3, 16, 23, 59):
        assert alarm.sweep(connection) == 0
    for moment, target in (
        ((2026, 3, 17, 0, 0), "handler"),
        ((2026, 3, 25, 0, 0), "bureau.approval.head"),
        ((2026, 3, 31, 0, 0), "town.leader"),
    ):
        with at(*moment):
            assert alarm.sweep(connection) == 1
            assert alarm.sweep(connection) == 0, "each level once"
            assert supervision.of(connection, accepted.id)[0].target == target
    assert [row.level for row in supervision.of(connection, accepted.id)] == ["supervise", "remind", "remind"]


def test_after_a_standstill_only_the_highest_alarm_is_given(
    connection: Connection, accepted: sa.Row[Any], at: Clock
) -> None:
    deadline.start(connection, CLERK, accepted, "decision")
    with at(2026, 5, 6, 9):
        assert alarm.sweep(connection) == 1
    assert [row.reason for row in supervision.of(connection, accepted.id)] == ["overdue"]


def test_a_party_is_reminded_at_the_end_only(connection: Connection, case: sa.Row[Any], at: Clock) -> None:
    deadline.start(connection, CLERK, case, "supplement")
    with at(2026, 3, 20, 9):
        assert alarm.sweep(connection) == 0
    with at(2026, 3, 24, 0, 0):
        assert alarm.sweep(connection) == 1
    assert supervision.of(connection, case.id)[0].target == supervision.HANDLER


def test_what_is_met_warns_no_more_and_knows_whether_it_was_late(
    connection: Connection, accepted: sa.Row[Any], at: Clock
) -> None:
    deadline.start(connection, CLERK, accepted, "decision")
    with at(2026, 3, 31, 0, 0):
        assert deadline.overdue(deadline.meet(connection, CLERK, accepted, "decision"))
        assert alarm.sweep(connection) == 0
    assert cases.get(connection, accepted.number).legal_due_at is None


def test_publishing_next_year_recounts_what_it_touches_with_a_trace(
    connection: Connection, case: sa.Row[Any], at: Clock
) -> None:
    with at(2026, 12, 4, 9):
        late = cases.accept(connection, CLERK, case)
        row = deadline.start(connection, CLERK, late, "decision")
        assert (row.due_on, row.provisional) == (date(2027, 1, 4), True)
        off = [Mark(date(2027, 1, 1), False, "元旦"), Mark(date(2027, 1, 4), False, "元旦")]
        assert calendars.publish(connection, CLERK, 2027, off, origin="2027年放假通知").deadlines == 1
    after = deadline.get(connection, row.id)
    assert (after.due_on, after.provisional) == (date(2027, 1, 5), False)
    event = audit.trail(connection, case.number)[-1]
    assert (event.action, event.details["before"]["due_on"], event.details["after"]["due_on"]) == (
        "deadline.recomputed",
        "2027-01-04",
        "2027-01-05",
    )
    assert "The holidays of {calendar} were published" in story.sentence(event)
