"""What is sent to a unit is seen and confirmed by the holders of its post and by nobody else; a lost push is shown."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from engine import audit, clock, db, outbox
from engine.cases import case as cases
from engine.cases.clocks import supervision
from engine.cases.papers import push
from engine.organisation import demo
from tests.conftest import MORNING
from tests.web import desk
from tests.web.conftest import Visit
from web import security

GRID, ENFORCEMENT, FRONT, ADMINISTRATOR = "demo082", "demo023", "demo048", "demo096"


def send(town: Engine, receiver: str = "grid", *, arrived: bool = True, name: str = "王小明") -> sa.Row[Any]:
    """Push a grant to a receiver, and let it arrive."""
    number = desk.take_in(town, name=name).business_key
    with db.transaction(town) as connection:
        case = cases.get(connection, number)
        content = {"applicant": name, "outcome": "granted", "note": "餐饮服务，请纳入日常巡查"}
        key = push.send(
            connection, audit.SYSTEM, case, receiver=receiver, kind="grant", purpose="grant", content=content
        )
        if arrived:
            connection.execute(sa.update(outbox.outbox).where(outbox.outbox.c.id == key).values(sent_at=clock.now()))
        return push.one(connection, key)


def now(town: Engine, key: int) -> sa.Row[Any]:
    with db.reading(town) as connection:
        return push.one(connection, key)


def events(town: Engine, number: str) -> list[tuple[str, str]]:
    with db.reading(town) as connection:
        found = audit.trail(connection, number)
    return [(event.action, event.actor) for event in found if event.action.startswith(("push.re", "supervision."))]


def test_the_holder_of_the_post_sees_and_confirms_what_was_sent(town: Engine, visit: Visit) -> None:
    row = send(town)
    grid = visit(GRID)
    assert re.search(r"推送给我们 <span class=\"count\">[1-9]", grid.get("/inbox").text)
    page = grid.get("/pushes").text
    assert row.business_key in page
    assert "网格化管理中心" in page
    assert "许可后监管" in page
    assert grid.post(f"/pushes/{row.id}/receipt", {"view": "open"}).status_code == 303
    assert now(town, row.id).received_by == "P082"
    assert events(town, row.business_key) == [("push.received", "P082")]
    assert "已确认收到" in grid.get("/pushes").text  # the message names the case once, the list no more
    assert row.business_key not in grid.get("/pushes").text
    assert row.business_key in grid.get("/pushes?view=confirmed").text


def test_reading_is_noted_after_the_receipt_and_both_are_told(town: Engine, visit: Visit) -> None:
    row = send(town)
    grid = visit(GRID, language="en")
    assert "请纳入日常巡查" in grid.get(f"/pushes/{row.id}").text
    grid.post(f"/pushes/{row.id}/receipt")
    grid.post(f"/pushes/{row.id}/reading")
    assert events(town, row.business_key) == [("push.received", "P082"), ("push.read", "P082")]
    text = grid.get(f"/pushes/{row.id}").text
    assert "Grid Management Centre" in text
    assert "何军" in text


def test_one_click_sent_twice_confirms_once(town: Engine, visit: Visit) -> None:
    row, key = send(town), security.new_key()
    grid = visit(GRID)
    first = grid.post(f"/pushes/{row.id}/receipt", key=key)
    second = grid.post(f"/pushes/{row.id}/receipt", key=key)
    assert (first.status_code, second.status_code) == (303, 303)
    assert events(town, row.business_key) == [("push.received", "P082")]


@pytest.mark.parametrize("stranger", [ENFORCEMENT, desk.CLERK, "demo001", "demo092", ADMINISTRATOR])
def test_a_push_to_another_post_does_not_exist(town: Engine, visit: Visit, stranger: str) -> None:
    row = send(town)
    other = visit(stranger)
    assert other.get(f"/pushes/{row.id}").status_code == 404
    assert other.post(f"/pushes/{row.id}/receipt").status_code == 404
    assert other.post(f"/pushes/{row.id}/reading").status_code == 404
    assert row.business_key not in other.get("/pushes?view=all").text
    assert now(town, row.id).received_at is None
    assert events(town, row.business_key) == []


def test_what_is_on_its_way_cannot_be_confirmed(town: Engine, visit: Visit) -> None:
    row = send(town, arrived=False)
    assert visit(GRID).post(f"/pushes/{row.id}/receipt").status_code == 404
    assert now(town, row.id).received_at is None


def test_a_push_opens_nothing_else_of_its_case(town: Engine, visit: Visit) -> None:
    row = send(town)
    grid = visit(GRID)
    assert f'href="/cases/{row.business_key}"' not in grid.get(f"/pushes/{row.id}").text
    assert grid.get(f"/cases/{row.business_key}").status_code == 404


def test_a_late_receipt_ends_the_supervision_that_its_absence_opened(town: Engine, visit: Visit) -> None:
    row = send(town)
    with clock.frozen(MORNING + timedelta(days=3)):
        with db.transaction(town) as connection:
            push.sweep(connection)
        assert "逾期未确认" in visit(ADMINISTRATOR).get("/admin/pushes?standing=late").text
        visit(GRID).post(f"/pushes/{row.id}/receipt")
    with db.reading(town) as connection:
        (opened,) = supervision.of(connection, cases.get(connection, row.business_key).id)
    assert opened.closed_at is not None
    assert [action for action, _who in events(town, row.business_key)] == [
        "supervision.opened",
        "push.received",
        "supervision.closed",
    ]


def test_the_case_calls_the_receiver_by_its_name(town: Engine, visit: Visit) -> None:
    row = send(town, "credit")
    page = visit(desk.CLERK).get(f"/cases/{row.business_key}?tab=related").text
    assert "公共信用信息平台" in page
    story = visit(desk.CLERK, language="en").get(f"/cases/{row.business_key}?tab=story").text
    assert "sent on to Public credit information platform" in story


def test_somebody_in_the_house_confirms_for_a_system_outside(town: Engine, visit: Visit) -> None:
    row = send(town, "upper")
    assert visit(FRONT).post(f"/pushes/{row.id}/receipt").status_code == 303
    assert events(town, row.business_key) == [("push.received", "P048")]


def test_administrators_see_what_is_not_delivered_and_not_confirmed(town: Engine, visit: Visit) -> None:
    lost, waiting, nobody = send(town, arrived=False), send(town), send(town, "ghost.unit")
    page = visit(ADMINISTRATOR).get("/admin/pushes?standing=unsent").text
    assert lost.business_key in page
    assert waiting.business_key not in page
    page = visit(ADMINISTRATOR).get("/admin/pushes").text
    assert waiting.business_key in page
    assert "网格中心负责人" in page
    assert nobody.business_key in page
    assert "请在 receivers.json 中指定岗位" in page


def test_a_program_lists_and_confirms_what_was_sent_to_it(town: Engine, town_app: Flask) -> None:
    row = send(town)
    client = town_app.test_client()
    headers = {"Authorization": f"Bearer {demo.bearer(GRID)}", "Idempotency-Key": security.new_key()}
    listed = client.get("/api/v1/pushes?limit=100", headers=headers).json["items"]
    (sent,) = [each for each in listed if each["id"] == row.id]
    assert sent["payload"]["note"] == "餐饮服务，请纳入日常巡查"
    answer = client.post(f"/api/v1/pushes/{row.id}/receipt", headers=headers)
    assert (answer.status_code, answer.json["received_by"]) == (200, "P082")
    read = client.post(f"/api/v1/pushes/{row.id}/reading", headers={**headers, "Idempotency-Key": security.new_key()})
    assert read.json["read_by"] == "P082"
    assert events(town, row.business_key) == [("push.received", "P082"), ("push.read", "P082")]
    stranger = {"Authorization": f"Bearer {demo.bearer(desk.CLERK)}", "Idempotency-Key": security.new_key()}
    assert client.post(f"/api/v1/pushes/{row.id}/receipt", headers=stranger).status_code == 404


def test_pages_of_pushes_follow_each_other(town: Engine, town_app: Flask) -> None:
    wanted = {send(town).id for _number in range(3)}
    client, headers = town_app.test_client(), {"Authorization": f"Bearer {demo.bearer(GRID)}"}
    seen: list[int] = []
    address = "/api/v1/pushes?limit=2"
    while address:
        answer = client.get(address, headers=headers).json
        seen += [each["id"] for each in answer["items"]]
        address = answer["next"]
    assert wanted <= set(seen)
    assert seen == sorted(set(seen), reverse=True)
