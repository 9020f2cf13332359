"""What leaves the house: publications, pushes, notices; and what comes back: ratings, remedies, receipts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors, jobs, outbox
from engine.cases import case as cases
from engine.cases import deadline, decision, remedy
from engine.cases.clocks import setting, supervision
from engine.cases.papers import notice, publicity, push
from engine.cases.people import rating

CLERK = audit.Actor("P101")
LEADER = audit.Actor("P002")
Clock = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def granted(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    accepted = cases.accept(connection, CLERK, case)
    decision.decide(
        connection, LEADER, accepted, {"result": "granted", "basis": "条例第三条", "valid_until": "2030-03-01"}
    )
    return cases.get(connection, case.number)


@pytest.fixture
def refused(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    accepted = cases.accept(connection, CLERK, case)
    given = {"result": "refused", "reasons": "不符合条件", "remedies": "可以复议"}
    decision.decide(connection, LEADER, accepted, given)
    return cases.get(connection, case.number)


def test_a_grant_is_public_with_personal_data_masked(connection: Connection, granted: sa.Row[Any]) -> None:
    row = publicity.publish(connection, CLERK, granted)
    assert row is not None
    assert row.title == "王** 公共场所卫生许可新办"
    assert row.content["applicant_number"] == "1101**********002X"
    assert "王小明" not in str(row.content)
    assert publicity.publish(connection, CLERK, granted) == row, "published once"
    assert [shown.id for shown in publicity.public(connection)] == [row.id]


def test_a_refusal_is_not_public_unless_the_setting_says_so(connection: Connection, refused: sa.Row[Any]) -> None:
    assert publicity.publish(connection, CLERK, refused) is None
    assert audit.trail(connection, refused.number)[-1].action == "publicity.not_published"
    setting.change(connection, LEADER, "publish_refusal", "yes", reason="法制办意见")
    assert publicity.publish(connection, CLERK, refused) is not None


def test_a_publication_is_withdrawn_with_a_reason_and_then_publishable_anew(
    connection: Connection, granted: sa.Row[Any]
) -> None:
    row = publicity.publish(connection, CLERK, granted)
    assert row is not None
    with pytest.raises(errors.DecisionIncomplete):
        publicity.withdraw(connection, LEADER, granted, row.id, reason="")
    gone = publicity.withdraw(connection, LEADER, granted, row.id, reason="决定被撤销")
    assert gone.withdrawn_reason == "决定被撤销"
    with pytest.raises(errors.PublicityUnknown):
        publicity.withdraw(connection, LEADER, granted, row.id, reason="再次")
    again = publicity.publish(connection, CLERK, granted)
    assert again is not None
    assert again.id != row.id


def test_a_publication_with_an_end_leaves_the_page(connection: Connection, granted: sa.Row[Any], at: Clock) -> None:
    publicity.publish(connection, CLERK, granted, days=7)
    assert len(publicity.public(connection)) == 1
    (job,) = [row for row in connection.execute(sa.select(jobs.job)).all() if row.kind == publicity.OVER]
    with at(2026, 3, 9, 23):
        assert (publicity.take_down(connection), job.due_at > clock.now()) == (0, True), "the last day counts"
    with at(2026, 3, 10, 9):
        assert (publicity.public(connection), job.due_at <= clock.now()) == ([], True)
        assert [publicity.take_down(connection) for _twice in range(2)] == [1, 0]
        assert publicity.of(connection, granted.id)[0].ended_at == clock.now()
    assert audit.trail(connection, granted.number)[-1].action == "publicity.ended"


def test_a_push_is_in_the_outbox_and_its_missing_receipt_alarms_once(
    connection: Connection, granted: sa.Row[Any], at: Clock
) -> None:
    key = push.send(
        connection,
        CLERK,
        granted,
        receiver="b-safety",
        kind="grant",
        purpose="事中事后监管",
        content={"outcome": "granted"},
    )
    (row,) = push.of(connection, granted.id)
    assert (row.id, row.receiver, row.purpose, row.received_at) == (key, "b-safety", "事中事后监管", None)
    with at(2026, 3, 3, 23, 59):
        assert push.sweep(connection) == 0
    with at(2026, 3, 4, 0, 0):
        assert push.sweep(connection) == 1
        assert push.sweep(connection) == 0
    assert supervision.of(connection, granted.id)[0].reason == "no_receipt"


def test_a_receipt_in_time_needs_no_alarm(connection: Connection, granted: sa.Row[Any], at: Clock) -> None:
    key = push.send(connection, CLERK, granted, receiver="b-safety", kind="grant", purpose="", content={})
    connection.execute(sa.update(outbox.outbox).where(outbox.outbox.c.id == key).values(sent_at=clock.now()))
    outbox.read(connection, audit.Actor("P300"), key)
    with at(2026, 3, 5, 9):
        assert push.sweep(connection) == 0


def test_a_notice_is_kept_and_handed_to_the_outbox(connection: Connection, granted: sa.Row[Any]) -> None:
    row = notice.tell(connection, CLERK, granted, "decided", {"outcome": "granted"})
    assert row.facts["number"] == granted.number
    (sent,) = outbox.of_case(connection, granted.number)
    assert (sent.receiver, sent.payload["phone"]) == ("applicant", "13800138000")
    with pytest.raises(errors.NoticeUnknown):
        notice.tell(connection, CLERK, granted, "gossip", {})


@pytest.mark.parametrize("stars", [0, 6, "x", None, True, 2.5])
def test_a_rating_has_one_to_five_stars(connection: Connection, granted: sa.Row[Any], stars: Any) -> None:
    with pytest.raises(errors.RatingStarsWrong):
        rating.record(connection, CLERK, granted, {"stars": stars})


def test_a_bad_rating_is_rectified_within_two_periods(connection: Connection, granted: sa.Row[Any]) -> None:
    row = rating.record(connection, audit.Actor("applicant"), granted, {"stars": "1", "text": "等太久"})
    with pytest.raises(errors.RatingTwice):
        rating.record(connection, audit.Actor("applicant"), granted, {"stars": 5})
    rating.rectify(connection, CLERK, granted, row.id)
    due = {known.period: known.due_on for known in deadline.of(connection, granted.id)}
    assert due == {"rating_contact": date(2026, 3, 3), "rating_fix": date(2026, 3, 9)}
    closed = rating.resolve(connection, CLERK, granted, row.id, {"facts": "属实", "measure": "致歉", "resolved": True})
    assert closed.resolved
    with pytest.raises(errors.RatingUnknown):
        rating.resolve(connection, CLERK, granted, row.id, {"resolved": True})


def test_a_complaint_that_is_not_settled_is_supervised(connection: Connection, granted: sa.Row[Any]) -> None:
    row = rating.record(connection, audit.Actor("applicant"), granted, {"stars": 2})
    rating.rectify(connection, CLERK, granted, row.id)
    rating.resolve(connection, CLERK, granted, row.id, {"facts": "属实", "measure": "无", "resolved": False})
    assert supervision.of(connection, granted.id)[0].reason == "rectification_failed"


@pytest.mark.parametrize(
    ("kind", "more", "due_on"),
    [
        ("reconsideration", {}, date(2026, 3, 16)),
        ("reconsideration", {"simplified": True}, date(2026, 3, 9)),
        ("litigation", {}, date(2026, 3, 17)),
        ("litigation", {"received_on": "2026-02-01"}, date(2026, 2, 24)),
    ],
)
def test_the_town_answers_remedies_in_time(
    connection: Connection, refused: sa.Row[Any], kind: str, more: dict[str, Any], due_on: date
) -> None:
    row = remedy.record(connection, CLERK, refused, kind, {"authority": "宜兴市人民政府", **more})
    (running,) = deadline.of(connection, refused.id)
    assert running.due_on == due_on
    assert remedy.close(connection, CLERK, refused, row.id, "upheld").result == "upheld"
    with pytest.raises(errors.RemedyUnknown):
        remedy.close(connection, CLERK, refused, row.id, "upheld")


def test_a_remedy_is_one_of_two(connection: Connection, refused: sa.Row[Any]) -> None:
    with pytest.raises(errors.RemedyKindUnknown):
        remedy.record(connection, CLERK, refused, "petition", {})


def test_a_supervision_is_answered_once(connection: Connection, granted: sa.Row[Any]) -> None:
    opened = supervision.open_(
        connection, LEADER, granted, level="listed", target="town.leader", reason="person", text="超期"
    )
    supervision.close(connection, CLERK, granted, opened, "已办结")
    with pytest.raises(errors.SupervisionUnknown):
        supervision.close(connection, CLERK, granted, opened)
    with pytest.raises(errors.SupervisionLevelUnknown):
        supervision.open_(connection, LEADER, granted, level="shout", target="x", reason="person", text="x")
