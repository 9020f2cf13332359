"""The server is killed at random instants while clients work and timers fall due: nothing is lost, nothing doubled.

``--crash-seconds`` sets how long the killing goes on for each kind of database.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bench.served import Server
from engine import audit, bpmn, clock, db, definitions, jobs, tasks
from engine.design import packages
from engine.flow import consistency, steps
from engine.organisation import demo
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe

CLIENTS = 4
CLERK, ADMINISTRATOR = demo.bearer("demo029"), demo.bearer("demo096")
PATIENCE = 120
"""Seconds after which an answer, a task or the end of the work is taken not to come any more."""
LINES_CUT = 0.3
"""The share of requests whose sender hangs up before the answer, and sends them again."""
OFFERED = zeebe('assignmentDefinition candidateGroups="hall.window@W03"')
PROCESS = drawing(
    node("startEvent", "s", '<bpmn:messageEventDefinition messageRef="Begin"/>')
    + node("userTask", "first", OFFERED)
    + node("boundaryEvent", "slow", timer("PT0.2S"), attachedToRef="first", cancelActivity="false")
    + node("task", "noted") + node("parallelGateway", "fork") + node("parallelGateway", "join")
    + node("intermediateCatchEvent", "bell", timer("PT0.3S")) + node("task", "rang")
    + node("intermediateCatchEvent", "word", '<bpmn:messageEventDefinition messageRef="Word"/>') + node("task", "heard")
    + node("userTask", "last", OFFERED) + node("endEvent", "e")
    + flows("s>first>fork", "fork>bell>rang>join", "fork>word>heard>join", "join>last>e", "slow>noted"),
    shared='<bpmn:message id="Begin" name="crash.begin"/><bpmn:message id="Word" name="crash.word">'
    + zeebe('subscription correlationKey="=number"') + "</bpmn:message>",
    process="crash",
)  # fmt: skip


@dataclass
class Client:
    """Somebody who begins cases and works on them through the API, and does not give up when nobody answers."""

    town: Engine
    server: Server
    name: str
    until: float
    chance: random.Random
    begun: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    unanswered: int = 0

    def work(self) -> None:
        """Take one case after another from its beginning to its end."""
        while time.monotonic() < self.until:
            number = f"CRASH-{self.name}-{len(self.begun)}"
            self.begun.append(number)
            self.send(ADMINISTRATOR, "POST", "/messages", _message("crash.begin", number))
            self.complete(number, "first")
            self.send(ADMINISTRATOR, "POST", "/messages", _message("crash.word", number))
            self.complete(number, "last")
            self.finished.append(number)

    def complete(self, number: str, element: str) -> None:
        """Claim a step and finish it, once it is there."""
        task = self.task(number, element)
        self.send(CLERK, "POST", f"/tasks/{task}/claim")
        self.send(CLERK, "POST", f"/tasks/{task}/completion", {"values": {}})

    def task(self, number: str, element: str) -> int:
        """Wait for a step of a case; return its task."""
        ends = time.monotonic() + PATIENCE
        found = sa.select(tasks.task.c.id).where(tasks.task.c.business_key == number, tasks.task.c.element == element)
        while time.monotonic() < ends:
            with db.reading(self.town) as connection:
                task = connection.execute(found).scalar_one_or_none()
            if task is not None:
                return int(task)
            time.sleep(0.05)
        raise AssertionError(f"{number} never came to {element}")

    def send(self, bearer: str, method: str, path: str, body: Any = None) -> None:
        """Send a change under one key until it is answered."""
        ends, key = (
            time.monotonic() + PATIENCE,
            "-".join(["crash", path, *(str(it) for it in (body or {}).values())][:4]),
        )
        headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": key}
        headers |= {"Content-Type": "application/json"} if body is not None else {}
        while time.monotonic() < ends:
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)) as connection:
                    connection.request(method, f"/api/v1{path}", json.dumps(body) if body else None, headers)
                    if self.chance.random() < LINES_CUT:
                        raise ConnectionAbortedError
                    with connection.getresponse() as answer:
                        said = answer.read()
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                time.sleep(0.05)
                continue
            assert 200 <= answer.status < 300, (answer.status, said)
            return
        raise AssertionError(f"{path} was never answered")


def _message(name: str, number: str) -> dict[str, Any]:
    return {"name": name, "key": number, "variables": {"number": number}, "ttl_hours": 1}


@pytest.mark.parametrize("town", ["sqlite", "postgresql"], indirect=True, scope="module")
def test_a_server_killed_again_and_again_loses_nothing_and_does_nothing_twice(
    own_town: Engine, server: Server, crash_seconds: float
) -> None:
    with db.transaction(own_town) as connection:
        package = packages.Package({"package.toml": b'name = "crash"', "crash.bpmn": PROCESS})
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
    until = time.monotonic() + crash_seconds
    clients = [Client(own_town, server, f"{place}", until, random.Random(place)) for place in range(CLIENTS)]
    faults: list[BaseException] = []
    threads = [threading.Thread(target=_noting, args=(client, faults)) for client in clients]
    for thread in threads:
        thread.start()
    _kill_again_and_again(server, until)
    for thread in threads:
        thread.join(4 * PATIENCE)
    assert faults == []
    _rest(own_town)
    server.kill()
    assert sum(client.unanswered for client in clients) > 0  # the kills did hit somebody
    assert all(client.begun == client.finished for client in clients)
    _nothing_lost_nothing_doubled(own_town, [number for client in clients for number in client.finished])


def _noting(client: Client, faults: list[BaseException]) -> None:
    try:
        client.work()
    except BaseException as fault:  # told by the test, which a thread cannot fail
        faults.append(fault)


def _kill_again_and_again(server: Server, until: float) -> None:
    """Kill the server and start it again, twice at least."""
    chance, kills = random.Random(219), 0
    while time.monotonic() < until or kills < 2:  # a start takes long where the machine is busy
        time.sleep(chance.uniform(0.3, 2.5))
        server.kill()
        server.start()
        kills += 1


def _rest(town: Engine) -> None:
    """Wait until the server has run everything that is due."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with db.reading(town) as connection, clock.frozen(datetime.now(UTC)):
            if not jobs.due(connection):
                return
        time.sleep(0.1)
    raise AssertionError("the server left due jobs alone")


def _nothing_lost_nothing_doubled(town: Engine, numbers: list[str]) -> None:
    assert numbers
    with db.reading(town) as connection:
        rows = connection.execute(
            sa.select(steps.instance).where(steps.instance.c.business_key.startswith("CRASH-"))
        ).all()
        assert Counter(row.business_key for row in rows) == Counter(numbers)
        assert {row.state for row in rows} == {"completed"}
        assert jobs.failed(connection) == []
        assert list(consistency.disagreements(connection)) == []
        for number in numbers:
            _told_once(connection, number)


def _told_once(connection: sa.Connection, number: str) -> None:
    head = connection.execute(sa.select(audit.audit_head).where(audit.audit_head.c.stream == number)).one()
    assert audit.verify(connection, audit.Head(head.stream, head.seq, head.hash)) is None
    events = audit.trail(connection, number)
    acts = Counter(event.action for event in events)
    left = Counter(entry[1] for event in events for entry in event.details.get("steps", ()) if entry[0] == "leave")
    assert (acts["instance.started"], acts["task.claimed"], acts["task.completed"]) == (1, 2, 2), acts
    once = {name: left[name] for name in ("first", "bell", "rang", "word", "heard", "join", "last", "e")}
    assert set(once.values()) == {1} | ({2} if once["join"] == 2 else set()), once
    assert left["noted"] == left["slow"] <= 1
