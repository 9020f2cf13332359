"""Complex gateways: start by a condition, reset once nothing more is expected (BPMN 2.0.2 §13.4.5)."""

from __future__ import annotations

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, node

START, END = node("startEvent", "s"), node("endEvent", "e")


def race(condition: str, *behind: str, extra: str = "", **attributes: str) -> bytes:
    """Three tasks side by side that meet at a complex gateway, which leads to ``z``."""
    inside = f"<bpmn:activationCondition>{condition}</bpmn:activationCondition>"
    return drawing(
        START + node("parallelGateway", "f") + "".join(node("userTask", name) for name in ("a", "b", "d"))
        + node("complexGateway", "g", inside, **attributes) + node("userTask", "z") + END + extra
        + flows("s>f", "f>a>g", "f>b>g", "f>d>g", *(behind or ["g>z>e"]))
    )  # fmt: skip


TWO = "=activationCount &gt;= 2"


def test_the_second_of_three_starts_it_and_the_third_passes_nothing_on() -> None:
    case = Case(race(TWO)).complete("d")
    assert case.open() == ["a", "b"]
    assert case.complete("a").open() == ["b", "z"]
    case.complete("b")
    assert case.open() == ["z"]
    assert (case.complete("z").outcome, case.trace.count("g"), case.trace.count("e")) == ("completed", 1, 1)


def test_the_instance_waits_for_the_late_one_before_it_ends() -> None:
    case = Case(race(TWO)).complete("a").complete("b").complete("z")
    assert (case.open(), case.outcome) == (["d"], "active")
    assert case.complete("d").outcome == "completed"


def test_a_condition_may_name_the_flows_and_the_data() -> None:
    source = race("=a-g &gt; 0 and urgent".replace("a-g", "fa"))
    source = source.replace(b'id="a-g"', b'id="fa"')
    case = Case(source, {"urgent": False}).complete("a").complete("b")
    assert case.open() == ["d"]
    assert case.act("set_variables", None, {"urgent": True}).open() == ["d", "z"]


def test_a_late_token_takes_the_flows_that_ask_for_the_reset() -> None:
    late = node("task", "late")
    source = race(TWO, "g>z[waitingForStart]", "g>late[not(waitingForStart)]", "z>e", extra=late)
    case = Case(source).complete("a").complete("b")
    assert case.open() == ["d", "z"]
    assert "late" not in case.trace
    assert "late" in case.complete("d").trace
    assert case.complete("z").outcome == "completed"


def test_the_end_of_the_scope_resets_it() -> None:
    late = node("userTask", "late")
    source = race("=activationCount = 3", "g>z[waitingForStart]", "g>late[not(waitingForStart)]", "z>e", extra=late)
    case = Case(source).complete("a").complete("b").complete("d")
    assert case.open() == ["z", "late"]
    assert case.complete("late").complete("z").outcome == "completed"


def test_it_starts_again_in_a_loop() -> None:
    source = drawing(
        START + node("exclusiveGateway", "m") + node("parallelGateway", "f") + "".join(node("userTask", n) for n in "ab")
        + node("complexGateway", "g", "<bpmn:activationCondition>=activationCount &gt;= 1</bpmn:activationCondition>")
        + node("userTask", "z") + node("exclusiveGateway", "x", default="x-e") + END
        + flows("s>m>f", "f>a>g", "f>b>g", "g>z>x", "x>m[again]", "x>e")
    )  # fmt: skip
    case = Case(source, {"again": True}).complete("a").complete("b").complete("z")
    assert case.open() == ["a", "b"]
    case.complete("b").complete("a").complete("z", again=False)
    assert (case.outcome, case.trace.count("z")) == ("completed", 2)


@pytest.mark.parametrize(("n", "taken"), [(1, ["a"]), (2, ["a", "b"]), (0, ["d"])])
def test_it_splits_by_conditions_else_by_its_default(n: int, taken: list[str]) -> None:
    source = drawing(
        START + node("complexGateway", "g", default="g-d") + "".join(node("userTask", name) for name in "abd")
        + flows("s>g", "g>a[n > 0]", "g>b[n > 1]", "g>d")
    )  # fmt: skip
    assert Case(source, {"n": n}).open() == taken


def test_no_true_condition_and_no_default_is_an_incident() -> None:
    source = drawing(START + node("complexGateway", "g") + node("task", "a") + flows("s>g", "g>a[n > 0]"))
    case = Case(source, {"n": 0})
    assert [(i.element, i.kind) for i in case.of(effects.Incident)] == [("g", "CONDITION_ERROR")]


def test_a_condition_without_an_answer_is_an_incident_that_can_be_mended() -> None:
    case = Case(race("=activationCount &gt;= quorum")).complete("a")
    (incident,) = case.of(effects.Incident)
    assert (incident.element, incident.kind) == ("g", "CONDITION_ERROR")
    case.act("set_variables", None, {"quorum": 2}).act("retry", incident.token)
    assert case.complete("b").open() == ["d", "z"]


def test_a_condition_that_never_holds_is_an_incident_not_an_end() -> None:
    case = Case(race("=activationCount &gt; 3")).complete("a").complete("b").complete("d")
    assert ([i.kind for i in case.of(effects.Incident)], case.outcome) == (["JOIN_INCOMPLETE"], "active")


def test_several_incoming_flows_without_a_condition_are_refused() -> None:
    source = race("").replace(b"<bpmn:activationCondition></bpmn:activationCondition>", b"")
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source)
    assert [finding.element for finding in bpmn.refusing(refusal.value.facts["findings"])] == ["g"]


def test_two_joins_of_one_scope_do_not_mix_their_tokens() -> None:
    inner = race(TWO).decode()
    body = inner[inner.index("<bpmn:startEvent") : inner.index("</bpmn:process>")].replace('id="s"', 'id="s2"')
    body = body.replace('sourceRef="s"', 'sourceRef="s2"').replace('id="e"', 'id="e2"').replace('Ref="e"', 'Ref="e2"')
    many = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    case = Case(drawing(START + node("subProcess", "sub", many + body) + END + flows("s>sub>e")))
    assert case.open() == ["a", "b", "d"] * 2
    first = case.waiting[0][0]
    case.act("complete", first, {}).act("complete", case.waiting[2][0], {})
    assert "z" not in case.open()
