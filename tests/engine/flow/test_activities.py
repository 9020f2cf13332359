"""An activity of an ad-hoc sub-process is begun by whoever may, once, and the trail says by whom."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors, instances, tasks
from engine.design import packages
from engine.flow import activities, steps
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

CHIEF = tasks.Candidate("P001", frozenset({"hall.chief"}))
CLERK = tasks.Candidate("P002", frozenset({"hall.window"}))


def user_task(id: str, groups: str) -> str:
    return node("userTask", id, zeebe(f'assignmentDefinition candidateGroups="{groups}"'))


def begun(connection: Connection, **attributes: str) -> sa.Row[object]:
    inside = user_task("visit", "hall.window") + user_task("ask", "hall.chief")
    part = node("adHocSubProcess", "inquiry", inside, **attributes)
    source = drawing(
        node("startEvent", "s") + part + node("endEvent", "e") + flows("s>inquiry>e")
    )  # fmt: skip
    package = packages.Package({"package.toml": b'name = "inquiry"', "p.bpmn": source})
    definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
    instances.start(connection, audit.SYSTEM, "p", business_key="GL-1")
    return instances.get(connection, "GL-1")


def test_who_may_begin_it_does_and_the_trail_says_so(db_connection: Connection) -> None:
    instance = begun(db_connection)
    (offer,) = activities.offered(db_connection, CLERK, instance)
    assert (offer.element, offer.activity) == ("inquiry", "visit")
    given = {"place": "东虹路1号"}
    activities.begin(db_connection, audit.Actor("P002"), CLERK, instance.id, offer.token, "visit", given)
    (listed,) = tasks.inbox(db_connection, CLERK, view="claimable")
    task = tasks.get(db_connection, CLERK, listed.id)
    assert (task.element, tasks.context(db_connection, task)["place"]) == ("visit", "东虹路1号")
    event = audit.trail(db_connection, "GL-1")[-1]
    assert (event.action, event.actor, event.element) == ("activity.begun", "P002", "visit")
    assert event.details["values"] == given


def test_nobody_else_may_and_nothing_happens(db_connection: Connection) -> None:
    instance = begun(db_connection)
    (offer,) = activities.offered(db_connection, CHIEF, instance)
    assert offer.activity == "ask"
    with pytest.raises(errors.ActivityNotForYou):
        activities.begin(db_connection, audit.Actor("P001"), CHIEF, instance.id, offer.token, "visit")
    with pytest.raises(errors.ActivityNotOffered):
        activities.begin(db_connection, audit.Actor("P001"), CHIEF, instance.id, offer.token, "nothing")
    with pytest.raises(errors.TokenUnknown):
        activities.begin(db_connection, audit.Actor("P001"), CHIEF, instance.id, offer.token + 50, "ask")
    assert tasks.inbox(db_connection, CLERK, view="all") == []
    assert audit.trail(db_connection, "GL-1")[-1].action == "instance.started"


def test_one_at_a_time_where_the_diagram_says_so(db_connection: Connection) -> None:
    instance = begun(db_connection, ordering="Sequential")
    (offer,) = activities.offered(db_connection, CLERK, instance)
    activities.begin(db_connection, audit.Actor("P002"), CLERK, instance.id, offer.token, "visit")
    assert activities.offered(db_connection, CHIEF, instances.get(db_connection, "GL-1")) == []
    with pytest.raises(errors.ActivityUnderWay):
        activities.begin(db_connection, audit.Actor("P001"), CHIEF, instance.id, offer.token, "ask")


def test_nothing_is_offered_where_the_part_is_over(db_connection: Connection) -> None:
    instance = begun(db_connection)
    (offer,) = activities.offered(db_connection, CLERK, instance)
    activities.begin(db_connection, audit.Actor("P002"), CLERK, instance.id, offer.token, "visit")
    (task,) = tasks.inbox(db_connection, CLERK, view="claimable")
    tasks.claim(db_connection, audit.Actor("P002"), CLERK, task.id)
    tasks.complete(db_connection, audit.Actor("P002"), CLERK, task.id, {})
    over = instances.get(db_connection, "GL-1")
    assert (over.state, activities.offered(db_connection, CLERK, over)) == ("completed", [])
    with pytest.raises(errors.InstanceNotActive):
        activities.begin(db_connection, audit.Actor("P002"), CLERK, over.id, offer.token, "visit")
    assert steps.lock(db_connection, over.id).state == "completed"
