"""Every kind of event, where it starts an event sub-process and where it stands on an activity, interrupting or not."""

from __future__ import annotations

from typing import Any

import pytest

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, Town, drawing, flows, io, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
KINDS = ["timer", "message", "signal", "error", "escalation", "conditional"]
SHARED = (
    '<bpmn:message id="M" name="m">' + zeebe('subscription correlationKey="=key"') + "</bpmn:message>"
    '<bpmn:signal id="S" name="sig"/><bpmn:error id="E" errorCode="bad"/><bpmn:escalation id="X" escalationCode="up"/>'
)  # fmt: skip
TRIGGERS = {
    "timer": timer("PT1H"),
    "message": '<bpmn:messageEventDefinition messageRef="M"/>',
    "signal": '<bpmn:signalEventDefinition signalRef="S"/>',
    "error": '<bpmn:errorEventDefinition errorRef="E"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="X"/>',
    "conditional": "<bpmn:conditionalEventDefinition><bpmn:condition>=hot = true</bpmn:condition></bpmn:conditionalEventDefinition>",
}
CYCLE = timer("R/PT1H", "timeCycle")


def scope(kind: str, interrupting: bool) -> str:
    """Two tasks side by side and an event sub-process; what ``go`` is followed by throws errors and escalations."""
    definition = CYCLE if kind == "timer" and not interrupting else TRIGGERS[kind]
    thrower = node("endEvent", "throw", definition) if kind in ("error", "escalation") else node("endEvent", "throw")
    start = node("startEvent", "es", definition, isInterrupting=str(interrupting).lower())
    return (
        node("startEvent", "i") + node("parallelGateway", "f") + node("userTask", "u") + node("userTask", "go")
        + node("exclusiveGateway", "m") + node("userTask", "again") + thrower
        + flows("i>f", "f>u", "f>go>again>throw")
        + node("subProcess", "esp", start + node("userTask", "w") + node("endEvent", "ee") + flows("es>w>ee"), triggeredByEvent="true")
    ).replace(node("exclusiveGateway", "m"), "")  # fmt: skip


def nested(inside: str, depth: int) -> bytes:
    """Put the inside of a scope ``depth`` sub-processes deep, with a task behind each."""
    for level in range(depth):
        name = f"sub{level}"
        inside = (
            node("startEvent", f"s{level}") + node("subProcess", name, inside) + node("task", f"after{level}")
            + flows(f"s{level}>{name}>after{level}")
        )  # fmt: skip
    return drawing(inside, shared=SHARED)


def happen(case: Case, kind: str) -> None:
    """Let the event of :func:`scope` happen."""
    if kind in ("error", "escalation"):
        case.complete("go").complete("again")
    elif kind == "conditional":
        case.act("set_variables", None, {"hot": True})
    else:
        case.trigger("esp")


@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_an_event_subprocess_takes_the_place_of_its_scope(kind: str, depth: int) -> None:
    case = Case(nested(scope(kind, True), depth), {"key": "k"})
    assert "esp" in case.open()
    happen(case, kind)
    assert case.open() == ["w"]
    assert len(case.of(effects.TaskClosed)) == (1 if kind in ("error", "escalation") else 2)
    case.complete("w")
    assert case.trace[-3 - 2 * depth :][:3] == ["w", "ee", "esp"]
    assert (case.trace[-1], case.outcome) == (f"after{depth - 1}" if depth else "esp", "completed")


@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize("kind", ["timer", "message", "signal", "escalation", "conditional"])
def test_an_event_subprocess_runs_beside_its_scope_as_often_as_it_is_told(kind: str, depth: int) -> None:
    case = Case(nested(scope(kind, False), depth), {"key": "k"})
    happen(case, kind)
    assert "w" in case.open()
    assert {"u", "esp"} <= set(case.open())
    if kind == "conditional":
        case.act("set_variables", None, {"hot": False}).act("set_variables", None, {"hot": True})
        assert case.act("set_variables", None, {"hot": True}).open().count("w") == 2
    elif kind != "escalation":
        assert case.trigger("esp").open().count("w") == 2
    for name in ("go", "again", "u", "w", "w"):
        if name in case.open():
            case.complete(name)
    assert (case.outcome, case.of(effects.Incident)) == ("completed", [])


