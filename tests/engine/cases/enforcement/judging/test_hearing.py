"""I4, I5: who asks in time is heard, after seven clear working days, by a chair who did not investigate (63, 64)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import service
from engine.cases.enforcement.judging import hearing, investigators, notification, penalty, recheck, review
from engine.cases.papers import document, template
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
HANDED = {"mode": "direct", "receiver": "经理", "receiver_is": "representative"}
SERVER = audit.Actor("P058")
FRONT = b"// title: T\n// title:en: T\n// prefix: -\n// to: applicant\n// part: main 1\n// keep: 10\n"
HELD = {"result": "held", "summary": "调查人员举证，当事人申辩和质证", "signed": True}


@pytest.fixture
def asked(connection: Connection, told: sa.Row[Any]) -> sa.Row[Any]:
    """A hearing was asked for on 8 April, in time."""
    with at(2026, 4, 8, 10):
        assert hearing.request(connection, OFFICER, told, date(2026, 4, 8))
    return told


@pytest.fixture
def fixed(connection: Connection, asked: sa.Row[Any]) -> sa.Row[Any]:
    """On 8 April it was fixed for Monday 20 April; its notice is to be served."""
    with at(2026, 4, 8, 11):
        hearing.plan(connection, CHAIR, asked, PLAN)
        write_notice(connection, asked)
    return asked


@pytest.fixture
def planned(connection: Connection, fixed: sa.Row[Any]) -> sa.Row[Any]:
    """It was told on 8 April for Monday 20 April."""
    with at(2026, 4, 8, 12):
        hearing.serve(connection, SERVER, fixed, HANDED)
    return fixed


def write_notice(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    """Issue the notice of a hearing as it is fixed now."""
    kind = hearing.NOTICE
    draft = template.Draft(kind, {template.path_of(kind): FRONT}, {}, variant=clock.now().isoformat())
    with template.blank():
        return document.issue(connection, CHAIR, case, draft)


def only(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    """Return the hearing of a case."""
    (row,) = hearing.of(connection, case.id)
    return row


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


def test_one_that_was_not_served_is_not_held(connection: Connection, fixed: sa.Row[Any]) -> None:
    with at(2026, 4, 8, 12):
        failed = hearing.serve(connection, SERVER, fixed, HANDED | {"failed": True, "reason": "无人在场"})
        assert failed.effective_on is None
        assert not hearing.is_told(only(connection, fixed))
    with at(2026, 4, 20, 12):
        for given in (HELD, {"result": "absent", "absence": "未到场"}):
            with pytest.raises(errors.HearingNotTold):
                hearing.close(connection, CHAIR, fixed, given)


@pytest.mark.parametrize(("day", "in_time"), [(8, True), (9, False)])
def test_seven_clear_working_days_lie_between_service_and_hearing(
    connection: Connection, fixed: sa.Row[Any], day: int, in_time: bool
) -> None:
    with at(2026, 4, day, 12):
        hearing.serve(connection, SERVER, fixed, HANDED)
    row, last = only(connection, fixed), audit.trail(connection, fixed.number)[-1]
    assert (hearing.is_told(row), row.tell_by, row.told_on) == (in_time, date(2026, 4, 8), date(2026, 4, day))
    assert last.action == ("penalty.hearing_told" if in_time else "penalty.hearing_told_late")
    with at(2026, 4, 20, 12):
        if in_time:
            assert hearing.close(connection, CHAIR, fixed, HELD).state == "held"
            return
        with pytest.raises(errors.HearingUnknown):
            hearing.close(connection, CHAIR, fixed, HELD)


def test_another_day_is_told_by_its_own_notice(connection: Connection, planned: sa.Row[Any]) -> None:
    with at(2026, 4, 9, 9):
        hearing.plan(connection, CHAIR, planned, PLAN | {"at": "2026-04-27T09:00:00+08:00"})
        assert not hearing.is_told(only(connection, planned))
        anew = write_notice(connection, planned)
        tried = hearing.serve(connection, SERVER, planned, HANDED)
        assert (tried.document_id, hearing.is_told(only(connection, planned))) == (anew.id, True)
        with pytest.raises(errors.ServiceDone):
            hearing.serve(connection, SERVER, planned, HANDED)


def test_a_public_notice_tells_when_its_thirty_days_are_over(connection: Connection, asked: sa.Row[Any]) -> None:
    with at(2026, 4, 8, 11):
        hearing.plan(connection, CHAIR, asked, PLAN | {"at": "2026-05-25T09:00:00+08:00"})
        paper = write_notice(connection, asked)
        unknown = {"mode": "public", "reason": "下落不明", "unknown": True}
        assert hearing.serve(connection, SERVER, asked, unknown).effective_on == date(2026, 5, 8)
        assert document.get(connection, paper.id).served_at is None
    with at(2026, 5, 25, 12):
        hearing.close(connection, CHAIR, asked, HELD)
        assert document.get(connection, paper.id).served_mode == "public"
        assert service.done(connection, paper.id) is not None


@pytest.mark.parametrize("wrong", [{"told_on": None}, {"tell_by": None}, {"told_on": date(2026, 4, 9)}])
def test_the_database_knows_no_hearing_that_was_told_late(
    connection: Connection, planned: sa.Row[Any], wrong: dict[str, Any]
) -> None:
    with at(2026, 4, 20, 12):
        hearing.close(connection, CHAIR, planned, HELD)
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        connection.execute(sa.update(hearing.penalty_hearing).values(**wrong))


def test_the_database_knows_no_planned_hearing_without_a_chair(connection: Connection, planned: sa.Row[Any]) -> None:
    for wrong in ({"chair": None}, {"closed_at": planned.received_at}, {"public": False}):
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.execute(sa.update(hearing.penalty_hearing).values(**wrong))
