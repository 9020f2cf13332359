"""Discretion: the table of the power and party, the step, the amounts, and why; nothing outside without a reason."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.clocks import setting
from engine.cases.enforcement.judging import discretion, discretion_table
from engine.cases.enforcement.judging.discretion import Found
from engine.organisation.tenant_files import Findings
from tests.engine.cases.enforcement.judging.breach import GUANLIN

TABLES: list[dict[str, Any]] = json.loads((GUANLIN / discretion_table.TABLES).read_text("utf-8"))


def find(connection: Connection, power: str, party: str, *criteria: str, **more: Any) -> dict[str, Any]:
    return discretion.propose(connection, Found(powers=[power], party=party, criteria=criteria, **more))


def proved(*ids: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": name, "proved": True, **more} for name in ids]


def test_every_table_of_the_town_covers_what_the_statute_allows(connection: Connection) -> None:
    findings = Findings()
    for table in TABLES:
        discretion_table.check(findings, table)
    assert (list(findings), len(TABLES)) == ([], 26)
    kept = connection.scalars(sa.select(discretion_table.discretion_table.c.code)).all()
    assert sorted(kept) == sorted(table["table"] for table in TABLES)
    assert not discretion_table.load(connection, audit.SYSTEM, GUANLIN)


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda rows: rows[2].update(min=rows[2]["min"] + 1), "gap or an overlap"),
        (lambda rows: rows[-1].update(max=rows[-1]["max"] - 1), "the steps end at"),
        (lambda rows: rows[1].update(max_inclusive=True), "only the last step"),
        (lambda rows: rows.reverse(), "not in the order"),
    ],
)
def test_a_table_with_a_gap_is_refused(break_it: Any, said: str) -> None:
    table = json.loads(json.dumps(TABLES[0]))
    break_it(table["rows"])
    findings = Findings()
    discretion_table.check(findings, table)
    assert any(said in str(finding) for finding in findings)


@pytest.mark.parametrize(
    ("power", "party", "criteria", "circumstances", "wanted"),
    [
        ("GL-CF1-121", "entity", ["较重"], [], ("较重", 50000, 75000, 62500)),
        ("GL-CF1-121", "entity", ["一般", "较轻"], [], ("一般", 25000, 50000, 37500)),
        ("GL-CF1-119", "entity", ["一般"], ["active_removal"], ("较轻", 100000, 200000, 150000)),
        ("GL-CF3-304", "entity", ["一般"], ["active_removal"], ("较轻", 20000, 50000, 35000)),
        ("GL-CF2-201", "entity", ["轻微"], [], ("较轻", 5000, 12000, 8500)),
        ("GL-CF2-201", "entity", ["较轻"], ["active_removal", "merit"], ("较轻", 5000, 12000, 8500)),
        ("GL-CF2-201", "entity", ["严重"], ["repeat_within_1y"], ("严重", 38000, 50000, 44000)),
        ("GL-CF2-201", "entity", ["一般"], ["repeat_within_1y"], ("较重", 25000, 38000, 31500)),
        ("GL-CF1-116", "sole_trader", ["一般"], [], ("一般", 200, 300, 250)),
    ],
)  # fmt: skip
def test_the_step_follows_from_criteria_and_circumstances(
    connection: Connection,
    power: str,
    party: str,
    criteria: list[str],
    circumstances: list[str],
    wanted: tuple[Any, ...],
) -> None:
    found = find(connection, power, party, *criteria, circumstances=proved(*circumstances))
    assert (found["step"], found["min"], found["max"], found["suggested"]) == wanted
    assert not found["review_required"]


def test_lighter_and_heavier_together_leave_the_choice_between_and_need_review(connection: Connection) -> None:
    both = proved("active_removal", "repeat_within_1y")
    found = find(connection, "GL-CF2-201", "entity", "一般", circumstances=both)
    assert (found["min"], found["max"], found["review_required"]) == (5000, 38000, True)
    assert "在5000元至38000元之间选择" in found["reasons"]


def test_a_mandatory_ground_of_no_penalty_ends_it(connection: Connection) -> None:
    found = find(connection, "GL-CF2-201", "entity", "一般", circumstances=proved("no_fault"))
    assert (found["outcome"], found["min"]) == ("no_penalty", None)
    assert "处罚法33(2)" in found["reasons"]


def test_sparing_is_a_choice_with_a_reason(connection: Connection) -> None:
    first = proved("first_minor_harm_corrected")
    assert find(connection, "GL-CF2-213", "entity", "较轻", circumstances=first)["outcome"] == "fine"
    with pytest.raises(errors.DiscretionReasonMissing):
        find(connection, "GL-CF2-213", "entity", "较轻", circumstances=first, spare=True)
    why = proved("first_minor_harm_corrected", reason="标志当日补齐")
    assert find(connection, "GL-CF2-213", "entity", "较轻", circumstances=why, spare=True)["outcome"] == "no_penalty"


def test_below_the_least_fine_only_reduced_with_ground_reason_and_discussion(connection: Connection) -> None:
    with pytest.raises(errors.DiscretionReasonMissing):
        find(connection, "GL-CF2-201", "entity", "较轻", reduce=True)
    found = find(
        connection,
        "GL-CF2-201",
        "entity",
        "较轻",
        reduce=True,
        circumstances=proved("merit", reason="协助查清排污链条"),
    )
    assert (found["min"], found["max"], found["collective_required"], found["review_required"]) == (0, 5000, True, True)


def test_a_multiple_is_taken_of_its_base_and_rounded_half_down(connection: Connection) -> None:
    with pytest.raises(errors.DiscretionBaseMissing):
        find(connection, "GL-CF1-103", "entity", "较轻", stage="尚可采取改正措施")
    found = find(connection, "GL-CF1-103", "entity", "较轻", stage="尚可采取改正措施", base=Decimal("1000010"))
    assert (found["min"], found["max"]) == (50000, 60001)


def test_of_several_rules_the_one_with_the_higher_fine_applies(connection: Connection) -> None:
    both = Found(powers=["GL-CF3-301", "GL-CF3-304"], party="entity", criteria=["一般"])
    assert discretion.propose(connection, both)["power"] == "GL-CF3-304"


def test_without_a_table_the_worker_proposes_and_review_is_needed(connection: Connection) -> None:
    found = find(connection, "GL-CF1-107", "citizen")
    assert (found["outcome"], found["review_required"]) == ("propose", True)


def test_what_is_not_proved_does_not_count(connection: Connection) -> None:
    with pytest.raises(errors.DiscretionCriterionMissing):
        find(connection, "GL-CF2-201", "entity")
    with pytest.raises(errors.CircumstanceUnknown):
        find(connection, "GL-CF2-201", "entity", "一般", circumstances=proved("friend_of_the_head"))
    unproved = [{"id": "repeat_within_1y", "proved": False}]
    assert find(connection, "GL-CF2-201", "entity", "一般", circumstances=unproved)["step"] == "一般"


def test_an_amount_outside_needs_its_reason(connection: Connection) -> None:
    found = find(connection, "GL-CF2-201", "entity", "较轻")
    assert not discretion.require(found, 5000, "")
    for outside in (4999, 12000, 60000):
        with pytest.raises(errors.DeviationWithoutReason, match=f"{outside} yuan lie outside 5000 to 11999"):
            discretion.require(found, outside, " ")
        assert discretion.require(found, outside, "停业整顿期间无收入")
    assert not discretion.require(find(connection, "GL-CF2-201", "entity", "严重"), 50000, "")


def test_a_sole_trader_is_what_the_setting_says(connection: Connection) -> None:
    setting.change(connection, audit.SYSTEM, "sole_trader", "entity", reason="本镇另作规定")
    assert find(connection, "GL-CF1-116", "sole_trader", "较轻")["min"] == 50000


def test_the_database_refuses_a_circumstance_with_an_effect_of_its_own(connection: Connection) -> None:
    row = {"id": "x", "position": 99, "name": "x", "name_en": "x", "effect": "double", "mandatory": False, "needs": ""}
    with pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.insert(discretion_table.circumstance).values(**row))
