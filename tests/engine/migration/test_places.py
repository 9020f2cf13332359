"""Every kind of place where a case may stand when its version changes: events, loops, scopes, joins, what is undone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import audit, bpmn, clock, db, incidents, instances, jobs, messages
from engine.bpmn.running import migration as kernel
from engine.flow import handlers, steps
from tests.conftest import MORNING
from tests.engine.bpmn.drawing import Town, flows, node, timer, zeebe
from tests.engine.migration.conftest import House, line, offered

READ = node("userTask", "read", offered("hall"), name="Read")
LATE = node("userTask", "late", offered("hall"))


def message(name: str, key: str) -> str:
    return f'<bpmn:message id="M" name="{name}">' + zeebe(f'subscription correlationKey="={key}"') + "</bpmn:message>"


def boundary(id: str, inside: str, *, interrupting: bool = True) -> str:
    return node("boundaryEvent", id, inside, attachedToRef="read", cancelActivity=str(interrupting).lower())


ASKED = '<bpmn:messageEventDefinition messageRef="M"/>'


def timed(after: str, id: str = "b") -> bytes:
    return line(READ, boundary(id, timer(after)), LATE, way=f"s>read>e {id}>late>e")


def due(house: House) -> list[datetime]:
    with db.reading(house.database) as connection:
        return list(connection.execute(sa.select(jobs.job.c.due_at).where(jobs.job.c.kind == "timer")).scalars())


def published(house: House, name: str, key: str) -> None:
    with db.transaction(house.database) as connection:
        messages.publish(connection, audit.SYSTEM, name, key, {})
    house.work()


def moved(house: House, **more: object) -> int:
    plan = house.plan(**more)  # type: ignore[arg-type]
    assert house.progress(plan) == {"fits": 1}, house.said(plan)
    house.apply(plan)
    assert house.progress(plan) == {"migrated": 1}
    return plan


def refused(house: House, **more: object) -> list[str]:
    plan = house.plan(**more)  # type: ignore[arg-type]
    assert house.progress(plan) == {"refused": 1}
    return house.said(plan)["A"]


# -- timers and messages


@pytest.mark.parametrize(("anew", "days"), [(False, 5), (True, 11)])
def test_a_timer_is_due_when_it_was_unless_the_plan_counts_anew(house: House, anew: bool, days: int) -> None:
    with clock.frozen(MORNING):
        house.deploy(timed("P5D"))
        house.begin("A")
    with clock.frozen(MORNING + timedelta(days=1)):
        house.deploy(timed("P10D"))
        moved(house, timers_anew=anew)
    assert due(house) == [MORNING + timedelta(days=days)]
    with clock.frozen(MORNING + timedelta(days=days)):
        house.work()
    assert house.open("A") == ["late"]


def test_an_event_beside_a_task_that_is_new_waits_and_one_that_is_gone_waits_no_more(house: House) -> None:
    with clock.frozen(MORNING):
        house.deploy(timed("P5D", "old"))
        house.begin("A")
        house.deploy(timed("P9D", "new"))
        plan = moved(house, mapping={})
        assert due(house) == [MORNING + timedelta(days=9)]
        house.undo(plan)
    assert (due(house), house.version("A")) == ([MORNING + timedelta(days=5)], 1)


def test_an_event_that_becomes_another_kind_waits_for_that(house: House) -> None:
    house.deploy(timed("P5D"))
    house.begin("A", number="7")
    house.deploy(
        line(READ, boundary("b", ASKED), LATE, way="s>read>e b>late>e", shared=message("withdraw", "number")),
    )
    moved(house)
    assert due(house) == []
    published(house, "withdraw", "7")
    assert house.open("A") == ["late"]


def test_a_message_is_waited_for_as_before_or_as_the_new_version_says(house: House) -> None:
    def catching(name: str, id: str = "wait") -> bytes:
        wait = node("intermediateCatchEvent", id, ASKED)
        return line(wait, READ, way=f"s>{id}>read>e", shared=message(name, "number"))

    house.deploy(catching("asked"))
    house.begin("A", number="7")
    house.deploy(catching("answered"))
    house.deploy(catching("answered", "wait2"))
    moved(house)
    published(house, "asked", "7")
    assert house.open("A") == []
    house.apply(house.plan(2, 3, {"p": {"wait": "wait2"}}))
    with db.reading(house.database) as connection:
        assert connection.execute(sa.select(messages.subscription.c.element)).scalars().all() == ["wait2"]
    published(house, "answered", "7")
    assert house.open("A") == ["read"]


def test_a_key_that_cannot_be_evaluated_keeps_the_case(house: House) -> None:
    house.deploy(line(READ, way="s>read>e"))
    house.begin("A")
    house.deploy(line(READ, boundary("b", ASKED), way="s>read>e b>e", shared=message("withdraw", "missing")))
    assert refused(house) == ["The correlation key “=missing” is neither text nor a number."]


def test_an_event_sub_process_that_is_new_listens(house: House) -> None:
    house.deploy(line(READ, way="s>read>e"))
    house.begin("A", number="7")
    inner = node("startEvent", "asked", ASKED) + LATE + flows("asked>late")
    listening = node("subProcess", "sub", inner, triggeredByEvent="true")
    house.deploy(line(READ, listening, way="s>read>e", shared=message("withdraw", "number")))
    plan = moved(house)
    published(house, "withdraw", "7")
    assert house.open("A") == ["late"]
    house.undo(plan)
    assert house.version("A") == 2


def test_a_condition_that_holds_in_the_new_version_fires(house: House) -> None:
    def urgent(expression: str) -> bytes:
        holds = f"<bpmn:condition>={expression}</bpmn:condition>"
        inside = f"<bpmn:conditionalEventDefinition>{holds}</bpmn:conditionalEventDefinition>"
        return line(READ, boundary("b", inside), LATE, way="s>read>e b>late>e")

    house.deploy(urgent("amount &gt; 100"))
    house.begin("A", amount=50)
    house.deploy(urgent("amount &gt; 10"))
    moved(house)
    assert house.open("A") == ["late"]


def test_the_first_of_several_events_needs_the_same_events(house: House) -> None:
    def waiting(*events: str) -> bytes:
        more = [node("intermediateCatchEvent", id, timer(f"P{day}D")) for day, id in enumerate(events, 5)]
        way = " ".join(f"g>{id}>read" for id in events)
        return line(node("eventBasedGateway", "g"), *more, READ, way=f"s>g {way} read>e")

    with clock.frozen(MORNING):
        house.deploy(waiting("a", "b"))
        house.begin("A")
        house.deploy(waiting("a", "b", "c"))
        assert {said[:47] for said in refused(house)} == {"The case waits for the first of several events;"}
        house.deploy(waiting("x", "y"))
        house.apply(house.plan(1, 3, {"p": {"a": "x", "b": "y"}}))
    with clock.frozen(MORNING + timedelta(days=5)):
        house.work()
    assert (house.version("A"), house.open("A"), due(house)) == (3, ["read"], [])


# -- joins


def parallel(*branches: str) -> bytes:
    tasks = "".join(node("userTask", id, offered("hall")) for id in branches)
    gates = node("parallelGateway", "split") + node("parallelGateway", "join")
    return line(gates, tasks, READ, way="s>split join>read>e " + " ".join(f"split>{id}>join" for id in branches))


def test_a_branch_that_waits_goes_on_where_nothing_more_is_to_come(house: House) -> None:
    house.deploy(parallel("a", "b"))
    house.begin("A")
    house.complete("A", "a")
    house.deploy(parallel("a", "c"))
    moved(house, mapping={"p": {"b": "c"}})
    house.complete("A", "c")
    assert house.open("A") == ["read"]


def test_a_branch_that_came_by_a_flow_that_is_gone_keeps_the_case(house: House) -> None:
    house.deploy(parallel("a", "b"))
    house.begin("A")
    house.complete("A", "a")
    house.deploy(parallel("c", "b"))
    assert refused(house, mapping={}) == [
        "A branch waits at “join”; the flow by which it came does not exist in the other version."
    ]
    moved(house, mapping={"p": {"a": "c"}})
    house.complete("A", "b")
    assert house.open("A") == ["read"]


def test_a_join_that_is_no_longer_one_lets_its_branch_go(house: House) -> None:
    house.deploy(parallel("a", "b"))
    house.begin("A")
    house.complete("A", "a")
    gate = node("parallelGateway", "join")
    fork = (
        node("parallelGateway", "split")
        + gate
        + node("userTask", "a", offered("hall"))
        + node("userTask", "b", offered("hall"))
    )
    house.deploy(line(fork, READ, way="s>split>a>join>read>e split>b>e"))
    moved(house)
    assert sorted(house.open("A")) == ["b", "read"]


# -- scopes and loops


def each(sequential: bool = False, collection: str = "people", output: str = "said", **more: str) -> bytes:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:extensionElements>'
        f'<zeebe:loopCharacteristics inputCollection="={collection}" inputElement="one" outputCollection="{output}" '
        'outputElement="=word"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )
    ask = node("userTask", "ask", offered("hall") + loop, **more)
    return line(ask, READ, way="s>ask>read>e")


def test_a_loop_under_way_goes_on_and_collects(house: House) -> None:
    house.deploy(each())
    house.begin("A", people=[1, 2])
    house.deploy(each(name="Ask again"))
    moved(house)
    with db.transaction(house.database) as connection:
        for word in ("x", "y"):
            row = steps.lock(connection, instances.get(connection, "A").id)
            token = min(steps.load(connection, row).waiting())[0]
            steps.act(connection, audit.SYSTEM, row, lambda w, t=token, v=word: w.complete(t, {"word": v}), "test")
        assert steps.load(connection, instances.get(connection, "A")).view(None)["said"] == ["x", "y"]


ONCE = line(node("userTask", "ask", offered("hall")), way="s>ask>e")


@pytest.mark.parametrize("after", [each(True), each(output="other"), ONCE])
def test_a_loop_under_way_does_not_become_another_one(house: House, after: bytes) -> None:
    house.deploy(each())
    house.begin("A", people=[1])
    house.deploy(after)
    assert set(refused(house)) == {"“ask” repeats in another way in the other version, and is under way."}


def inside(*nodes: str, way: str = "i>read", **more: str) -> str:
    return node("subProcess", "sub", node("startEvent", "i") + "".join(nodes) + flows(way), **more)


def test_a_step_in_a_sub_process_moves_with_it_and_not_out_of_it(house: House) -> None:
    house.deploy(line(inside(READ), way="s>sub>e"))
    house.begin("A")
    house.deploy(line(inside(READ, LATE, way="i>read>late"), way="s>sub>e"))
    house.deploy(line(READ, inside(LATE, way="i>late"), way="s>read>sub>e"))
    assert refused(house, source=1, target=3) == ["“Read” stands in another sub-process in the other version."]
    moved(house)
    house.complete("A", "read")
    assert house.open("A") == ["late"]


def test_a_called_process_of_the_package_moves_along_and_another_package_stays(house: House) -> None:
    def calling(process: str = "q") -> bytes:
        return line(node("callActivity", "call", zeebe(f'calledElement processId="{process}"')), way="s>call>e")

    called = line(READ, way="s>read>e", process="q")
    longer = line(READ, LATE, way="s>read>late>e", process="q")
    house.deploy(calling(), called)
    house.begin("A")
    house.deploy(calling("other"), longer, line(READ, way="s>read>e", process="other"))
    assert refused(house) == ["“call” calls another process in the other version, and is under way."]
    house.deploy(line(node("callActivity", "call", zeebe('calledElement processId="=&quot;q&quot;"')), way="s>call>e"))
    assert "The process “q” does not exist in the other version." in refused(house, target=3)
    house.deploy(calling(), longer)
    house.apply(house.plan(1, 4))
    house.complete("A", "read")
    assert house.open("A") == ["late"]
    house.complete("A", "late")
    assert house.state("A") == "completed"


def test_an_incident_stays_and_is_tried_again_under_the_new_version(house: House) -> None:
    def scripted(expression: str, id: str) -> bytes:
        script = node("scriptTask", id, zeebe(f'script expression="={expression}" resultVariable="r"'))
        gate = node("exclusiveGateway", "x" + id)
        return line(script, gate, READ, way=f"s>x{id} {id}>read>e x{id}>{id}[{expression}] x{id}>e[r]")

    house.deploy(scripted("missing", "calc"))
    house.begin("A")
    with db.reading(house.database) as connection:
        [before] = incidents.search(connection)
    house.deploy(scripted("true", "calc2"))
    moved(house, mapping={"p": {"calc": "calc2", "xcalc": "xcalc2"}})
    with db.transaction(house.database) as connection:
        [after] = incidents.search(connection)
        assert (before.id, before.element, after.element) == (after.id, "xcalc", "xcalc2")
        incidents.retry(connection, audit.SYSTEM, after.id, "mended")
    assert house.open("A") == ["read"]


# -- ad hoc and compensation


@handlers.handler("test.migrated.guide", remote=True)
def _thinks(_call: handlers.Call) -> None:
    raise ConnectionError("not yet")


def test_activities_that_persons_began_go_on(house: House) -> None:
    def adhoc(*ids: str) -> bytes:
        body = "".join(node("userTask", id, offered("hall"), name=id[0]) for id in ids)
        return line(node("adHocSubProcess", "free", body), READ, way="s>free>read>e")

    house.deploy(adhoc("x", "y"))
    house.begin("A")
    with db.transaction(house.database) as connection:
        row = steps.lock(connection, instances.get(connection, "A").id)
        [token] = [token for token, _, kind in steps.load(connection, row).waiting() if kind == "adhoc"]
        steps.act(connection, audit.SYSTEM, row, lambda w: w.activate(token, "x"), "test")
    assert house.open("A") == ["x"]
    house.deploy(adhoc("x2", "y2"))
    moved(house)
    house.complete("A", "x2")
    assert house.open("A") in (["read"], [])


def test_a_service_that_directs_goes_on_being_asked(house: House) -> None:
    def directed(type: str, *ids: str) -> bytes:
        body = "".join(node("userTask", id, offered("hall"), name=id[0]) for id in ids)
        asked = zeebe(f'taskDefinition type="{type}"')
        late = node("boundaryEvent", "late", timer("P1D"), attachedToRef="free")
        return line(node("adHocSubProcess", "free", asked + body), late, READ, way="s>free>read>e late>read")

    def answered(**said: object) -> None:
        with db.transaction(house.database) as connection:
            row = steps.lock(connection, instances.get(connection, "A").id)
            [token] = [token for token, _, kind in steps.load(connection, row).waiting() if kind == "job"]
            steps.act(connection, audit.SYSTEM, row, lambda w: w.complete(token, said), "test")

    house.deploy(directed("test.migrated.guide", "x", "y"))
    house.begin("A")
    house.deploy(directed("test.other", "x", "y"))
    assert "another service" in refused(house)[0]
    house.deploy(directed("test.migrated.guide", "x2", "y2"))
    moved(house, target=3)
    assert len(due(house)) == 1  # the boundary event waits once, not beside the question too
    answered(activateElements=["x2", "y2"])
    assert house.open("A") == ["x2", "y2"]
    house.deploy(directed("test.migrated.guide", "x3", "y3"))
    moved(house, source=3, target=4)
    house.complete("A", "x3")
    answered(completionConditionFulfilled=True, cancelRemainingInstances=True)
    assert house.open("A") == ["read"]


def test_what_has_been_done_can_still_be_undone_by_its_new_handler(house: House) -> None:
    def booked(handler: str, *, undoable: bool = True) -> bytes:
        book = node("userTask", "book", offered("hall"))
        cancel = node("userTask", handler, offered("hall"), isForCompensation="true", name="Cancel")
        armed = node("boundaryEvent", "c", "<bpmn:compensateEventDefinition/>", attachedToRef="book")
        tie = f'<bpmn:association id="t" sourceRef="c" targetRef="{handler}"/>'
        undo = node("intermediateThrowEvent", "undo", "<bpmn:compensateEventDefinition/>")
        more = [cancel, armed, tie] if undoable else []
        return line(book, READ, undo, *more, way="s>book>read>undo>e")

    house.deploy(booked("cancel"))
    house.begin("A")
    house.complete("A", "book")
    house.deploy(booked("cancel", undoable=False))
    [said] = refused(house)
    assert "may have to be undone" in said
    house.deploy(booked("cancel2"))
    house.apply(house.plan(1, 3))
    assert house.version("A") == 3
    house.complete("A", "read")
    assert house.open("A") == ["cancel2"]


# -- the kernel alone


def test_a_service_that_is_being_asked_is_not_exchanged_for_another() -> None:
    def asking(kind: str) -> bpmn.Model:
        return bpmn.compile(line(node("serviceTask", "v", zeebe(f'taskDefinition type="{kind}"')), way="s>v>e"))

    workflow = bpmn.Workflow.start(asking("a"), "p", host=Town())
    findings = kernel.migrate(workflow, lambda _definition, process: kernel.Target(asking("b"), process))
    assert [finding.message for finding in findings] == [kernel.fitting.SERVICE]


def test_a_plan_of_everything_moves_each_case_once(house: House) -> None:
    """Jobs may run twice; the second finds nothing to do."""
    house.deploy(line(READ, way="s>read>e"))
    house.begin("A")
    house.deploy(line(READ, LATE, way="s>read>late>e"))
    plan = house.plan()
    house.apply(plan, work=False)
    with db.transaction(house.database) as connection:
        payload = connection.execute(sa.select(jobs.job.c.payload).where(jobs.job.c.kind == "migrate")).scalar_one()
        jobs.add(connection, "migrate", clock.now(), payload)
    house.work()
    assert len(house.events("A", "instance.migrated")) == 1
