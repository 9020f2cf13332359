"""Review and decision at the desk: what changed since the review is seen, and what the law forbids is refused there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import clock, db
from engine.cases import case as cases
from engine.cases.enforcement.investigation import act
from engine.cases.enforcement.judging import hearing, notification, penalty, recheck, review
from tests.web import judged
from tests.web.conftest import Visit, Visitor
from tests.web.desk import present
from web.scenarios import Walk

PASSED = {
    "review.result": "passed",
    **{f"review.checklist.{point}.holds": "yes" for point in review.CHECKLIST},
}
DECIDED = {
    "decision.result": "penalty",
    "decision.reason": "违法事实清楚",
    "penalty.performance": "十五日内缴纳",
}


def sit_down(town: Engine, visit: Visit, way: Walk, element: str, login: str, language: str) -> tuple[Visitor, Any]:
    """Let a person claim a task of the case and return both."""
    row, visitor = judged.task_of(town, way, element), visit(login, language=language)
    assert visitor.post(f"/tasks/{row.id}/claim").status_code == 303
    return visitor, row


def shown(page: str) -> str:
    """Return the text of a page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def decided(town: Engine, way: Walk) -> Any:
    with db.reading(town) as connection:
        return penalty.of(connection, cases.get(connection, way.number).id)


@pytest.mark.parametrize(
    ("language", "told", "field", "suggested"),
    [
        ("zh_CN", "审核已失效：fine.amount 5000 → 5001", "罚款数额", "5,000 元 – 12,000 元"),
        ("en", "The review is void: fine.amount 5000 → 5001", "Amount of the fine", "CNY 5,000 – CNY 12,000"),
    ],
)
def test_the_decider_sees_that_the_review_is_void_and_may_not_decide(
    town: Engine, visit: Visit, language: str, told: str, field: str, suggested: str
) -> None:
    way = judged.reach(town, *judged.TO_DECISION)
    with judged.at_desk(way):
        mayor, row = sit_down(town, visit, way, "E12", judged.MAYOR, language)
        before = shown(mayor.get(f"/tasks/{row.id}").text)
        assert "fine.amount 5000 → 5001" not in before
        judged.change_draft(town, way, 5001)
        after = shown(mayor.get(f"/tasks/{row.id}").text)
        for text in (told, field, suggested):
            assert text in after
        answer = mayor.post(f"/tasks/{row.id}/completion", DECIDED)
        assert "违法事实清楚" in mayor.get(f"/tasks/{row.id}").text, "what was typed is kept as the draft"
    assert answer.status_code == 422
    assert "fine.amount: 5001 → 5000" in shown(answer.text)
    assert "违法事实清楚" in answer.text
    assert (decided(town, way), present(town, row.id).state) == (None, "open")


def test_a_field_that_the_form_does_not_offer_does_not_change_the_fine(town: Engine, visit: Visit) -> None:
    way = judged.reach(town, *judged.TO_DECISION)
    tampered = {
        **DECIDED, "penalty.kinds[0].amount": "9000", "penalty.kinds[0].kind": "罚款", "collective_required": "false",
        "review_required": "false", "act.facts": "别的事实", "evidence.items[0].sha256": "ff",
    }  # fmt: skip
    with judged.at_desk(way):
        mayor, row = sit_down(town, visit, way, "E12", judged.MAYOR, "zh_CN")
        assert mayor.post(f"/tasks/{row.id}/completion", tampered).status_code == 303
    made = decided(town, way)
    assert (made.fine, made.result) == (5000, "penalised")


def test_like_cases_stand_beside_the_draft(town: Engine, visit: Visit) -> None:
    first, second = (judged.reach(town, *judged.TO_DECISION) for _ in range(2))
    with judged.at_desk(first):
        mayor, row = sit_down(town, visit, first, "E12", judged.MAYOR, "zh_CN")
        answer = mayor.post(f"/tasks/{row.id}/completion", DECIDED)
        assert answer.status_code == 303, shown(answer.text)
        other = judged.task_of(town, second, "E12")
        page = shown(mayor.get(f"/tasks/{other.id}").text)
    assert f"{first.number} 5,000 元" in page
    assert "超标不足0.5倍" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"review.checklist.evidence.holds": "no"}, "事实清楚，证据确凿充分"),
        ({"review.result": "supplement"}, "“审核意见”"),
    ],
)
def test_a_review_that_cannot_stand_is_refused_on_the_page(
    town: Engine, visit: Visit, typed: dict[str, str], said: str
) -> None:
    way = judged.reach(town)
    with judged.at_desk(way):
        reviewer, row = sit_down(town, visit, way, "E7", judged.REVIEWER, "zh_CN")
        answer = reviewer.post(f"/tasks/{row.id}/completion", PASSED | typed)
        assert (answer.status_code, said in shown(answer.text)) == (422, True)
        assert reviewer.post(f"/tasks/{row.id}/completion", PASSED).status_code == 303
    with db.reading(town) as connection:
        assert len(review.of(connection, cases.get(connection, way.number).id)) == 1


def test_whoever_investigated_gets_neither_review_nor_hearing(town: Engine, visit: Visit) -> None:
    way = judged.reach(town)
    acted(town, way, "P077")
    with judged.at_desk(way):
        row, reviewer = judged.task_of(town, way, "E7"), visit(judged.REVIEWER)
        answer = reviewer.post(f"/tasks/{row.id}/claim")
        assert (answer.status_code, "调查过本案" in shown(answer.text)) == (403, True)
        officer = visit(judged.OFFICER)
        assert officer.post(f"/tasks/{row.id}/claim").status_code == 404
    assert present(town, row.id).assignee is None


