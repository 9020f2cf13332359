"""How decisions come about, by a rule of the legal office: when must a hearing be offered?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine import dmn, errors

HEARING = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="law" name="law" namespace="town">
<inputData id="fine" name="fine"><variable name="fine" typeRef="number"/></inputData>
<inputData id="person" name="person"><variable name="person" typeRef="string"/></inputData>
<decision id="limit" name="limit"><variable name="limit" typeRef="number"/>
  <informationRequirement><requiredInput href="#person"/></informationRequirement>
  <literalExpression><text>if person = "citizen" then 5000 else 20000</text></literalExpression></decision>
<decision id="hearing" name="hearing required"><variable name="hearing required"/>
  <informationRequirement><requiredInput href="#fine"/></informationRequirement>
  <informationRequirement><requiredDecision href="#limit"/></informationRequirement>
  <decisionTable hitPolicy="{policy}" {aggregation}>
    <input><inputExpression typeRef="number"><text>fine</text></inputExpression></input>
    <output name="days" typeRef="number"><outputValues><text>5, 3, 0</text></outputValues></output>
    <annotation name="依据"/><annotation name="Remark"/><annotation name="依据:en"/>
    <rule id="none"><inputEntry><text>&lt; limit</text></inputEntry><outputEntry><text>0</text></outputEntry></rule>
    <rule id="some"><inputEntry><text>>= limit</text></inputEntry><outputEntry><text>3</text></outputEntry>
      <annotationEntry><text>第六十三条</text></annotationEntry><annotationEntry><text/></annotationEntry>
      <annotationEntry><text>Article 63</text></annotationEntry></rule>
    <rule id="large"><inputEntry><text>> 2 * limit</text></inputEntry><outputEntry><text>5</text></outputEntry></rule>
  </decisionTable></decision></definitions>"""


def model(policy: str = "UNIQUE", aggregation: str = "") -> dmn.Model:
    return dmn.parse(HEARING.format(policy=policy, aggregation=aggregation).encode())


@pytest.mark.parametrize(
    ("policy", "aggregation", "value"),
    [
        ("FIRST", "", Decimal(3)),
        ("PRIORITY", "", Decimal(5)),
        ("RULE ORDER", "", [Decimal(3), Decimal(5)]),
        ("OUTPUT ORDER", "", [Decimal(5), Decimal(3)]),
        ("COLLECT", "", [Decimal(3), Decimal(5)]),
        ("COLLECT", 'aggregation="SUM"', Decimal(8)),
        ("COLLECT", 'aggregation="MAX"', Decimal(5)),
        ("COLLECT", 'aggregation="MIN"', Decimal(3)),
        ("COLLECT", 'aggregation="COUNT"', Decimal(2)),
    ],
)
def test_each_hit_policy_decides_in_its_way(policy: str, aggregation: str, value: Any) -> None:
    assert model(policy, aggregation).evaluate("hearing", {"fine": 25_000, "person": "citizen"}).value == value


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rules_that_contradict_each_other_are_a_failure_and_no_value(policy: str) -> None:
    result = model(policy).evaluate("hearing", {"fine": 25_000, "person": "citizen"})
    assert result.value is None
    assert result.failure is not None
    assert "2, 3" in str(result.failure)


def test_a_note_without_english_is_kept_as_before() -> None:
    plain = HEARING.format(policy="UNIQUE", aggregation="").replace("依据:en", "Source")
    told = dmn.parse(plain.encode()).evaluate("hearing", {"fine": 6_000, "person": "citizen"}, explain=True).explanation
    assert told is not None
    assert told["rules"][1]["annotations"] == ["第六十三条", "Article 63"]
    assert "annotations_en" not in told["rules"][1]


def test_an_explanation_names_inputs_rules_and_what_was_required() -> None:
    told = model().evaluate("hearing required", {"fine": 6_000, "person": "citizen"}, explain=True).explanation
    assert told is not None
    assert told["inputs"] == [{"expression": "fine", "value": Decimal(6_000)}]
    assert [rule["matched"] for rule in told["rules"]] == [False, True, False]
    assert told["rules"][1]["annotations"] == ["第六十三条"]
    assert told["rules"][1]["annotations_en"] == ["Article 63"]
    assert told["rules"][0]["failed"] == {"input": 0, "condition": "< limit"}
    assert told["required"][0]["output"] == Decimal(5_000)


def test_a_back_test_lists_just_the_results_that_would_differ() -> None:
    citizen = {"fine": 6_000, "person": "citizen"}
    company = {"fine": 6_000, "person": "company"}
    past = [("GL-2026-000001", citizen, 0), ("GL-2026-000002", company, 0)]
    (difference,) = dmn.backtest(model(), "hearing", past)
    assert (difference.key, difference.before, difference.after) == ("GL-2026-000001", 0, Decimal(3))


def test_an_input_of_the_wrong_type_is_null_with_a_warning() -> None:
    result = model().evaluate("hearing", {"fine": "much", "person": "citizen"})
    assert result.value is None
    assert any("fine" in str(warning) for warning in result.warnings)


def test_a_model_with_a_mistake_is_refused_with_the_place() -> None:
    broken = HEARING.format(policy="UNIQUE", aggregation="").replace("2 * limit", "2 * * limit")
    with pytest.raises(errors.DecisionModelInvalid) as caught:
        dmn.parse(broken.encode())
    assert "hearing required, 3" in str(caught.value)


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        b"<definitions/>",
        b"no xml",
        b"<a>" * 300 + b"</a>" * 300,
    ],
    ids=["doctype", "foreign", "text", "deep"],
)
def test_a_file_that_is_no_safe_model_is_refused(xml: bytes) -> None:
    with pytest.raises(errors.DecisionModelInvalid):
        dmn.parse(xml)


def test_an_unknown_decision_is_not_found() -> None:
    with pytest.raises(errors.DecisionNotFound):
        model().evaluate("nothing", {})


def test_decisions_that_require_each_other_are_refused() -> None:
    circle = HEARING.format(policy="UNIQUE", aggregation="").replace(
        '<requiredInput href="#person"/>', '<requiredDecision href="#hearing"/>'
    )
    with pytest.raises(errors.DecisionModelInvalid, match="circle"):
        dmn.parse(circle.encode())
