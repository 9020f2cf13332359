"""The penalty on the spot: what art. 51, 52 demand is refused by the verb, whoever calls it; cash under 68-71."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases import case as cases
from engine.cases import deadline, decision
from engine.cases.clocks import setting
from engine.cases.enforcement import cash, filing, lead, on_the_spot
from engine.cases.papers import push

OFFICER = audit.Actor("P064")
USUAL = on_the_spot.Wanted(
    kinds=("罚款",), fine=100, officers=("P064", "P065"), done=tuple(on_the_spot.ACTS), place="东虹路", reason="属实"
)


def _lead(connection: Connection, kind: str = "citizen", code: str = "GL-CF1-116", name: str = "周某") -> sa.Row[Any]:
    given = lead.Lead("巡查", "倾倒垃圾", "东虹路", act_on=date(2026, 3, 1), party={"kind": kind, "name": name})
    case, _ = lead.take_in(connection, OFFICER, given)
    filing.choose(connection, OFFICER, case, code)
    return cases.get(connection, case.number)


def test_a_small_fine_is_decided_and_pushed_in_one_transaction(connection: Connection) -> None:
    case = _lead(connection)
    row = on_the_spot.decide(connection, OFFICER, case, USUAL)
    assert (row.fine, row.officers["persons"]) == (100, ["P064", "P065"])
    decided = cases.get(connection, case.number)
    assert (decided.state, decided.outcome) == ("decided", "penalised")
    made = decision.effective(connection, case.id)
    assert made is not None
    assert "应当先自收到本决定书之日起六十日内向宜兴市人民政府申请行政复议" in made.remedies
    assert {row.receiver for row in push.of(connection, case.id)} == {"approval", "command", "discipline"}
    content = {row.receiver: row.payload for row in push.of(connection, case.id)}
    assert "officers" in content["discipline"]
    assert "officers" not in content["approval"]
    assert "officers" not in content["command"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"officers": ("P064",)}, errors.OfficersTooFew),
        ({"officers": ("P064", "P064")}, errors.OfficersTooFew),
        ({"fine": 250}, errors.SpotFineTooHigh),
        ({"fine": 201}, errors.SpotFineTooHigh),
        ({"fine": 50}, errors.SpotFineTooLow),
        ({"kinds": ("罚款", "没收违法所得")}, errors.SpotKindForbidden),
        ({"kinds": ("通报批评",), "fine": 0}, errors.SpotKindForbidden),
        ({"kinds": (), "fine": 0}, errors.SpotKindForbidden),
        ({"remedy": "free_choice"}, errors.SpotRemedyWrong),
        *(({"done": tuple(on_the_spot.ACTS.keys() - {act})}, errors.SpotActMissing) for act in on_the_spot.ACTS),
    ],
)
def test_what_the_law_forbids_on_the_spot_is_refused(
    connection: Connection, changed: dict[str, Any], error: type[errors.EngineError]
) -> None:
    case = _lead(connection)
    with pytest.raises(error):
        on_the_spot.decide(connection, OFFICER, case, replace(USUAL, **changed))
    assert push.of(connection, case.id) == []
    assert on_the_spot.of(connection, case.id) is None


def test_ceilings_hold_by_kind_of_party_the_figure_included(connection: Connection) -> None:
    firm = _lead(connection, "entity", "GL-CF2-213", "某公司")
    on_the_spot.require_allowed(connection, firm, ["罚款"], 3000)
    with pytest.raises(errors.SpotFineTooHigh):
        on_the_spot.require_allowed(connection, firm, ["罚款"], 3001)
    citizen = _lead(connection, "citizen", "GL-CF2-204", "吴某")
    with pytest.raises(errors.SpotFineTooLow):
        on_the_spot.require_allowed(connection, citizen, ["罚款"], 200)


def test_a_sole_trader_counts_as_the_setting_says(connection: Connection) -> None:
    stall = _lead(connection, "sole_trader", "GL-CF2-213", "某摊")
    with pytest.raises(errors.SpotFineTooHigh):
        on_the_spot.require_allowed(connection, stall, ["罚款"], 1000)
    setting.change(connection, OFFICER, "sole_trader", "entity", reason="法制部门意见")
    on_the_spot.require_allowed(connection, stall, ["罚款"], 1000)


def test_the_same_act_is_not_penalised_twice(connection: Connection) -> None:
    first = _lead(connection)
    on_the_spot.decide(connection, OFFICER, first, USUAL)
    with pytest.raises(errors.CaseStateWrong):
        on_the_spot.decide(connection, OFFICER, cases.get(connection, first.number), USUAL)
    again = _lead(connection)
    with pytest.raises(errors.SameActFiled):
        on_the_spot.decide(connection, OFFICER, again, USUAL)
    with pytest.raises(errors.SameActFiled):
        filing.file(connection, OFFICER, again, USUAL.officers, declared=True)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"amount": 150, "ground": "small"}, errors.CashForbidden),
        ({"amount": 150, "ground": "hard"}, errors.CashForbidden),
        ({"amount": 150, "ground": "remote"}, errors.CashForbidden),
        ({"amount": 5000, "ground": "hard", "reason": "流动", "simple": False}, errors.CashForbidden),
        ({"amount": 100, "ground": "small", "simple": False}, errors.CashForbidden),
        ({"amount": 100, "ground": "small", "receipt_no": " "}, errors.CashReceiptMissing),
    ],
)
def test_cash_without_a_ground_or_a_receipt_is_refused(
    connection: Connection, given: dict[str, Any], error: type[errors.EngineError]
) -> None:
    case = _lead(connection)
    with pytest.raises(error):
        cash.collect(connection, OFFICER, case, **{"receipt_no": "001", "simple": True, **given})
    assert cash.of(connection, case.id) is None


def test_cash_goes_to_the_organ_and_then_to_the_bank(connection: Connection) -> None:
    case = _lead(connection)
    cash.collect(connection, OFFICER, case, amount=150, simple=False, ground="remote", reason="水上", receipt_no="001")
    with pytest.raises(errors.CashUnknown):
        cash.hand_over(connection, OFFICER, case, to="bank")
    cash.hand_over(connection, OFFICER, case, to="organ")
    row = cash.hand_over(connection, OFFICER, case, to="bank")
    assert row.to_bank_at is not None
    assert deadline.of(connection, case.id, *deadline.RUNNING) == [] or {
        one.period for one in deadline.of(connection, case.id, *deadline.RUNNING)
    }.isdisjoint({"cash_to_organ", "cash_to_bank"})
    with pytest.raises(sa.exc.IntegrityError, match="case_id"), connection.begin_nested():
        cash.collect(connection, OFFICER, case, amount=50, simple=True, ground="small", receipt_no="002")
