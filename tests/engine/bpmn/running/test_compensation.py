"""What has completed is undone, the last first, each with the variables as they were then (BPMN 2.0.2 §13.5.5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, Town, drawing, flows, io, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
UNDO = "<bpmn:compensateEventDefinition/>"
MARKED = {"isForCompensation": "true"}
THROW = node("intermediateThrowEvent", "throw", UNDO)


def of(activity: str) -> str:
    """A compensation definition for one activity."""
    return f'<bpmn:compensateEventDefinition activityRef="{activity}"/>'


def undoable(name: str, handler: str = "task", activity: str = "task", inside: str = "", handling: str = "") -> str:
    """An activity, its compensation event ``b…`` and its handler ``u…``."""
    return (
        node(activity, name, inside)
        + node("boundaryEvent", f"b{name}", UNDO, attachedToRef=name)
        + node(handler, f"u{name}", handling, **MARKED)
        + f'<bpmn:association id="as{name}" sourceRef="b{name}" targetRef="u{name}"/>'
    )


def sub(name: str, inside: str, kind: str = "subProcess", **attributes: str) -> str:
    """A sub-process with a start event ``s…``."""
    return node(kind, name, inside, **attributes)


def script(name: str, expression: str, result: str, **attributes: str) -> str:
    return node("scriptTask", name, zeebe(f'script expression="={expression}" resultVariable="{result}"'), **attributes)


def undone(case: Case) -> list[str]:
    """The handlers that ran, in order."""
    return [name for name in case.trace if name.startswith("u")]


def test_everything_completed_is_undone_the_last_first() -> None:
    source = drawing(
        START + undoable("a") + undoable("b") + undoable("c") + node("userTask", "w") + THROW + END
        + flows("s>a>b>w>throw>c>e")
    )  # fmt: skip
    case = Case(source).complete("w")
    assert case.trace == ["s", "a", "b", "w", "bb", "ub", "ba", "ua", "throw", "c", "e"]
    assert [flow for flow in case.flows if flow.startswith("as")] == ["asb", "asa"]
    assert case.outcome == "completed"


def test_the_order_is_that_of_completion_not_of_beginning() -> None:
    source = drawing(
        START + node("parallelGateway", "f") + undoable("a", activity="userTask") + undoable("b", activity="userTask")
        + node("parallelGateway", "j") + THROW + END + flows("s>f", "f>a>j", "f>b>j", "j>throw>e")
    )  # fmt: skip
    assert undone(Case(source).complete("b").complete("a")) == ["ua", "ub"]
    assert undone(Case(source).complete("a").complete("b")) == ["ub", "ua"]


def test_one_activity_is_undone_and_only_once() -> None:
    source = drawing(
        START + undoable("a") + undoable("b") + node("intermediateThrowEvent", "one", of("a")) + THROW
        + node("endEvent", "last", UNDO) + flows("s>a>b>one>throw>last")
    )  # fmt: skip
    assert undone(Case(source)) == ["ua", "ub"]


def test_what_has_not_completed_is_not_undone() -> None:
    source = drawing(
        START + node("parallelGateway", "f") + undoable("a", activity="userTask") + undoable("b") + THROW
        + node("userTask", "z") + END + flows("s>f", "f>a>e", "f>b>throw>z>e")
    )  # fmt: skip
    case = Case(source)
    assert undone(case) == ["ub"]
    assert undone(case.complete("a").complete("z")) == ["ub"]
    assert case.outcome == "completed"


def test_an_activity_completed_twice_is_undone_twice() -> None:
    source = drawing(
        START + node("exclusiveGateway", "m") + undoable("a", activity="userTask", handler="userTask")
        + node("exclusiveGateway", "x", default="x-m") + THROW + END + flows("s>m>a>x>m", "x>throw[n = 2]", "throw>e")
    )  # fmt: skip
    case = Case(source).complete("a", n=1).complete("a", n=2)
    seen = []
    while case.outcome == "active":
        seen.append(case.load().view(case.token("ua"))["n"])
        case.complete("ua")
    assert seen == [2, 1]


def test_a_handler_sees_what_was_and_writes_what_is() -> None:
    source = drawing(
        START + undoable("a", handler="userTask") + node("userTask", "w") + THROW + END + flows("s>a>w>throw>e")
    )
    case = Case(source, {"room": "12", "kept": 1}).complete("w", room="13", reason="ill")
    handler = case.token("ua")
    assert dict(case.load().view(handler)) == {"room": "12", "kept": 1, "reason": "ill"}
    case.act("set_variables", handler, {"room": "14"})
    assert (case.load().view(handler)["room"], case.variables["room"]) == ("14", "14")
    case.complete("ua", freed=True)
    assert (case.outcome, case.variables) == ("completed", {"room": "14", "kept": 1, "reason": "ill", "freed": True})


def test_a_handler_sees_the_local_variables_of_its_activity() -> None:
    booking = undoable(
        "a", activity="userTask", inside=io({"price": "=total / 2"}, {"number": "=number"}),
        handler="serviceTask", handling=io({"what": "=number"}, {"back": "=price"}, 'taskDefinition type="refund"'),
    )  # fmt: skip
    case = Case(drawing(START + booking + THROW + END + flows("s>a>throw>e")), {"total": 10}).complete("a", number="R7")
    (job,) = case.of(effects.JobCreated)
    assert (job.element, job.type, case.load().view(case.token("ua"))["what"]) == ("ua", "refund", "R7")
    case.complete("ua")
    assert (case.outcome, case.variables) == ("completed", {"total": 10, "number": "R7", "back": Decimal(5)})


def inner(*activities: str, end: str = "") -> str:
    """The inside of a sub-process: undoable activities in a row."""
    path = ">".join(["si", *activities, "ei"])
    return (
        node("startEvent", "si") + "".join(undoable(a) for a in activities) + node("endEvent", "ei", end) + flows(path)
    )


def test_a_completed_subprocess_is_undone_from_inside_in_its_place() -> None:
    source = drawing(
        START + undoable("a") + sub("sp", inner("b", "c")) + undoable("d") + THROW + END + flows("s>a>sp>d>throw>e")
    )
    assert undone(Case(source)) == ["ud", "uc", "ub", "ua"]
    one = source.replace(UNDO.encode() + b"</bpmn:intermediateThrow", of("sp").encode() + b"</bpmn:intermediateThrow")
    assert undone(Case(one)) == ["uc", "ub"]


def test_a_subprocess_with_a_handler_is_undone_as_a_whole() -> None:
    source = drawing(
        START + undoable("sp", activity="subProcess", inside=inner("b", "c")) + THROW + THROW.replace('"throw"', '"again"') + END
        + flows("s>sp>throw>again>e")
    )  # fmt: skip
    assert undone(Case(source)) == ["usp"]


def test_an_interrupted_subprocess_leaves_nothing_to_undo() -> None:
    source = drawing(
        START + sub("sp", inner("b", "c").replace("</bpmn:process>", "") + node("userTask", "w") + flows("c>w"))
        + node("boundaryEvent", "late", timer("PT1H"), attachedToRef="sp") + THROW + END + flows("s>sp>e", "late>throw>e")
    )  # fmt: skip
    case = Case(source).trigger("late")
    assert (undone(case), case.outcome) == ([], "completed")
    assert '"c"' not in case.tokens


def compensating(inside: str) -> str:
    """A compensation event sub-process."""
    return node("subProcess", "esp", node("startEvent", "ces", UNDO) + inside, triggeredByEvent="true")


@pytest.mark.parametrize("through", [True, False])
def test_a_compensation_event_subprocess_undoes_in_its_own_way(through: bool) -> None:
    again = node("intermediateThrowEvent", "deeper", UNDO) + node("userTask", "uwait")
    path = "ces>deeper>uwait" if through else "ces>uwait"
    inside = inner("b", "c") + compensating((again if through else node("userTask", "uwait")) + flows(path))
    source = drawing(START + undoable("a") + sub("sp", inside) + THROW + END + flows("s>a>sp>throw>e"))
    case = Case(source)
    assert undone(case) == (["uc", "ub"] if through else [])
    case.complete("uwait")
    assert undone(case) == [*(["uc", "ub"] if through else []), "uwait", "ua"]
    assert (case.outcome, case.trace[-2:]) == ("completed", ["throw", "e"])


def test_an_event_subprocess_sees_its_scope_as_it_was_when_it_completed() -> None:
    inside = node("startEvent", "si") + node("userTask", "t") + flows("si>t") + compensating(
        node("userTask", "uw") + flows("ces>uw")
    )  # fmt: skip
    local = io({"seat": "=null"})
    source = drawing(START + sub("sp", local + inside) + node("userTask", "w") + THROW + END + flows("s>sp>w>throw>e"))
    case = Case(source, {"seat": "old", "n": 1}).complete("t", seat="A1", n=2).complete("w", n=3)
    view = case.load().view(case.token("uw"))
    assert (view["seat"], view["n"], case.variables) == ("A1", 2, {"seat": "old", "n": 3})
    case.complete("uw", seat="B2", n=4)
    assert (case.outcome, case.variables) == ("completed", {"seat": "old", "n": 4})


def test_an_error_event_subprocess_undoes_what_its_scope_has_done() -> None:
    bad = inner("a", "b", end='<bpmn:errorEventDefinition errorRef="E"/>')
    handler = node("subProcess", "err", node("startEvent", "es", "<bpmn:errorEventDefinition/>") + THROW
                   + node("endEvent", "ee") + flows("es>throw>ee"), triggeredByEvent="true")  # fmt: skip
    source = drawing(
        START + undoable("z") + sub("sp", bad + handler) + node("task", "after") + flows("s>z>sp>after"),
        shared='<bpmn:error id="E" errorCode="x"/>',
    )  # fmt: skip
    case = Case(source)
    assert case.trace == ["s", "z", "si", "a", "b", "es", "bb", "ub", "ba", "ua", "throw", "ee", "err", "sp", "after"]


def multiple(sequential: str = "false", more: str = "") -> str:
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"><bpmn:extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="=units" inputElement="unit" outputCollection="all" outputElement="=unit"/>'
        f"</bpmn:extensionElements>{more}</bpmn:multiInstanceLoopCharacteristics>"
    )  # fmt: skip


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_each_instance_is_undone_with_its_own_variables(sequential: str) -> None:
    source = drawing(
        START + undoable("a", activity="userTask", inside=multiple(sequential), handler="userTask") + node("intermediateThrowEvent", "throw", of("a"))
        + END + flows("s>a>throw>e")
    )  # fmt: skip
    case = Case(source, {"units": ["x", "y", "z"]})
    for note in "123":
        case.complete("a", note=note)
    seen = []
    while case.outcome == "active":
        view = case.load().view(case.token("ua"))
        seen.append((view["unit"], view["loopCounter"], view["note"], view["all"]))
        case.complete("ua")
    assert seen == [
        ("z", 3, "3", ["x", "y", None]), ("y", 2, "2", ["x", None, None]), ("x", 1, "1", [None, None, None]),
    ]  # fmt: skip


def test_of_a_multi_instance_subprocess_every_instance_is_undone_from_inside() -> None:
    inside = node("startEvent", "si") + undoable("b", handler="userTask") + undoable("c") + flows("si>b>c")
    source = drawing(START + sub("sp", inside + multiple()) + THROW + END + flows("s>sp>throw>e"))
    case = Case(source, {"units": [1, 2]})
    seen = []
    while case.outcome == "active":
        seen.append((case.load().view(case.token("ub"))["unit"], undone(case).count("uc")))
        case.complete("ub")
    assert seen == [(2, 1), (1, 2)]


def test_instances_that_were_cut_short_are_not_undone() -> None:
    more = "<bpmn:completionCondition>=numberOfCompletedInstances = 1</bpmn:completionCondition>"
    source = drawing(
        START + undoable("a", activity="userTask", inside=multiple(more=more)) + THROW + END + flows("s>a>throw>e")
    )
    assert undone(Case(source, {"units": [1, 2, 3]}).complete("a")) == ["ua"]


def test_a_throw_event_need_not_wait() -> None:
    beside = '<bpmn:compensateEventDefinition waitForCompletion="false"/>'
    source = drawing(
        START + undoable("a", handler="userTask") + node("intermediateThrowEvent", "throw", beside) + node("userTask", "w") + END
        + flows("s>a>throw>w>e")
    )  # fmt: skip
    case = Case(source)
    assert (case.open(), case.trace[-1]) == (["w", "ua"], "ba")
    case.complete("w")
    assert (case.outcome, case.open()) == ("active", ["ua"])
    assert (case.complete("ua").outcome, case.trace.count("throw")) == ("completed", 1)


def test_what_was_interrupted_before_it_was_undone_can_still_be_undone() -> None:
    handler = node("subProcess", "err", node("startEvent", "es", "<bpmn:errorEventDefinition/>")
                   + THROW.replace('"throw"', '"rest"') + flows("es>rest"), triggeredByEvent="true")  # fmt: skip
    failing = undoable("b", handler="serviceTask", handling=zeebe('taskDefinition type="x"'))
    source = drawing(START + undoable("a") + failing + THROW + END + handler + flows("s>a>b>throw>e"))
    case = Case(source)
    case.act("throw_error", case.token("ub"), "X", "no")
    assert (undone(case), case.outcome, case.of(effects.Incident)) == (["ua"], "completed", [])


def test_a_handler_that_stands_still_can_be_mended() -> None:
    guarded = undoable("b", handler="serviceTask", handling=zeebe('taskDefinition type="=kind"'))
    case = Case(drawing(START + undoable("a") + guarded + THROW + END + flows("s>a>b>throw>e")))
    (incident,) = case.of(effects.Incident)
    assert incident.element == "ub"
    case.act("set_variables", None, {"kind": "refund"}).act("retry", incident.token).complete("ub")
    assert (undone(case), case.outcome) == (["ub", "ua"], "completed")


def test_compensation_does_not_cross_a_call_activity() -> None:
    called = drawing(START + undoable("a") + THROW + undoable("c") + END + flows("s>a>throw>c>e"), process="q")
    town = Town({"q": bpmn.compile(called)})
    call = zeebe('calledElement processId="q"')
    plain = drawing(START + node("callActivity", "k", call) + THROW + END + flows("s>k>throw>e"))
    assert undone(Case(plain, town=town)) == ["ua"]
    handled = drawing(START + undoable("k", activity="callActivity", inside=call) + THROW + END + flows("s>k>throw>e"))
    assert undone(Case(handled, town=town)) == ["ua", "uk"]


def test_a_handler_may_be_a_subprocess_that_waits() -> None:
    inside = node("startEvent", "hs") + node("userTask", "hu") + node("task", "ht") + flows("hs>hu>ht")
    source = drawing(
        START + undoable("a", handler="subProcess", handling=inside) + THROW + END + flows("s>a>throw>e")
    )  # fmt: skip
    case = Case(source)
    assert case.open() == ["hu"]
    assert case.complete("hu").trace[-5:] == ["hu", "ht", "ua", "throw", "e"]


def adhoc(inside: str, wanted: str) -> str:
    return node("adHocSubProcess", "ah", zeebe(f'adHoc activeElementsCollection="={wanted}"') + inside)


def test_what_completed_in_an_ad_hoc_subprocess_is_undone_the_last_first() -> None:
    inside = undoable("a", activity="userTask", handler="userTask") + undoable("b", activity="userTask")
    wanted = "[&quot;a&quot;, &quot;b&quot;]"
    source = drawing(START + adhoc(inside, wanted) + node("userTask", "w") + THROW + END + flows("s>ah>w>throw>e"))
    case = Case(source, {"n": 0}).complete("b", n=1).complete("a", n=2).complete("w", n=3)
    assert (undone(case), case.load().view(case.token("ua"))["n"]) == ([], 2)
    assert undone(case.complete("ua")) == ["ua", "ub"]
    assert case.outcome == "completed"


def test_a_throw_event_in_an_ad_hoc_subprocess_reaches_what_completed_beside_it() -> None:
    inside = undoable("a") + node("userTask", "c") + node("intermediateThrowEvent", "t", of("a")) + flows("c>t")
    case = Case(drawing(START + adhoc(inside, "[&quot;a&quot;, &quot;c&quot;]") + END + flows("s>ah>e")))
    assert undone(case.complete("c")) == ["ua"]
    assert case.outcome == "completed"


def test_a_thousand_rounds_are_kept_in_little_room_and_undone() -> None:
    counter = undoable("c", activity="scriptTask", inside=zeebe('script expression="=i + 1" resultVariable="i"'))
    source = drawing(
        START + node("exclusiveGateway", "m") + counter + node("exclusiveGateway", "x", default="x-m") + node("userTask", "w")
        + THROW + END + flows("s>m>c>x>m", "x>w[i = 1000]", "w>throw>e")
    )  # fmt: skip
    case = Case(source, {"i": 0, "big": "x" * 1000})
    assert len(case.tokens) < 20_000
    case.complete("w")
    assert (case.outcome, len(undone(case))) == ("completed", 1000)


E = '<bpmn:error id="E" errorCode="x"/>'
BAD: list[tuple[str, str, Any]] = [
    ("ba", "no handler", node("task", "a") + node("boundaryEvent", "ba", UNDO, attachedToRef="a") + flows("s>a>e")),
    ("ba", "a flow", undoable("a") + node("task", "t") + flows("s>a>e", "ba>t")),
    ("ua", "not marked", undoable("a").replace(' isForCompensation="true"', "") + flows("s>a>e")),
    ("ua", "in the flow", undoable("a") + flows("s>a>ua>e")),
    ("ua", "with an event", undoable("a") + node("boundaryEvent", "t", timer("PT1H"), attachedToRef="ua") + flows("s>a>e", "t>e")),
    ("u", "undoes nothing", node("task", "u", **MARKED) + flows("s>e")),
    ("ba2", "two handlers", undoable("a") + node("boundaryEvent", "ba2", UNDO, attachedToRef="a") + node("task", "u2", **MARKED)
     + '<bpmn:association sourceRef="ba2" targetRef="u2"/>' + flows("s>a>e")),
    ("throw", "unknown", node("intermediateThrowEvent", "throw", of("nothing")) + flows("s>throw>e")),
    ("throw", "elsewhere", sub("sp", inner("a")) + node("intermediateThrowEvent", "throw", of("a")) + flows("s>sp>throw>e")),
    ("throw", "without a handler", node("task", "a") + node("intermediateThrowEvent", "throw", of("a")) + flows("s>a>throw>e")),
    ("throw", "with inputs", node("intermediateThrowEvent", "throw", io({"x": "=1"}) + UNDO) + flows("s>throw>e")),
    ("esp", "of a process", compensating("") + flows("s>e")),
    ("k", "caught in the flow", node("intermediateCatchEvent", "k", UNDO) + flows("s>k>e")),
]  # fmt: skip


@pytest.mark.parametrize(("element", "body"), [(e, b) for e, _, b in BAD], ids=[name for _, name, _ in BAD])
def test_compensation_that_could_not_happen_is_refused(element: str, body: str) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(drawing(START + body + END, shared=E))
    assert element in {finding.element for finding in refusal.value.facts["findings"]}


def test_a_completion_that_was_taken_back_is_not_undone() -> None:
    source = drawing(
        START + undoable("a", activity="userTask", handler="userTask") + node("userTask", "b") + THROW + END
        + flows("s>a>b>throw>e")
    )  # fmt: skip
    case = Case(source).complete("a", n=1)
    workflow = case.load()
    bpmn.retract(workflow, 0, "a")
    bpmn.go_back(workflow, [case.token("b")], 0, "a", [])
    case._keep(workflow)
    case.complete("a", n=2).complete("b")
    assert case.load().view(case.token("ua"))["n"] == 2
    case.complete("ua")
    assert (undone(case), case.outcome) == (["ua"], "completed")


def test_every_one_of_many_instances_is_undone() -> None:
    source = drawing(START + undoable("a", activity="userTask", inside=multiple()) + THROW + END + flows("s>a>throw>e"))
    case = Case(source, {"units": list(range(120))})
    for _ in range(120):
        case.complete("a")
    assert (len(undone(case)), case.outcome) == (120, "completed")
