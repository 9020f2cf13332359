"""The page of a grid event's case: where it is, who has it, what it follows, and no link to the catalogue."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from engine import audit, db, tasks
from engine.cases.grid import alike, handling, reporting, unit_posts
from engine.cases.grid.items import item_class
from tests.web.blueprints.test_cases import run_jobs
from tests.web.conftest import Visit

WORKER, LEADER = audit.Actor("P132"), "demo001"
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_page_of_an_event_tells_place_department_and_what_follows(
    town: Engine, visit: Visit, language: str
) -> None:
    given = reporting.Report("网格员", "C0103", 119.6899, 31.5091, "路灯不亮", address=f"演示路口{language}")
    with db.transaction(town) as connection:
        first, _ = reporting.report(connection, WORKER, given)
        child, _ = reporting.report(connection, WORKER, given)
        parent = alike.parent_of(connection, child.id)
        assert parent is not None
        handling.dispatch(connection, WORKER, parent, "b-construction", [])
    reader = visit(LEADER, language=language)
    page = reader.get(f"/cases/{child.number}").text
    assert f"演示路口{language}" in page
    assert parent.number in page
    assert "/items/GLW" not in page
    whole = reader.get(f"/cases/{parent.number}").text
    assert ("建设管理局" if language == "zh_CN" else "Construction Bureau") in whole
    assert f"</span> {'路灯不亮或倾斜' if language == 'zh_CN' else 'Street lamp dark or leaning'}</h1>" in whole
    assert child.number in whole
    assert first.number in whole


def test_the_forms_of_an_event_speak_the_readers_language(town: Engine, visit: Visit) -> None:
    with db.transaction(town) as connection:
        case, _ = reporting.report(
            connection, WORKER, reporting.Report("网格员", "C0103", 119.6819, 31.5051, "路灯不亮")
        )
    run_jobs(town)
    with db.reading(town) as connection:
        (task,) = tasks.of_case(connection, case.number)
    intake = visit("demo086", language="en")
    intake.post(f"/tasks/{task.id}/claim")
    page = intake.get(f"/tasks/{task.id}").text
    assert "Street lamp dark or leaning" in page
    assert "Proposed lead: Construction Bureau" in page
    told = visit(LEADER, language="en").get(f"/cases/{case.number}").text
    assert "(limit of the step in the list of items (our own default))" in told


def test_everything_that_forms_of_events_name_has_its_english(town: Engine) -> None:
    with db.reading(town) as connection:
        offered = unit_posts.offered(connection)
        classes = item_class.every(connection, item_class.current(connection).version)
    assert all(not CHINESE.search(one["label:en"]) for one in offered)
    assert all(not CHINESE.search(row.name_en + item_class.closing_en(row)) for row in classes)


def test_a_department_returns_an_event_once_and_reads_why_not_twice(town: Engine, visit: Visit) -> None:
    with db.transaction(town) as connection:
        case, _ = reporting.report(
            connection, WORKER, reporting.Report("网格员", "C0103", 119.715814, 31.50953, "灯又不亮")
        )
    run_jobs(town)

    def done(login: str, **typed: str) -> TestResponse:
        with db.reading(town) as connection:
            (task,) = tasks.of_case(connection, case.number)
        who = visit(login)
        who.post(f"/tasks/{task.id}/claim")
        answer = who.post(
            f"/tasks/{task.id}/completion", {name.replace("__", "."): text for name, text in typed.items()}
        )
        run_jobs(town)
        return answer

    back = {"receipt__decision": "return", "receipt__reason": "不属本单位职责"}
    assert done("demo086", filing__decision="file").status_code == 303
    assert done("demo089", dispatch__lead="b-construction", dispatch__note="请到现场处置").status_code == 303
    assert done("demo019", **back).status_code == 303
    again = {"again__unit": "b-construction", "again__designated": "yes", "again__note": "职责明确"}
    assert done("demo089", **again).status_code == 303
    refused = done("demo019", **back)
    assert (refused.status_code, "已指定本单位承办，不得再退回" in refused.text) == (422, True)
    assert 'value="return"' not in refused.text
    assert done("demo019", receipt__decision="sign").status_code == 303
