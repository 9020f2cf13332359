"""A variable that is read and that nothing can set is told, with the nearest name; what may come unseen is not."""

from __future__ import annotations

import json

import pytest

from engine import bpmn
from engine.design import package_check, packages, unwritten
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from tests.engine.bpmn.test_conformance import RIGHT, SHARED

FORM = {"type": "default", "components": [{"type": "number", "key": "amount", "label": "金额"}]}
ASKS = zeebe('formDefinition formId="ask"')


def warnings(source: bytes, environment: bpmn.Environment | None = None) -> list[tuple[str, str, str]]:
    """What is said of variables: the element, the variable, the name that may be meant."""
    files = {"ask.form": json.dumps({**FORM, "id": "ask"}).encode(), "p.bpmn": source, "package.toml": b'name = "one"'}
    found = package_check.check(packages.Package(files), environment or bpmn.Environment())
    assert not bpmn.refusing(found)
    named = [each for each in found if "name" in each.facts and each.message.startswith("Nothing in the package")]
    assert all(each.hint for each in named)
    return [(each.element, str(each.facts["name"]), str(each.facts["other"])) for each in named]


def process(expression: str, *, start: str = ASKS, more: str = "", way: str = "s>t>e") -> bytes:
    script = node("scriptTask", "t", zeebe(f'script expression="={expression}" resultVariable="doubled"'))
    return drawing(node("startEvent", "s", start) + script + more + node("endEvent", "e") + flows(way))


def test_what_nothing_can_set_is_told_in_a_process_into_which_nothing_unseen_comes() -> None:
    assert warnings(process("price * 2")) == [("t", "price", "")]


def test_the_nearest_name_is_the_hint() -> None:
    assert warnings(process("amuont * 2")) == [("t", "amuont", "amount")]


def test_what_is_set_is_not_told() -> None:
    assert warnings(process("amount * 2")) == []


@pytest.mark.parametrize(
    "source",
    [
        process("price * 2", start=""),
        process("price * 2", more=node("userTask", "u"), way="s>u>t>e"),
        process("price * 2", more=node("serviceTask", "u", zeebe('taskDefinition type="case.note"')), way="s>u>t>e"),
        process("price * 2", more=node("callActivity", "u", zeebe('calledElement processId="q"')), way="s>u>t>e"),
    ],
)
def test_where_something_unseen_may_set_it_nothing_is_told(source: bytes) -> None:
    assert warnings(source) == []


def test_the_shipped_packages_read_nothing_that_nobody_sets() -> None:
    for place in sorted(packages.SHIPPED.glob("*/package.toml")):
        found = package_check.check(packages.read(place.parent), bpmn.Environment())
        assert [each for each in found if each.message.startswith("Nothing in the package")] == [], place.parent.name


@pytest.mark.parametrize("name", RIGHT)
def test_the_drawings_of_the_standard_raise_no_false_alarm(name: str) -> None:
    model = bpmn.compile(drawing(RIGHT[name].body, shared=SHARED))
    assert list(unwritten.check({"p.bpmn": model}, [])) == []