def test_escalations_wake_their_event_subprocess_each_time() -> None:
    inside = (
        node("startEvent", "i") + node("intermediateThrowEvent", "one", TRIGGERS["escalation"])
        + node("intermediateThrowEvent", "two", TRIGGERS["escalation"]) + node("userTask", "u") + flows("i>one>two>u")
        + node("subProcess", "esp", node("startEvent", "es", TRIGGERS["escalation"], isInterrupting="false") + node("task", "w") + flows("es>w"), triggeredByEvent="true")
    )  # fmt: skip
    assert Case(nested(inside, 1)).trace.count("w") == 2


@pytest.mark.parametrize("kind", ["timer", "message", "signal", "conditional"])
def test_an_event_subprocess_within_an_event_subprocess(kind: str) -> None:
    inner = node(
        "subProcess",
        "deep",
        node("startEvent", "ds", TRIGGERS[kind]) + node("userTask", "dw") + flows("ds>dw"),
        triggeredByEvent="true",
    )
    outer = (
        node("startEvent", "es", TRIGGERS["signal"], isInterrupting="false")
        + node("userTask", "w")
        + flows("es>w")
        + inner
    )
    source = drawing(
        START
        + node("userTask", "u")
        + END
        + flows("s>u>e")
        + node("subProcess", "esp", outer, triggeredByEvent="true"),
        shared=SHARED,
    )
    case = Case(source, {"key": "k"})
    assert "deep" not in case.open()
    case.trigger("esp")
    if kind == "conditional":
        case.act("set_variables", None, {"hot": True})
    else:
        case.trigger("deep")
    assert case.open() == ["u", "esp", "dw"] or sorted(case.open()) == ["dw", "esp", "u"]
    case.complete("dw").complete("u")
    assert case.outcome == "completed"


# -- on activities


CALLED = drawing(node("startEvent", "qs") + node("userTask", "qu") + flows("qs>qu"), process="q")
MANY = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{}"><bpmn:extensionElements>'
    '<zeebe:loopCharacteristics inputCollection="=[1,2]" outputCollection="all" outputElement="=1"/>'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)
INNER = node("startEvent", "is") + node("userTask", "iu") + flows("is>iu")
HOSTS: dict[str, tuple[str, str, str]] = {  # kind, inside, the element that waits for the world
    "user task": ("userTask", "", "a"),
    "service": ("serviceTask", zeebe('taskDefinition type="x"'), "a"),
    "receive task": ("receiveTask", "", "a"),
    "sub-process": ("subProcess", INNER, "iu"),
    "transaction": ("transaction", INNER, "iu"),
    "call activity": ("callActivity", zeebe('calledElement processId="q"'), "qu"),
    "many at once": ("userTask", MANY.format("false"), "a"),
    "many in turn": ("userTask", MANY.format("true"), "a"),
    "many sub-processes": ("subProcess", INNER + MANY.format("false"), "iu"),
    "many calls": ("callActivity", zeebe('calledElement processId="q"') + MANY.format("false"), "qu"),
}


def attached(host: str, definition: str, interrupting: bool) -> Case:
    kind, inside, _ = HOSTS[host]
    more = {"messageRef": "M"} if kind == "receiveTask" else {}
    source = drawing(
        START + node(kind, "a", inside, **more) + node("task", "next") + END
        + node("boundaryEvent", "b", definition, attachedToRef="a", cancelActivity=str(interrupting).lower())
        + node("userTask", "other") + flows("s>a>next>e", "b>other>e"), shared=SHARED,
    )  # fmt: skip
    return Case(source, {"key": "k"}, town=Town({"q": bpmn.compile(CALLED)}))


