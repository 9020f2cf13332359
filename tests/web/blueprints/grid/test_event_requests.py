"""What may be asked of an event besides its tasks: by whom it concerns, and refused in words to others."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, db, instances
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.grid import ending, event, link, photo, reporting
from engine.cases.papers import notice
from engine.cases.people import access
from engine.organisation.grid import earth
from tests.engine.cases.grid.conftest import PNG, reported
from tests.web.blueprints.test_cases import run_jobs
from tests.web.conftest import Visit

OFFICE = "demo016"
REPORTER, OTHER_WORKER, LEADER, LEAD, APPROVAL, CLERK = "demo132", "demo140", "demo001", "demo085", "demo022", "demo029"
WORKER, CENTRE = audit.Actor("P132"), audit.Actor("P086")


def came(town: Engine, north: int, **changed: Any) -> sa.Row[Any]:
    """Report an event so many steps to the north and return its case."""
    with db.transaction(town) as connection:
        lat = 31.508861 + north * 30 / earth.north_m(31.5)
        return reporting.report(connection, WORKER, reported(lat=lat, **changed))[0]


def ended(town: Engine, north: int) -> sa.Row[Any]:
    """Return the case of an event that is closed as settled in the grid."""
    with db.transaction(town) as connection:
        lat = 31.508861 + north * 30 / earth.north_m(31.5)
        case, step = reporting.report(connection, WORKER, reported(lat=lat))
        assert step is not None
        instances.cancel(connection, CENTRE, step.row.id, "已办结")
        event.change(connection, case.id, result="in_grid")
        return ending.close(connection, CENTRE, case, "已清理")


def actions(town: Engine, number: str) -> list[str]:
    """Return what the trail of a case tells."""
    with db.reading(town) as connection:
        return [row.action for row in audit.trail(connection, number)]


@pytest.mark.parametrize(("language", "says"), [("zh_CN", "补充上报"), ("en", "Add to the report")])
def test_whoever_reported_adds_words_and_photos(town: Engine, visit: Visit, language: str, says: str) -> None:
    case = came(town, 1 if language == "en" else 3)
    path = f"/events/{case.number}/requests/add"
    mine = visit(REPORTER, language=language)
    assert path in mine.get(f"/cases/{case.number}").text
    form = mine.get(path).text
    assert says in form
    assert 'accept=".jpg,.jpeg,.png"' in form
    assert mine.post(path, {"reason": " "}).status_code == 422
    pdf = {"reason": "又看了一次", "file": (io.BytesIO(b"%PDF-1.7 no photo"), "no.pdf")}
    assert mine.post(path, pdf).status_code == 422
    picture = {"reason": "又看了一次", "file": (io.BytesIO(PNG + language.encode()), "a.png")}
    assert mine.post(path, picture).status_code == 303
    run_jobs(town)
    with db.reading(town) as connection:
        assert len(photo.of(connection, case.id, "before")) == 1
    assert "event.added" in actions(town, case.number)


def test_a_report_is_taken_back_once_with_a_reason(town: Engine, visit: Visit) -> None:
    case = came(town, 5)
    path = f"/events/{case.number}/requests/take_back"
    mine = visit(REPORTER)
    assert mine.post(path, {"reason": "看错了"}).status_code == 303
    run_jobs(town)
    again = mine.post(path, {"reason": "看错了"})
    assert again.status_code == 409
    assert "正在核实能否撤回" in again.text
    assert actions(town, case.number).count("event.withdrawal_asked") == 1


def test_a_wrong_person_is_told_so_and_a_stranger_nothing(town: Engine, visit: Visit) -> None:
    case = came(town, 7)
    reporter, leader = visit(REPORTER), visit(LEADER)
    for kind in ("instruct", "unmerge", "hand_back"):
        refused = reporter.get(f"/events/{case.number}/requests/{kind}")
        assert (refused.status_code, "不能进行此操作" in refused.text) == (403, True), kind
    assert leader.get(f"/events/{case.number}/requests/reopen").status_code == 403
    assert leader.get(f"/events/{case.number}/requests/dance").status_code == 404
    for stranger in (OTHER_WORKER, CLERK):
        assert visit(stranger).post(f"/events/{case.number}/requests/add", {"reason": "x"}).status_code == 404
    assert visit().get(f"/events/{case.number}/requests/add").status_code == 303


def test_a_leader_instructs_from_the_page_of_the_event(town: Engine, visit: Visit) -> None:
    case = came(town, 9)
    leader, path = visit(LEADER, language="en"), f"/events/{case.number}/requests/instruct"
    assert leader.post(path, {"reason": "立即处理", "grade": "gold"}).status_code == 422
    assert leader.post(path, {"reason": "立即处理", "hours": "-1"}).status_code == 422
    assert leader.post(path, {"reason": "立即处理", "grade": "summon", "hours": "2"}).status_code == 303
    run_jobs(town)
    assert "event.instructed" in actions(town, case.number)


def test_a_merged_event_is_set_apart_and_only_a_merged_one(town: Engine, visit: Visit) -> None:
    parent, child = came(town, 11), came(town, 11)
    lead, path = visit(LEAD), f"/events/{child.number}/requests/unmerge"
    assert path in lead.get(f"/cases/{child.number}").text
    assert path in lead.get(f"/centre/events/{child.number}").text
    assert f"/events/{parent.number}/requests/unmerge" not in lead.get(f"/cases/{parent.number}").text
    assert lead.post(path, {"reason": "不是同一处"}).status_code == 303
    refused = lead.post(path, {"reason": "不是同一处"})
    assert (refused.status_code, "没有并入其他事件" in refused.text) == (422, True)
    assert "event.unmerged" in actions(town, child.number)
    circle = lead.post(f"/centre/events/{child.number}/merging", {"into": child.number, "reason": "同"})
    assert (circle.status_code, "请选择其他事件" in circle.text) == (422, True)


def test_a_closed_event_is_reopened_by_whoever_reported_it(town: Engine, visit: Visit) -> None:
    case = ended(town, 13)
    mine, path = visit(REPORTER), f"/events/{case.number}/requests/reopen"
    page = mine.get(f"/cases/{case.number}").text
    assert path in page
    assert 'class="waiting' not in page
    assert f"/events/{case.number}/requests/add" not in page
    assert mine.post(f"/events/{case.number}/requests/add", {"reason": "还在"}).status_code == 409
    assert mine.post(path, {"reason": "又堆上了"}).status_code == 303
    assert mine.post(path, {"reason": "又堆上了"}).status_code == 409
    with db.reading(town) as connection:
        assert cases.get(connection, case.number).state == "dispatching"
    run_jobs(town)
    assert re.findall(r'class="waiting (\w+)"', mine.get(f"/cases/{case.number}").text) == ["offered"]


def test_what_was_taken_over_is_returned_after_closing_by_whoever_took_it(town: Engine, visit: Visit) -> None:
    with db.transaction(town) as connection:
        case, step = reporting.report(connection, WORKER, reported(lat=31.508861 + 17 * 30 / earth.north_m(31.5)))
        assert step is not None
        instances.cancel(connection, CENTRE, step.row.id, "已转办")
        row = link.hand_over(connection, CENTRE, case, "approval", "须办许可")
        access.grant(connection, case.id, ["group:bureau.approval.handler"])
        link.take(connection, audit.Actor("P022"), case, row, "SP-7")
        event.change(connection, case.id, result="to_approval")
        ending.close(connection, CENTRE, case, "已转审批")
    path = f"/events/{case.number}/requests/hand_back"
    assert visit(LEAD).get(path).status_code == 403
    taker = visit(APPROVAL)
    assert path in taker.get(f"/cases/{case.number}").text
    assert taker.post(path, {"reason": "不需要许可"}).status_code == 303
    with db.reading(town) as connection:
        follower = link.of(connection, case.id)[-1]
    assert follower.target == "event"
    page = taker.get(f"/cases/{case.number}").text
    assert follower.number in page
    assert path not in page
    assert "event.follows" in actions(town, follower.number)


def test_what_came_of_a_petition_is_noted_once_by_whoever_answers_for_it(town: Engine, visit: Visit) -> None:
    with db.transaction(town) as connection:
        given = {"source": "群众扫码", "reporter": {"name": "王小明", "phone": "15400010001"}}
        case, step = reporting.report(
            connection, WORKER, reported(lat=31.508861 + 19 * 30 / earth.north_m(31.5), **given)
        )
        assert step is not None
        instances.cancel(connection, CENTRE, step.row.id, "已转办")
        row = link.hand_over(connection, CENTRE, case, "petition", "诉求属信访事项")
        access.grant(connection, case.id, ["group:office.handler"])
        link.take(connection, audit.Actor("P016"), case, row, "XF-2026-31", settles=True)
        event.change(connection, case.id, result="to_petition")
        ending.close(connection, CENTRE, case, "已转信访")
    path = f"/events/{case.number}/requests/tell_result"
    assert visit(LEAD).post(path, {"reason": "已答复"}).status_code == 403
    taker = visit(OFFICE)
    assert path in taker.get(f"/cases/{case.number}").text
    assert 'for="f-reason">结果</label>' in taker.get(path).text
    assert taker.post(path, {"reason": " "}).status_code == 422
    assert taker.post(path, {"reason": "已书面答复信访人"}).status_code == 303
    page = taker.get(f"/cases/{case.number}").text
    assert "XF-2026-31" in page
    assert "已书面答复信访人" in page
    assert path not in page
    assert taker.post(path, {"reason": "再次答复"}).status_code == 403
    with db.reading(town) as connection:
        assert [one.result for one in link.of(connection, case.id)] == ["已书面答复信访人"]
        assert deadline.find(connection, case, "petition_settled") is None
    assert actions(town, case.number).count("event.result") == 1
    with db.reading(town) as connection:
        assert [row.message for row in notice.of(connection, case.id)] == ["event_result", "event_closed"]
