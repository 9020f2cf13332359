"""What a case leaves to people is begun on its page and by the API, by those who may."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from engine import audit, bpmn, db, definitions, instances, tasks
from engine.design import packages
from engine.flow import steps
from engine.handling import offers
from engine.organisation import demo
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from tests.web.conftest import Visit
from tests.web.desk import CLERK, COLLEAGUE, take_in

VISIT = node("userTask", "visit_place", zeebe('assignmentDefinition candidateGroups="{post}"'), name="上门踏勘")


@pytest.fixture
def number(town: Engine) -> str:
    """A case of window W03 beside which an inquiry is open that its clerk may carry on."""
    task = take_in(town)
    with db.transaction(town) as connection:
        offered = connection.execute(
            sa.select(offers.candidate.c.name).where(
                offers.candidate.c.task_id == task.id, offers.candidate.c.kind == "group"
            )
        ).scalars()
        post = ",".join(offered.all())
        inside = node("adHocSubProcess", "inquiry", VISIT.replace("{post}", post), name="补充调查")
        source = drawing(
            node("startEvent", "s") + inside + node("endEvent", "e") + flows("s>inquiry>e"), process="inquiry_p"
        )
        package = packages.Package({"package.toml": b'name = "inquiry"', "p.bpmn": source})
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
        instances.start(connection, audit.SYSTEM, "inquiry_p", business_key=f"{task.business_key}-inquiry")
    return str(task.business_key)


def begun(town: Engine, number: str) -> list[str]:
    with db.reading(town) as connection:
        rows = connection.execute(
            sa.select(tasks.task.c.element).where(tasks.task.c.business_key == f"{number}-inquiry")
        )
        return list(rows.scalars())


def form(town: Engine, number: str) -> dict[str, str]:
    with db.reading(town) as connection:
        row = instances.get(connection, f"{number}-inquiry")
        (offer,) = steps.load(connection, row).offers()
    return {"process": f"{number}-inquiry", "token": str(offer.token), "activity": "visit_place"}


def test_the_page_offers_it_and_a_click_begins_it_once(visit: Visit, town: Engine, number: str) -> None:
    clerk = visit(CLERK)
    page = clerk.get(f"/cases/{number}").text
    assert "上门踏勘" in page
    assert "补充调查" not in page.partition("您可以启动的步骤")[2].partition("</section>")[0], (
        "said where several are open"
    )
    for _ in range(2):
        answer = clerk.post(f"/cases/{number}/activities", form(town, number), key="begin-visit-1")
        assert answer.status_code == 303
        assert "上门踏勘" in clerk.get(answer.location).text.partition("<h1>")[2].partition("</h1>")[0], "its task"
    assert begun(town, number) == ["visit_place"]
    assert "启动了“上门踏勘”" in clerk.get(f"/cases/{number}?tab=story").text


def test_who_may_not_sees_nothing_and_begins_nothing(visit: Visit, town: Engine, number: str) -> None:
    assert visit(COLLEAGUE).post(f"/cases/{number}/activities", form(town, number)).status_code == 404
    leader = visit("demo001")
    assert "上门踏勘" not in leader.get(f"/cases/{number}").text
    assert leader.post(f"/cases/{number}/activities", form(town, number)).status_code == 422
    for wrong in ({}, {"token": "x"}, {"token": "9" * 30}):
        assert visit(CLERK).post(f"/cases/{number}/activities", wrong).status_code == 422
    assert begun(town, number) == []


def test_a_program_begins_it(town_app: Flask, town: Engine, number: str) -> None:
    client, bearer = town_app.test_client(), {"Authorization": f"Bearer {demo.bearer(CLERK)}"}
    answer = client.get(f"/api/v1/cases/{number}/activities", headers=bearer)
    (item,) = answer.json["items"]
    assert (item["activity"], item["name"], item["within"]) == ("visit_place", "上门踏勘", "补充调查")
    sent = {"process": item["process"], "token": item["token"], "activity": item["activity"], "variables": {"n": 1}}
    keyed = {**bearer, "Idempotency-Key": f"begin-{number}"}
    answer = client.post(f"/api/v1/cases/{number}/activities", json=sent, headers=keyed)
    assert (answer.status_code, answer.json) == (200, {"activity": "visit_place", "instance_state": "active"})
    assert begun(town, number) == ["visit_place"]