def finish(case: Case, host: str) -> None:
    """Do whatever is left to do in the activity."""
    waits = HOSTS[host][2]
    while waits in case.open():
        (case.trigger if HOSTS[host][0] == "receiveTask" else case.complete)(waits)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("kind", ["timer", "message", "signal", "conditional"])
def test_an_event_stops_its_activity(kind: str, host: str) -> None:
    case = attached(host, TRIGGERS[kind], True)
    if kind == "conditional":
        case.act("set_variables", None, {"hot": True})
    else:
        case.trigger("b")
    assert case.open() == ["other"]
    case.complete("other")
    assert (case.trace[-3:], case.outcome) == (["b", "other", "e"], "completed")
    assert "all" not in case.variables


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("kind", ["timer", "message", "signal", "conditional"])
def test_an_event_leaves_its_activity_going(kind: str, host: str) -> None:
    case = attached(host, CYCLE if kind == "timer" else TRIGGERS[kind], False)
    for hot in (True, False, True):
        if kind == "conditional":
            case.act("set_variables", None, {"hot": hot})
        elif hot:
            case.trigger("b")
    assert case.open().count("other") == 2
    finish(case, host)
    assert "b" not in case.open()
    case.complete("other").complete("other")
    assert (case.trace.count("next"), case.trace.count("e"), case.outcome) == (1, 3, "completed")


@pytest.mark.parametrize("host", HOSTS)
def test_an_error_of_a_person_or_service_stops_the_whole_activity(host: str) -> None:
    if host == "receive task":
        return  # nothing in it can fail
    case = attached(host, TRIGGERS["error"], True)
    case.act("throw_error", case.token(HOSTS[host][2]), "bad", "no")
    assert case.open() == ["other"]


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("where", ["sub-process", "call activity", "many sub-processes", "many calls"])
def test_an_escalation_reaches_the_event_of_its_activity(where: str, interrupting: bool) -> None:
    raising = (
        node("startEvent", "is")
        + node("intermediateThrowEvent", "t", TRIGGERS["escalation"])
        + node("userTask", "iu")
        + flows("is>t>iu")
    )
    town = Town({"q": bpmn.compile(drawing(raising, process="q", shared=SHARED))})
    call = "call" in where
    inside = (zeebe('calledElement processId="q"') if call else raising) + (
        MANY.format("false") if "many" in where else ""
    )
    source = drawing(
        START + node("callActivity" if call else "subProcess", "a", inside) + END
        + node("boundaryEvent", "b", TRIGGERS["escalation"], attachedToRef="a", cancelActivity=str(interrupting).lower())
        + node("userTask", "other") + flows("s>a>e", "b>other>e"), shared=SHARED,
    )  # fmt: skip
    case = Case(source, town=town)
    times = 2 if "many" in where and not interrupting else 1
    assert case.open().count("other") == times
    assert case.open().count("iu") == (0 if interrupting else times)


def test_an_escalation_that_nobody_catches_is_passed_over() -> None:
    source = drawing(
        START + node("intermediateThrowEvent", "t", TRIGGERS["escalation"]) + END + flows("s>t>e"), shared=SHARED
    )
    case = Case(source)
    assert (case.trace, case.outcome) == (["s", "t", "e"], "completed")


