"""Signals and messages between and inside instances: who gets them, how often, and who does not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db, instances, messages
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe
from tests.engine.flow.test_starts import deploy, run_due

CLERK = audit.Actor("li")
SHARED = (
    '<bpmn:signal id="S" name="flood"/><bpmn:message id="M" name="paid">'
    + zeebe('subscription correlationKey="=number"') + "</bpmn:message>"
)  # fmt: skip
SIGNAL = '<bpmn:signalEventDefinition signalRef="S"/>'
PAID = '<bpmn:messageEventDefinition messageRef="M"/>'


def start(database: Engine, process: str, key: str, **variables: Any) -> None:
    with db.transaction(database) as connection:
        instances.start(connection, CLERK, process, business_key=key, variables=variables)
    run_due(database)


def left(database: Engine, key: str) -> list[str]:
    """The elements that an instance has completed, in order."""
    with db.reading(database) as connection:
        events = audit.trail(connection, key)
    return [entry[1] for event in events for entry in event.details.get("steps", []) if entry[0] == "leave"]


def state(database: Engine, key: str) -> str:
    with db.reading(database) as connection:
        return str(instances.get(connection, key).state)


def waiter(id: str) -> bytes:
    catch = node("startEvent", "s") + node("intermediateCatchEvent", "c", SIGNAL) + node("task", "got")
    return drawing(catch + flows("s>c>got"), shared=SHARED, process=id)


KINDS = {"s": ("startEvent", ""), "t": ("intermediateThrowEvent", SIGNAL), "c": ("intermediateCatchEvent", SIGNAL),
         "e": ("endEvent", ""), "loud": ("endEvent", SIGNAL)}  # fmt: skip


def thrower(id: str, path: str) -> bytes:
    nodes = "".join(node(KINDS[name][0], name, KINDS[name][1]) for name in path.split(">"))
    return drawing(nodes + flows(path), shared=SHARED, process=id)


def test_a_signal_reaches_every_instance_that_waits(database: Engine) -> None:
    deploy(database, waiter("one"), waiter("two"), thrower("loud", "s>t>e"), thrower("last", "s>loud"))
    start(database, "one", "A")
    start(database, "one", "B")
    start(database, "two", "C")
    start(database, "loud", "D")
    assert [left(database, key)[-1] for key in "ABC"] == ["got"] * 3
    start(database, "one", "E")
    assert state(database, "E") == "active"
    start(database, "last", "F")
    assert state(database, "E") == "completed"


def test_a_signal_is_not_for_who_begins_to_wait_after_it(database: Engine) -> None:
    deploy(database, thrower("both", "s>t>c>e"))
    start(database, "both", "A")
    assert (left(database, "A"), state(database, "A")) == (["s", "t"], "active")


def test_a_signal_thrown_inside_an_instance_interrupts_it_too(database: Engine) -> None:
    esp = node(
        "subProcess",
        "esp",
        node("startEvent", "es", SIGNAL) + node("task", "w") + flows("es>w"),
        triggeredByEvent="true",
    )
    body = (
        node("startEvent", "s") + node("parallelGateway", "f") + node("userTask", "u")
        + node("endEvent", "loud", SIGNAL) + flows("s>f", "f>u", "f>loud") + esp
    )  # fmt: skip
    deploy(database, drawing(body, shared=SHARED, process="p"))
    start(database, "p", "A")
    assert (left(database, "A")[-2:], state(database, "A")) == (["w", "esp"], "completed")


def listener(id: str, *, within: str = "") -> str:
    inner = node("startEvent", f"{id}s", SIGNAL, isInterrupting="false") + node("endEvent", f"{id}e")
    return within + node("subProcess", id, inner + flows(f"{id}s>{id}e"), triggeredByEvent="true")


def test_a_signal_reaches_its_own_scope_before_that_ends_and_everybody_once(database: Engine) -> None:
    loud = node("startEvent", "is") + node("endEvent", "loud", SIGNAL) + flows("is>loud")
    body = node("startEvent", "s") + node("subProcess", "i", listener("in", within=loud)) + node("userTask", "u")
    deploy(database, waiter("one"), drawing(listener("out", within=body + flows("s>i>u")), shared=SHARED, process="p"))
    start(database, "one", "B")
    start(database, "p", "A")
    assert Counter(left(database, "A")) == Counter(["s", "is", "loud", "ins", "ine", "in", "i", "outs", "oute", "out"])
    assert (left(database, "B"), state(database, "B")) == (["s", "c", "got"], "completed")


def test_an_instance_hears_its_own_signal_by_the_name_it_had_when_the_wait_began(database: Engine) -> None:
    named = SHARED + '<bpmn:signal id="T" name="=place"/><bpmn:signal id="U" name="north"/>'
    there, north = SIGNAL.replace('"S"', '"T"'), SIGNAL.replace('"S"', '"U"')
    begin = node("startEvent", "hs", there, isInterrupting="false") + node("endEvent", "he") + flows("hs>he")
    moved = zeebe('script expression="=null" resultVariable="place"')
    body = (
        node("startEvent", "s") + node("scriptTask", "m", moved) + node("endEvent", "loud", north)
        + flows("s>m>loud") + node("subProcess", "h", begin, triggeredByEvent="true")
    )  # fmt: skip
    deploy(database, drawing(body, shared=named, process="p"))
    start(database, "p", "A", place="north")
    assert (left(database, "A"), state(database, "A")) == (["s", "m", "loud", "hs", "he", "h"], "completed")


def receiver(id: str) -> bytes:
    body = node("startEvent", "s") + node("receiveTask", "r", messageRef="M") + node("endEvent", "e") + flows("s>r>e")
    return drawing(body, shared=SHARED, process=id)


def publish(database: Engine, key: str, ttl: timedelta = timedelta(0), message_id: str | None = None) -> None:
    with db.transaction(database) as connection:
        messages.publish(connection, CLERK, "paid", key, {"sum": 5}, ttl=ttl, message_id=message_id)
    run_due(database)


def test_a_message_reaches_one_instance_of_every_process(database: Engine) -> None:
    deploy(database, receiver("one"), receiver("two"))
    for process, key in (("one", "A"), ("one", "B"), ("two", "C"), ("two", "D")):
        start(database, process, key, number=1 if key != "D" else 2)
    publish(database, "1")
    assert [state(database, key) for key in "ABCD"] == ["completed", "active", "completed", "active"]
    publish(database, "1")
    assert state(database, "B") == "completed"


def test_a_message_waits_while_its_time_to_live_lasts(database: Engine, frozen: datetime) -> None:
    deploy(database, receiver("one"))
    publish(database, "1", timedelta(minutes=5))
    publish(database, "2", timedelta(minutes=5))
    publish(database, "3")
    with clock.frozen(frozen + timedelta(minutes=4)):
        start(database, "one", "A", number="1")
        start(database, "one", "C", number="3")
    with clock.frozen(frozen + timedelta(minutes=6)):
        run_due(database)
        start(database, "one", "B", number="2")
    assert [state(database, key) for key in "ABC"] == ["completed", "active", "active"]


def test_the_same_message_id_counts_once_while_it_is_kept(database: Engine, frozen: datetime) -> None:
    deploy(database, receiver("one"))
    for key in "AB":
        start(database, "one", key, number="1")
    publish(database, "1", timedelta(hours=1), "receipt-7")
    publish(database, "1", timedelta(hours=1), "receipt-7")
    assert [state(database, key) for key in "AB"] == ["completed", "active"]
    with clock.frozen(frozen + timedelta(hours=2)):
        run_due(database)
        publish(database, "1", timedelta(hours=1), "receipt-7")
    assert state(database, "B") == "completed"


def test_an_event_that_has_gone_gets_no_message(database: Engine) -> None:
    body = (
        node("startEvent", "s") + node("eventBasedGateway", "g") + node("intermediateCatchEvent", "m", PAID)
        + node("intermediateCatchEvent", "k", timer("PT0S")) + node("userTask", "u") + flows("s>g", "g>m", "g>k>u")
    )  # fmt: skip
    deploy(database, drawing(body, shared=SHARED, process="p"))
    start(database, "p", "A", number="1")
    publish(database, "1")
    assert (left(database, "A"), state(database, "A")) == (["s", "g", "k"], "active")
    with db.reading(database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(messages.subscription)).scalar() == 0


NO_KEY = SHARED.replace(zeebe('subscription correlationKey="=number"'), "") + '<bpmn:message id="N" name="stopped"/>'


def test_a_receive_task_begins_one_instance_per_key(database: Engine) -> None:
    body = node("receiveTask", "r", instantiate="true", messageRef="M") + node("userTask", "u") + flows("r>u")
    deploy(database, drawing(body, shared=NO_KEY, process="p"))
    publish(database, "7", timedelta(hours=1))
    publish(database, "7", timedelta(hours=1))
    publish(database, "8")
    assert [left(database, key) for key in "78"] == [["r"], ["r"]]
    with db.transaction(database) as connection:
        instances.cancel(connection, CLERK, instances.get(connection, "7").id, "a test")
    run_due(database)
    with db.reading(database) as connection:
        rows = connection.execute(sa.select(instances.steps.instance).order_by(instances.steps.instance.c.id)).all()
    assert [row.business_key for row in rows] == ["7", "8", "7-p"]
    assert [row.state for row in rows] == ["terminated", "active", "active"]


def test_either_of_two_messages_begins_an_instance_behind_a_gateway(database: Engine) -> None:
    stopped = '<bpmn:messageEventDefinition messageRef="N"/>'
    body = (
        node("eventBasedGateway", "g", instantiate="true") + node("intermediateCatchEvent", "a", PAID)
        + node("intermediateCatchEvent", "b", stopped) + node("userTask", "x") + node("userTask", "y")
        + flows("g>a>x", "g>b>y")
    )  # fmt: skip
    deploy(database, drawing(body, shared=NO_KEY, process="p"))
    publish(database, "1")
    with db.transaction(database) as connection:
        messages.publish(connection, CLERK, "stopped", "2", {})
    run_due(database)
    assert [left(database, key)[-1] for key in "12"] == ["a", "b"]
    with db.reading(database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(messages.subscription)).scalar() == 0
