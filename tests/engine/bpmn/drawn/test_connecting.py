"""What joins elements beyond sequence flows: links, races, pools, global tasks, and what begins a process."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, db, definitions, errors, instances, messages, trial
from engine.bpmn.running import effects
from engine.design import packages
from engine.scheduler.embedded import run_due
from tests.engine.bpmn.drawing import Case, drawing, flows, node, timer, zeebe

START, END = node("startEvent", "s"), node("endEvent", "e")
MESSAGE = '<bpmn:message id="M" name="m">' + zeebe('subscription correlationKey="=1"') + "</bpmn:message>"
OTHER = '<bpmn:message id="N" name="n">' + zeebe('subscription correlationKey="=1"') + "</bpmn:message>"
SIGNAL = '<bpmn:signal id="S" name="s"/>'
BY_MESSAGE = '<bpmn:messageEventDefinition messageRef="M"/>'


def link(kind: str, id: str, name: str) -> str:
    return node(f"intermediate{kind}Event", id, f'<bpmn:linkEventDefinition name="{name}"/>')


def refused(source: bytes) -> set[str]:
    with pytest.raises(errors.DeploymentRefused) as refusal:
        bpmn.compile(source)
    return {finding.element for finding in refusal.value.facts["findings"]}


# -- links


def test_links_lead_from_several_throws_to_the_catch_of_their_scope() -> None:
    inner = (
        node("startEvent", "s2")
        + link("Throw", "t3", "L")
        + link("Catch", "c3", "L")
        + node("task", "in")
        + flows("s2>t3", "c3>in")
    )
    source = drawing(
        START + node("exclusiveGateway", "x", default="x-t2") + link("Throw", "t1", "L") + link("Throw", "t2", "L")
        + link("Catch", "c", "L") + node("subProcess", "sub", inner) + END + flows("s>x", "x>t1[n = 1]", "x>t2", "c>sub>e")
    )  # fmt: skip
    assert Case(source, {"n": 1}).trace == ["s", "x", "t1", "c", "s2", "t3", "c3", "in", "sub", "e"]
    assert Case(source, {"n": 2}).trace[2] == "t2"


def test_an_inclusive_join_sees_what_comes_by_a_link() -> None:
    source = drawing(
        START + node("inclusiveGateway", "f") + node("userTask", "a") + node("userTask", "b") + link("Throw", "t", "L")
        + link("Catch", "c", "L") + node("inclusiveGateway", "j") + END
        + flows("s>f", "f>a[true]", "f>b[true]", "a>j", "b>t", "c>j>e")
    )  # fmt: skip
    case = Case(source).complete("a")
    assert (case.open(), case.outcome) == (["b"], "active")
    assert case.complete("b").trace.count("j") == 1


@pytest.mark.parametrize(
    ("element", "source"),
    [
        ("t", drawing(START + link("Throw", "t", "L") + END + flows("s>t"))),
        ("c", drawing(START + link("Catch", "c", "L") + END + flows("c>e", "s>e"))),
        ("c2", drawing(START + link("Throw", "t", "L") + link("Catch", "c1", "L") + link("Catch", "c2", "L") + END + flows("s>t", "c1>e", "c2>e"))),
        ("t", drawing(START + link("Throw", "t", "L") + link("Catch", "c", "L") + END + flows("s>t>e", "c>e"))),
        ("c", drawing(START + link("Throw", "t", "L") + link("Catch", "c", "L") + END + flows("s>t", "s>c>e"))),
        ("t", drawing(START + link("Throw", "t", "L") + node("subProcess", "u", node("startEvent", "s2") + link("Catch", "c", "L") + flows("s2>c")) + flows("s>t", "s>u"))),
    ],
)  # fmt: skip
def test_a_link_without_its_one_partner_is_refused(element: str, source: bytes) -> None:
    assert element in refused(source)


# -- event-based gateways

RACE = (
    START + node("eventBasedGateway", "g")
    + node("intermediateCatchEvent", "t1", timer("PT2H")) + node("intermediateCatchEvent", "t2", timer("PT1H"))
    + node("intermediateCatchEvent", "m", BY_MESSAGE) + node("receiveTask", "r", messageRef="N")
    + node("intermediateCatchEvent", "sig", '<bpmn:signalEventDefinition signalRef="S"/>')
    + node("intermediateCatchEvent", "c", "<bpmn:conditionalEventDefinition><bpmn:condition>=ready</bpmn:condition></bpmn:conditionalEventDefinition>")
    + END + flows("s>g", *(f"g>{name}>e" for name in ("t1", "t2", "m", "r", "sig", "c")))
)  # fmt: skip


@pytest.mark.parametrize("first", ["t1", "t2", "m", "r", "sig"])
def test_whatever_comes_first_decides_and_the_others_are_forgotten(first: str) -> None:
    case = Case(drawing(RACE, shared=MESSAGE + OTHER + SIGNAL))
    assert case.open() == ["t1", "t2", "m", "r", "sig", "c"]
    case.trigger(first, answer=1)
    assert (case.trace, case.variables, case.outcome) == (["s", "g", first, "e"], {"answer": 1}, "completed")
    assert len(case.of(effects.Unsubscribed)) == 5


def test_a_condition_that_becomes_true_decides_too() -> None:
    case = Case(drawing(RACE, shared=MESSAGE + OTHER + SIGNAL))
    case.act("set_variables", None, {"ready": True})
    assert case.trace == ["s", "g", "c", "e"]


def test_the_earliest_of_several_timers_decides() -> None:
    assert trial.run(drawing(RACE, shared=MESSAGE + OTHER + SIGNAL)).trace == ["s", "g", "t2", "e"]


@pytest.mark.parametrize(
    ("element", "source"),
    [
        ("g", drawing(START + node("eventBasedGateway", "g") + node("task", "t") + node("intermediateCatchEvent", "c", timer("PT1H")) + END + flows("s>g>t>e", "g>c>e"))),
        ("g", drawing(START + node("eventBasedGateway", "g") + node("intermediateCatchEvent", "c", timer("PT1H")) + END + flows("s>g>c>e"))),
        ("g-c", drawing(START + node("eventBasedGateway", "g") + node("intermediateCatchEvent", "c", timer("PT1H")) + END + flows("s>g", "g>c[true]", "c>e"))),
        ("f-a", drawing(START + node("parallelGateway", "f") + node("task", "a") + node("task", "b") + flows("s>f", "f>a[false]", "f>b"))),
    ],
)  # fmt: skip
def test_a_race_that_cannot_be_decided_is_refused(element: str, source: bytes) -> None:
    assert element in refused(source)


# -- what begins a process


def test_a_receive_task_may_begin_a_process() -> None:
    source = drawing(node("receiveTask", "r", messageRef="M", instantiate="true") + END + flows("r>e"), shared=MESSAGE)
    assert bpmn.compile(source).processes["p"].message_starts == {"r": "m"}
    case = Case(source, {"x": 1}, start_event="r")
    assert (case.trace, case.variables) == (["r", "e"], {"x": 1})


def test_events_behind_a_gateway_may_begin_a_process() -> None:
    body = (
        node("eventBasedGateway", "g", instantiate="true") + node("intermediateCatchEvent", "m", BY_MESSAGE)
        + node("receiveTask", "r", messageRef="N") + node("task", "a") + node("task", "b") + flows("g>m>a", "g>r>b")
    )  # fmt: skip
    source = drawing(body, shared=MESSAGE + OTHER)
    assert Case(source, start_event="m").trace == ["m", "a"]
    assert Case(source, start_event="r").trace == ["r", "b"]


def test_a_receive_task_with_something_before_it_begins_nothing() -> None:
    body = START + node("receiveTask", "r", messageRef="M", instantiate="true") + END + flows("s>r>e")
    assert "r" in refused(drawing(body, shared=MESSAGE))


# -- global tasks


def test_a_call_activity_does_a_global_task_in_its_place() -> None:
    double = node("globalScriptTask", "G", zeebe('script expression="=n * 2" resultVariable="n"'))
    person = node("globalUserTask", "U", zeebe('formDefinition formId="f"'), name="sign")
    many = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    source = drawing(
        START + node("callActivity", "a", calledElement="G") + node("callActivity", "b", zeebe('calledElement processId="G"') + many)
        + node("callActivity", "c", calledElement="U") + node("callActivity", "d", calledElement="T") + END + flows("s>a>b>c>d>e"),
        shared=double + person + node("globalTask", "T"),
    )  # fmt: skip
    case = Case(source, {"n": 1})
    assert (case.open(), case.of(effects.TaskOpened)[0].form) == (["c"], "f")
    case.complete("c")
    assert (case.trace, case.variables) == (["s", "a", "b", "b", "c", "d", "e"], {"n": 8})


# -- pools


def pools(flow: str, first: str, second: str, **more: str) -> bytes:
    participants = '<bpmn:participant id="P1" processRef="p"/><bpmn:participant id="P2" processRef="q"/><bpmn:participant id="P3" name="the public"/>'
    other = f'<bpmn:process id="q" isExecutable="{more.get("executable", "true")}">{second}</bpmn:process>'
    shared = f'<bpmn:collaboration id="C">{participants}{flow}</bpmn:collaboration>'
    return drawing(first, shared=shared + MESSAGE + OTHER + other)


def joins(source: str, target: str) -> str:
    return node("messageFlow", f"{source}~{target}", sourceRef=source, targetRef=target)


ASKS = (
    node("laneSet", "ls", '<bpmn:lane id="l" name="hall"><bpmn:flowNodeRef>ask</bpmn:flowNodeRef></bpmn:lane>')
    + START + node("sendTask", "ask", messageRef="M") + node("receiveTask", "hear", messageRef="N") + END
    + flows("s>ask>hear>e")
)  # fmt: skip
ANSWERS = (
    node("startEvent", "s2", BY_MESSAGE) + node("task", "think")
    + node("endEvent", "say", '<bpmn:messageEventDefinition messageRef="N"/>') + flows("s2>think>say")
)  # fmt: skip


def test_a_message_flow_to_a_start_event_begins_the_other_pool_which_answers() -> None:
    source = pools(joins("ask", "s2") + joins("say", "hear") + joins("P3", "ask"), ASKS, ANSWERS)
    went = trial.run(source)
    assert (went.outcome, went.trace) == ("completed", ["s", "ask", "s2", "think", "say", "hear", "e"])


def test_a_message_flow_joins_two_instances_started_beside_each_other() -> None:
    answers = ANSWERS.replace(BY_MESSAGE, "").replace("think", "wait") + node("intermediateCatchEvent", "w", BY_MESSAGE)
    answers = (
        answers.replace(node("task", "wait"), "")
        .replace('targetRef="wait"', 'targetRef="w"')
        .replace('sourceRef="wait"', 'sourceRef="w"')
    )
    source = pools(joins("ask", "w") + joins("say", "hear"), ASKS, answers)
    went = trial.run(source, process_id="p", also_start=["q"])
    assert went.outcome == "completed"
    assert [name for name in went.trace if name in ("ask", "w", "say", "hear")] == ["ask", "w", "say", "hear"]


KEYLESS = '<bpmn:message id="M" name="m"/><bpmn:message id="N" name="n"/><bpmn:message id="O" name="o"/>'
AGREES = (
    START + node("sendTask", "ask", messageRef="M") + node("receiveTask", "hear", messageRef="N")
    + node("sendTask", "agree", messageRef="O") + END + flows("s>ask>hear>agree>e")
)  # fmt: skip
OFFERS = (
    node("startEvent", "s2", BY_MESSAGE) + node("intermediateThrowEvent", "say", '<bpmn:messageEventDefinition messageRef="N"/>')
    + node("intermediateCatchEvent", "got", '<bpmn:messageEventDefinition messageRef="O"/>') + node("endEvent", "e2")
    + flows("s2>say>got>e2")
)  # fmt: skip
TALK = joins("ask", "s2") + joins("say", "hear") + joins("agree", "got")


def keyless(flow: str, first: str, second: str) -> bytes:
    return pools(flow, first, second).replace((MESSAGE + OTHER).encode(), KEYLESS.encode())


def test_pools_that_begin_one_another_find_each_other_without_a_key(database: Engine) -> None:
    package = packages.Package({"package.toml": b'name = "talk"', "p.bpmn": keyless(TALK, AGREES, OFFERS)})
    waiting = sa.select(messages.subscription.c.key)
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
        for key in ("A", "B"):
            instances.start(connection, audit.SYSTEM, "p", business_key=key)
        assert set(connection.execute(waiting).scalars()) == {"conversation:A", "conversation:B"}
    for _ in range(8):
        run_due(database)
    with db.reading(database) as connection:
        states = {key: instances.get(connection, key).state for key in ("A", "B", "A-q", "B-q")}
        assert set(states.values()) == {"completed"}, states
        heard = [event.action for event in audit.trail(connection, "A-q")]
    assert heard == ["instance.started", "message.received"]
    told = trial.run(keyless(TALK, AGREES, OFFERS))
    assert (told.outcome, told.trace) == ("completed", ["s", "ask", "s2", "say", "hear", "agree", "e", "got", "e2"])


def test_pools_that_do_not_begin_one_another_need_a_key() -> None:
    aside = OFFERS.replace(BY_MESSAGE, "")
    assert refused(keyless(joins("say", "hear") + joins("agree", "got"), AGREES, aside)) == {"hear", "got"}


def test_a_pool_that_is_not_executable_is_kept_as_a_drawing() -> None:
    source = pools(joins("ask", "odd") + joins("odd", "hear"), ASKS, node("serviceTask", "odd"), executable="false")
    assert list(bpmn.compile(source).processes) == ["p"]


@pytest.mark.parametrize(
    ("flow", "first"),
    [(joins("ask", "s2"), ASKS.replace('id="ask" messageRef="M"', 'id="ask" messageRef="N"')), (joins("t", "s2"), START + node("task", "t") + flows("s>t"))],
)  # fmt: skip
def test_a_message_flow_by_which_nothing_comes_is_refused(flow: str, first: str) -> None:
    (element,) = refused(pools(flow, first, ANSWERS))
    assert "~" in element


def test_what_stands_in_a_sub_process_stands_in_its_lane() -> None:
    lanes = node("laneSet", "ls", '<bpmn:lane id="l" name="hall"><bpmn:flowNodeRef>sub</bpmn:flowNodeRef></bpmn:lane>')
    inner = node("startEvent", "s2") + node("userTask", "u") + flows("s2>u")
    elements = (
        bpmn.compile(drawing(lanes + START + node("subProcess", "sub", inner) + END + flows("s>sub>e")))
        .processes["p"]
        .elements
    )
    assert [elements[id].lane for id in ("s", "sub", "u")] == [None, "hall", "hall"]


# -- order, data, conditions


def test_siblings_run_in_the_order_of_their_flows() -> None:
    source = drawing(
        START + node("parallelGateway", "f") + "".join(node("task", name) for name in "abc") + END + flows("s>f", "f>c>e", "f>a>e", "f>b>e")
    )  # fmt: skip
    assert Case(source).trace == ["s", "f", "c", "a", "b", "e", "e", "e"]


def test_data_objects_and_stores_are_accepted() -> None:
    data = (
        node("dataObject", "o") + node("dataObjectReference", "r", dataObjectRef="o") + node("dataStoreReference", "st")
    )
    reads = '<bpmn:property id="pr"/><bpmn:dataInputAssociation id="i"><bpmn:sourceRef>r</bpmn:sourceRef><bpmn:targetRef>pr</bpmn:targetRef></bpmn:dataInputAssociation>'
    source = drawing(START + data + node("manualTask", "t", reads) + node("task", "u") + END + flows("s>t>u>e"))
    assert Case(source).trace == ["s", "t", "u", "e"]


def test_an_activity_whose_conditions_are_all_false_does_not_end_in_silence() -> None:
    source = drawing(
        START + node("task", "t") + node("task", "a") + node("task", "b") + flows("s>t", "t>a[n = 1]", "t>b[n = 2]")
    )
    assert Case(source, {"n": 2}).trace[-1] == "b"
    case = Case(source, {"n": 3})
    assert [(i.element, i.kind) for i in case.of(effects.Incident)] == [("t", "CONDITION_ERROR")]


@pytest.mark.parametrize(("n", "taken"), [(1, ["a", "u"]), (2, ["d", "u"])])
def test_flows_without_a_condition_are_always_taken_and_the_default_only_else(n: int, taken: list[str]) -> None:
    source = drawing(
        START + node("task", "t", default="t-d") + "".join(node("task", name) for name in "aud") + flows("s>t", "t>a[n = 1]", "t>d", "t>u")
    )  # fmt: skip
    assert sorted(Case(source, {"n": n}).trace[2:]) == taken


def test_one_id_in_two_scopes_is_refused() -> None:
    inner = node("startEvent", "s2") + node("task", "t") + flows("s2>t")
    assert "t" in refused(drawing(START + node("subProcess", "u", inner) + node("task", "t") + flows("s>u>t")))
