"""A user task asks its listeners at each turn of its life: they correct it, or deny what somebody does to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, bpmn, db, errors, incidents, instances, tasks
from engine.flow import handlers, steps
from engine.handling import offers
from tests.engine.bpmn.drawing import drawing, flows, node, timer
from tests.engine.flow.test_starts import deploy
from tests.engine.handling.test_returns import LIU, NUMBER, OFFER, WANG, back, begin, do, now

Answers = dict[str, Callable[[handlers.Job], Mapping[str, Any] | None]]
OFFERED = f'<bpmn:userTask id="v">{OFFER}'.encode()
START, END = node("startEvent", "s"), node("endEvent", "e")


def told(*listeners: str, assignee: str = "") -> str:
    """Extension elements of a user task with listeners by ``turn:type``, offered to the window."""
    pairs = [one.split(":") for one in listeners]
    entries = "".join(f'<zeebe:taskListener eventType="{turn}" type="{kind}"/>' for turn, kind in pairs)
    given = f'<zeebe:assignmentDefinition candidateGroups="window" assignee="{assignee}"/>'
    return (
        f"<bpmn:extensionElements>{given}<zeebe:taskListeners>{entries}</zeebe:taskListeners></bpmn:extensionElements>"
    )


def process(*listeners: str, assignee: str = "", more: str = "") -> bytes:
    task = node("userTask", "u", told(*listeners, assignee=assignee))
    return drawing(START + task + node("userTask", "v") + END + more + flows("s>u>v>e"))


@pytest.fixture
def answers() -> Iterator[Answers]:
    """What the listeners ``one`` and ``two`` answer; nothing, unless a test says otherwise."""
    given: Answers = {}
    with ExitStack() as stack:
        for kind in ("one", "two"):
            stack.enter_context(handlers.standing_in(kind, lambda job, kind=kind: given.get(kind, lambda _: None)(job)))  # type: ignore[misc]
        yield given


def raises(error: Exception) -> Callable[[handlers.Job], None]:
    def answer(_job: handlers.Job) -> None:
        raise error

    return answer


def claim(connection: Connection, person: tasks.Candidate = WANG) -> sa.Row[Any]:
    return tasks.claim(connection, audit.Actor(person.id), person, now(connection, "u").id)


def test_at_its_creation_a_task_is_corrected_before_anybody_sees_it(
    db_connection: Connection, answers: Answers
) -> None:
    seen: list[Mapping[str, str]] = []
    answers["one"] = lambda _job: {
        "priority": 80,
        "candidateGroups": ["window", "hall"],
        "dueDate": "2026-03-02T12:00:00Z",
    }
    answers["two"] = lambda job: seen.append(job.headers)
    begin(db_connection, process("creating:one", "creating:two"))
    row = now(db_connection, "u")
    assert (row.priority, row.assignee, row.due_at, row.sort_due_at) == (80, None, row.sort_due_at, row.due_at)
    assert offers.of(db_connection, row.id)["group"] == ["hall", "window"]
    (headers,) = seen
    assert headers["io.camunda.zeebe:priority"] == "80"
    assert headers["io.camunda.zeebe:changedAttributes"] == "candidateGroups,dueDate,priority"


def test_a_person_whom_the_diagram_names_is_asked_about(db_connection: Connection, answers: Answers) -> None:
    answers["two"] = lambda _job: {"assignee": LIU.id}
    begin(db_connection, process("creating:one", "assigning:two", assignee=WANG.id))
    assert now(db_connection, "u").assignee == LIU.id


def test_a_person_who_is_denied_the_task_does_not_have_it(db_connection: Connection, answers: Answers) -> None:
    answers["two"] = raises(handlers.Denied("他在休假。"))
    begin(db_connection, process("assigning:two", assignee=WANG.id))
    assert now(db_connection, "u").assignee is None
    with pytest.raises(errors.TaskDenied, match="他在休假"):
        claim(db_connection)
    assert now(db_connection, "u").assignee is None


def test_an_assignment_is_corrected_with_a_note_in_the_trail(db_connection: Connection, answers: Answers) -> None:
    begin(db_connection, process("assigning:one", "assigning:two"))
    answers["one"] = lambda _job: {"assignee": LIU.id, "dueDate": "2026-03-02T12:00:00Z"}
    answers["two"] = lambda job: {"candidateUsers": [job.headers["io.camunda.zeebe:assignee"]], "followUpDate": ""}
    row = claim(db_connection)
    assert (row.assignee, row.due_at) == (LIU.id, row.sort_due_at)
    assert offers.of(db_connection, row.id) == {"group": ["window"], "user": [LIU.id]}
    noted = next(event for event in audit.trail(db_connection, NUMBER) if event.action == "task.corrected")
    assert noted.details["after"]["assignee"] == LIU.id
    assert tasks.release(db_connection, audit.Actor(LIU.id), LIU, row.id).assignee == LIU.id  # it is asked again


def test_a_completion_is_denied_by_what_was_filled_in(db_connection: Connection, answers: Answers) -> None:
    def judge(job: handlers.Job) -> None:
        if job.variables["amount"] > 100:
            raise handlers.Denied("金额超过限额。")

    answers["one"] = judge
    begin(db_connection, process("completing:one"))
    row = claim(db_connection)
    with pytest.raises(errors.TaskDenied, match="金额超过限额"):
        tasks.complete(db_connection, audit.Actor(WANG.id), WANG, row.id, {"amount": 500})
    assert now(db_connection, "u").id == row.id
    tasks.complete(db_connection, audit.Actor(WANG.id), WANG, row.id, {"amount": 50})
    assert now(db_connection, "v").element == "v"


def test_its_variables_are_not_changed_without_its_listener(db_connection: Connection, answers: Answers) -> None:
    begin(db_connection, process("updating:one"))
    row = now(db_connection, "u")
    answers["one"] = raises(handlers.Denied("材料已锁定。"))
    with pytest.raises(errors.TaskDenied):
        instances.set_variables(db_connection, audit.SYSTEM, row.instance_id, {"x": 1}, "更正", token=row.token)
    answers["one"] = lambda _job: {"priority": 10}
    instances.set_variables(db_connection, audit.SYSTEM, row.instance_id, {"x": 1}, "更正", token=row.token)
    assert now(db_connection, "u").priority == 10


@pytest.mark.parametrize("denied", [False, True])
def test_one_that_is_taken_away_is_told_so_and_denies_nothing(
    db_connection: Connection, answers: Answers, denied: bool
) -> None:
    told_of: list[str] = []
    answers["one"] = raises(handlers.Denied("不行")) if denied else lambda job: told_of.append(job.element)
    begin(db_connection, process("canceling:one"))
    row = now(db_connection, "u")
    if denied:
        with pytest.raises(errors.TaskListenerFailed), db_connection.begin_nested():
            instances.cancel(db_connection, audit.SYSTEM, row.instance_id, "不再需要")
        assert now(db_connection, "u").id == row.id
    else:
        instances.cancel(db_connection, audit.SYSTEM, row.instance_id, "不再需要")
        assert told_of == ["u"]


@pytest.mark.parametrize("answer", [{"note": "变量"}, {"priority": 101}, None])
def test_a_creation_that_fails_is_an_incident_and_opens_no_task(
    db_connection: Connection, answers: Answers, answer: dict[str, Any] | None
) -> None:
    answers["one"] = raises(ValueError("broken")) if answer is None else lambda _job: answer
    begin(db_connection, process("creating:one"))
    assert db_connection.scalar(sa.select(sa.func.count()).select_from(tasks.task)) == 0
    (incident,) = db_connection.execute(sa.select(incidents.incident)).all()
    assert (incident.kind, incident.element) == ("JOB_NO_RETRIES", "u")
    answers.clear()
    incidents.retry(db_connection, audit.SYSTEM, incident.id, "已修好")
    assert do(db_connection, "u").state == "completed"


@pytest.mark.parametrize(
    ("element", "listener"),
    [
        ("u", '<zeebe:taskListener eventType="starting" type="one"/>'),
        ("u", '<zeebe:taskListener eventType="creating"/>'),
        ("u", '<zeebe:taskListener eventType="creating" type="nobody"/>'),
        ("u", '<zeebe:taskListener eventType="creating" type="far"/>'),
        ("t", '<zeebe:taskListener eventType="creating" type="one"/>'),
    ],
)
def test_one_that_could_not_be_asked_is_refused(element: str, listener: str) -> None:
    inside = f"<bpmn:extensionElements><zeebe:taskListeners>{listener}</zeebe:taskListeners></bpmn:extensionElements>"
    own = {name: inside if name == element else "" for name in ("u", "t")}
    source = drawing(START + node("userTask", "u", own["u"]) + node("task", "t", own["t"]) + END + flows("s>u>t>e"))
    known = bpmn.Environment(handlers={"one", "far"}, remote={"far"})
    found = bpmn.refusing(bpmn.check(source, known)[1])
    assert {finding.element for finding in found} == {element}
    assert all(finding.hint for finding in found)


def test_an_event_that_interrupts_tells_it_too(db_connection: Connection, answers: Answers) -> None:
    told_of: list[str] = []
    answers["one"] = lambda job: told_of.append(job.headers["io.camunda.zeebe:assignee"])
    other = node("boundaryEvent", "b", timer("PT1H"), attachedToRef="u")
    source = drawing(
        START
        + node("userTask", "u", told("canceling:one"))
        + other
        + END
        + node("endEvent", "f")
        + flows("s>u>e", "b>f")
    )
    begin(db_connection, source)
    row = claim(db_connection)
    locked = steps.lock(db_connection, row.instance_id)
    token = next(t for t, name, _ in steps.load(db_connection, locked).waiting() if name == "b")
    steps.act(db_connection, audit.SYSTEM, locked, lambda workflow: workflow.trigger(token), "timer.fired")
    assert told_of == [WANG.id]


@pytest.mark.parametrize("denied", [False, True])
def test_who_gets_a_returned_task_is_asked_about(db_connection: Connection, answers: Answers, denied: bool) -> None:
    begin(db_connection, process("assigning:one").replace(b'<bpmn:userTask id="v">', OFFERED))
    do(db_connection, "u")
    answers["one"] = raises(handlers.Denied("不再经办。")) if denied else lambda _job: {"priority": 90}
    back(db_connection, "v", "u")
    row = now(db_connection, "u")
    assert (row.assignee, row.priority) == ((None, 50) if denied else (WANG.id, 90))


def test_a_task_that_is_gone_within_its_step_asks_nobody(database: Engine) -> None:
    body = (
        node("startEvent", "s") + node("parallelGateway", "f") + node("userTask", "u")
        + node("endEvent", "stop", "<bpmn:terminateEventDefinition/>") + flows("s>f", "f>u", "f>stop")
    )  # fmt: skip
    deploy(database, drawing(body, process="p"))
    with db.transaction(database) as connection:
        instances.start(connection, audit.Actor("li"), "p", business_key="A")
        assert instances.get(connection, "A").state == "completed"