def both(definition: str, thrower: str) -> bytes:
    """A sub-process that is caught by an event sub-process and by a boundary event."""
    inside = node("startEvent", "is") + thrower + flows("is>t") + node(
        "subProcess", "esp", node("startEvent", "es", definition) + node("task", "inside") + flows("es>inside"), triggeredByEvent="true"
    )  # fmt: skip
    return drawing(
        START + node("subProcess", "a", inside) + node("boundaryEvent", "b", definition, attachedToRef="a")
        + node("task", "outside") + END + flows("s>a>e", "b>outside>e"), shared=SHARED,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_an_event_subprocess_comes_before_the_boundary(kind: str) -> None:
    case = Case(both(TRIGGERS[kind], node("endEvent", "t", TRIGGERS[kind])))
    assert ("inside" in case.trace, "outside" in case.trace, case.outcome) == (True, False, "completed")


def test_a_condition_is_looked_at_before_the_next_step() -> None:
    esp = node(
        "subProcess",
        "esp",
        node("startEvent", "es", TRIGGERS["conditional"]) + node("task", "w") + flows("es>w"),
        triggeredByEvent="true",
    )
    source = drawing(START + node("userTask", "u") + node("task", "never") + END + flows("s>u>never>e") + esp)
    case = Case(source).complete("u", hot=True)
    assert (case.trace, case.outcome) == (["s", "u", "es", "w", "esp"], "completed")


def test_a_catch_event_waits_for_a_condition_that_a_person_sets() -> None:
    source = drawing(START + node("intermediateCatchEvent", "c", TRIGGERS["conditional"]) + END + flows("s>c>e"))
    case = Case(source)
    assert case.open() == ["c"]
    assert case.act("set_variables", None, {"hot": True}).outcome == "completed"
    assert Case(source, {"hot": True}).outcome == "completed"


def test_a_condition_that_another_event_makes_true() -> None:
    one = "<bpmn:conditionalEventDefinition><bpmn:condition>=a = 1</bpmn:condition></bpmn:conditionalEventDefinition>"
    two = one.replace("=a = 1", "=b = 1")
    source = drawing(
        START + node("parallelGateway", "f") + node("intermediateCatchEvent", "second", two)
        + node("intermediateCatchEvent", "first", io(None, {"b": "=1"}) + one) + flows("s>f", "f>second", "f>first")
    )  # fmt: skip
    assert Case(source).act("set_variables", None, {"a": 1}).outcome == "completed"


@pytest.mark.parametrize("kind", ["timer", "message", "signal", "error", "escalation", "conditional"])
def test_a_definition_may_stand_beside_the_process(kind: str) -> None:
    beside = TRIGGERS[kind].replace("EventDefinition", 'EventDefinition id="D"', 1)
    case = Case(
        drawing(
            START + node("subProcess", "a", INNER) + node("boundaryEvent", "b", "<bpmn:eventDefinitionRef>D</bpmn:eventDefinitionRef>", attachedToRef="a")
            + END + flows("s>a>e", "b>e"), shared=SHARED + beside,
        ),
        {"key": "k"},
    )  # fmt: skip
    assert (case.waiting[0][1:]) == ("b", kind)


@pytest.mark.parametrize("host", ["sub-process", "call activity", "many sub-processes", "many calls"])
def test_a_terminate_end_ends_no_more_than_its_scope(host: str) -> None:
    inside = (
        node("startEvent", "is") + node("parallelGateway", "f") + node("userTask", "iu") + node("userTask", "go")
        + node("endEvent", "t", "<bpmn:terminateEventDefinition/>") + flows("is>f", "f>iu", "f>go>t")
    )  # fmt: skip
    town = Town({"q": bpmn.compile(drawing(inside, process="q"))})
    call, many = "call" in host, "many" in host
    body = (zeebe('calledElement processId="q"') if call else inside) + (MANY.format("false") if many else "")
    source = drawing(
        START
        + node("callActivity" if call else "subProcess", "a", body)
        + node("task", "next")
        + END
        + flows("s>a>next>e")
    )
    case = Case(source, town=town).complete("go")
    if many:
        assert case.open() == ["iu", "go"]
        case.complete("go")
        assert case.variables["all"] == [1, 1]
    assert (case.trace[-3:], case.outcome) == (["a", "next", "e"], "completed")


def test_what_an_event_brings_is_written() -> None:
    def variables(more: str) -> dict[str, Any]:
        source = drawing(
            START + node("userTask", "u") + node("boundaryEvent", "b", more + TRIGGERS["message"], attachedToRef="u") + END
            + flows("s>u>e", "b>e"), shared=SHARED,
        )  # fmt: skip
        return Case(source, {"key": "k"}).trigger("b", x=1, y=2).variables

    assert variables("") == {"key": "k", "x": 1, "y": 2}
    assert variables(io(None, {"z": "=x + y"})) == {"key": "k", "z": 3}


def test_two_calls_side_by_side_keep_what_each_has_written() -> None:
    called = drawing(node("startEvent", "qs") + node("userTask", "qu") + flows("qs>qu"), process="q")
    calls = "".join(node("callActivity", name, zeebe('calledElement processId="q"')) for name in "ab")
    source = drawing(
        START
        + node("parallelGateway", "f")
        + calls
        + node("parallelGateway", "j")
        + END
        + flows("s>f", "f>a>j", "f>b>j", "j>e")
    )
    case = Case(source, {"x": 0, "y": 0}, town=Town({"q": bpmn.compile(called)}))
    case.complete("qu", x=1).complete("qu", y=2)
    assert (case.outcome, case.variables) == ("completed", {"x": 1, "y": 2})


def test_an_event_subprocess_does_not_catch_what_it_throws_itself() -> None:
    inside = node("startEvent", "is") + node("intermediateThrowEvent", "t", TRIGGERS["escalation"]) + flows("is>t") + node(
        "subProcess", "esp", node("startEvent", "es", TRIGGERS["escalation"], isInterrupting="false")
        + node("intermediateThrowEvent", "on", TRIGGERS["escalation"]) + flows("es>on"), triggeredByEvent="true"
    )  # fmt: skip
    source = drawing(
        START + node("subProcess", "a", inside) + node("boundaryEvent", "b", TRIGGERS["escalation"], attachedToRef="a", cancelActivity="false")
        + node("task", "outside") + END + flows("s>a>e", "b>outside>e"), shared=SHARED,
    )  # fmt: skip
    case = Case(source)
    assert (case.trace.count("on"), case.trace.count("outside"), case.outcome) == (1, 1, "completed")


def test_another_event_subprocess_of_the_scope_catches_it() -> None:
    first = node("subProcess", "one", node("startEvent", "s1", TRIGGERS["signal"], isInterrupting="false")
                 + node("endEvent", "t", TRIGGERS["error"]) + flows("s1>t"), triggeredByEvent="true")  # fmt: skip
    second = node(
        "subProcess",
        "two",
        node("startEvent", "s2", TRIGGERS["error"]) + node("task", "w") + flows("s2>w"),
        triggeredByEvent="true",
    )
    case = Case(drawing(START + node("userTask", "u") + END + flows("s>u>e") + first + second, shared=SHARED))
    case.trigger("one")
    assert (case.trace[-2:], case.outcome) == (["w", "two"], "completed")


TWO_ERRORS = node("boundaryEvent", "b", TRIGGERS["error"], attachedToRef="a") + node(
    "boundaryEvent", "c", TRIGGERS["error"], attachedToRef="a"
)
ANY = "<bpmn:errorEventDefinition/>"


def esp(name: str, definition: str) -> str:
    return node(
        "subProcess",
        name,
        node("startEvent", f"s{name}", definition) + node("task", f"t{name}") + flows(f"s{name}>t{name}"),
        triggeredByEvent="true",
    )


@pytest.mark.parametrize(
    ("element", "body"),
    [
        ("c", node("subProcess", "a", INNER) + TWO_ERRORS + flows("s>a>e", "b>e", "c>e")),
        ("c", node("subProcess", "a", INNER) + TWO_ERRORS.replace(TRIGGERS["error"], ANY) + flows("s>a>e", "b>e", "c>e")),
        ("c", node("userTask", "a") + TWO_ERRORS.replace(TRIGGERS["error"], TRIGGERS["message"]) + flows("s>a>e", "b>e", "c>e")),
        ("stwo", esp("one", TRIGGERS["escalation"]) + esp("two", TRIGGERS["escalation"]) + flows("s>e")),
    ],
)  # fmt: skip
def test_an_event_that_could_never_catch_anything_is_refused(element: str, body: str) -> None:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(drawing(START + body + END, shared=SHARED))
    assert element in {finding.element for finding in refusal.value.facts["findings"]}
