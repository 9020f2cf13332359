"""SC09 and I11: nothing before service; no court, no demolition before the remedies are over; no power of one's own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import deadline
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import (
    challenge,
    court,
    interruption,
    own,
    payment,
    route,
    surcharge,
    windows,
)
from tests.engine.cases.enforcement.execution.conftest import CLERK, LEADER, MAYOR, OFFICER, Decided, at, due, serve

COURT = {"route": "court"}
OWN = {"route": "own", "clause": "城乡规划法65", "subject": "duty", "duty": "拆除违法建筑"}
CLEAR = {"route": "substitute", "clause": "行政强制法50", "subject": "duty", "duty": "清除渣土", "harm": True}
OFFICERS = ["P058", "P059"]


@pytest.fixture
def snack_bar(connection: Connection, decided: Decided) -> Any:
    """某小吃店: 8,000 yuan, decided and served on 20 January 2026, never paid."""
    case = decided((2026, 1, 20), 8000, kind="person", item="GL-CF2-201")
    with at(2026, 1, 20, 15):
        serve(connection, case)
    return case


def choose(connection: Connection, case: Any, day: tuple[int, int, int], **given: Any) -> Any:
    with at(*day, 9):
        return route.choose(connection, OFFICER, case, given)


def urge(connection: Connection, case: Any, day: tuple[int, int, int]) -> Any:
    with at(*day, 10):
        return court.urge(connection, OFFICER, case, date(*day))


def apply(connection: Connection, case: Any, day: tuple[int, int, int], actor: Any = MAYOR, **given: Any) -> Any:
    with at(*day, 11):
        return court.apply(connection, actor, case, given)


def test_sc09_from_the_due_day_to_the_court_s_ruling(connection: Connection, snack_bar: Any) -> None:
    assert [due(connection, snack_bar, key) for key in ("payment", "reconsideration_window", "suit_window")] == [
        "2026-02-04", "2026-03-23", "2026-07-20"]  # fmt: skip
    with at(2026, 4, 2, 10):
        fee = surcharge.impose(connection, LEADER, snack_bar, {})
        windows.open_(connection, OFFICER, snack_bar, date(2026, 4, 2), subject="late_fee")
    assert (fee.amount, due(connection, snack_bar, "suit_window", "late_fee")) == (8000, "2026-10-08")
    with pytest.raises(errors.PaymentNotDue):
        choose(connection, snack_bar, (2026, 2, 4), **COURT)
    assert choose(connection, snack_bar, (2026, 7, 14), **COURT).amount == 8000
    with pytest.raises(errors.RemediesStillOpen):
        urge(connection, snack_bar, (2026, 7, 15))
    with pytest.raises(errors.RemediesStillOpen):
        urge(connection, snack_bar, (2026, 7, 20))
    urged = urge(connection, snack_bar, (2026, 7, 22))
    assert (str(urged.urging_over_on), str(urged.last_on)) == ("2026-08-05", "2026-10-20")
    with pytest.raises(errors.UrgingNotOver):
        apply(connection, snack_bar, (2026, 8, 5))
    with pytest.raises(errors.NotTheHead):
        apply(connection, snack_bar, (2026, 8, 10), LEADER)
    apply(connection, snack_bar, (2026, 8, 10), views="无异议")
    assert due(connection, snack_bar, "court_acceptance") == "2026-08-17"
    with at(2026, 8, 12, 9):
        for wrong in (date(2026, 8, 9), date(2026, 8, 13)):
            with pytest.raises(errors.ExecutionContentMissing):
                court.accept(connection, OFFICER, snack_bar, wrong)
        court.accept(connection, OFFICER, snack_bar, date(2026, 8, 12))
    assert due(connection, snack_bar, "court_ruling") == "2026-08-21"
    with at(2026, 8, 20, 9):
        with pytest.raises(errors.ExecutionContentMissing):
            court.rule(connection, OFFICER, snack_bar, "granted", date(2026, 8, 11))
        assert court.rule(connection, OFFICER, snack_bar, "granted", date(2026, 8, 20)).ruling == "granted"
    with at(2026, 9, 15, 9):
        payment.pay(connection, CLERK, snack_bar, {"amount": 8000, "channel": "court", "reference": "执1"})
        assert route.end(connection, OFFICER, snack_bar, "executed").result == "executed"


def test_after_three_months_the_court_is_asked_with_a_reason_only(connection: Connection, snack_bar: Any) -> None:
    choose(connection, snack_bar, (2026, 7, 21), **COURT)
    urge(connection, snack_bar, (2026, 7, 22))
    with pytest.raises(errors.CourtWindowOver):
        apply(connection, snack_bar, (2026, 10, 21))
    assert apply(connection, snack_bar, (2026, 10, 21), late_reason="不可抗力").late_reason == "不可抗力"


def test_the_late_fee_has_its_own_remedies_and_its_own_way_to_the_court(connection: Connection, snack_bar: Any) -> None:
    with at(2026, 4, 2, 10):
        surcharge.impose(connection, LEADER, snack_bar, {})
        windows.open_(connection, OFFICER, snack_bar, date(2026, 4, 2), subject="late_fee")
    choose(connection, snack_bar, (2026, 7, 21), route="court", subject="late_fee", amount=8000)
    with at(2026, 10, 8, 9), pytest.raises(errors.RemediesStillOpen):
        court.urge(connection, OFFICER, snack_bar, date(2026, 10, 8), "late_fee")
    with at(2026, 10, 9, 9):
        assert str(court.urge(connection, OFFICER, snack_bar, date(2026, 10, 9), "late_fee").last_on) == "2027-01-08"


def test_the_late_fee_follows_the_main_decision_where_the_setting_says_so(
    connection: Connection, snack_bar: Any
) -> None:
    setting.change(connection, LEADER, "surcharge_remedy", "follows", reason="法制部门意见")
    with at(2026, 4, 2, 10):
        surcharge.impose(connection, LEADER, snack_bar, {})
        windows.open_(connection, OFFICER, snack_bar, date(2026, 4, 2), subject="late_fee")
    choose(connection, snack_bar, (2026, 7, 20), route="court", subject="late_fee", amount=8000)
    with at(2026, 7, 20, 9), pytest.raises(errors.RemediesStillOpen):
        court.urge(connection, OFFICER, snack_bar, date(2026, 7, 20), "late_fee")
    with at(2026, 7, 21, 9):
        assert str(court.urge(connection, OFFICER, snack_bar, date(2026, 7, 21), "late_fee").last_on) == "2026-10-20"


def test_the_three_months_to_ask_the_court_are_a_deadline_that_warns(connection: Connection, snack_bar: Any) -> None:
    choose(connection, snack_bar, (2026, 7, 21), **COURT)
    urge(connection, snack_bar, (2026, 7, 22))
    window = deadline.find(connection, snack_bar, windows.COURT)
    assert window is not None
    assert (str(window.due_on), window.started_at < window.half_at < window.eighty_at) == ("2026-10-20", True)
    apply(connection, snack_bar, (2026, 8, 10))
    assert deadline.find(connection, snack_bar, windows.COURT) is None


@pytest.mark.parametrize(("night", "refused"), [("22-6", False), ("20-8", True)])
def test_what_is_night_is_a_setting(connection: Connection, night: str, refused: bool) -> None:
    setting.change(connection, LEADER, "execution_night", night, reason="法制部门意见")
    assert own.may_act(connection, datetime(2026, 6, 9, 21, tzinfo=clock.TOWN)) is not refused


def test_after_instalments_the_three_months_run_from_their_end(connection: Connection, decided: Decided) -> None:
    case = decided((2026, 8, 20), 20000)
    with at(2026, 8, 20, 15):
        serve(connection, case)
    parts = [{"due_on": day, "amount": 10000} for day in ("2026-11-30", "2026-12-31")]
    with at(2026, 9, 3, 10):
        payment.approve(connection, LEADER, case, {"applied_on": "2026-09-02", "application": "困难", "parts": parts})
    with pytest.raises(errors.PaymentNotDue):
        choose(connection, case, (2026, 12, 31), **COURT)
    choose(connection, case, (2027, 2, 23), **COURT)
    assert str(urge(connection, case, (2027, 2, 23)).last_on) == "2027-03-31"


def test_while_it_is_challenged_the_court_is_not_asked(connection: Connection, snack_bar: Any) -> None:
    with at(2026, 3, 20, 9):
        row = challenge.receive(connection, OFFICER, snack_bar, "reconsideration", {"applied_on": "2026-03-18"})
    choose(connection, snack_bar, (2026, 7, 21), **COURT)
    with pytest.raises(errors.ChallengeOpen):
        urge(connection, snack_bar, (2026, 7, 22))
    with at(2026, 7, 23, 9):
        challenge.close(connection, OFFICER, snack_bar, row.id, {"result": "upheld"})
    with pytest.raises(errors.RemediesStillOpen):
        urge(connection, snack_bar, (2026, 8, 7))
    assert str(urge(connection, snack_bar, (2026, 8, 10)).last_on) == "2026-11-07"


@pytest.fixture
def granted(connection: Connection, snack_bar: Any) -> Any:
    """The same, applied for on 10 August 2026 and granted on the 20th."""
    choose(connection, snack_bar, (2026, 7, 21), **COURT)
    urge(connection, snack_bar, (2026, 7, 22))
    apply(connection, snack_bar, (2026, 8, 10))
    with at(2026, 8, 20, 9):
        court.accept(connection, OFFICER, snack_bar, date(2026, 8, 12))
        court.rule(connection, OFFICER, snack_bar, "granted", date(2026, 8, 20))
    return snack_bar


STAY = {"result": "stay", "number": "（2026）苏0282行审1号之一", "terms": "案外人提出异议"}


def test_an_agreement_or_a_stay_comes_instead_of_the_application_and_the_three_months_run_on(
    connection: Connection, snack_bar: Any
) -> None:
    choose(connection, snack_bar, (2026, 7, 21), **COURT)
    urge(connection, snack_bar, (2026, 7, 22))
    with at(2026, 8, 10, 9):
        interruption.begin(connection, LEADER, snack_bar, {"kind": "agreement", "terms": "分两期缴纳"})
    with pytest.raises(errors.ExecutionPaused):
        apply(connection, snack_bar, (2026, 8, 11))
    with at(2026, 10, 21, 9):
        interruption.finish(connection, OFFICER, snack_bar, "broken", {"why": "没有缴纳"})
    with pytest.raises(errors.CourtWindowOver):
        apply(connection, snack_bar, (2026, 10, 21))


def test_an_execution_that_ends_ends_its_periods_and_the_next_is_urged_anew(
    connection: Connection, snack_bar: Any
) -> None:
    choose(connection, snack_bar, (2026, 7, 21), **COURT)
    urge(connection, snack_bar, (2026, 7, 22))
    with at(2026, 7, 23, 9):
        interruption.terminate(connection, LEADER, snack_bar, {"ground": "other", "terms": "另行协商"})
        assert deadline.find(connection, snack_bar, "court_urging") is None
    choose(connection, snack_bar, (2026, 7, 24), **COURT)
    assert str(urge(connection, snack_bar, (2026, 7, 24)).urging_over_on) == "2026-08-07"


def test_what_the_court_carries_out_it_stays_settles_and_ends_by_a_ruling(connection: Connection, granted: Any) -> None:
    with at(2026, 9, 1, 9):
        with pytest.raises(errors.ExecutionResultWrong):
            court.carry(connection, OFFICER, granted, {"result": "forgotten"})
        for lacking in ("number", "terms"):
            with pytest.raises(errors.ExecutionContentMissing):
                court.carry(connection, OFFICER, granted, {**STAY, lacking: ""})
        assert court.carry(connection, OFFICER, granted, STAY) is None
        assert deadline.find(connection, granted, interruption.PERIOD) is None  # 39(2) is of the town's own execution
        with pytest.raises(errors.ExecutionPaused):
            court.carry(connection, OFFICER, granted, {"result": "executed"})
        interruption.finish(connection, OFFICER, granted, "resumed", {"why": "异议被驳回"})
        assert court.carry(connection, OFFICER, granted, {"result": "agreement", "terms": "分期缴纳"}) is None
        interruption.finish(connection, OFFICER, granted, "broken", {"why": "没有缴纳"})
        with pytest.raises(errors.ExecutionContentMissing):
            court.carry(connection, OFFICER, granted, {**STAY, "result": "end", "number": ""})
        assert court.carry(connection, OFFICER, granted, {**STAY, "result": "end"}) == "ended"
    told = [event.action for event in audit.trail(connection, granted.number)]
    assert [one for one in told if not one.startswith("deadline.")][-5:] == [
        "court.stayed", "execution.resumed", "court.agreed", "execution.broken", "execution.ended"]  # fmt: skip


def test_only_what_the_court_granted_is_carried_out(connection: Connection, snack_bar: Any) -> None:
    choose(connection, snack_bar, (2026, 7, 21), **COURT)
    urge(connection, snack_bar, (2026, 7, 22))
    apply(connection, snack_bar, (2026, 8, 10))
    with at(2026, 8, 11, 9), pytest.raises(errors.ExecutionUnknown):
        court.carry(connection, OFFICER, snack_bar, {"result": "executed"})


def test_a_step_without_the_one_before_is_refused(connection: Connection, snack_bar: Any, decided: Decided) -> None:
    for step in (
        lambda: urge(connection, snack_bar, (2026, 7, 22)),
        lambda: apply(connection, snack_bar, (2026, 8, 10)),
    ):
        with pytest.raises(errors.ExecutionUnknown):
            step()
    choose(connection, snack_bar, (2026, 7, 21), **COURT)
    with pytest.raises(errors.ExecutionRunning):
        choose(connection, snack_bar, (2026, 7, 21), **COURT)
    urge(connection, snack_bar, (2026, 7, 22))
    with at(2026, 8, 10, 9), pytest.raises(errors.ExecutionUnknown):
        court.rule(connection, OFFICER, snack_bar, "granted", date(2026, 8, 10))
    with at(2026, 8, 10, 9), pytest.raises(errors.ExecutionResultWrong):
        route.end(connection, OFFICER, snack_bar, "ended")
    unserved = decided((2026, 1, 20), 8000)
    with pytest.raises(errors.ExecutionBeforeService):
        choose(connection, unserved, (2026, 7, 21), **COURT)


@pytest.mark.parametrize(("given", "error"), [
    ({"route": "own"}, errors.OwnPowerMissing),
    ({"route": "own", "clause": " "}, errors.OwnPowerMissing),
    ({**CLEAR, "harm": False}, errors.SubstituteForbidden),
    ({**CLEAR, "subject": "fine"}, errors.SubstituteForbidden),
    ({"route": "auction"}, errors.AuctionForbidden),
    ({"route": "auction", "clause": "行政强制法46(3)"}, errors.RemediesStillOpen),
    ({"route": "empty_the_account"}, errors.ExecutionRouteUnknown),
])  # fmt: skip
def test_the_town_has_no_power_of_its_own_unless_a_law_gives_it(
    connection: Connection, snack_bar: Any, given: dict[str, Any], error: type[errors.EngineError]
) -> None:
    with pytest.raises(error):
        choose(connection, snack_bar, (2026, 7, 15), **given)
    assert route.running(connection, snack_bar.id) is None


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.TOWN)  # type: ignore[arg-type,misc]


def decide_own(connection: Connection, case: Any, way: dict[str, Any], **more: Any) -> None:
    """Urge on 2 March with a week to perform, and decide on 10 March."""
    choose(connection, case, (2026, 3, 2), **way)
    with at(2026, 3, 2, 10):
        told = {"subject": "duty", "perform_by": "2026-03-09", **more}
        with pytest.raises(errors.ServiceProofMissing):
            own.urge(connection, OFFICER, case, {**told, "served_on": "2026-01-02"})
        own.urge(connection, OFFICER, case, told)
    given = {"subject": "duty", "manner": "机械拆除", "views": "未陈述", "agent": "某清运公司", "cost": 3000}
    with at(2026, 3, 9, 10), pytest.raises(errors.UrgingNotOver):
        own.decide(connection, LEADER, case, given)
    with at(2026, 3, 10, 10):
        with pytest.raises(errors.ExecutionContentMissing):
            own.decide(connection, LEADER, case, {**given, "manner": ""})
        with pytest.raises(errors.NotTheHead):
            own.decide(connection, OFFICER, case, given)
        own.decide(connection, LEADER, case, given)


def perform(connection: Connection, case: Any, when: datetime, **more: Any) -> Any:
    given = {"subject": "duty", "at": when, "officers": OFFICERS, **more}
    with clock.frozen(when):
        return own.perform(connection, OFFICER, case, given)


def test_own_execution_is_by_day_with_two_officers_and_cuts_nothing_off(connection: Connection, snack_bar: Any) -> None:
    decide_own(connection, snack_bar, OWN)
    for when in (moment(2026, 3, 16, 22), moment(2026, 3, 16, 5), moment(2026, 3, 14, 10)):
        with pytest.raises(errors.ExecutionAtRest):
            perform(connection, snack_bar, when)
    with pytest.raises(errors.SupplyCutOff):
        perform(connection, snack_bar, moment(2026, 3, 16, 10), cut_off=True)
    with pytest.raises(errors.OfficersTooFew):
        perform(connection, snack_bar, moment(2026, 3, 16, 10), officers=["P058", "P058"])
    assert perform(connection, snack_bar, moment(2026, 3, 16, 10)).performed_at == moment(2026, 3, 16, 10)


def test_an_urgent_reason_opens_the_night(connection: Connection, snack_bar: Any) -> None:
    decide_own(connection, snack_bar, OWN)
    assert perform(connection, snack_bar, moment(2026, 3, 16, 23), urgent_reason="墙体即将倒塌").urgent_reason


def test_a_building_falls_only_after_both_remedies(connection: Connection, snack_bar: Any) -> None:
    decide_own(connection, snack_bar, OWN, demolition=True)
    with pytest.raises(errors.RemediesStillOpen):
        perform(connection, snack_bar, moment(2026, 7, 20, 10), urgent_reason="紧急")
    assert perform(connection, snack_bar, moment(2026, 7, 21, 10)).demolition


def test_somebody_else_performs_three_working_days_after_the_second_demand(
    connection: Connection, snack_bar: Any
) -> None:
    decide_own(connection, snack_bar, CLEAR)
    with pytest.raises(errors.SubstituteTooSoon):
        perform(connection, snack_bar, moment(2026, 3, 16, 10))
    with at(2026, 3, 11, 9):
        for wrong in ("2026-03-09", "2026-03-12"):
            with pytest.raises(errors.ServiceProofMissing):
                own.urge_again(connection, OFFICER, snack_bar, {"subject": "duty", "served_on": wrong})
        own.urge_again(connection, OFFICER, snack_bar, {"subject": "duty"})
    with pytest.raises(errors.SubstituteTooSoon):
        perform(connection, snack_bar, moment(2026, 3, 16, 10))
    assert perform(connection, snack_bar, moment(2026, 3, 17, 10)).cost == 3000


def test_the_database_itself_refuses_an_application_before_its_time(connection: Connection, snack_bar: Any) -> None:
    choose(connection, snack_bar, (2026, 7, 21), **COURT)
    urge(connection, snack_bar, (2026, 7, 22))
    with pytest.raises(sa.exc.IntegrityError, match="applied_after_urging"):
        connection.execute(sa.update(court.court_case).values(applied_on=date(2026, 8, 5), signed_by="P002"))
