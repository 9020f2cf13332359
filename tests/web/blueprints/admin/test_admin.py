"""Administrators see what stands still, choose readings, publish years and unlock accounts; each leaves its trace."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, calendars, clock, db, definitions, incidents, instances, jobs
from engine.cases.clocks import setting
from engine.design import packages
from engine.flow import handlers
from engine.organisation import account
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from tests.web.conftest import Visit

ADMINISTRATOR, CLERK = "demo096", "demo029"
SERVICE = "test.weak_line"
line = {"up": False}


def last_event(town: Engine, action: str) -> sa.Row[Any]:
    event = audit.audit_event
    with db.reading(town) as connection:
        query = sa.select(event).where(event.c.action == action).order_by(event.c.id.desc()).limit(1)
        return connection.execute(query).one()


@pytest.fixture
def standing(town: Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Row[Any]:
    """An incident of a process whose line to another system is down."""
    line["up"] = False

    def call(_job: handlers.Job) -> dict[str, Any]:
        if not line["up"]:
            raise ConnectionError("the line is down")
        return {"answer": 42}

    monkeypatch.setitem(handlers._local, SERVICE, call)
    source = drawing(
        node("startEvent", "s")
        + node("serviceTask", "call", zeebe(f'taskDefinition type="{SERVICE}"'))
        + node("userTask", "after")
        + flows("s>call>after"),
        process="weak_line",
    )
    package = packages.Package({"package.toml": b'name = "weak_line"\n', "weak.bpmn": source})
    with db.transaction(town) as connection:
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment(handlers=handlers.types()))
        number = f"WEAK-{clock.now():%H%M%S}-{len(instances_of(connection))}"
        instances.start(connection, audit.SYSTEM, "weak_line", business_key=number, variables={"fee": 20})
        return next(row for row in incidents.search(connection) if row.business_key == number)


def instances_of(connection: Any) -> list[Any]:
    from engine.flow import steps

    return list(connection.execute(sa.select(steps.instance.c.id)))


def test_an_incident_is_shown_with_error_and_variables_and_goes_on_when_retried(
    town: Engine, visit: Visit, standing: sa.Row[Any]
) -> None:
    administrator = visit(ADMINISTRATOR)
    assert standing.business_key in administrator.get("/admin/incidents").text
    page = administrator.get(f"/admin/incidents/{standing.id}").text
    assert "the line is down" in page
    assert "外部系统或处理程序多次执行均失败" in page
    assert "怎么办" in page
    english = visit(ADMINISTRATOR, language="en").get(f"/admin/incidents/{standing.id}").text
    assert "A connected system or a handler failed every time" in english
    assert "is the other system up" in english
    assert "&#34;fee&#34;: 20" in page
    retry = f"/admin/incidents/{standing.id}/retry"
    assert administrator.post(retry, {"reason": " "}).status_code == 422
    assert administrator.post(retry, {"reason": "try"}).status_code == 303
    assert "仍停住" in administrator.get("/admin/incidents").text
    with db.reading(town) as connection:
        again = next(row for row in incidents.search(connection) if row.business_key == standing.business_key)
    line["up"] = True
    administrator.post(f"/admin/incidents/{again.id}/retry", {"reason": "线路已恢复"})
    assert "流程继续" in administrator.get("/admin/incidents").text
    assert standing.business_key not in administrator.get("/admin/incidents").text
    assert standing.business_key in administrator.get("/admin/incidents?view=resolved").text
    event = last_event(town, "incident.retried")
    assert (event.stream, event.details["reason"]) == (standing.business_key, "线路已恢复")
    assert administrator.post(f"/admin/incidents/{again.id}/retry", {"reason": "again"}).status_code == 404


def test_a_failed_job_is_tried_again_with_a_reason(town: Engine, visit: Visit) -> None:
    with db.transaction(town) as connection:
        values = {"kind": "message", "payload": {"message": -1}, "due_at": clock.now(), "last_error": "gone"}
        row = connection.execute(
            sa.insert(jobs.job).values(values | {"failed": True, "attempts": 5}).returning(jobs.job)
        )
        key = row.one().id
    administrator = visit(ADMINISTRATOR)
    assert "gone" in administrator.get("/admin/incidents?view=jobs").text
    administrator.post(f"/admin/jobs/{key}/retry")
    assert last_of_jobs(town, key).failed
    administrator.post(f"/admin/jobs/{key}/retry", {"reason": "线路已恢复"})
    assert (last_of_jobs(town, key).failed, last_of_jobs(town, key).attempts) == (False, 0)
    assert last_event(town, "job.retried").details["reason"] == "线路已恢复"
    assert administrator.post(f"/admin/jobs/{key}/retry", {"reason": "again"}).status_code == 404


def last_of_jobs(town: Engine, key: int) -> sa.Row[Any]:
    with db.reading(town) as connection:
        return connection.execute(sa.select(jobs.job).where(jobs.job.c.id == key)).one()


def test_a_setting_is_shown_with_both_readings_and_changed_with_a_reason(town: Engine, visit: Visit) -> None:
    administrator = visit(ADMINISTRATOR)
    assert "比照民诉法85(3)顺延至次一工作日" in administrator.get("/admin/settings").text
    place = "/admin/settings/publication_day"
    other = next(
        reading.value
        for reading in setting.register()["publication_day"].readings
        if reading.value != setting.register()["publication_day"].default
    )
    assert administrator.post(place, {"value": other}).status_code == 422
    assert administrator.post(place, {"value": "nonsense", "reason": "why"}).status_code == 422
    assert administrator.post(place, {"value": other, "reason": "法制科意见"}).status_code == 303
    event = last_event(town, "setting.changed")
    assert (event.details["key"], event.details["after"], event.details["reason"]) == (
        "publication_day",
        other,
        "法制科意见",
    )
    assert "法制科意见" in administrator.get(place).text
    assert administrator.get("/admin/settings/no_such").status_code == 404


def test_a_year_is_drawn_with_its_rest_and_make_up_days(visit: Visit) -> None:
    page = visit(ADMINISTRATOR).get("/admin/calendar?year=2026").text
    assert re.search(r'<td class="made-up"[^>]*>14<small>班', page)
    assert re.search(r'<td class="off"[^>]*>16<small>休', page)
    assert "尚未发布" in visit(ADMINISTRATOR).get("/admin/calendar?year=2031").text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"year": "soon"}, "year-error"),
        ({"origin": ""}, "origin-error"),
        ({"table": "day,working,name\n2029-02-30,0,春节"}, "第 2 行"),
        ({"table": "day,working,name\n2029-01-01,perhaps,元旦"}, "第 2 行"),
        ({"table": "2029-01-01;0"}, "第 1 行"),
        ({"table": ""}, "第 1 行"),
        ({"table": "day,working,name\n2028-01-01,0,元旦"}, "2028-01-01"),
    ],
)
def test_a_table_that_cannot_be_meant_publishes_nothing(
    town: Engine, visit: Visit, form: dict[str, str], said: str
) -> None:
    whole = {"year": "2029", "origin": "国办发明电〔2028〕1号", "table": "day,working,name\n2029-01-01,0,元旦"}
    answer = visit(ADMINISTRATOR).post("/admin/calendar", {**whole, **form})
    assert answer.status_code == 422
    assert said in answer.text
    with db.reading(town) as connection:
        assert 2029 not in {int(row.year) for row in calendars.years(connection)}


def test_a_year_is_published_from_a_file_saved_by_a_spreadsheet(town: Engine, visit: Visit) -> None:
    table = "day,working,name\r\n2031-01-01,0,元旦\r\n2031-01-04,1,\r\n".encode("gb18030")
    form = {"year": "2031", "origin": "通知", "file": (io.BytesIO(table), "2031.csv")}
    assert visit(ADMINISTRATOR).post("/admin/calendar", form).headers["Location"] == "/admin/calendar?year=2031"
    with db.reading(town) as connection:
        known = calendars.load(connection)
        assert known.mark(date(2031, 1, 1)).name == "元旦"
        assert known.is_working(date(2031, 1, 4))
    assert last_event(town, "calendar.published").details["year"] == 2031


def test_people_are_listed_with_posts_and_a_locked_account_is_unlocked(town: Engine, visit: Visit) -> None:
    for _ in range(5):
        with pytest.raises(account.errors.WrongCredentials):
            account.sign_in(town, "demo030", "wrong", "127.0.0.1", demo=True)
    administrator = visit(ADMINISTRATOR)
    page = administrator.get("/admin/people?text=demo030").text
    assert "锁定至" in page
    place = re.search(r'action="(/admin/people/[^"]+/unlock)"', page)
    assert place
    administrator.post(place[1])
    assert "锁定至" not in administrator.get("/admin/people?text=demo030").text
    assert last_event(town, "account.unlocked").details["login"] == "demo030"
    assert account.sign_in(town, "demo030", "guanlin-demo030", "127.0.0.1", demo=True).id
    assert "没有符合条件的人员" in administrator.get("/admin/people?text=nobody").text


@pytest.mark.parametrize("path", ["/admin/incidents", "/admin/settings", "/admin/calendar", "/admin/people"])
def test_only_administrators_enter(visit: Visit, path: str) -> None:
    assert visit(CLERK).get(path).status_code == 403
    assert visit(CLERK).post(f"{path}/x").status_code in (403, 404)
    assert visit().get(path).status_code == 303
