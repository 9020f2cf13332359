"""A case runs through the database: deployed, started, claimed, completed, timed, messaged, and told in the trail."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, clock, db, definitions, errors, incidents, instances, jobs, messages, tasks
from engine.design import packages
from engine.flow import handlers, steps
from engine.ground import idempotency
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe

WANG = tasks.Candidate("P040", frozenset({"hall.window"}))
LIU = tasks.Candidate("P041", frozenset({"hall.window", "approval.decider"}))
CHEN = tasks.Candidate("P090", frozenset({"approval.decider"}))
NUMBER = "GL-2026-000001"


def by(person: tasks.Candidate) -> audit.Actor:
    return audit.Actor(person.id)


def offered(group: str, *more: str) -> str:
    return zeebe(f'assignmentDefinition candidateGroups="{group}"', *more)


APPROVAL = drawing(
    node("startEvent", "s")
    + node("userTask", "intake", offered("hall.window", 'taskSchedule dueDate="=now() + duration(&quot;P5D&quot;)"'), name="收件登记")
    + node("serviceTask", "number", zeebe('taskDefinition type="test.number"'))
    + node("exclusiveGateway", "x", default="x-refuse")
    + node("userTask", "decide", '<bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="approval.decider"/>'
           '<zeebe:properties><zeebe:property name="excluded" value="element:intake"/></zeebe:properties></bpmn:extensionElements>')
    + node("boundaryEvent", "late", timer("P20D"), attachedToRef="decide", cancelActivity="false")
    + node("task", "urge") + node("task", "refuse") + node("endEvent", "e")
    + flows("s>intake>number>x", "x>decide[complete]", "x>refuse", "decide>e", "refuse>e", "late>urge")
    + node("subProcess", "withdrawal",
           node("startEvent", "asked", '<bpmn:messageEventDefinition messageRef="M"/>') + node("endEvent", "gone") + flows("asked>gone"),
           triggeredByEvent="true"),
    shared='<bpmn:message id="M" name="withdraw">' + zeebe('subscription correlationKey="=number"') + "</bpmn:message>",
)  # fmt: skip


@handlers.handler("test.number")
def give_number(job: handlers.Job) -> Mapping[str, Any]:
    if job.variables.get("broken") == "refused":
        raise errors.Refused()
    if job.variables.get("broken"):
        raise ZeroDivisionError
    return {"reference": f"官政办 {job.business_key}"}


@pytest.fixture
def town(database: Engine) -> Engine:
    """A database with the little approval process in force."""
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, package(APPROVAL), known())
    return database


def package(source: bytes) -> packages.Package:
    return packages.Package({"package.toml": b'name = "little_approval"', "approval.bpmn": source})


def known() -> bpmn.Environment:
    return bpmn.Environment(handlers=handlers.types(), groups={"hall.window", "approval.decider"})


def start(town: Engine, number: str = NUMBER) -> int:
    with db.transaction(town) as connection:
        return instances.start(connection, by(WANG), "p", business_key=number, variables={"number": number}).instance_id


def only_task(town: Engine, person: tasks.Candidate, view: str = "all") -> Any:
    with db.reading(town) as connection:
        (row,) = tasks.inbox(connection, person, view=view)
        return row


def claim_and_complete(town: Engine, person: tasks.Candidate, **variables: Any) -> None:
    row = only_task(town, person)
    with db.transaction(town) as connection:
        tasks.claim(connection, by(person), person, row.id)
    with db.transaction(town) as connection:
        tasks.complete(connection, by(person), person, row.id, variables)


def state(town: Engine, number: str = NUMBER) -> str:
    with db.reading(town) as connection:
        return str(instances.get(connection, number).state)


def actions(town: Engine, number: str = NUMBER) -> list[str]:
    with db.reading(town) as connection:
        return [row.action for row in audit.trail(connection, number)]


def run_due(town: Engine) -> None:
    for _ in range(10):
        with db.reading(town) as connection:
            due = jobs.due(connection)
        for job_id in due:
            jobs.run(town, job_id)
        if not due:
            return


def test_a_case_goes_from_intake_to_decision(town: Engine, frozen: datetime) -> None:
    start(town)
    row = only_task(town, WANG, "claimable")
    assert (row.name, row.due_at) == ("收件登记", frozen + timedelta(days=5))
    claim_and_complete(town, WANG, complete=True)
    assert only_task(town, CHEN).element == "decide"
    claim_and_complete(town, CHEN, granted=True)
    assert state(town) == "completed"
    assert actions(town) == ["instance.started", "task.claimed", "task.completed", "task.claimed", "task.completed"]
    with db.reading(town) as connection:
        head = connection.execute(sa.select(audit.audit_head).where(audit.audit_head.c.stream == NUMBER)).one()
        assert audit.verify(connection, audit.Head(NUMBER, head.seq, head.hash)) is None
        told = audit.trail(connection, NUMBER)[2]
        assert (told.actor, told.element, told.details["values"]) == (WANG.id, "intake", {"complete": True})
        assert ["set", "number", {"reference": None}, {"reference": f"官政办 {NUMBER}"}] in told.details["steps"]
        assert jobs.next_due(connection) is None


def test_the_trail_says_once_what_was_entered_and_what_it_was_before(town: Engine) -> None:
    start(town)
    claim_and_complete(town, WANG, complete=False, number=NUMBER)
    with db.reading(town) as connection:
        told = audit.trail(connection, NUMBER)[-1]
    assert told.details["values"] == {"complete": False, "number": NUMBER}
    assert ["set", "intake", {"complete": None}] in told.details["steps"]
    assert next(iter(steps.changes(told.details))) == ("intake", {"complete": None}, {"complete": False})


def test_a_stranger_sees_nothing_and_gets_nothing(town: Engine) -> None:
    start(town)
    row = only_task(town, WANG)
    with db.transaction(town) as connection:
        assert tasks.inbox(connection, CHEN, view="all") == []
        for verb in (tasks.claim, tasks.release):
            with pytest.raises(errors.TaskUnknown):
                verb(connection, by(CHEN), CHEN, row.id)
        with pytest.raises(errors.TaskUnknown):
            tasks.complete(connection, by(CHEN), CHEN, row.id, {})
        with pytest.raises(errors.TaskUnknown):
            tasks.claim(connection, by(CHEN), CHEN, 999)


def test_a_task_must_be_claimed_before_it_is_completed_and_only_by_one(town: Engine) -> None:
    start(town)
    row = only_task(town, WANG)
    with db.transaction(town) as connection, pytest.raises(errors.TaskUnclaimed):
        tasks.complete(connection, by(WANG), WANG, row.id, {})
    with db.transaction(town) as connection:
        tasks.claim(connection, by(WANG), WANG, row.id)
    with db.transaction(town) as connection, pytest.raises(errors.TaskNotYours, match=WANG.id):
        tasks.complete(connection, by(LIU), LIU, row.id, {})
    with db.transaction(town) as connection, pytest.raises(errors.TaskAlreadyClaimed, match=WANG.id):
        tasks.claim(connection, by(LIU), LIU, row.id)


def test_of_two_people_at_once_one_completes_and_the_other_learns_who(town: Engine) -> None:
    start(town)
    row = only_task(town, WANG)
    with db.transaction(town) as connection:
        tasks.claim(connection, by(WANG), WANG, row.id)
    barrier, outcomes = threading.Barrier(2), []

    def go() -> None:
        barrier.wait()
        try:
            with db.transaction(town) as connection:
                tasks.complete(connection, by(WANG), WANG, row.id, {"complete": False})
            outcomes.append("done")
        except errors.TaskAlreadyCompleted as error:
            outcomes.append(error.facts["person"])

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [WANG.id, "done"]
    assert actions(town).count("task.completed") == 1


def test_who_took_it_in_may_not_decide_it(town: Engine) -> None:
    start(town)
    claim_and_complete(town, LIU, complete=True)
    row = only_task(town, CHEN)
    with db.transaction(town) as connection, pytest.raises(errors.TaskNotForYou):
        tasks.claim(connection, by(LIU), LIU, row.id)


def test_delegating_and_handing_back_keeps_the_owner(town: Engine) -> None:
    start(town)
    row = only_task(town, WANG)
    with db.transaction(town) as connection:
        tasks.claim(connection, by(WANG), WANG, row.id)
        assert tasks.delegate(connection, by(WANG), WANG, row.id, LIU, "外出").assignee == LIU.id
        with pytest.raises(errors.TaskNotForYou):
            tasks.transfer(connection, by(LIU), LIU, row.id, CHEN, "?")
        assert tasks.hand_back(connection, by(LIU), LIU, row.id).assignee == WANG.id
        tasks.save_draft(connection, WANG, row.id, {"name": "张"}, "hash")
        assert tasks.get(connection, WANG, row.id).draft == {"name": "张"}
    assert actions(town)[1:] == ["task.claimed", "task.delegated", "task.handed_back"]


def test_a_timer_fires_once_when_it_is_due(town: Engine, frozen: datetime) -> None:
    start(town)
    claim_and_complete(town, WANG, complete=True)
    run_due(town)
    assert "timer.fired" not in actions(town)
    with clock.frozen(frozen + timedelta(days=21)):
        with db.reading(town) as connection:
            (job_id,) = jobs.due(connection)
        assert [jobs.run(town, job_id), jobs.run(town, job_id)] == [True, False]
    assert actions(town).count("timer.fired") == 1
    assert only_task(town, CHEN).element == "decide"


def test_a_message_finds_its_case_by_key(town: Engine) -> None:
    start(town)
    start(town, "GL-2026-000002")
    with db.transaction(town) as connection:
        messages.publish(connection, audit.Actor("applicant"), "withdraw", NUMBER, {"reason": "不办了"})
    run_due(town)
    assert (state(town), state(town, "GL-2026-000002")) == ("completed", "active")
    with db.reading(town) as connection:
        assert [row.business_key for row in tasks.inbox(connection, WANG, view="all")] == ["GL-2026-000002"]
        assert connection.execute(sa.select(messages.message)).all() == []


def test_a_message_that_comes_first_waits_and_one_sent_twice_is_one(town: Engine) -> None:
    with db.transaction(town) as connection:
        sent = [
            messages.publish(connection, audit.SYSTEM, "withdraw", NUMBER, {}, ttl=timedelta(days=1), message_id="a")
            for _ in range(2)
        ]
    assert sent[0] == sent[1]
    run_due(town)
    start(town)
    run_due(town)
    assert state(town) == "completed"


@pytest.mark.parametrize("fault", ["refused", "crashed"])
def test_a_handler_that_fails_is_an_incident_and_nothing_is_lost(town: Engine, fault: str) -> None:
    start(town)
    claim_and_complete(town, WANG, complete=True, broken=fault)
    with db.transaction(town) as connection:
        row = connection.execute(sa.select(incidents.incident)).one()
        assert (row.element, row.kind) == ("number", "JOB_NO_RETRIES")
        instances.set_variables(connection, by(CHEN), row.instance_id, {"broken": False}, "更正")
        incidents.retry(connection, by(CHEN), row.id, "已更正")
    assert only_task(town, CHEN).element == "decide"
    with db.transaction(town) as connection, pytest.raises(errors.IncidentUnknown):
        incidents.retry(connection, by(CHEN), row.id, "again")


def test_running_cases_stay_on_their_version(town: Engine) -> None:
    start(town)
    changed = APPROVAL.replace(b'id="urge"', b'id="urge" name="new"')
    with db.transaction(town) as connection:
        again = definitions.deploy(connection, audit.SYSTEM, package(APPROVAL), known())
        newer = definitions.deploy(connection, audit.SYSTEM, package(changed), known())
        assert (again.version, newer.version) == (1, 2)
        running = definitions.get(connection, instances.get(connection, NUMBER).definition_id)
        assert (running.version, definitions.current(connection, "p").version) == (1, 2)
        assert packages.read(packages.write_zip(definitions.package(connection, newer.id))).hash == newer.hash


def test_a_refused_package_names_the_element_and_changes_nothing(town: Engine) -> None:
    broken = APPROVAL.replace(b"test.number", b"nobody")
    with db.transaction(town) as connection, pytest.raises(errors.DeploymentRefused) as refusal:
        definitions.deploy(connection, audit.SYSTEM, package(broken), known())
    refused = [each.element for each in refusal.value.facts["findings"] if each.severity == "error"]
    assert refused == ["number"]
    with db.reading(town) as connection:
        assert [row.version for row in definitions.versions(connection)] == [1]


@pytest.mark.parametrize("name", ["../x", "/x", "a\\b", "c:x"])
def test_a_zip_does_not_lead_out_of_its_package(name: str) -> None:
    with pytest.raises(errors.PackageUnreadable):
        packages.read(packages.write_zip(packages.Package({name: b""})))


def test_a_key_answers_the_same_request_and_refuses_another(database: Engine) -> None:
    request = idempotency.request_hash({"task": 1})
    with db.transaction(database) as connection:
        assert idempotency.answer(connection, "P040", "k", request) is None
        idempotency.remember(connection, "P040", "k", request, {"next": 2})
    with db.transaction(database) as connection:
        assert idempotency.answer(connection, "P040", "k", request) == {"next": 2}
        with pytest.raises(errors.IdempotencyKeyReused):
            idempotency.answer(connection, "P040", "k", idempotency.request_hash({"task": 2}))


def test_a_job_that_cannot_run_is_tried_five_times_and_then_left_to_a_person(
    database: Engine, frozen: datetime
) -> None:
    with db.transaction(database) as connection:
        jobs.add(connection, "nobody", clock.now(), {})
    for attempt in range(6):
        with clock.frozen(frozen + timedelta(hours=2 * attempt)):
            run_due(database)
    with db.reading(database) as connection:
        row = connection.execute(sa.select(jobs.job)).one()
        assert (row.attempts, row.failed) == (5, True)
        assert "nobody" in row.last_error


def test_completing_a_task_takes_one_commit_and_few_statements(town: Engine) -> None:
    start(town)
    row = only_task(town, WANG)
    with db.transaction(town) as connection:
        tasks.claim(connection, by(WANG), WANG, row.id)
    statements: list[str] = []

    def count(*call: Any) -> None:
        statements.append(call[2])

    sa.event.listen(town, "before_cursor_execute", count)
    with db.transaction(town) as connection:
        request = idempotency.request_hash({"task": row.id})
        assert idempotency.answer(connection, WANG.id, "k", request) is None
        tasks.complete(connection, by(WANG), WANG, row.id, {"complete": False})
        idempotency.remember(connection, WANG.id, "k", request, {"done": True})
    sa.event.remove(town, "before_cursor_execute", count)
    written = [text for text in statements if not text.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(written) <= 10, "\n".join(written)


def test_a_called_process_bound_to_its_deployment_stays_on_it(database: Engine) -> None:
    caller = drawing(
        node("startEvent", "s") + node("userTask", "first", offered("hall.window"))
        + node("callActivity", "call", zeebe('calledElement processId="q" bindingType="deployment"')) + flows("s>first>call"),
    )  # fmt: skip
    for name in ("old", "new"):
        called = drawing(
            node("startEvent", "s2") + node("userTask", "inner", offered("hall.window"), name=name) + flows("s2>inner"),
            process="q",
        )
        files = {"package.toml": b'name = "two"', "caller.bpmn": caller, "called.bpmn": called}
        with db.transaction(database) as connection:
            definitions.deploy(connection, audit.SYSTEM, packages.Package(files), known())
            if name == "old":
                instances.start(connection, by(WANG), "p", business_key=NUMBER)
    claim_and_complete(database, WANG)
    assert only_task(database, WANG).name == "old"


TWO_RULES = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="d" namespace="d">
<decision id="level" name="level"><variable name="level"/><decisionTable hitPolicy="UNIQUE">
<input><inputExpression><text>amount</text></inputExpression></input><output/>
<rule><inputEntry><text>&gt; 1</text></inputEntry><outputEntry><text>"low"</text></outputEntry></rule>
<rule><inputEntry><text>&gt; 5</text></inputEntry><outputEntry><text>"high"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_a_decision_without_valid_result_is_an_incident_until_its_input_is_right(database: Engine) -> None:
    source = drawing(
        node("startEvent", "s") + node("businessRuleTask", "rule", zeebe('calledDecision decisionId="level" resultVariable="level"'))
        + node("userTask", "u", offered("hall.window")) + flows("s>rule>u"),
    )  # fmt: skip
    files = {"package.toml": b'name = "rules"', "rules.bpmn": source, "level.dmn": TWO_RULES}
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, packages.Package(files), known())
        step = instances.start(connection, by(WANG), "p", business_key=NUMBER, variables={"amount": 9})
        row = connection.execute(sa.select(incidents.incident)).one()
        assert (row.element, row.kind) == ("rule", "DECISION_EVALUATION_ERROR")
        assert "{" not in row.message.format_map(row.facts)
        instances.set_variables(connection, by(CHEN), step.instance_id, {"amount": 3}, "更正")
        incidents.retry(connection, by(CHEN), row.id, "已更正")
    assert only_task(database, WANG).element == "u"
    assert actions(database) == ["instance.started", "variables.set", "incident.retried"]
