"""Administrators suspend, resume, correct, move and end what runs; each act with a reason and in the trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, db, definitions, instances, tasks
from engine.design import packages
from engine.flow import modifications, standstills
from tests.engine.bpmn.drawing import drawing, flows, node
from tests.engine.handling.test_returns import users
from tests.web.conftest import Visit

ADMINISTRATOR, OTHER = "demo096", "demo097"
PROCESS = "by_hand"
SOURCE = drawing(node("startEvent", "s") + users("a", "b") + flows("s>a>b"), process=PROCESS)


@pytest.fixture
def number(town: Engine) -> Iterator[str]:
    """A running instance of a small process that no other test knows."""
    with db.transaction(town) as connection:
        package = packages.Package({"package.toml": b'name = "by_hand"\n', "p.bpmn": SOURCE})
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
        known = connection.scalar(sa.text("SELECT count(*) FROM instance"))
        key = f"HAND-{known}"
        instances.start(connection, audit.SYSTEM, PROCESS, business_key=key, variables={"fee": 20})
    yield key
    with db.transaction(town) as connection:
        definition = definitions.current(connection, PROCESS)
        if definition.suspended:
            standstills.resume(connection, audit.SYSTEM, definition.id, "end of the test")


def told(town: Engine, number: str) -> list[Any]:
    with db.reading(town) as connection:
        return list(audit.trail(connection, number))


def test_an_instance_is_suspended_shown_and_resumed(town: Engine, visit: Visit, number: str) -> None:
    administrator, path = visit(ADMINISTRATOR), f"/admin/instances/{number}"
    assert number in administrator.get(f"/admin/instances?text={number}").text
    assert administrator.post(f"{path}/suspension", {"reason": " "}).status_code == 422
    assert administrator.post(f"{path}/suspension", {"reason": "数据有误"}).status_code == 303
    page = administrator.get(path).text
    assert "已挂起" in page
    assert "数据有误" in page
    assert administrator.post(f"{path}/suspension", {"reason": "再次"}).status_code == 409
    assert (
        administrator.post(
            f"{path}/variables", {"name": "fee", "kind": "number", "value": "1", "reason": "x"}
        ).status_code
        == 409
    )
    assert administrator.post(f"{path}/resumption", {"reason": "已改正"}).status_code == 303
    assert [event.action for event in told(town, number)][1:] == ["instance.suspended", "instance.resumed"]


@pytest.mark.parametrize(
    ("kind", "text", "stored"),
    [("number", "12.50", 12.5), ("boolean", "是", True), ("json", '{"a": [1]}', {"a": [1]}), ("text", "五", "五")],
)
def test_a_variable_is_set_by_its_kind_with_old_and_new_value_in_the_trail(
    town: Engine, visit: Visit, number: str, kind: str, text: str, stored: object
) -> None:
    path = f"/admin/instances/{number}/variables"
    given = {"name": "fee", "kind": kind, "value": text, "reason": "录入错误"}
    assert visit(ADMINISTRATOR).post(path, given).status_code == 303
    event = told(town, number)[-1]
    assert (event.action, event.details["reason"]) == ("variables.set", "录入错误")
    (change,) = [entry for entry in event.details["steps"] if entry[0] == "set"]
    assert change[2:] == [{"fee": 20}, {"fee": stored}]


@pytest.mark.parametrize(
    ("kind", "text"), [("number", "many"), ("boolean", "perhaps"), ("json", "{"), ("nothing", "1")]
)
def test_what_is_no_value_of_its_kind_is_refused_and_kept_on_the_page(
    town: Engine, visit: Visit, number: str, kind: str, text: str
) -> None:
    given = {"name": "fee", "kind": kind, "value": text, "reason": "录入错误"}
    answer = visit(ADMINISTRATOR).post(f"/admin/instances/{number}/variables", given)
    assert answer.status_code == 422
    assert len(told(town, number)) == 1


def test_one_administrator_proposes_and_another_moves_the_token(town: Engine, visit: Visit, number: str) -> None:
    first, path = visit(ADMINISTRATOR), f"/admin/instances/{number}"
    with db.reading(town) as connection:
        row = instances.get(connection, number)
        token = connection.scalar(sa.select(tasks.task.c.token).where(tasks.task.c.instance_id == row.id))
    given = {"token": str(token), "element": "b", "reason": "走错环节"}
    assert first.post(f"{path}/modifications", given).status_code == 303
    page = first.get(path).text
    assert "须由另一名管理员执行" in page
    assert "产生任务：步骤b" in page
    with db.reading(town) as connection:
        (made,) = modifications.proposed(connection, row.id)
    assert first.post(f"/admin/modifications/{made.id}/application").status_code == 403
    second = visit(OTHER)
    if "/admin/modifications/" not in second.get(path).text:
        pytest.fail("the second administrator sees no proposal")
    assert second.post(f"/admin/modifications/{made.id}/application").status_code == 303
    event = told(town, number)[-1]
    assert (event.action, event.details["proposed_by"] != event.actor) == ("instance.modified", True)


def test_an_instance_is_ended_with_a_reason(town: Engine, visit: Visit, number: str) -> None:
    administrator, path = visit(ADMINISTRATOR), f"/admin/instances/{number}"
    assert administrator.post(f"{path}/cancellation", {"reason": ""}).status_code == 422
    assert administrator.post(f"{path}/cancellation", {"reason": "重复受理"}).status_code == 303
    assert "流程已结束" in administrator.get(path).text
    assert told(town, number)[-1].action == "instance.cancelled"


def test_a_process_is_suspended_with_what_runs_and_resumed(town: Engine, visit: Visit, number: str) -> None:
    administrator = visit(ADMINISTRATOR)
    with db.reading(town) as connection:
        key = definitions.current(connection, PROCESS).id
    path = f"/admin/processes/{key}"
    assert administrator.post(f"{path}/suspension", {"reason": ""}).status_code == 422
    assert administrator.post(f"{path}/suspension", {"reason": "程序有错", "running": "true"}).status_code == 303
    page = administrator.get("/admin/processes").text
    assert "程序有错" in page
    assert told(town, number)[-1].action == "instance.suspended"
    assert administrator.post(f"{path}/resumption", {"reason": "已修正"}).status_code == 303
    assert told(town, number)[-1].action == "instance.resumed"


def test_the_way_is_drawn_and_instances_are_found_by_process_and_state(town: Engine, visit: Visit, number: str) -> None:
    administrator = visit(ADMINISTRATOR, language="en")
    page = administrator.get(f"/admin/instances/{number}").text
    file = f"/admin/instances/{number}/diagrams/{number}/{PROCESS}.bpmn"
    assert f'data-diagram="{file}"' in page
    assert 'data-current="a"' in page
    assert administrator.get(file).data == SOURCE
    assert visit("demo029").get(file).status_code == 403
    assert administrator.get(file.replace(f"/{PROCESS}.", "/another.")).status_code == 404
    assert number in administrator.get(f"/admin/instances?process={PROCESS}&state=active").text
    assert number not in administrator.get(f"/admin/instances?process={PROCESS}&state=completed").text
    others = administrator.get("/admin/instances?process=grid_event").text
    assert number not in others
    assert '<option value="grid_event" selected>Grid event</option>' in others
