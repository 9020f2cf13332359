"""SC07: annulled in reconsideration; withdrawn with its reason, paid back, corrected, never published again."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases import case as cases
from engine.cases import deadline, decision, remedy
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import challenge, payment, penalty_publicity, route, windows
from engine.cases.papers import publicity, push
from tests.engine.cases.enforcement.execution.conftest import CLERK, LEADER, OFFICER, Decided, at, due, serve

REASON = "复核笔录只有一名执法人员签名，程序违法，决定已被复议机关撤销"
THREE = ("approval", "command", "discipline")


@pytest.fixture
def published(connection: Connection, decided: Decided) -> Any:
    """某餐饮服务公司: 8,000 yuan of 20 May, paid on 2 June, public from 10 June for three years."""
    case = decided((2026, 5, 20), 8000, item="GL-CF3-317")
    with at(2026, 5, 20, 15):
        serve(connection, case)
        for receiver in THREE:
            push.send(connection, OFFICER, case, receiver=receiver, kind="penalty", purpose=f"penalty.{receiver}",
                      content={})  # fmt: skip
    with at(2026, 6, 2, 9):
        payment.pay(connection, CLERK, case, {"amount": 8000, "reference": "YH1"})
    with at(2026, 6, 10, 9):
        penalty_publicity.publish(connection, OFFICER, case, {"months": 36})
    return case


def challenged(connection: Connection, case: Any, result: str, **more: Any) -> Any:
    """Challenge on 10 July, copy on 20 July, answered on 30 July, result on 24 September."""
    with at(2026, 7, 20, 9):
        given = {"applied_on": "2026-07-10", "authority": "宜兴市人民政府", "number": "宜复〔2026〕1号", **more}
        row = challenge.receive(connection, OFFICER, case, "reconsideration", given)
    with at(2026, 7, 30, 9):
        assert challenge.answer(connection, OFFICER, case, row.id) is False
    with at(2026, 9, 24, 9):
        return challenge.close(connection, OFFICER, case, row.id, {"result": result, **more})


def test_sc07_the_decision_falls_and_with_it_all_that_came_of_it(connection: Connection, published: Any) -> None:
    assert due(connection, published, "reconsideration_window") == "2026-07-20"
    assert challenged(connection, published, "annulled").result_on == date(2026, 9, 24)
    assert due(connection, published, "remedy_reconsideration") == "2026-08-03"
    assert due(connection, published, "publicity_withdrawal") == "2026-09-30"
    assert decision.effective(connection, published.id) is None
    assert cases.get(connection, published.number).outcome == "annulled"
    refund = challenge.refund_of(connection, published.id)
    assert refund is not None
    assert (refund.amount, refund.paid_on) == (8000, None)
    corrected = [row.receiver for row in push.of(connection, published.id) if row.purpose == "penalty.corrected"]
    assert sorted(corrected) == sorted(THREE)
    with at(2026, 9, 28, 9):
        with pytest.raises(errors.DecisionIncomplete):
            penalty_publicity.withdraw(connection, OFFICER, published, "  ")
        row = penalty_publicity.withdraw(connection, OFFICER, published, REASON)
        assert row is not None
        assert (row.withdrawn_reason, penalty_publicity.due(connection, published)) == (REASON, None)
        assert publicity.get_public(connection, row.id).withdrawn_reason == REASON
        assert penalty_publicity.withdraw(connection, OFFICER, published, REASON) is None
        with pytest.raises(errors.NoDecisionInForce):
            penalty_publicity.publish(connection, OFFICER, published, {"months": 36})
        with pytest.raises(errors.DecisionIncomplete):
            publicity.publish(connection, OFFICER, published, kind="penalty")
        with pytest.raises(errors.NoDecisionInForce):
            route.choose(connection, OFFICER, published, {"route": "court"})
        with pytest.raises(errors.NoDecisionInForce):
            payment.pay(connection, CLERK, published, {"amount": 1, "reference": "YH2"})
        challenge.refund(connection, CLERK, published, "国库退付1号")
        with pytest.raises(errors.RefundUnknown):
            challenge.refund(connection, CLERK, published, "国库退付2号")
    actions = [event.action for event in audit.trail(connection, published.number)]
    assert {"decision.annulled", "publicity.withdrawn", "fine.refund_ordered", "fine.refunded"} <= set(actions)


@pytest.mark.parametrize(("result", "state", "why"), [
    ("annulled", "ended", "annulled"), ("void", "ended", "annulled"), ("unlawful", "open", None),
])  # fmt: skip
def test_an_unpaid_fine_lapses_with_its_decision_and_says_so(
    connection: Connection, decided: Decided, result: str, state: str, why: str | None
) -> None:
    case = decided((2026, 5, 20), 8000, item="GL-CF3-317")
    with at(2026, 5, 20, 15):
        serve(connection, case)
    challenged(connection, case, result)
    (row,) = [one for one in deadline.of(connection, case.id) if one.period == "payment"]
    assert (row.state, row.why_ended) == (state, why)
    told = [event.details for event in audit.trail(connection, case.number) if event.action == "deadline.ended"]
    assert [one["why"] for one in told if one["period"] == "payment"] == ([why] if why else [])


@pytest.mark.parametrize("result", ["upheld", "withdrawn"])
def test_what_is_upheld_stays_public(connection: Connection, published: Any, result: str) -> None:
    challenged(connection, published, result)
    assert not remedy.undone(connection, published.id)
    shown = publicity.of(connection, published.id)[0]
    with at(2026, 9, 28, 9):
        with pytest.raises(errors.PublicityStands):
            penalty_publicity.withdraw(connection, OFFICER, published, "当事人要求")
        with pytest.raises(errors.PublicityStands):
            publicity.withdraw(connection, OFFICER, published, shown.id, reason="当事人要求")
    assert decision.effective(connection, published.id) is not None
    assert challenge.refund_of(connection, published.id) is None


@pytest.mark.parametrize(("result", "in_force", "back"), [
    ("changed", True, 5000), ("unlawful", True, 8000), ("void", False, 8000),
])  # fmt: skip
def test_each_result_that_undoes_takes_the_publication_back(
    connection: Connection, published: Any, result: str, in_force: bool, back: int
) -> None:
    challenged(connection, published, result, fine=3000)
    assert (decision.effective(connection, published.id) is not None) is in_force
    assert challenge.refund_of(connection, published.id).amount == back  # type: ignore[union-attr]  # ordered
    assert due(connection, published, "publicity_withdrawal") == "2026-09-30"


@pytest.mark.parametrize(("months", "restricted", "until"), [
    (36, None, date(2029, 6, 10)), (36, 24, date(2029, 6, 10)), (36, 60, date(2031, 6, 10)), (0, 60, None),
])  # fmt: skip
def test_a_ban_of_more_than_three_years_is_public_as_long_as_it_lasts(
    connection: Connection, decided: Decided, months: int, restricted: int | None, until: date | None
) -> None:
    case = decided((2026, 5, 20), 8000, item="GL-CF3-317")
    with at(2026, 5, 20, 15):
        serve(connection, case)
    with at(2026, 6, 10, 9):
        given = {"months": months, "restricted_months": restricted}
        assert penalty_publicity.publish(connection, OFFICER, case, given).until_on == until


def test_the_simplified_procedure_leaves_five_working_days(connection: Connection, published: Any) -> None:
    with at(2026, 7, 20, 9):
        row = challenge.receive(connection, OFFICER, published, "reconsideration", {"simplified": True})
    assert due(connection, published, "remedy_reconsideration_simple") == "2026-07-27"
    with at(2026, 7, 28, 9):
        assert challenge.answer(connection, OFFICER, published, row.id) is True
        with pytest.raises(errors.RemedyUnknown):
            challenge.answer(connection, OFFICER, published, row.id + 99)


@pytest.mark.parametrize(("reading", "visible"), [("state", True), ("nothing", False)])
def test_after_its_time_the_annulment_is_still_stated(
    connection: Connection, published: Any, reading: str, visible: bool
) -> None:
    setting.change(connection, OFFICER, "unpublish_ended", reading, reason="法制部门意见")
    with at(2029, 6, 11, 9):
        shown = publicity.of(connection, published.id)[0]
        with pytest.raises(errors.PublicityUnknown):
            publicity.get_public(connection, shown.id)
        row = challenge.receive(connection, OFFICER, published, "litigation", {})
        challenge.close(connection, OFFICER, published, row.id, {"result": "annulled"})
        penalty_publicity.withdraw(connection, OFFICER, published, REASON)
        if visible:
            assert publicity.get_public(connection, shown.id).withdrawn_reason == REASON
        else:
            with pytest.raises(errors.PublicityUnknown):
                publicity.get_public(connection, shown.id)


def test_what_is_public_names_no_person_and_nothing_that_was_said(connection: Connection, decided: Decided) -> None:
    case = decided((2026, 5, 20), 3000, kind="person")
    with at(2026, 5, 20, 15):
        with pytest.raises(errors.ExecutionBeforeService):
            penalty_publicity.publish(connection, OFFICER, case, {})
        serve(connection, case)
        row = penalty_publicity.publish(connection, OFFICER, case, {"months": 3})
        assert penalty_publicity.publish(connection, OFFICER, case, {"months": 3}).id == row.id
    said = json.dumps([row.title, row.content], ensure_ascii=False)
    assert (str(row.until_on), row.content["penalty"]) == ("2026-08-20", "罚款3000元")
    for secret in ("王小明", "13800138000", "东虹路", "人行道"):
        assert secret not in said


def test_keeping_a_penalty_back_needs_its_reason(connection: Connection, decided: Decided) -> None:
    case = decided((2026, 5, 20), 3000)
    with pytest.raises(errors.DecisionIncomplete):
        penalty_publicity.keep_back(connection, LEADER, case, "")
    penalty_publicity.keep_back(connection, LEADER, case, "不具有一定社会影响")
    assert audit.trail(connection, case.number)[-1].details["reason"] == "不具有一定社会影响"


@pytest.fixture
def handed_in(connection: Connection, published: Any) -> Any:
    """What rests on technical devices; its application was handed in at the town on 10 July."""
    with at(2026, 7, 10, 9):
        challenge.hand_in(connection, OFFICER, published, {"device": True, "authority": "宜兴市人民政府"})
    return published


def test_only_what_is_decided_on_the_spot_or_by_devices_is_handed_in_here(
    connection: Connection, published: Any
) -> None:
    with at(2026, 7, 10, 9), pytest.raises(errors.HandedInElsewhere):
        challenge.hand_in(connection, OFFICER, published, {"authority": "宜兴市人民政府"})
    assert remedy.of(connection, published.id) == []


def test_what_is_handed_in_counts_from_its_day_and_is_one_with_its_copy(connection: Connection, handed_in: Any) -> None:
    with at(2026, 7, 10, 9), pytest.raises(errors.RemedyDayWrong):
        challenge.receive(connection, OFFICER, handed_in, "litigation", {"applied_on": "2026-05-01"})
    assert due(connection, handed_in, "reconsideration_forward") == "2026-07-17"
    with at(2027, 7, 10, 9), pytest.raises(errors.ChallengeOpen):
        windows.require_remedies_over(connection, handed_in)
    with at(2026, 7, 13, 9):
        with pytest.raises(errors.ChallengeOpen):
            challenge.hand_in(connection, OFFICER, handed_in, {"device": True})
        challenge.forward(connection, OFFICER, handed_in, {"standpoint": "应予维持"})
    with at(2026, 7, 20, 9):
        given = {"applied_on": "2026-07-10", "authority": "宜兴市人民政府", "number": "宜复〔2026〕1号"}
        challenge.receive(connection, OFFICER, handed_in, "reconsideration", given)
    (row,) = remedy.of(connection, handed_in.id)
    assert (row.applied_on, row.received_on, row.number) == (date(2026, 7, 10), date(2026, 7, 20), "宜复〔2026〕1号")
    assert due(connection, handed_in, "remedy_reconsideration") == "2026-08-03"


@pytest.mark.parametrize("reply", remedy.UNTAKEN)
def test_a_copy_that_never_comes_ends_the_challenge_and_takes_no_remedy_from_the_party(
    connection: Connection, handed_in: Any, reply: str
) -> None:
    with at(2026, 7, 13, 9):
        with pytest.raises(errors.RemedyDayWrong):
            challenge.forward(connection, OFFICER, handed_in, {"standpoint": "应予维持", "forwarded_on": "2026-07-09"})
        challenge.forward(connection, OFFICER, handed_in, {"standpoint": "应予维持"})
    assert due(connection, handed_in, challenge.COPY) == "2026-07-29"
    with at(2026, 7, 30, 9):
        for wrong, error in (
            ({"reply": "copy"}, errors.DecisionResultUnknown),
            ({"reply": reply, "result_on": "2026-07-31"}, errors.RemedyDayWrong),
            ({"reply": reply, "result_on": "2026-07-09"}, errors.RemedyDayWrong),
        ):
            with pytest.raises(error):
                challenge.untaken(connection, OFFICER, handed_in, wrong)
        row = challenge.untaken(connection, OFFICER, handed_in, {"reply": reply})
        challenge.close(connection, OFFICER, handed_in, row.id, {"result": reply})
    assert deadline.find(connection, handed_in, challenge.COPY) is None
    with at(2026, 11, 20, 9), pytest.raises(errors.RemediesStillOpen):  # six months from the service of 20 May
        windows.require_remedies_over(connection, handed_in)
    with at(2026, 11, 21, 9):
        windows.require_remedies_over(connection, handed_in)


@pytest.mark.parametrize(("given", "error"), [
    ({"view": "upheld", "standpoint": "x"}, errors.DecisionResultUnknown),
    ({"view": "annulled", "standpoint": " "}, errors.DecisionIncomplete),
    ({"view": "changed", "standpoint": "x", "fine": 8001}, errors.ChangeHeavier),
    ({"view": "changed", "standpoint": "x", "fine": 8001, "third_party": True}, errors.ChangeHeavier),
])  # fmt: skip
def test_the_town_mends_its_decision_with_a_reason_and_never_to_more(
    connection: Connection, handed_in: Any, given: dict[str, Any], error: type[errors.EngineError]
) -> None:
    with at(2026, 7, 13, 9), pytest.raises(error):
        challenge.set_right(connection, OFFICER, handed_in, given)
    assert due(connection, handed_in, "reconsideration_forward") == "2026-07-17"


def test_a_lower_fine_may_be_challenged_anew_from_its_day(connection: Connection, handed_in: Any) -> None:
    with at(2026, 7, 13, 9):
        challenge.set_right(connection, OFFICER, handed_in, {"view": "changed", "standpoint": "过罚不当", "fine": 3000})
        row = remedy.handed_in(connection, handed_in.id)
        assert row is not None
        challenge.close(connection, OFFICER, handed_in, row.id, {"result": "changed", "fine": 3000})
    assert challenge.refund_of(connection, handed_in.id).amount == 5000  # type: ignore[union-attr]  # ordered
    assert due(connection, handed_in, "publicity_withdrawal") == "2026-07-16"
    assert due(connection, handed_in, "reconsideration_window") == "2026-09-11"
    told = [event for event in audit.trail(connection, handed_in.number) if event.action == "remedy.set_right"]
    assert told[0].details["reason"] == "过罚不当"


@pytest.mark.parametrize(("result", "until"), [
    ("changed", "2026-10-09"), ("unlawful", "2026-10-09"), ("annulled", None), ("void", None),
])  # fmt: skip
def test_the_way_to_the_court_is_open_after_what_reconsideration_changed(
    connection: Connection, published: Any, result: str, until: str | None
) -> None:
    challenged(connection, published, result, fine=3000)
    found = [row for row in deadline.of(connection, published.id) if row.period == "suit_after_reconsideration"]
    assert [row.due_on.isoformat() for row in found] == ([until] if until else [])
