"""A service that directs an ad-hoc sub-process: within the step, in another system, and where none is installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, db, definitions, incidents, instances, jobs, tasks, trial
from engine.design import packages
from engine.flow import consistency, handlers
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

NUMBER = "GL-2026-000001"
DONE = {"completionConditionFulfilled": True, "verdict": "fine"}


def process(kind: str) -> bytes:
    asked = zeebe(f'taskDefinition type="{kind}"')
    part = node("adHocSubProcess", "inquiry", asked + node("userTask", "visit") + node("userTask", "ask"))
    return drawing(node("startEvent", "s") + part + node("endEvent", "e") + flows("s>inquiry>e"))


class Guide:
    """Answers in turn; ``meanwhile`` happens while it thinks."""

    def begin(self, *answers: Mapping[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Any] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, work: Any) -> Mapping[str, Any]:
        self.asked.append(work)
        self.meanwhile()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


guide = Guide()
handlers.handler("test.guide.here")(guide)
handlers.handler("test.guide.there", remote=True)(guide)


def begin(database: Engine, kind: str) -> None:
    package = packages.Package({"package.toml": b'name = "inquiry"', "p.bpmn": process(kind)})
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment(handlers=handlers.types()))
        instances.start(connection, audit.SYSTEM, "p", business_key=NUMBER)


def work(database: Engine) -> None:
    with db.reading(database) as connection:
        due = jobs.due(connection)
    for job in due:
        jobs.run(database, job)


def waiting(database: Engine) -> list[str]:
    with db.reading(database) as connection:
        assert list(consistency.disagreements(connection)) == []
        rows = connection.execute(sa.select(tasks.task).where(tasks.task.c.state == "open").order_by(tasks.task.c.id))
        return [row.element for row in rows]


def complete(database: Engine, element: str) -> None:
    person = tasks.Candidate("P002", frozenset())
    with db.transaction(database) as connection:
        row = connection.execute(sa.select(tasks.task).where(tasks.task.c.element == element)).one()
        connection.execute(sa.update(tasks.task).where(tasks.task.c.id == row.id).values(assignee="P002"))
        tasks.complete(connection, audit.Actor("P002"), person, row.id, {})


def state(database: Engine) -> tuple[str, list[str]]:
    with db.reading(database) as connection:
        trail = [event.action for event in audit.trail(connection, NUMBER)]
        return instances.get(connection, NUMBER).state, [action for action in trail if action.startswith("service")]


def test_a_local_service_answers_within_the_step(database: Engine) -> None:
    guide.begin({"activateElements": ["visit", "ask"]}, {}, DONE)
    begin(database, "test.guide.here")
    assert waiting(database) == ["visit", "ask"]
    assert [one["elementId"] for one in guide.asked[0].variables["adHocSubProcessElements"]] == ["visit", "ask"]
    complete(database, "visit")
    assert (waiting(database), len(guide.asked)) == (["ask"], 2)
    complete(database, "ask")
    assert (state(database)[0], len(guide.asked)) == ("completed", 3)


def test_a_fault_of_it_is_an_incident_after_which_it_is_asked_again(database: Engine) -> None:
    guide.begin({"activateElements": ["nothing"]}, ValueError("down"), {"activateElements": ["ask"]})
    begin(database, "test.guide.here")
    for kind in ("EXTRACT_VALUE_ERROR", "JOB_NO_RETRIES"):
        assert waiting(database) == []
        with db.transaction(database) as connection:
            row = connection.execute(
                sa.select(incidents.incident).where(incidents.incident.c.resolved_at.is_(None))
            ).one()
            assert (row.element, row.kind) == ("inquiry", kind)
            incidents.retry(connection, audit.SYSTEM, row.id, "mended")
    assert waiting(database) == ["ask"]


def test_another_system_is_asked_each_time_with_a_key_of_its_own(database: Engine) -> None:
    guide.begin({"activateElements": ["visit"]}, DONE)
    begin(database, "test.guide.there")
    assert waiting(database) == []
    work(database)
    complete(database, "visit")
    work(database)
    assert state(database) == ("completed", ["service.completed", "service.completed"])
    assert len({call.idempotency_key for call in guide.asked}) == 2
    assert waiting(database) == []


@pytest.mark.parametrize("late", [{"activateElements": ["visit"]}, ConnectionError("no route")])
def test_what_comes_too_late_is_dropped_and_the_question_asked_anew(
    database: Engine, late: Mapping[str, Any] | Exception
) -> None:
    guide.begin({"activateElements": ["visit", "ask"]}, late, DONE)
    begin(database, "test.guide.there")
    work(database)
    complete(database, "visit")
    guide.meanwhile = lambda: complete(database, "ask")
    work(database)
    assert waiting(database) == []
    guide.meanwhile = lambda: None
    work(database)
    assert (state(database)[0], len(guide.asked)) == ("completed", 3)


@pytest.mark.parametrize("kind", ["test.guide.nowhere", "=&quot;test.guide.nowhere&quot;"])
def test_a_trial_stops_at_a_service_that_is_not_installed(kind: str) -> None:
    went = trial.run(process(kind))
    assert (went.outcome, went.trace) == ("incident", ["s"])
    assert went.detail.startswith("inquiry: JOB_NO_HANDLER")