def test_an_investigator_does_not_take_the_chair(town: Engine, visit: Visit) -> None:
    asked = {"kind": "hearing", "received_on": "2026-04-07", "text": "要求听证"}
    way = judged.reach(
        town, *judged.TO_PLEA, {"until": "2026-04-07T10:00"}, {"message": "party.answered", "with": {"answer": asked}}
    )
    acted(town, way, "P079")
    early = {
        "hearing.at.date": "2026-04-14",
        "hearing.at.time": "09:00",
        "hearing.place": "三楼",
        "hearing.clerk": "甲",
    }
    with judged.at_desk(way):
        row = judged.task_of(town, way, "E9h_plan")
        assert visit(judged.CHAIR).post(f"/tasks/{row.id}/claim").status_code == 403
        other, row = sit_down(town, visit, way, "E9h_plan", "demo080", "zh_CN")
        answer = other.post(f"/tasks/{row.id}/completion", early)
        assert answer.status_code == 422
    with db.reading(town) as connection:
        assert [one.state for one in hearing.of(connection, cases.get(connection, way.number).id)] == ["requested"]


def test_nothing_heavier_gets_past_the_recheck(town: Engine, visit: Visit) -> None:
    way = judged.reach(town, *judged.TO_RECHECK)
    heavier = {
        "rechecking.result": "unchanged", "rechecking.reasons": "态度不好", "act.facts": "排放油烟超过标准0.4倍",
        "penalty.kinds[0].kind": "罚款", "penalty.kinds[0].amount": "7000",
    }  # fmt: skip
    with judged.at_desk(way):
        officer, row = sit_down(town, visit, way, "E10", judged.OFFICER, "zh_CN")
        answer = officer.post(f"/tasks/{row.id}/completion", heavier)
    assert answer.status_code == 422
    assert "fine.amount: 5000 → 7000" in shown(answer.text)
    with db.reading(town) as connection:
        assert recheck.last(connection, cases.get(connection, way.number).id) is None


def test_a_late_plea_is_registered_on_the_page_of_the_case_and_comes_before_the_decision(
    town: Engine, visit: Visit
) -> None:
    way = judged.reach(town, *judged.TO_DECISION)
    with judged.at_desk(way):
        officer = visit(judged.OFFICER)
        answer = officer.post(f"/cases/{way.number}/interventions/plead", {"reason": "净化设施已更换"})
        assert answer.status_code == 303, shown(answer.text)
    way.work()
    assert way.open_tasks() == ["E10_late"]


def test_only_a_decision_can_be_challenged_and_a_penalty_is_no_licence(town: Engine, visit: Visit) -> None:
    way = judged.reach(town, *judged.TO_DECISION)
    with judged.at_desk(way):
        reviewer, asked = visit(judged.REVIEWER), {"reason": "收到复议申请书副本"}
        address = f"/cases/{way.number}/interventions/challenge"
        assert reviewer.post(address, asked).status_code == 409
        way.complete("E12", {})
        page = reviewer.get(f"/cases/{way.number}").text
        assert address in page
        for other in ("remedy", "complain", "review"):
            assert f"interventions/{other}" not in page
            refused = reviewer.post(f"/cases/{way.number}/interventions/{other}", asked)
            assert refused.status_code in (403, 409, 422), other
        assert way.open_tasks() == []


def test_a_notice_is_served_neither_in_the_future_nor_before_it_was_drafted(town: Engine, visit: Visit) -> None:
    way = judged.reach(town, *judged.TO_NOTICE)
    with judged.at_desk(way):
        officer, row = sit_down(town, visit, way, "E8", judged.OFFICER, "zh_CN")
        for day in ("2026-04-30", "2026-03-01", "0026-04-03"):
            typed = {"notice.mode": "direct", "notice.recipient": "经理", "notice.handed_on": day}
            answer = officer.post(f"/tasks/{row.id}/completion", typed)
            assert (answer.status_code, 'id="f-notice-handed_on-error"' in answer.text) == (422, True), day
            assert f'value="{day}"' in answer.text
            assert "交付、交邮或者公告日期" in answer.text.split('id="error-summary"')[1].split("</div>")[0]
    with db.reading(town) as connection:
        assert notification.last(connection, cases.get(connection, way.number).id) is None


def acted(town: Engine, way: Walk, person: str) -> None:
    """Put a person on file as an officer of an act of the case."""
    with judged.at_desk(way), db.transaction(town) as connection:
        case, moment = cases.get(connection, way.number), clock.now()
        texts = dict.fromkeys(("coordinates", "signature_note", "witness"), "")
        row = {
            "case_id": case.id, "number": 1, "kind": "inspection", "started_at": moment - timedelta(hours=1),
            "ended_at": moment, "place": "现场", "licences_shown": True, "present": [], "findings": "有油烟",
            "recording": "AV-1", "signature": "signed", "recorded_by": person, "recorded_at": moment,
        }  # fmt: skip
        written = sa.insert(act.investigative_act).values(row | texts).returning(act.investigative_act.c.id)
        key = connection.execute(written).scalar_one()
        connection.execute(sa.insert(act.act_officer).values(act_id=key, person_id=person, licence="X-1"))
