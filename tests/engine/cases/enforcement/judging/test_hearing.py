"""I4, I5: who asks in time is heard, after seven clear working days, by a chair who did not investigate (63, 64)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.clocks import setting
from engine.cases.enforcement.judging import hearing, investigators, notification, penalty, recheck, review
from tests.engine.cases.enforcement.judging.breach import (
    ALL_HOLD,
    CHAIR,
    HEAD,
    OFFICER,
    REVIEWER,
    SERVED,
    at,
)  # fmt: skip

Wanted = Callable[..., penalty.Wanted]
PLAN = {"at": "2026-04-20T09:00:00+08:00", "place": "镇政府三楼会议室", "chair": "P079", "public": True}
HELD = {"result": "held", "summary": "调查人员举证，当事人申辩和质证", "signed": True}


@pytest.fixture
def asked(connection: Connection, told: sa.Row[Any]) -> sa.Row[Any]:
    """A hearing was asked for on 8 April, in time."""
    with at(2026, 4, 8, 10):
        assert hearing.request(connection, OFFICER, told, date(2026, 4, 8))
    return told


@pytest.fixture
def planned(connection: Connection, asked: sa.Row[Any]) -> sa.Row[Any]:
    """It was told on 8 April for Monday 20 April."""
    with at(2026, 4, 8, 11):
        hearing.plan(connection, CHAIR, asked, PLAN)
    return asked


def test_a_request_on_the_last_day_is_in_time_and_a_later_one_is_a_plea(
    connection: Connection, told: sa.Row[Any]
) -> None:
    assert hearing.request(connection, OFFICER, told, date(2026, 4, 14)) is None
    row = hearing.request(connection, OFFICER, told, date(2026, 4, 13))
    assert row is not None
    assert row.state == "requested"
    assert audit.trail(connection, told.number)[-1].action == "penalty.hearing_requested"


def test_where_no_right_was_told_none_can_be_asked_for(connection: Connection, reviewed: sa.Row[Any]) -> None:
    with at(2026, 4, 3, 10):
        notification.tell(connection, OFFICER, reviewed, {**SERVED, "handed_on": "2026-04-03"}, hearing_told=False)
        with pytest.raises(errors.HearingNotOffered):
            hearing.request(connection, OFFICER, reviewed, date(2026, 4, 3))


def test_no_decision_while_a_hearing_waits(connection: Connection, planned: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 21, 9):
        with pytest.raises(errors.HearingPending):
            penalty.decide(connection, HEAD, planned, wanted())
        with pytest.raises(errors.HearingPending):
            recheck.recheck(connection, OFFICER, planned, {"result": "unchanged", "reasons": "x"})


@pytest.mark.parametrize(
    ("told_on", "reading", "earliest"),
    [
        ((2026, 6, 23), "clear", "2026-07-03"),
        ((2026, 6, 23), "nth", "2026-07-02"),
        ((2026, 9, 21), "clear", "2026-10-09"),
    ],
)
def test_seven_working_days_lie_before(
    connection: Connection, asked: sa.Row[Any], told_on: tuple[int, int, int], reading: str, earliest: str
) -> None:
    if reading != "clear":
        setting.change(connection, audit.SYSTEM, "before_n", reading, reason="本镇另作规定")
    first = date.fromisoformat(earliest)
    assert hearing.earliest(connection, date(*told_on)) == first
    with at(*told_on, 17):
        for day in range(date(*told_on).day + 1, first.day) if first.month == told_on[1] else [first.day - 1]:
            early = date(first.year, first.month, day)
            with pytest.raises(errors.HearingNoticeLate, match=earliest):
                hearing.plan(connection, CHAIR, asked, PLAN | {"at": f"{early}T09:00:00+08:00"})
        assert hearing.plan(connection, CHAIR, asked, PLAN | {"at": f"{earliest}T09:00:00+08:00"}).state == "planned"


def test_an_investigator_does_not_chair(
    connection: Connection, planned: sa.Row[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(investigators, "of", lambda *_: frozenset({"P079"}))
    with at(2026, 4, 8, 12), pytest.raises(errors.HearingChairInvestigated):
        hearing.plan(connection, CHAIR, planned, PLAN)
    with at(2026, 4, 20, 12), pytest.raises(errors.HearingChairInvestigated):
        hearing.close(connection, CHAIR, planned, HELD)


def test_a_closed_hearing_needs_its_ground(connection: Connection, asked: sa.Row[Any]) -> None:
    with at(2026, 4, 8, 11):
        with pytest.raises(errors.HearingNotPublic):
            hearing.plan(connection, CHAIR, asked, PLAN | {"public": False})
        closed = hearing.plan(connection, CHAIR, asked, PLAN | {"public": False, "private_ground": "商业秘密"})
    assert (closed.public, closed.private_ground) == (False, "商业秘密")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"signed": False}, errors.HearingRecordUnsigned),
        ({"summary": " "}, errors.DraftIncomplete),
        ({"result": "skipped"}, errors.DraftIncomplete),
        ({"costs": 300}, errors.HearingCostsCharged),
        ({"result": "absent"}, errors.HearingAbsenceExcused),
        ({"objection": {"ground": "与举报人有亲属关系"}}, errors.HearingChairChallenged),
        ({"objection": {"ground": "亲属", "result": "refused", "reason": "查无此事", "decided_by": "P079"}},
         errors.HearingChairChallenged),
        ({"objection": {"ground": "亲属", "result": "granted", "reason": "属实", "decided_by": "P002"}},
         errors.HearingChairChallenged),
    ],
)  # fmt: skip
def test_a_hearing_that_breaks_article_64_is_not_over(
    connection: Connection, planned: sa.Row[Any], given: dict[str, Any], error: type[errors.EngineError]
) -> None:
    with at(2026, 4, 20, 12), pytest.raises(error):
        hearing.close(connection, CHAIR, planned, HELD | given)


def test_it_is_not_held_before_its_day(connection: Connection, planned: sa.Row[Any]) -> None:
    with at(2026, 4, 17, 12), pytest.raises(errors.HearingNoticeLate):
        hearing.close(connection, CHAIR, planned, HELD)


def test_an_objection_decided_by_another_lets_it_go_on(connection: Connection, planned: sa.Row[Any]) -> None:
    refused = {"ground": "亲属", "result": "refused", "reason": "查无此事", "decided_by": "P002"}
    with at(2026, 4, 20, 12):
        row = hearing.close(connection, CHAIR, planned, HELD | {"objection": refused})
    assert (row.state, row.record["objection"]["decided_by"]) == ("held", "P002")


def test_after_a_hearing_the_draft_is_reviewed_again(
    connection: Connection, planned: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 20, 12):
        hearing.close(connection, CHAIR, planned, HELD)
    with at(2026, 4, 21, 9):
        for required in (True, False):
            with pytest.raises(errors.ReviewBeforeHearing):
                penalty.decide(connection, HEAD, planned, wanted(review_required=required))
        review.review(connection, REVIEWER, planned, {"result": "passed", "checklist": ALL_HOLD})
        assert penalty.decide(connection, HEAD, planned, wanted())


@pytest.mark.parametrize(
    ("moment", "given", "state"),
    [
        ((2026, 4, 20, 9, 30), {"result": "absent", "absence": "经两次通知无正当理由未到场"}, "absent"),
        ((2026, 4, 9, 9), {"result": "withdrawn"}, "withdrawn"),
    ],
)
def test_absence_without_reason_and_withdrawal_end_it(
    connection: Connection, planned: sa.Row[Any], wanted: Wanted, moment: Any, given: dict[str, Any], state: str
) -> None:
    with at(*moment):
        assert hearing.close(connection, CHAIR, planned, given).state == state
        assert audit.trail(connection, planned.number)[-1].action == f"penalty.hearing_{state}"
        with pytest.raises(errors.HearingUnknown):
            hearing.close(connection, CHAIR, planned, given)
    with at(2026, 4, 21, 9):
        assert penalty.decide(connection, HEAD, planned, wanted())


def test_the_database_knows_no_planned_hearing_without_a_chair(connection: Connection, planned: sa.Row[Any]) -> None:
    for wrong in ({"chair": None}, {"closed_at": planned.received_at}, {"public": False}):
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.execute(sa.update(hearing.penalty_hearing).values(**wrong))
