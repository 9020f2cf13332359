"""SC08 and I14: due after 15 days, never in cash, in parts only on application, late fee as the days come to."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, errors
from engine.cases.clocks import setting
from engine.cases.enforcement import cash, on_the_spot
from engine.cases.enforcement.execution import challenge, payment, surcharge, windows
from engine.cases.enforcement.judging import penalty
from engine.cases.papers import document
from tests.engine.cases.enforcement.execution.conftest import (
    CLERK,
    LEADER,
    MAYOR,
    OFFICER,
    Decided,
    at,
    due,
    issue,
    serve,
)

PARTS = [{"due_on": day, "amount": 5000} for day in ("2026-09-30", "2026-10-30", "2026-11-30", "2026-12-31")]
APPLIED = {"applied_on": "2026-09-02", "application": "订单簿、银行流水", "parts": PARTS}


@pytest.fixture
def builder(connection: Connection, decided: Decided) -> Any:
    """某建材公司: 20,000 yuan, decided and served on 20 August 2026."""
    case = decided((2026, 8, 20), 20000)
    with at(2026, 8, 20, 15):
        serve(connection, case)
    return case


def pay(connection: Connection, case: Any, day: tuple[int, int, int], amount: Any, **more: Any) -> Any:
    given = {"amount": amount, "channel": "bank", "reference": f"YH{day}", **more}
    with at(*day, 17):
        return payment.pay(connection, CLERK, case, given)


def impose(connection: Connection, case: Any, day: tuple[int, int, int], **given: Any) -> tuple[int, int]:
    with at(*day, 18):
        row = surcharge.impose(connection, LEADER, case, given)
    return row.days, row.amount


def test_the_fine_is_due_fifteen_days_after_service_and_the_remedies_run(connection: Connection, builder: Any) -> None:
    assert due(connection, builder, "payment") == "2026-09-04"
    assert due(connection, builder, "reconsideration_window") == "2026-10-19"
    debt = payment.require(connection, builder)
    assert (debt.amount, str(debt.due_on), debt.code) == (20000, "2026-09-04", builder.number.replace("-", ""))
    with at(2026, 9, 4, 9):
        assert payment.open_(connection, OFFICER, builder) == debt


def test_a_last_day_of_rest_moves_in_favour_of_the_party(connection: Connection, decided: Decided) -> None:
    case = decided((2026, 5, 9), 20000)
    with at(2026, 5, 9, 15):
        serve(connection, case)
    assert due(connection, case, "payment") == "2026-05-25"


@pytest.mark.parametrize("channel", ["cash", "officer", "wechat_of_officer"])
def test_no_officer_takes_the_money(connection: Connection, builder: Any, channel: str) -> None:
    with pytest.raises(errors.CashNotAllowed):
        pay(connection, builder, (2026, 8, 25), 20000, channel=channel)
    debt = payment.require(connection, builder)
    with pytest.raises(sa.exc.IntegrityError, match=r"never_cash"):
        connection.execute(
            sa.insert(payment.fine_payment).values(
                fine_id=debt.id, channel="cash", amount=1, paid_on=debt.due_on, reference="x", recorded_by="P058"
            )
        )


@pytest.mark.parametrize(("amount", "more", "field"), [
    (20001, {}, "amount"), (0, {}, "amount"), (-5, {}, "amount"), ("x", {}, "amount"), (0.5, {}, "amount"),
    (100, {"reference": " "}, "reference"),
    (100, {"paid_on": "2026-08-26"}, "paid_on"), (100, {"paid_on": "2026-08-19"}, "paid_on"),
])  # fmt: skip
def test_a_payment_is_what_the_bank_says(
    connection: Connection, builder: Any, amount: Any, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(errors.PaymentWrong) as refused:
        pay(connection, builder, (2026, 8, 25), amount, **more)
    assert refused.value.facts["field"] == field


def test_a_booking_counts_once_and_the_whole_ends_the_period(connection: Connection, builder: Any) -> None:
    pay(connection, builder, (2026, 8, 25), 5000, reference="A")
    with pytest.raises(errors.PaymentWrong):
        pay(connection, builder, (2026, 8, 26), 5000, reference="A")
    pay(connection, builder, (2026, 8, 27), 15000)
    found = payment.shown(connection, builder, payment.require(connection, builder))
    assert (found["paid"], found["rest"], found["done"]) == (20000, 0, True)


def test_instalments_need_the_party_s_application_and_the_head(connection: Connection, builder: Any) -> None:
    with at(2026, 9, 3, 10):
        with pytest.raises(errors.InstalmentsWithoutApplication):
            payment.approve(connection, LEADER, builder, {**APPLIED, "application": " "})
        with pytest.raises(errors.InstalmentsWithoutApplication):
            payment.approve(connection, LEADER, builder, {**APPLIED, "applied_on": None})
        with pytest.raises(errors.NotTheHead):
            payment.approve(connection, OFFICER, builder, APPLIED)
        for parts in (PARTS[:3], PARTS[::-1], [], [{"due_on": "2026-09-30", "amount": 20001}]):
            with pytest.raises(errors.InstalmentsWrong):
                payment.approve(connection, LEADER, builder, {**APPLIED, "parts": parts})
        row = payment.approve(connection, LEADER, builder, APPLIED)
        assert str(row.ends_on) == "2026-12-31"
        with pytest.raises(errors.InstalmentsWrong):
            payment.approve(connection, LEADER, builder, APPLIED)


def test_sc08_a_the_third_instalment_comes_ten_days_late(connection: Connection, builder: Any) -> None:
    with at(2026, 9, 3, 10):
        payment.approve(connection, LEADER, builder, APPLIED)
    pay(connection, builder, (2026, 9, 30), 5000)
    pay(connection, builder, (2026, 10, 30), 5000)
    with pytest.raises(errors.LateFeeNotDue):
        impose(connection, builder, (2026, 11, 30))
    pay(connection, builder, (2026, 12, 10), 5000)
    assert impose(connection, builder, (2026, 12, 10), amount=6000) == (10, 6000)


def test_sc08_b_never_more_than_the_fine(connection: Connection, builder: Any) -> None:
    pay(connection, builder, (2026, 10, 12), 20000)
    with pytest.raises(errors.LateFeeWrong):
        impose(connection, builder, (2026, 10, 12), amount=22800)
    assert impose(connection, builder, (2026, 10, 12)) == (38, 20000)
    debt = payment.require(connection, builder)
    assert surcharge.of(connection, debt.id).readings["fee_base"] == "fine"  # type: ignore[union-attr]  # just made
    with pytest.raises(sa.exc.IntegrityError, match="never_above_the_fine"):
        connection.execute(sa.update(surcharge.late_fee_decision).values(amount=22800))


def test_sc08_c_the_days_of_reconsideration_are_free(connection: Connection, builder: Any) -> None:
    with at(2026, 9, 22, 10):
        given = {"applied_on": "2026-09-20", "received_on": "2026-09-22", "number": "复1", "authority": "市政府"}
        row = challenge.receive(connection, OFFICER, builder, "reconsideration", given)
    with at(2026, 10, 16, 10):
        challenge.close(connection, OFFICER, builder, row.id, {"result": "upheld"})
    pay(connection, builder, (2026, 10, 20), 20000)
    with pytest.raises(errors.LateFeeWrong):
        impose(connection, builder, (2026, 10, 20), amount=20000)
    assert impose(connection, builder, (2026, 10, 20)) == (20, 12000)
    assert due(connection, builder, "suit_after_reconsideration") == "2026-11-02"


def test_a_late_fee_must_have_been_told_and_is_the_head_s(connection: Connection, decided: Decided) -> None:
    case = decided((2026, 8, 20), 20000)
    with at(2026, 8, 20, 15):
        serve(connection, case)
    with at(2026, 10, 12, 9):
        with pytest.raises(errors.NotTheHead):
            surcharge.impose(connection, OFFICER, case, {})
        paper = payment.document.document
        connection.execute(sa.update(paper).where(paper.c.case_id == case.id).values(data={}))
        with pytest.raises(errors.LateFeeNotTold):
            surcharge.impose(connection, MAYOR, case, {})


def test_without_service_or_decision_nothing_is_due(connection: Connection, decided: Decided) -> None:
    case = decided((2026, 8, 20), 20000)
    with at(2026, 8, 21, 9):
        with pytest.raises(errors.ExecutionBeforeService):
            payment.open_(connection, OFFICER, case)
        with pytest.raises(errors.ExecutionBeforeService):
            payment.pay(connection, CLERK, case, {"amount": 1, "reference": "x"})
        serve(connection, case)
        assert payment.require(connection, case).amount == 20000


@pytest.fixture
def on_spot(connection: Connection, decided: Decided) -> Any:
    """A fine of 100 yuan decided and handed over on the spot on 20 August 2026."""
    case = decided((2026, 8, 20), 100)
    made = connection.scalar(sa.select(penalty.penalty_decision.c.decision_id).filter_by(case_id=case.id))
    connection.execute(sa.delete(penalty.penalty_decision).filter_by(case_id=case.id))
    connection.execute(
        sa.insert(on_the_spot.spot_penalty).values(
            decision_id=made, case_id=case.id, warning=False, fine=100, officers={}, place="东虹路", signed=True
        )
    )
    with at(2026, 8, 20, 11):
        issue(connection, case, "on_the_spot_decision", fine={"amount": 100})
        served = document.Service(mode="direct", recipient="王某", served_at=clock.now())
        document.serve(connection, OFFICER, case, served, kind="on_the_spot_decision")
    return case


def test_a_fine_on_the_spot_is_due_like_any_other(connection: Connection, on_spot: Any) -> None:
    with at(2026, 8, 20, 12):
        row = payment.open_(connection, OFFICER, on_spot)
    assert row is not None
    assert (row.amount, str(row.due_on)) == (100, "2026-09-04")


def test_what_was_collected_on_the_spot_is_not_due_again(connection: Connection, on_spot: Any) -> None:
    with at(2026, 8, 20, 12):
        cash.collect(connection, OFFICER, on_spot, amount=100, simple=True, ground="small", receipt_no="苏财1")
        assert payment.open_(connection, OFFICER, on_spot) is None


@pytest.mark.parametrize(("reading", "last"), [
    ("reconsideration_end", "2026-10-19"), ("litigation_end", "2027-02-22"),
])  # fmt: skip
def test_after_a_penalty_on_the_spot_the_court_waits_as_the_setting_says(
    connection: Connection, on_spot: Any, reading: str, last: str
) -> None:
    setting.change(connection, OFFICER, "xz53_simple", reading, reason="询问法院")
    with at(2026, 8, 20, 12):
        windows.open_(connection, OFFICER, on_spot, clock.today(), simple=True)
        assert str(windows.remedies_end(connection, on_spot)) == last
