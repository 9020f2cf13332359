"""A month on its pages from the freeze to the archive: appealed, reviewed, checked, published, approved, rewarded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine

from engine import audit, clock, db, instances, jobs, tasks
from engine.cases.grid.assessment import answer, score, window
from tests.web.conftest import Visit

WORKER, HEAD, CENTRE, LEADER = "demo150", "demo103", "demo082", "demo003"
KEY, MONTH = "KH-flow", "2026-10"
MINE = f"/assessments/{MONTH}/workers/P150"


def at(day: int) -> Any:
    """Stand the clock at nine on a day of November."""
    return clock.frozen(datetime(2026, 11, day, 9, tzinfo=clock.TOWN))


def finish(town: Engine, visit: Visit, login: str, element: str, typed: dict[str, str]) -> None:
    """Claim the task and complete it on its page, and let what follows happen."""
    with db.reading(town) as connection:
        row = next(one for one in tasks.of_case(connection, KEY) if one.element == element)
    person = visit(login)
    page = person.get(f"/tasks/{row.id}").text
    assert (MINE if login != LEADER else f'href="/assessments/{MONTH}"') in page
    assert ("合格 <" in page or ">合格<" in page) == (login == LEADER)
    assert person.post(f"/tasks/{row.id}/claim").status_code == 303
    assert person.post(f"/tasks/{row.id}/completion", typed).status_code == 303
    go_on(town)


def go_on(town: Engine) -> None:
    """Run everything that is due."""
    while True:
        with db.reading(town) as connection:
            due = jobs.due(connection)
        if not due:
            return
        for job in due:
            jobs.run(town, job)


def test_the_month_before_is_frozen_by_itself_on_the_first(town: Engine) -> None:
    with clock.frozen(datetime(2026, 4, 1, 9, 1, tzinfo=clock.TOWN)):
        go_on(town)
        with db.reading(town) as connection:
            assert window.get(connection, "2026-03").state == "answering"
            assert {row.answer for row in answer.of(connection, "2026-03")} == {None}


def test_a_month_goes_from_the_freeze_to_the_archive(town: Engine, visit: Visit) -> None:
    with at(1):
        with db.transaction(town) as connection:
            instances.start(connection, audit.SYSTEM, window.PROCESS, business_key=KEY, variables={}, start_event="M0")
        appeal = {"answer": "appeal", "appeal_training": "当天在处置紧急事件"}
        assert visit(WORKER).post(f"/assessments/{MONTH}/answer", appeal).status_code == 303
        assert visit("demo133").post(f"/assessments/{MONTH}/answer", {"answer": "confirm"}).status_code == 303
    with at(5):
        go_on(town)
        with db.reading(town) as connection:
            said = {row.worker: row.answer for row in answer.of(connection, MONTH)}
            before = score.of_worker(connection, "P150")[0]
            sessions = score.lines(connection, [before.id])[before.id][-1].figures["sessions"]
        assert (said["P150"], said["P133"], said["P134"]) == ("appealed", "confirmed", "silent")
        finish(town, visit, HEAD, "M6_review", {"opinion.text": "情况属实"})
        accepted = {"recheck.accepted": "yes", "recheck.figure": "attended", "recheck.value": str(sessions)}
        finish(town, visit, CENTRE, "M7_check", {**accepted, "recheck.reason": "签到表补录"})
        page = visit(WORKER).get(MINE).text
        assert "情况属实" in page
        assert "签到表补录" in page
        assert "P150" in visit("demo029").get(f"/assessments/{MONTH}/published").text
    with at(11):
        go_on(town)
        finish(town, visit, LEADER, "M9", {"approval.decision": "approved"})
        with db.transaction(town) as connection:
            found = score.digest(connection, MONTH)
            score.compute(connection, audit.SYSTEM, MONTH)
            assert score.digest(connection, MONTH) == found
            assert window.get(connection, MONTH).state == "archived"
            rows = score.current(connection, MONTH)
        mine = next(row for row in rows if row.worker == "P150")
        assert (mine.version, mine.hundredths >= before.hundredths) == (2, True)
        assert all(row.reward for row in rows)
        assert mine.reward in visit(CENTRE).get(f"/assessments/{MONTH}").text
        assert mine.reward_en.startswith("monthly factor ")
        assert mine.reward_en in visit(CENTRE, language="en").get(f"/assessments/{MONTH}").text
        assert {"assessment.frozen", "assessment.answered", "assessment.published", "assessment.archived"} <= _told(
            town
        )


def _told(town: Engine) -> set[str]:
    with db.reading(town) as connection:
        return {row.action for row in audit.trail(connection, KEY)}
