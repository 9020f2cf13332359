"""Changed fines, agreements, stays, auctions, duties besides money, and what is given back (行政强制法39–42, 46)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases.enforcement.execution import (
    auction,
    challenge,
    duty,
    interruption,
    own,
    payment,
    restoring,
    route,
    surcharge,
)
from engine.cases.enforcement.investigation import seizure
from tests.engine.cases.enforcement.execution.conftest import CLERK, LEADER, OFFICER, Decided, at, serve

OWN = {"route": "own", "clause": "城乡规划法65", "subject": "duty", "duty": "拆除违法建筑"}
PAUSE = {"subject": "duty", "terms": "分两期自行拆除"}


@pytest.fixture
def shop(connection: Connection, decided: Decided) -> Any:
    """8,000 yuan, decided and served on 20 January 2026, due on 4 February."""
    case = decided((2026, 1, 20), 8000)
    with at(2026, 1, 20, 15):
        serve(connection, case)
    return case


@pytest.fixture
def executed(connection: Connection, shop: Any) -> Any:
    """The same with an execution of its duty, which the town has begun."""
    with at(2026, 2, 5, 9):
        route.choose(connection, OFFICER, shop, OWN)
    return shop


def actions(connection: Connection, case: Any) -> list[str]:
    return [event.action for event in audit.trail(connection, case.number)]


def change(connection: Connection, case: Any, fine: int, **more: Any) -> None:
    row = challenge.receive(connection, OFFICER, case, "reconsideration", {})
    challenge.close(connection, OFFICER, case, row.id, {"result": "changed", "fine": fine, **more})


def test_a_changed_fine_is_what_is_collected(connection: Connection, shop: Any) -> None:
    with at(2026, 1, 28, 9):
        parts = [{"due_on": "2026-02-10", "amount": 4000}, {"due_on": "2026-03-10", "amount": 4000}]
        told = {"applied_on": "2026-01-27", "application": "经营困难", "parts": parts}
        payment.approve(connection, LEADER, shop, told)
    with at(2026, 3, 20, 9):
        change(connection, shop, 5000)
        debt = payment.require(connection, shop)
        assert (debt.amount, debt.decided) == (5000, 8000)
        assert [part["amount"] for part in payment.plan(connection, debt.id).parts] == [4000, 1000]  # type: ignore[union-attr]
        with pytest.raises(errors.PaymentWrong):
            payment.pay(connection, CLERK, shop, {"amount": 5001, "reference": "YHX1"})
        payment.pay(connection, CLERK, shop, {"amount": 5000, "reference": "YHX2"})
        assert payment.shown(connection, shop, debt)["done"] is True
    assert "fine.changed" in actions(connection, shop)


def test_late_fee_and_execution_follow_a_changed_fine(connection: Connection, shop: Any) -> None:
    with at(2026, 3, 2, 9):
        assert surcharge.impose(connection, LEADER, shop, {}).amount == 6240  # 26 days of 240 yuan
        route.choose(connection, OFFICER, shop, {"route": "court"})
        change(connection, shop, 1000)
        debt = payment.require(connection, shop)
        assert surcharge.of(connection, debt.id).amount == 780  # type: ignore[union-attr]  # 26 days of 30 yuan
        assert route.require(connection, shop).amount == 1000
    assert {"fine.late_fee_changed", "execution.changed"} <= set(actions(connection, shop))


def test_a_change_makes_nothing_heavier_unless_a_third_party_asks(connection: Connection, shop: Any) -> None:
    with at(2026, 2, 2, 9):
        with pytest.raises(errors.ChangeHeavier):
            change(connection, shop, 9000)
        row = challenge.receive(connection, OFFICER, shop, "litigation", {})
        given = {"result": "changed", "fine": 9000, "third_party": True}
        challenge.close(connection, OFFICER, shop, row.id, given)
        assert payment.require(connection, shop).amount == 9000


def test_an_agreement_that_is_broken_leads_back_to_the_execution(connection: Connection, executed: Any) -> None:
    with at(2026, 2, 6, 9):
        with pytest.raises(errors.NotTheHead):
            interruption.begin(connection, OFFICER, executed, {**PAUSE, "kind": "agreement"})
        with pytest.raises(errors.ExecutionContentMissing):
            interruption.begin(connection, LEADER, executed, {**PAUSE, "kind": "stay"})
        interruption.begin(connection, LEADER, executed, {**PAUSE, "kind": "agreement"})
        with pytest.raises(errors.ExecutionPaused):
            interruption.begin(connection, LEADER, executed, {**PAUSE, "kind": "agreement"})
        with pytest.raises(errors.ExecutionResultWrong):
            interruption.finish(connection, OFFICER, executed, "resumed", {**PAUSE, "why": "x"})
        interruption.finish(connection, OFFICER, executed, "broken", {**PAUSE, "why": "逾期未拆"})
        assert route.require(connection, executed, "duty").result is None
    assert {"execution.agreed", "execution.broken"} <= set(actions(connection, executed))


def test_nothing_is_carried_out_during_a_stay(connection: Connection, executed: Any) -> None:
    with at(2026, 2, 5, 10):
        own.urge(connection, OFFICER, executed, {"subject": "duty", "perform_by": "2026-02-06"})
    with at(2026, 2, 9, 10):
        told = {"subject": "duty", "manner": "机械拆除", "views": "未陈述"}
        own.decide(connection, LEADER, executed, told)
        interruption.begin(connection, LEADER, executed, {**PAUSE, "kind": "stay", "ground": "third_party"})
        done = {"subject": "duty", "at": clock.now(), "officers": ["P058", "P059"]}
        with pytest.raises(errors.ExecutionPaused):
            own.perform(connection, OFFICER, executed, done)
        interruption.finish(connection, OFFICER, executed, "resumed", {**PAUSE, "why": "第三人撤回主张"})
        own.perform(connection, OFFICER, executed, done)


@pytest.mark.parametrize(("day", "ground", "given", "right"), [
    ((2029, 2, 7), "unable", {"no_harm": True, "unable": True}, True),
    ((2029, 2, 6), "unable", {"no_harm": True, "unable": True}, False),
    ((2029, 2, 7), "unable", {"no_harm": False, "unable": True}, False),
    ((2029, 2, 7), "unable", {"no_harm": True}, False),
    ((2029, 2, 7), "damage", {"no_harm": True, "unable": True}, False),
])  # fmt: skip
def test_three_years_after_a_stay_of_who_cannot_perform(
    connection: Connection, executed: Any, day: tuple[int, int, int], ground: str, given: dict[str, Any], right: bool
) -> None:
    with at(2026, 2, 6, 9):
        interruption.begin(connection, LEADER, executed, {**PAUSE, "kind": "stay", "ground": ground})
    with at(*day, 9):
        told = {**PAUSE, "why": "确无能力", **given}
        if right:
            assert interruption.finish(connection, LEADER, executed, "lapsed", told).ended_on == date(*day)
            return
        with pytest.raises(errors.StayNotOver):
            interruption.finish(connection, LEADER, executed, "lapsed", told)


def test_an_execution_ends_only_on_a_ground_of_article_40(connection: Connection, executed: Any) -> None:
    with at(2026, 2, 6, 9):
        with pytest.raises(errors.ExecutionContentMissing):
            interruption.terminate(connection, LEADER, executed, {**PAUSE, "ground": "no_time"})
        ended = interruption.terminate(connection, LEADER, executed, {**PAUSE, "ground": "object_gone"})
    assert (ended.result, ended.ground.startswith("行政强制法40(三)")) == ("ended", True)


def seized(connection: Connection, case: Any, ground: str | None) -> None:
    values = {"case_id": case.id, "state": "ended" if ground else "running", "things": [{"name": "农药"}], "place": "x",
              "reason": "x", "clause": "x", "urgent": False, "asked_by": "P058", "asked_at": clock.now(),
              "approved": True, "approved_by": "P003", "approved_at": clock.now(), "started_at": clock.now(),
              "ended_at": clock.now() if ground else None, "ground": ground}  # fmt: skip
    connection.execute(sa.insert(seizure.seizure).values(**values))


@pytest.mark.parametrize("ground", [None, *(ground for ground in seizure.GROUNDS if ground != "kept")])
def test_what_was_not_kept_for_it_is_not_auctioned(connection: Connection, shop: Any, ground: str | None) -> None:
    with at(2026, 7, 21, 9):
        seized(connection, shop, ground)
        with pytest.raises(errors.AuctionForbidden):
            auction.require_seized(connection, shop)


def test_what_was_kept_is_auctioned_and_the_surplus_is_the_partys(connection: Connection, shop: Any) -> None:
    with at(2026, 7, 21, 9):
        seized(connection, shop, "kept")
        auction.require_seized(connection, shop)
        with pytest.raises(errors.ExecutionUnknown):
            auction.settle(connection, OFFICER, shop, {"proceeds": 1, "reference": "PM1"})
        route.choose(connection, OFFICER, shop, {"route": "auction", "clause": "行政强制法46(3)"})
        with pytest.raises(errors.PaymentWrong):
            auction.settle(connection, OFFICER, shop, {"proceeds": 0, "reference": "PM1"})
        row = auction.settle(connection, OFFICER, shop, {"proceeds": 9500, "reference": "PM1"})
        assert (row.set_off, row.proceeds - row.set_off) == (8000, 1500)
        assert payment.shown(connection, shop, payment.require(connection, shop))["done"] is True
        assert [one.ground for one in seizure.of(connection, shop.id)] == ["set_off"]
    assert {"fine.set_off", "seizure.sold"} <= set(actions(connection, shop))


def test_what_was_kept_and_not_auctioned_goes_back_before_the_case_is_closed(connection: Connection, shop: Any) -> None:
    with at(2026, 2, 4, 9):
        seized(connection, shop, "kept")
        with pytest.raises(errors.ThingsStillKept):
            seizure.give_back(connection, LEADER, shop, " ")
        seizure.give_back(connection, LEADER, shop, "当事人已缴清，清点后领回")
        assert [one.ground for one in seizure.of(connection, shop.id)] == ["not_needed"]
        seizure.give_back(connection, LEADER, shop, "")  # nothing is kept any more
    assert "seizure.given_back" in actions(connection, shop)


def test_a_duty_is_checked_with_what_was_found(connection: Connection, shop: Any, decided: Decided) -> None:
    told = {"duty": "停业整顿", "performed": "no", "findings": "仍在营业", "checked_on": "2026-02-03"}
    with at(2026, 2, 3, 9):
        for lacking in ("duty", "findings", "performed"):
            with pytest.raises(errors.ExecutionContentMissing):
                duty.check(connection, OFFICER, shop, {**told, lacking: ""})
        for wrong in ("2026-02-04", "2025-12-31"):
            with pytest.raises(errors.ExecutionContentMissing):
                duty.check(connection, OFFICER, shop, {**told, "checked_on": wrong})
        assert duty.check(connection, OFFICER, shop, told).performed is False
        with pytest.raises(errors.ExecutionBeforeService):
            duty.check(connection, OFFICER, decided((2026, 1, 21), 100), told)
    assert len(duty.of(connection, shop.id)) == 1
    assert "duty.not_performed" in actions(connection, shop)


def test_what_was_carried_out_by_force_is_restored_after_an_annulment(connection: Connection, executed: Any) -> None:
    told = {"what": "重建围墙", "received_by": "经理", "compensation": 500}
    with at(2026, 2, 9, 9):
        route.end(connection, OFFICER, executed, "executed", subject="duty")
        with pytest.raises(errors.RestorationUnknown):
            restoring.restore(connection, OFFICER, executed, told)
        row = challenge.receive(connection, OFFICER, executed, "reconsideration", {})
        challenge.close(connection, OFFICER, executed, row.id, {"result": "annulled"})
        with pytest.raises(errors.ExecutionContentMissing):
            restoring.restore(connection, OFFICER, executed, {**told, "what": ""})
        assert restoring.restore(connection, OFFICER, executed, told).compensation == 500
    assert "execution.restored" in actions(connection, executed)
