"""The decision tables of judging say what the law says, and name where a figure of theirs comes from."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from engine import dmn, feel
from engine.cases.clocks import setting
from tests.workflows import walking

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
TABLES = (
    "hearing_required", "legal_review_required", "collective_required", "no_penalty", "transfer_to_police",
    "remedy_text", "publicity", "enforcement_route",
)  # fmt: skip
FIRM = {"kind": "entity"}


def ask(name: str, facts: dict[str, Any], **settings: Any) -> Any:
    """Evaluate a table with the settings as shipped, but those given."""
    known = {key: one.default for key, one in setting.register().items()} | settings
    model = dmn.parse((walking.ENFORCEMENT.folder / f"{name}.dmn").read_bytes())
    functions = {"setting": feel.host(lambda key: known[key], ["key"])}
    return model.evaluate(name, {"party": FIRM, "item": {"code": "GL-CF2-201"}, **facts}, functions=functions).value


MARKET: dict[str, Any] = {"item": {"sector": "市场监管"}, "party": {"kind": "citizen"}}


def fined(amount: int, *kinds: str) -> dict[str, Any]:
    listed = [{"kind": "罚款", "amount": amount}, *({"kind": kind, "amount": 500} for kind in kinds)]
    return {"penalty": {"kinds": listed}, "fine": {"amount": amount}}


@pytest.mark.parametrize("name", TABLES)
def test_every_rule_shows_its_origin(name: str) -> None:
    tree = etree.parse(walking.ENFORCEMENT.folder / f"{name}.dmn")
    rules = list(tree.iter(f"{DMN}rule"))
    assert rules
    for rule in rules:
        assert (rule.findtext(f"{DMN}annotationEntry/{DMN}text") or "").strip(), rule.get("id")


@pytest.mark.parametrize(
    ("facts", "settings", "told"),
    [
        (fined(100), {}, True),
        (fined(100), {"hearing_threshold_entity": 20000}, False),
        (fined(20000), {"hearing_threshold_entity": 20000}, True),
        (fined(5000) | {"party": {"kind": "citizen"}}, {"hearing_threshold_citizen": 5000}, True),
        (fined(5000) | {"party": {"kind": "sole_trader"}}, {"hearing_threshold_entity": 20000}, True),
        (fined(0, "没收违法所得"), {}, True),
        (fined(0, "没收违法所得"), {"hearing_threshold_entity": 20000}, False),
        (fined(0, "责令停产停业"), {"hearing_threshold_entity": 20000}, True),
        ({"penalty": {"kinds": [{"kind": "警告"}]}, "fine": {"amount": 0}}, {}, False),
    ],
)
def test_while_no_figure_is_filled_in_the_right_to_a_hearing_is_told(
    facts: dict[str, Any], settings: dict[str, Any], told: bool
) -> None:
    assert ask("hearing_required", facts, **settings)["told"] is told


@pytest.mark.parametrize(
    ("facts", "settings", "required"),
    [
        ({}, {}, True),
        ({}, {"review_exempt_items": "GL-CF1-116 GL-CF2-201"}, False),
        ({"hearing_was_held": True}, {"review_exempt_items": "GL-CF2-201"}, True),
        ({"review_facts": {"public_interest": True}}, {"review_exempt_items": "GL-CF2-201"}, True),
        ({"review_facts": {"complex": True}}, {"review_exempt_items": "GL-CF2-201"}, True),
        ({"discretion": {"review_required": True}}, {"review_exempt_items": "GL-CF2-201"}, True),
    ],
)
def test_no_match_means_that_review_is_required(
    facts: dict[str, Any], settings: dict[str, Any], required: bool
) -> None:
    assert ask("legal_review_required", facts, **settings)["required"] is required


@pytest.mark.parametrize(
    ("facts", "settings", "answer"),
    [
        (fined(5000), {}, "unknown"),
        (fined(5000), {"collective_threshold_entity": 100000}, "no"),
        (fined(350000), {"collective_threshold_entity": 100000}, "yes"),
        (fined(100000), {"collective_threshold_entity": 100000}, "yes"),
        (fined(100) | {"discretion": {"collective_required": True}}, {}, "yes"),
        (fined(100) | {"review_facts": {"complex": True}}, {}, "yes"),
        (fined(0, "吊销许可证件"), {}, "yes"),
        ({"penalty": {"kinds": []}, "fine": {"amount": 0}}, {}, "no"),
        ({"penalty": {"kinds": [{"kind": "警告"}]}, "fine": {"amount": 0}}, {}, "no"),
    ],
)
def test_a_figure_that_is_needed_and_empty_makes_the_answer_unknown(
    facts: dict[str, Any], settings: dict[str, Any], answer: str
) -> None:
    assert ask("collective_required", facts, **settings)["answer"] == answer


@pytest.mark.parametrize(
    ("finding", "grounds"),
    [
        ({}, []),
        ({"age": 13}, ["age_lt_14"]),
        ({"age": 14}, []),
        ({"minor": True, "corrected": True, "harm": "none"}, ["minor_corrected_no_harm"]),
        ({"minor": True, "corrected": False, "harm": "none"}, []),
        ({"first": True, "corrected": True, "harm": "minor"}, ["first_minor_harm_corrected"]),
        ({"first": True, "corrected": True}, []),
        ({"no_fault": True, "no_capacity": True}, ["no_capacity", "no_fault"]),
        ({"past_limitation": True}, ["past_limitation"]),
    ],
)
def test_no_penalty_needs_every_condition_of_its_ground(finding: dict[str, Any], grounds: list[str]) -> None:
    found = ask("no_penalty", {"finding": finding}) or []
    assert [ground["id"] for ground in found] == grounds
    assert all(ground["mandatory"] is (ground["id"] != "first_minor_harm_corrected") for ground in found)


@pytest.mark.parametrize(
    ("facts", "transfer"),
    [
        ({}, False),
        ({"crime": {"suspected": ""}}, False),
        ({"crime": {"suspected": "非法经营罪"}}, True),
        ({"crime": {"suspected": "非法经营罪"}, "transfer_result": "accepted"}, True),
        ({"crime": {"suspected": "非法经营罪"}, "transfer_result": "returned"}, False),
        ({"crime": {"suspected": True, "returned": True}}, False),
    ],
)
def test_suspicion_of_a_crime_goes_to_the_police_until_they_send_it_back(facts: dict[str, Any], transfer: bool) -> None:
    assert ask("transfer_to_police", facts)["transfer"] is transfer


def test_a_decision_on_the_spot_tells_reconsideration_first() -> None:
    first, free = (ask("remedy_text", {"simple": simple}) for simple in (True, False))
    assert (first["key"], free["key"]) == ("R_FIRST", "R_FREE")
    assert "应当先" in first["text"]
    assert "六个月内" in free["text"]
    assert "宜兴市人民政府" in free["text"]


@pytest.mark.parametrize(
    ("facts", "settings", "wanted"),
    [
        ({"penalty": {"kinds": [{"kind": "警告"}]}}, {}, ("no", 7, 0)),
        (fined(8000), {}, ("yes", 7, 36)),
        (fined(8000) | {"item": {"sector": "市场监管"}}, {}, ("yes", 20, None)),
        (fined(8000) | {"item": {"sector": "市场监管"}}, {"rule45_scope": "no"}, ("yes", 7, 36)),
        (fined(200) | MARKET | {"simple_result": "penalised"}, {}, ("yes", 7, 36)),
        (fined(8000) | MARKET | {"simple_result": "ordinary"}, {}, ("yes", 20, None)),
        (fined(8000) | MARKET, {"publicity_low_fine_citizen": 5000}, ("yes", 20, 36)),
        (fined(5000) | MARKET, {"publicity_low_fine_citizen": 5000}, ("yes", 20, 3)),
        ({"penalty": {"kinds": [{"kind": "通报批评"}]}, "item": {"sector": "市场监管"}}, {}, ("yes", 20, 3)),
        ({"penalty": {"kinds": [{"kind": "吊销许可证件"}]}, "item": {"sector": "市场监管"}}, {}, ("yes", 20, 36)),
        (
            fined(8000) | {"item": {"sector": "市场监管"}, "party": {"kind": "citizen", "other_province": True}},
            {"publicity_low_fine_citizen": 5000},
            ("yes", 10, 36),
        ),
    ],
)
def test_a_penalty_is_published_in_the_days_of_its_domain(
    facts: dict[str, Any], settings: dict[str, Any], wanted: tuple[str, int, int | None]
) -> None:
    found = ask("publicity", facts, **settings)
    assert (found["public"], found["days"], found["months"]) == wanted


@pytest.mark.parametrize(
    ("facts", "way"),
    [
        ({}, "court"),
        ({"item": {"own_power_clause": "城乡规划法65"}}, "own"),
        ({"enforce": {"harm": True}}, "substitute"),
    ],
)
def test_the_court_is_asked_unless_a_law_gives_the_town_power(facts: dict[str, Any], way: str) -> None:
    assert ask("enforcement_route", facts)["route"] == way


@pytest.mark.parametrize(
    ("reading", "found", "in_time"),
    [
        ("not_counted", "2026-03-02", True),
        ("not_counted", "2026-03-03", False),
        ("counted", "2026-03-01", True),
        ("counted", "2026-03-02", False),
    ],
)
def test_the_two_years_count_the_day_of_the_act_only_where_the_setting_says_so(
    reading: str, found: str, in_time: bool
) -> None:
    facts = {"act": {"date": "2024-03-02", "end_date": None, "harm": "none"},
             "lead": {"discovered_at": f"{found}T09:00:00+08:00"}}  # fmt: skip
    assert ask("limitation", facts, cf36_first_day=reading)["in_time"] is in_time


ASKED = {
    "collective_threshold_citizen": ("penalty_decision", "E11_threshold"),
    "collective_threshold_entity": ("penalty_decision", "E11_threshold"),
    "publicity_low_fine_citizen": ("penalty_publicity", "E18_threshold"),
    "publicity_low_fine_entity": ("penalty_publicity", "E18_threshold"),
    "publicity_early_months": ("publicity_early_end", "E18e_fill"),
    "publicity_early_days": ("publicity_early_end", "E18e_fill"),
    "transfer_decision": ("intake_of_lead", "E2s"),
    "seizure_power": ("seizure_of_things", "E5b_clause"),
}
"""By figure or text that only the legal office knows: the step at which the process stops until it is entered."""
TOLD = {"hearing_threshold_citizen", "hearing_threshold_entity"}
"""While empty the right is told to everybody, so nothing has to stop (63)."""


@pytest.mark.parametrize("key", sorted(ASKED))
def test_what_nobody_has_entered_stops_the_process_at_a_task_of_the_legal_office(key: str) -> None:
    diagram, element = ASKED[key]
    (task,) = (
        one
        for one in etree.parse(walking.ENFORCEMENT.folder / f"{diagram}.bpmn").iter(f"{BPMN}userTask")
        if one.get("id") == element
    )
    (post,) = (one.get("candidateGroups") for one in task.iter(f"{ZEEBE}assignmentDefinition"))
    assert post.startswith("legal.")
    walked = [step for one in walking.ENFORCEMENT.scenarios.values() for step in one["steps"]]
    taken = [step if isinstance(step, str) else step.get("maybe") or next(iter(step)) for step in walked]
    assert element in taken


EMPTY: dict[str, tuple[str, dict[str, Any], str, Any]] = {
    "hearing_threshold_citizen": ("hearing_required", fined(1) | {"party": {"kind": "citizen"}}, "told", True),
    "hearing_threshold_entity": ("hearing_required", fined(1), "told", True),
    "collective_threshold_citizen": (
        "collective_required", fined(1) | {"party": {"kind": "citizen"}}, "answer", "unknown",
    ),
    "collective_threshold_entity": ("collective_required", fined(1), "answer", "unknown"),
    "publicity_low_fine_citizen": ("publicity", fined(1) | MARKET, "months", None),
    "publicity_low_fine_entity": ("publicity", fined(1) | MARKET | {"party": FIRM}, "months", None),
}  # fmt: skip
"""By figure that the province or the town sets: the table that needs it, and what it answers while it is empty."""


NO_TABLE = {"publicity_early_months", "publicity_early_days"}
"""What no table asks for: :mod:`engine.cases.enforcement.execution.early_end` does."""


def test_every_figure_that_is_shipped_empty_is_proven_here() -> None:
    shipped = {key for key, one in setting.register().items() if one.area == "enforcement" and one.default == 0}
    assert shipped == EMPTY.keys() | NO_TABLE
    assert shipped <= ASKED.keys() | TOLD


@pytest.mark.parametrize("key", sorted(EMPTY))
def test_an_empty_figure_is_never_taken_for_one(key: str) -> None:
    """Told to everybody, or unknown, so that the process asks the legal office; a figure changes the answer."""
    name, facts, output, wanted = EMPTY[key]
    assert ask(name, facts)[output] == wanted
    assert ask(name, facts, **{key: 1000})[output] != wanted
