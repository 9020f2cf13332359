"""What a person sees of a task, and who may act on it beside whom."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors, instances, tasks
from engine.cases.reading import worklist
from engine.design import packages
from tests.engine.bpmn.drawing import drawing, flows, io, node, zeebe

WANG = tasks.Candidate("P040", frozenset({"hall.window"}))
LIU = tasks.Candidate("P041", frozenset({"hall.window"}))
CHEN = tasks.Candidate("P042", frozenset({"hall.window"}))
NUMBER = "GL-2026-000001"


def form(id: str, **more: str) -> bytes:
    return json.dumps({"type": "default", "id": id, "components": [], **more}).encode()


def deploy(connection: Connection, *diagrams: bytes, forms: tuple[bytes, ...] = ()) -> None:
    files = {"package.toml": b'name = "small"'}
    files |= {f"{number}.bpmn": source for number, source in enumerate(diagrams)}
    files |= {f"forms/{number}.form": source for number, source in enumerate(forms)}
    definitions.deploy(connection, audit.SYSTEM, packages.Package(files), bpmn.Environment())


def start(connection: Connection, **variables: object) -> None:
    instances.start(connection, audit.SYSTEM, "p", business_key=NUMBER, variables=variables)


def the(connection: Connection, element: str) -> sa.Row[tuple[object, ...]]:
    return connection.execute(sa.select(tasks.task).where(tasks.task.c.element == element)).one()


OFFER = 'assignmentDefinition candidateGroups="hall.window"'
CALLER = drawing(
    node("startEvent", "s")
    + node("callActivity", "c", zeebe('calledElement processId="q" propagateAllParentVariables="false"'))
    + node("userTask", "sign", io({"title": "=name + &quot;!&quot;"}, {}, OFFER))
    + flows("s>c>sign"),
)
CALLED = drawing(
    node("startEvent", "s2")
    + node("userTask", "look", zeebe(OFFER, 'formDefinition formId="look"'))
    + flows("s2>look"),
    process="q",
)


def test_a_form_sees_what_stands_around_its_task(db_connection: Connection) -> None:
    deploy(db_connection, CALLER, CALLED, forms=(form("look"),))
    start(db_connection, name="官林")
    looking = the(db_connection, "look")
    assert tasks.context(db_connection, looking) == {}
    tasks.claim(db_connection, audit.Actor(WANG.id), WANG, looking.id)
    tasks.complete(db_connection, audit.Actor(WANG.id), WANG, looking.id, {"seen": True})
    signing = the(db_connection, "sign")
    assert tasks.context(db_connection, signing) == {"name": "官林", "seen": True, "title": "官林!"}
    assert tasks.context(db_connection, the(db_connection, "look")) == {"name": "官林", "seen": True}


def test_a_task_keeps_the_form_it_was_deployed_with(db_connection: Connection) -> None:
    deploy(db_connection, CALLER, CALLED, forms=(form("look", version="old"),))
    start(db_connection)
    deploy(db_connection, CALLER, CALLED, forms=(form("look", version="new"),))
    schema = tasks.form(db_connection, the(db_connection, "look"))
    assert schema is not None
    assert schema["version"] == "old"


def test_a_task_without_form_has_none_and_a_missing_one_is_named(db_connection: Connection) -> None:
    deploy(db_connection, CALLED.replace(b'"q"', b'"p"'), forms=(form("look"),))
    start(db_connection)
    row = the(db_connection, "look")
    db_connection.execute(sa.update(tasks.task).values(form=None))
    assert tasks.form(db_connection, the(db_connection, "look")) is None
    with pytest.raises(errors.FormUnknown, match="lost"):
        definitions.form(db_connection, definitions.get(db_connection, row.definition_id), "lost")


def test_a_form_may_stand_in_the_diagram_itself(db_connection: Connection) -> None:
    embedded = '<zeebe:userTaskForm id="f">{"id": "look", "components": []}</zeebe:userTaskForm>'
    task = node("userTask", "look", zeebe(OFFER, 'formDefinition formKey="camunda-forms:bpmn:f"'))
    head = f"<bpmn:extensionElements>{embedded}</bpmn:extensionElements>"
    deploy(db_connection, drawing(head + node("startEvent", "s") + task + flows("s>look")))
    start(db_connection)
    assert tasks.form(db_connection, the(db_connection, "look")) == {"id": "look", "components": []}


def rule(name: str, value: str) -> str:
    """Extension elements of a task for the window that carries one of our own properties."""
    return (
        f"<bpmn:extensionElements><zeebe:{OFFER}/><zeebe:properties>"
        f'<zeebe:property name="{name}" value="{value}"/></zeebe:properties></bpmn:extensionElements>'
    )


def several(connection: Connection, element: str) -> list[int]:
    query = sa.select(tasks.task.c.id).where(tasks.task.c.element == element).order_by(tasks.task.c.id)
    return list(connection.execute(query).scalars())


def offered(connection: Connection, person: tasks.Candidate) -> list[int]:
    """The tasks that the list of what may be claimed shows, as the page and the interface read it."""
    shown = [row.id for row in worklist.page(connection, person, worklist.Filter(view="claimable")).rows]
    assert shown == [row.id for row in tasks.inbox(connection, person, view="claimable")]
    return shown


def counted(connection: Connection, person: tasks.Candidate) -> tuple[int, int]:
    """How many tasks are said to be claimable, and how many to be seen at all."""
    found = worklist.counts(connection, person)
    return found.claimable, found.all


def claim(connection: Connection, person: tasks.Candidate, task_id: int) -> None:
    tasks.claim(connection, audit.Actor(person.id), person, task_id)


def complete(connection: Connection, person: tasks.Candidate, task_id: int, **values: object) -> None:
    tasks.complete(connection, audit.Actor(person.id), person, task_id, values)


def told(connection: Connection) -> list[str]:
    return [row.action for row in audit.trail(connection, NUMBER)]


LOOP = "multiInstanceLoopCharacteristics"
TWICE = f"<bpmn:{LOOP}><bpmn:loopCardinality>=2</bpmn:loopCardinality></bpmn:{LOOP}>"
VISIT = drawing(
    node("startEvent", "s")
    + node("userTask", "visit", rule("distinct_persons", "element:visit") + TWICE, name="现场踏勘")
    + flows("s>visit")
)


def test_the_second_visitor_is_not_the_first(db_connection: Connection) -> None:
    deploy(db_connection, VISIT)
    start(db_connection)
    first, second = several(db_connection, "visit")
    assert offered(db_connection, WANG) == [first, second]
    claim(db_connection, WANG, first)
    assert (offered(db_connection, WANG), offered(db_connection, LIU)) == ([], [second])
    before = told(db_connection)
    with pytest.raises(errors.TaskNeedsAnother, match="现场踏勘"):
        claim(db_connection, WANG, second)
    tasks.release(db_connection, audit.Actor(WANG.id), WANG, first)
    assert offered(db_connection, WANG) == [first, second]
    claim(db_connection, WANG, first)
    claim(db_connection, LIU, second)
    for verb in (tasks.transfer, tasks.delegate):
        with pytest.raises(errors.TaskNeedsAnother, match=WANG.id):
            verb(db_connection, audit.Actor(LIU.id), LIU, second, WANG, "外出")
    complete(db_connection, WANG, first)
    with pytest.raises(errors.TaskNeedsAnother):
        tasks.transfer(db_connection, audit.Actor(LIU.id), LIU, second, WANG, "外出")
    assert told(db_connection) == [*before, "task.released", "task.claimed", "task.claimed", "task.completed"]
    complete(db_connection, LIU, second)
    assert instances.get(db_connection, NUMBER).state == "completed"


def test_who_was_assigned_both_by_the_diagram_completes_only_one(db_connection: Connection) -> None:
    deploy(db_connection, VISIT)
    start(db_connection)
    db_connection.execute(sa.update(tasks.task).values(assignee=WANG.id))
    first = several(db_connection, "visit")[0]
    with pytest.raises(errors.TaskNeedsAnother):
        complete(db_connection, WANG, first)
    assert told(db_connection) == ["instance.started"]


@pytest.mark.parametrize(
    "inspectors",
    [
        None, "王,刘", [], [{"name": "王"}], [{"name": "王"}, {"name": " 王 "}], [{"name": "王"}, {"name": ""}],
        [{"name": "王", "licence": "3202"}, {"name": "刘", "licence": "3202"}],
        [{"name": "王"}, {"name": "刘"}, {"name": "王"}],
    ],
)  # fmt: skip
def test_a_list_must_name_two_persons_each_once(db_connection: Connection, inspectors: object) -> None:
    deploy(
        db_connection,
        drawing(node("startEvent", "s") + node("userTask", "u", rule("distinct_persons", "inspectors")) + flows("s>u")),
    )
    start(db_connection)
    (task_id,) = several(db_connection, "u")
    claim(db_connection, WANG, task_id)
    before = told(db_connection)
    with pytest.raises(errors.PersonsNotDistinct, match="inspectors"):
        complete(db_connection, WANG, task_id, inspectors=inspectors)
    assert told(db_connection) == before
    assert the(db_connection, "u").state == "open"
    namesakes = [{"name": "王", "licence": "3202"}, {"name": "王", "licence": "3203"}]
    complete(db_connection, WANG, task_id, inspectors=namesakes)
    assert the(db_connection, "u").state == "completed"


def test_who_drafted_does_not_check(db_connection: Connection) -> None:
    deploy(
        db_connection,
        drawing(
            node("startEvent", "s") + node("userTask", "draft", zeebe(OFFER), name="拟稿")
            + node("userTask", "check", rule("excluded", "draft, other")) + flows("s>draft>check")
        ),
    )  # fmt: skip
    start(db_connection)
    draft = several(db_connection, "draft")[0]
    claim(db_connection, WANG, draft)
    complete(db_connection, WANG, draft)
    (check,) = several(db_connection, "check")
    assert (offered(db_connection, WANG), offered(db_connection, LIU)) == ([], [check])
    assert counted(db_connection, WANG) == (0, 0)
    assert counted(db_connection, LIU) == (1, 1)
    with pytest.raises(errors.TaskExcluded, match="拟稿"):
        claim(db_connection, WANG, check)
    claim(db_connection, LIU, check)
    with pytest.raises(errors.TaskExcluded, match=WANG.id):
        tasks.delegate(db_connection, audit.Actor(LIU.id), LIU, check, WANG, "外出")
    db_connection.execute(sa.update(tasks.task).where(tasks.task.c.id == check).values(assignee=WANG.id))
    with pytest.raises(errors.TaskExcluded):
        complete(db_connection, WANG, check)
