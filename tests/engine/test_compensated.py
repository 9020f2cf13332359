"""A case is undone over several days: services and persons do it, each step stored and told in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, db, definitions, incidents, instances, tasks, trial
from engine.design import packages
from engine.flow import handlers, steps
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe
from tests.engine.bpmn.running.test_compensation import END, START, THROW, UNDO, sub, undoable
from tests.engine.bpmn.test_transactions import CANCEL
from tests.engine.flow.test_starts import run_due

NUMBER = "GL-2026-000009"
CLERK = audit.Actor("P090")


class Bank:
    """The other system that gives money back; it can be told to refuse."""

    def __init__(self) -> None:
        self.paid: list[Any] = []
        self.refuses = False

    def __call__(self, call: handlers.Call) -> Mapping[str, Any]:
        if self.refuses:
            raise handlers.BpmnError("CLOSED", "the account is closed")
        self.paid.append(call.variables["sum"])
        return {"refunded": call.variables["sum"]}


bank = Bank()
handlers.handler("test.refund", remote=True)(bank)
PAY = undoable("pay", activity="userTask", handler="serviceTask", handling=zeebe('taskDefinition type="test.refund"'))
STAMP = undoable("stamp", activity="userTask", handler="userTask", handling=zeebe("userTask"))
LATER = node("intermediateCatchEvent", "later", timer("P1D"))


@pytest.fixture
def town(database: Engine) -> Engine:
    """A fee is paid, a permit is stamped, a person thinks again."""
    bank.__init__()  # type: ignore[misc]
    source = drawing(START + PAY + STAMP + node("userTask", "think") + THROW + END + flows("s>pay>stamp>think>throw>e"))
    package = packages.Package({"package.toml": b'name = "undo"', "undo.bpmn": source})
    with db.transaction(database) as connection:
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment(handlers=handlers.types()))
        instances.start(connection, CLERK, "p", business_key=NUMBER, variables={"sum": 1})
    return database


def open_tasks(database: Engine) -> list[str]:
    with db.reading(database) as connection:
        found = sa.select(tasks.task.c.element).where(tasks.task.c.state == "open").order_by(tasks.task.c.id)
        return list(connection.execute(found).scalars())


def complete(database: Engine, element: str, **variables: Any) -> None:
    with db.transaction(database) as connection:
        row = steps.lock(connection, instances.get(connection, NUMBER).id)
        token = next(t for t, name, _ in steps.load(connection, row).waiting() if name == element)
        steps.act(connection, CLERK, row, lambda workflow: workflow.complete(token, variables), "task.completed")
    run_due(database)


def told(database: Engine) -> list[Any]:
    with db.reading(database) as connection:
        trail = audit.trail(connection, NUMBER)
    return [
        step[:2] for event in trail for step in event.details.get("steps", ()) if step[0] in ("leave", "flow", "end")
    ]


def test_persons_and_services_undo_what_was_done(town: Engine) -> None:
    complete(town, "pay", sum=50)
    complete(town, "stamp", permit="No. 7")
    complete(town, "think", sum=0)
    assert open_tasks(town)[-1:] == ["ustamp"]
    assert bank.paid == []
    complete(town, "ustamp", permit=None)
    assert bank.paid == [50]
    with db.reading(town) as connection:
        row = instances.get(connection, NUMBER)
    assert row.state == "completed"
    assert next(iter(db.loads(row.variables).values())) == {"sum": 0, "permit": None, "refunded": 50}
    story = told(town)
    assert story[story.index(["flow", "asstamp"]) :] == [
        ["flow", "asstamp"], ["leave", "ustamp"], ["leave", "bpay"], ["flow", "aspay"], ["leave", "upay"],
        ["leave", "throw"], ["flow", "throw-e"], ["leave", "e"], ["end", "completed"],
    ]  # fmt: skip


def test_a_refund_that_nobody_catches_waits_for_a_person(town: Engine) -> None:
    bank.refuses = True
    for element in ("pay", "stamp", "think", "ustamp"):
        complete(town, element)
    with db.reading(town) as connection:
        found = connection.execute(sa.select(incidents.incident)).one()
        assert (found.element, found.kind) == ("upay", "UNHANDLED_ERROR_EVENT")
        assert instances.get(connection, NUMBER).state == "active"


def test_a_trial_undoes_a_transaction() -> None:
    inside = node("startEvent", "ts") + undoable("a") + LATER + undoable("b") + node("endEvent", "no", CANCEL)
    cancelled = node("boundaryEvent", "cancelled", CANCEL, attachedToRef="tx")
    source = drawing(
        START + sub("tx", inside + flows("ts>a>later>b>no"), "transaction") + cancelled
        + node("endEvent", "over", UNDO) + END + flows("s>tx>e", "cancelled>over")
    )  # fmt: skip
    went = trial.run(source)
    assert (went.outcome, went.trace) == (
        "completed", ["s", "ts", "a", "later", "b", "bb", "ub", "ba", "ua", "cancelled", "over"],
    )  # fmt: skip
