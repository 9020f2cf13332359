"""``onewindow package test`` walks a package's scenarios, says why one fails, and what they leave out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from web.cli import main

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="size" name="size"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="x" typeRef="number"><text>amount</text></inputExpression></input>
<output id="o" name="size" typeRef="string" />
<rule id="big"><inputEntry id="a"><text>&gt; 100</text></inputEntry><outputEntry id="b"><text>"big"</text></outputEntry></rule>
<rule id="small"><inputEntry id="c"><text>-</text></inputEntry><outputEntry id="f"><text>"small"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
FORM = '{"type":"default","id":"look","components":[{"type":"checkbox","key":"ok","label":"OK","id":"c"}]}'
PROCESS = drawing(
    node("startEvent", "s") + node("businessRuleTask", "r", zeebe('calledDecision decisionId="size" resultVariable="size"'))
    + node("exclusiveGateway", "g", default="g-e") + node("userTask", "look", zeebe('formDefinition formId="look"',
                                                            'assignmentDefinition candidateGroups="office"'))
    + node("intermediateCatchEvent", "later", "<bpmn:timerEventDefinition><bpmn:timeDuration>P2D</bpmn:timeDuration>"
           "</bpmn:timerEventDefinition>")
    + node("endEvent", "e") + flows("s>r>g", 'g>look[size = "big"]', "look>later>e", "g>e"),
    process="order",
)  # fmt: skip
BIG = """
title: a large order is looked at
process: order
with: {amount: 500}
steps:
  - see: {tasks: [look], instance: active}
  - look: {ok: true}
  - wait: 3
expect: {instance: completed, path: [s, r, g, look, later, e], variables: {size: big, ok: true}}
"""
SMALL = """
given: {process: order, with: {amount: 5}}
when: []
then: {path: [s, r, g, e]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "orders"
    (place / "scenarios").mkdir(parents=True)
    for name, content in {
        "package.toml": 'name = "orders"', "order.bpmn": PROCESS.decode(), "size.dmn": TABLE, "look.form": FORM,
        "scenarios/big.yaml": BIG, "scenarios/small.yaml": SMALL,
    }.items():  # fmt: skip
        (place / name).write_text(content, "utf-8")
    return place


def walk(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["package", "test", str(folder), *more])


def test_every_scenario_is_walked_and_all_that_is_drawn_is_covered(folder: Path) -> None:
    said = walk(folder, "--complete")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines() == [
        "✓ big",
        "✓ small",
        "6 of 6 sequence flows walked",
        "2 of 2 decision rules walked",
    ]


def test_what_no_scenario_walks_is_named(folder: Path) -> None:
    said = walk(folder, "--only", "small", "--complete")
    assert said.exit_code == 1
    assert "not walked: g-look" in said.output
    assert "not walked: size: big" in said.output


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("path: [s, r, g, e]", "path: [s, e]", "path is ['s', 'r', 'g', 'e'], not ['s', 'e']"),
        ("when: []", "when: [look]", "no open task look"),
    ],
)
def test_a_scenario_that_goes_otherwise_fails_with_the_reason(folder: Path, before: str, after: str, told: str) -> None:
    place = folder / "scenarios" / "small.yaml"
    place.write_text(place.read_text("utf-8").replace(before, after), "utf-8")
    said = walk(folder)
    assert said.exit_code == 1
    assert told in said.output
    assert "✓ big" in said.output


def test_a_package_that_could_not_run_is_refused_by_element(folder: Path) -> None:
    place = folder / "order.bpmn"
    place.write_text(place.read_text("utf-8").replace('decisionId="size"', 'decisionId="width"'), "utf-8")
    said = walk(folder)
    assert (said.exit_code, "order.bpmn r" in said.output) == (1, True)
