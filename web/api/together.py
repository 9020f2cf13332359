"""Working together on tasks: hand over, return, take back, ask for opinions, remind, show a case."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from engine import audit, errors, tasks
from engine.cases.people import access, copies
from engine.handling import recalls, reminders, returns, signers
from engine.organisation import person
from web import database, security
from web.api.guard import Resource
from web.api.shapes import together as shapes
from web.api.shapes.base import Reason
from web.blueprints.handling.reminders import asked
from web.sent import submissions

blueprint = Resource(
    "together", "Working together", "Tasks handed over, returned, taken back, signed and reminded of; cases shown."
)


@blueprint.post("/tasks/<int:task_id>/transfer")
@blueprint.arguments(shapes.Handover)
@blueprint.response(204)
def transfer(sent: dict[str, Any], task_id: int) -> None:
    """Hand a task over for good to somebody it may be offered to."""
    connection, actor, who = _mine(task_id)
    tasks.transfer(connection, actor, who, task_id, _person(connection, sent["to"]), sent["reason"])


@blueprint.post("/tasks/<int:task_id>/delegation")
@blueprint.arguments(shapes.Handover)
@blueprint.response(204)
def delegate(sent: dict[str, Any], task_id: int) -> None:
    """Let somebody else work on a task that stays mine."""
    connection, actor, who = _mine(task_id)
    tasks.delegate(connection, actor, who, task_id, _person(connection, sent["to"]), sent["reason"])


@blueprint.delete("/tasks/<int:task_id>/delegation")
@blueprint.response(204)
def hand_back(task_id: int) -> None:
    """Give a delegated task back to its owner."""
    connection, actor, who = _mine(task_id)
    tasks.hand_back(connection, actor, who, task_id)


@blueprint.get("/tasks/<int:task_id>/earlier-steps")
@blueprint.response(200, shapes.EarlierSteps)
def earlier_steps(task_id: int) -> dict[str, Any]:
    """List the steps to which a task may go back, the latest first, and the tasks of others that would end."""
    connection, _actor, who = _mine(task_id)
    found = returns.targets(connection, tasks.get(connection, who, task_id))
    return {"items": [{**vars(each), "ends": [other.id for other in each.ends]} for each in found]}


@blueprint.post("/tasks/<int:task_id>/step-back")
@blueprint.arguments(shapes.StepBack)
@blueprint.response(200, shapes.OpenedTasks)
def step_back(sent: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Return a task to an earlier step; by default whoever did that step has it again."""
    connection, actor, who = _mine(task_id)
    again = returns.go_back(
        connection, actor, who, task_id, sent["to"], sent["reason"], person.as_candidate, to_post=sent["to_post"]
    )
    return {"tasks": [row.id for row in again]}


@blueprint.post("/tasks/<int:task_id>/recall")
@blueprint.arguments(Reason)
@blueprint.response(200, shapes.OpenedTasks)
def recall(sent: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Take back having completed a task, while nobody has acted on what followed."""
    connection, actor, who = _mine(task_id)
    return {"tasks": [recalls.recall(connection, actor, who, task_id, sent["reason"]).id]}


@blueprint.get("/tasks/<int:task_id>/signers")
@blueprint.response(200, shapes.Signers)
def every_signer(task_id: int) -> dict[str, Any]:
    """List who has been asked for an opinion."""
    connection, _actor, _who = _mine(task_id)
    return {"items": [row._mapping for row in signers.of(connection, task_id)]}


@blueprint.post("/tasks/<int:task_id>/signers")
@blueprint.arguments(shapes.NewSigners)
@blueprint.response(201, shapes.Signers)
def add_signers(sent: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Ask colleagues for their opinion before a task is completed."""
    connection, actor, who = _mine(task_id)
    people = [_person(connection, each) for each in sent["people"]]
    added = signers.add(connection, actor, who, task_id, people, sent["mode"], sent["reason"])
    return {"items": [row._mapping for row in added]}


@blueprint.post("/tasks/<int:task_id>/signers/<int:signer_id>/removal")
@blueprint.arguments(Reason)
@blueprint.response(204)
def remove_signer(sent: dict[str, Any], task_id: int, signer_id: int) -> None:
    """Take a signer off who has not answered yet."""
    connection, actor, who = _mine(task_id)
    signers.remove(connection, actor, who, task_id, signer_id, sent["reason"])


@blueprint.post("/tasks/<int:task_id>/reminders")
@blueprint.arguments(Reason)
@blueprint.response(204)
def urge(sent: dict[str, Any], task_id: int) -> None:
    """Remind whoever has a task of a case that I follow; once in four hours."""
    row, _case = asked(task_id)
    reminders.urge(database.connection(), security.actor(), row.id, sent["reason"])


@blueprint.post("/cases/<number>/copies")
@blueprint.arguments(shapes.NewCopies)
@blueprint.response(204)
def show_case(sent: dict[str, Any], number: str) -> None:
    """Show a case to colleagues, who may read it from then on."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "copy", number)
    people = [_person(connection, each).id for each in sent["people"]]
    copies.send(connection, security.actor(), case, people, sent["note"])


@blueprint.get("/copies")
@blueprint.response(200, shapes.Copies)
def shown_to_me() -> dict[str, Any]:
    """List the cases that colleagues have shown to me, the latest first."""
    rows = copies.of(database.connection(), security.signed_in().id, limit=100)
    return {"items": [row._mapping for row in rows]}


def _mine(task_id: int) -> tuple[Connection, audit.Actor, tasks.Candidate]:
    """Return what a verb needs, once the task is known to concern who asks."""
    connection, (who, acting_for) = database.connection(), security.candidate()
    tasks.get(connection, who, task_id)
    return connection, submissions.actor_for(connection, who, acting_for, task_id), who


def _person(connection: Connection, person_id: str) -> tasks.Candidate:
    row = person.get(connection, person_id)
    if row.kind != "person":
        raise errors.PersonUnknown(person=person_id)
    return person.as_candidate(connection, row.id)
