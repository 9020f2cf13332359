"""I1, I7: nothing is decided before the party was told and heard, and nothing becomes heavier because it spoke."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.clocks import setting
from engine.cases.enforcement.judging import draft, notification, penalty, plea, recheck, review
from tests.engine.cases.enforcement.judging.breach import ALL_HOLD, HEAD, OFFICER, REVIEWER, SERVED, at, content

Wanted = Callable[..., penalty.Wanted]


@pytest.mark.parametrize(
    ("on", "due"),
    [((2026, 4, 3), "2026-04-13"), ((2026, 6, 12), "2026-06-22"), ((2026, 9, 18), "2026-09-24"),
     ((2026, 4, 24), "2026-05-06"), ((2026, 6, 15), "2026-06-23"), ((2026, 7, 10), "2026-07-17"),
     ((2026, 7, 27), "2026-08-03"), ((2026, 8, 10), "2026-08-17")],
)  # fmt: skip
def test_plea_and_hearing_end_on_one_working_day(
    connection: Connection, reviewed: sa.Row[Any], on: tuple[int, int, int], due: str
) -> None:
    with at(*on, 10):
        given = {**SERVED, "handed_on": date(*on).isoformat()}
        row = notification.tell(connection, OFFICER, reviewed, given, hearing_told=True)
    assert (row.plea_due_on, row.hearing_due_on) == (date.fromisoformat(due), date.fromisoformat(due))
    event = audit.trail(connection, reviewed.number)[-1]
    assert (event.action, event.details["plea_due_on"], event.details["hash"]) == ("penalty.told", due, row.draft_hash)


def test_a_shorter_plea_never_ends_before_the_hearing_may_be_asked_for(
    connection: Connection, reviewed: sa.Row[Any]
) -> None:
    setting.change(connection, audit.SYSTEM, "plea_period", "3", reason="本镇另作规定")
    with at(2026, 4, 3, 10):
        given = {**SERVED, "handed_on": "2026-04-03"}
        assert notification.tell(connection, OFFICER, reviewed, given, hearing_told=True).plea_due_on.day == 13
        alone = notification.tell(connection, OFFICER, reviewed, given, hearing_told=False)
        assert (alone.plea_due_on.day, alone.hearing_due_on) == (9, None)


def test_a_public_notice_is_served_after_thirty_days(connection: Connection, reviewed: sa.Row[Any]) -> None:
    with at(2026, 4, 3, 10):
        given = {"mode": "public", "recipient": "某餐饮公司", "handed_on": "2026-04-03"}
        with pytest.raises(errors.NoticeServiceWrong):
            notification.tell(connection, OFFICER, reviewed, given, hearing_told=True)
        told = {**given, "reason": "下落不明"}
        assert notification.tell(connection, OFFICER, reviewed, told, hearing_told=True).served_on == date(2026, 5, 3)


@pytest.mark.parametrize(
    "given",
    [{"mode": "pigeon"}, {"recipient": " "}, {"handed_on": None}, {"handed_on": "2026-04-04"}, {"handed_on": "soon"}],
)
def test_a_service_that_is_none_is_refused(
    connection: Connection, reviewed: sa.Row[Any], given: dict[str, Any]
) -> None:
    with at(2026, 4, 3, 10), pytest.raises(errors.NoticeServiceWrong):
        usual = {**SERVED, "handed_on": "2026-04-03"}
        notification.tell(connection, OFFICER, reviewed, usual | given, hearing_told=True)


def test_no_decision_without_a_notice(connection: Connection, reviewed: sa.Row[Any], wanted: Wanted) -> None:
    with at(2026, 4, 14, 9), pytest.raises(errors.NoticeMissing):
        penalty.decide(connection, HEAD, reviewed, wanted())


def test_no_decision_on_a_notice_that_has_not_taken_effect(
    connection: Connection, reviewed: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 3, 10):
        given = {"mode": "public", "recipient": "某餐饮公司", "handed_on": "2026-04-03", "reason": "下落不明"}
        notification.tell(connection, OFFICER, reviewed, given, hearing_told=False)
    with at(2026, 5, 2, 10), pytest.raises(errors.NoticeMissing):
        penalty.decide(connection, HEAD, reviewed, wanted())


def test_no_decision_on_the_last_day_and_a_decision_on_the_next(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    for day in (4, 13):
        with at(2026, 4, day, 23), pytest.raises(errors.PleaPeriodOpen, match="2026-04-13"):
            penalty.decide(connection, HEAD, told, wanted())
    with at(2026, 4, 14, 9):
        made = penalty.decide(connection, HEAD, told, wanted())
    assert (made.result, made.decided_by) == ("penalised", "P002")


def test_a_waiver_ends_the_plea_but_not_the_days_to_ask_for_a_hearing(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    waiver = {"form": "written", "statement": "放弃陈述申辩和听证", "received_on": "2026-04-07", "hearing": True}
    with at(2026, 4, 7, 15):
        notification.waive(connection, OFFICER, told, waiver)
        with pytest.raises(errors.PleaPeriodOpen):
            penalty.decide(connection, HEAD, told, wanted())
        setting.change(connection, audit.SYSTEM, "waiver_hearing", "yes", reason="本镇另作规定")
        assert penalty.decide(connection, HEAD, told, wanted())


@pytest.mark.parametrize(
    "waiver",
    [
        {"form": "silence"},
        {"form": ""},
        {"statement": ""},
        {"received_on": "2026-04-02"},
        {"received_on": "2026-04-08"},
    ],
)
def test_silence_and_what_cannot_be_proved_is_no_waiver(
    connection: Connection, told: sa.Row[Any], waiver: dict[str, Any]
) -> None:
    usual = {"form": "record", "statement": "放弃", "received_on": "2026-04-07"}
    with at(2026, 4, 7, 15), pytest.raises(errors.WaiverNotExplicit):
        notification.waive(connection, OFFICER, told, usual | waiver)


def test_where_the_town_wants_it_written_a_recording_is_no_waiver(connection: Connection, told: sa.Row[Any]) -> None:
    setting.change(connection, audit.SYSTEM, "waiver_form", "written", reason="本镇另作规定")
    usual = {"form": "recording", "statement": "放弃", "received_on": "2026-04-07"}
    with at(2026, 4, 7, 15), pytest.raises(errors.WaiverNotExplicit):
        notification.waive(connection, OFFICER, told, usual)


def test_a_plea_long_after_the_period_is_heard_all_the_same(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    with at(2026, 4, 29, 9):
        row = plea.receive(connection, OFFICER, told, text="已经改正", received_on=date(2026, 4, 28))
        assert not row.in_time
        with pytest.raises(errors.PleaUnheard, match="2026-04-28"):
            penalty.decide(connection, HEAD, told, wanted())
        recheck.recheck(connection, OFFICER, told, {"result": "unchanged", "reasons": "改正在责令之后"})
        made = penalty.decide(connection, HEAD, told, wanted())
        with pytest.raises(errors.PleaTooLate):
            plea.receive(connection, OFFICER, told, text="再说一次", received_on=date(2026, 4, 29))
    assert made.result == "penalised"


def recheck_with(connection: Connection, case: sa.Row[Any], result: str, new: dict[str, Any]) -> sa.Row[Any]:
    draft.keep(connection, OFFICER, case, new)
    return recheck.recheck(connection, OFFICER, case, {"result": result, "reasons": "复核情况"})


@pytest.mark.parametrize("result", ["unchanged", "lighter", "new_notice"])
def test_nothing_is_heavier_because_the_party_pleaded(connection: Connection, told: sa.Row[Any], result: str) -> None:
    with pytest.raises(errors.PenaltyHeavierAfterPlea, match=r"fine\.amount: 5000 → 7000"):
        recheck_with(connection, told, result, content(fine=7000))
    with pytest.raises(errors.PenaltyHeavierAfterPlea, match="forfeit_gains"):
        kinds = [{"kind": "罚款", "amount": 100}, {"kind": "没收违法所得", "amount": 1}]
        recheck_with(connection, told, result, content(kinds=kinds))


def test_lighter_needs_no_new_notice_but_a_new_review(
    connection: Connection, told: sa.Row[Any], wanted: Wanted
) -> None:
    less = content(fine=4500, facts="排放油烟超过标准0.3倍")
    with at(2026, 4, 14, 9):
        assert recheck_with(connection, told, "lighter", less).result == "lighter"
        with pytest.raises(errors.ReviewVoid):
            penalty.decide(connection, HEAD, told, wanted(content=less))
        review.review(connection, REVIEWER, told, {"result": "passed", "checklist": ALL_HOLD})
        penalty.decide(connection, HEAD, told, wanted(content=less))
        found = penalty.of(connection, told.id)
    assert found is not None
    assert found.fine == 4500


def test_a_new_fact_is_told_anew(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    more = content(fine=7000, facts="排放油烟超过标准0.4倍，且未装净化设施")
    with at(2026, 4, 14, 9):
        draft.keep(connection, OFFICER, told, more)
        with pytest.raises(errors.PenaltyHeavierAfterPlea):
            recheck.recheck(connection, OFFICER, told, {"result": "unchanged", "reasons": "x"})
        recheck.recheck(connection, OFFICER, told, {"result": "new_notice", "reasons": "新事实"})
        review.review(connection, REVIEWER, told, {"result": "passed", "checklist": ALL_HOLD})
        with pytest.raises(errors.PenaltyHeavierAfterPlea):
            penalty.decide(connection, HEAD, told, wanted(content=more))
        given = {**SERVED, "handed_on": "2026-04-14"}
        notification.tell(connection, OFFICER, told, given, hearing_told=True)
        with pytest.raises(errors.PleaPeriodOpen, match="2026-04-21"):
            penalty.decide(connection, HEAD, told, wanted(content=more))
    with at(2026, 4, 22, 9):
        assert penalty.decide(connection, HEAD, told, wanted(content=more))


def test_a_new_clause_is_told_anew(connection: Connection, told: sa.Row[Any], wanted: Wanted) -> None:
    other = {**content(), "clauses": {"violated": "大气污染防治法81", "basis": "大气污染防治法119"}}
    with at(2026, 4, 14, 9):
        for result in ("unchanged", "lighter"):
            with pytest.raises(errors.NoticeOutdated, match=r"item\.basis"):
                recheck_with(connection, told, result, other)
        review.review(connection, REVIEWER, told, {"result": "passed", "checklist": ALL_HOLD})
        with pytest.raises(errors.NoticeOutdated, match=r"item\.basis"):
            penalty.decide(connection, HEAD, told, wanted(content=other))


@pytest.mark.parametrize(
    ("result", "new"),
    [
        ("lighter", content()),
        ("unchanged", content(fine=4000)),
        ("dropped", content(fine=4000)),
        ("new_notice", content(fine=4000)),
    ],
)
def test_a_recheck_says_what_the_draft_says(
    connection: Connection, told: sa.Row[Any], result: str, new: dict[str, Any]
) -> None:
    with pytest.raises(errors.RecheckContradicts):
        recheck_with(connection, told, result, new)


def test_the_database_keeps_the_time_to_plead(connection: Connection, told: sa.Row[Any]) -> None:
    for wrong in ({"plea_due_on": date(2026, 4, 3)}, {"hearing_due_on": None}, {"served_on": date(2026, 4, 1)}):
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.execute(sa.update(notification.penalty_notice).values(**wrong))
