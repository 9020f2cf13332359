"""The inbox: what one has and may take, found again at the same place, claimed one by one or together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, db, tasks
from engine.cases.people import personal
from engine.handling import offers
from engine.organisation import appointment, person, saved_view
from tests.web.conftest import Visit
from tests.web.desk import CLERK, COLLEAGUE, actions, present, take_in


@contextmanager
def counted(town: Engine) -> Iterator[list[str]]:
    """Collect the statements that ask for rows."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    sa.event.listen(town, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(town, "before_cursor_execute", note)


def test_a_new_case_stands_with_those_of_its_window_and_nobody_else(town: Engine, visit: Visit) -> None:
    row = take_in(town, name="第三窗口来人")
    found = f"/inbox?view=claimable&q={row.business_key}"
    assert "第三窗口来人" in visit(CLERK).get(found).text
    assert "第三窗口来人" not in visit(COLLEAGUE).get(found).text


def test_the_list_is_paged_both_ways_and_sorted_by_its_address(town: Engine, visit: Visit) -> None:
    rows = [take_in(town, name="翻页当事人") for _ in range(23)]
    clerk = visit(CLERK)
    start = "/inbox?view=claimable&q=翻页当事人&sort=-number"
    first = clerk.get(start).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = clerk.get(following[1].replace("&amp;", "&")).text
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back
    again = clerk.get(back[1].replace("&amp;", "&")).text
    numbers = [re.findall(r'<td class="number">(GL-[0-9-]+)</td>', page) for page in (first, second, again)]
    assert numbers[0] + numbers[1] == sorted((row.business_key for row in rows), reverse=True)
    assert numbers[2] == numbers[0]
    assert "共 23 件" in first


@pytest.mark.parametrize("query", ["after=x,1", "after=,", "sort=evil", "view=foreign&kind=x&deadline=y"])
def test_an_address_that_means_nothing_is_no_defect(visit: Visit, query: str) -> None:
    assert visit(CLERK).get(f"/inbox?{query}").status_code in (200, 422)


def test_a_task_leads_back_to_the_same_place_of_the_list_and_nowhere_else(town: Engine, visit: Visit) -> None:
    row, clerk = take_in(town), visit(CLERK)
    listed = clerk.get(f"/inbox?view=claimable&q={row.business_key}").text
    link = re.search(rf'href="(/tasks/{row.id}\?back=[^"]+)"', listed)
    assert link
    shown = clerk.get(link[1]).text
    assert f'href="/inbox?view=claimable&amp;q={row.business_key}#t{row.id}"' in shown
    assert 'href="//evil.example' not in clerk.get(f"/tasks/{row.id}?back=//evil.example").text


def test_claiming_from_the_list_stays_in_the_list(town: Engine, visit: Visit) -> None:
    row, clerk = take_in(town), visit(CLERK)
    answer = clerk.post(f"/tasks/{row.id}/claim", {"list": "1", "back": "/inbox?view=claimable"})
    assert answer.headers["Location"] == f"/inbox?view=claimable#t{row.id}"
    assert present(town, row.id).assignee == "P029"


def test_a_batch_tells_each_task_its_own_result(town: Engine, visit: Visit) -> None:
    free, taken, foreign = take_in(town), take_in(town), take_in(town, window="W05")
    with db.transaction(town) as connection:
        offers.make(connection, taken.id, {"user": ["P030"]}, free=True, sort_due_at=offers.NEVER)
        tasks.claim(connection, audit.Actor("P030"), tasks.Candidate("P030"), taken.id)
    clerk = visit(CLERK)
    answer = clerk.post("/inbox/claims", {"task": [free.id, taken.id, foreign.id]})
    said = clerk.get(answer.headers["Location"]).text
    assert re.search(r'alert success">已签收：收件登记', said)
    assert len(re.findall(r'alert warning">', said)) == 2
    with db.reading(town) as connection:
        assert person.names(connection, ["P030"])["P030"] in said
    assert [present(town, row.id).assignee for row in (free, taken, foreign)] == ["P029", "P030", None]
    assert actions(town, free.business_key)[-1].action == "task.claimed"


def test_the_count_is_told_as_one_short_event(town: Engine, visit: Visit) -> None:
    take_in(town)
    answer = visit(CLERK).get("/inbox/live")
    assert answer.mimetype == "text/event-stream"
    assert re.search(r"retry: \d+\nevent: counts\ndata: \{.*\"claimable\": [1-9]", answer.text)


def test_a_view_is_kept_per_person_and_taken_away_again(town: Engine, visit: Visit) -> None:
    clerk, colleague = visit(CLERK), visit(COLLEAGUE)
    kept = clerk.post("/inbox/views", {"name": "今天的", "query": "view=all&deadline=today&evil=1"})
    assert kept.headers["Location"] == "/inbox?view=all&deadline=today"
    assert "今天的" in clerk.get("/inbox").text
    assert "今天的" not in colleague.get("/inbox").text
    with db.reading(town) as connection:
        (view,) = saved_view.of(connection, "P029")
    assert colleague.post(f"/inbox/views/{view.id}/removal").status_code == 404
    assert clerk.post(f"/inbox/views/{view.id}/removal").status_code == 303
    assert clerk.post("/inbox/views", {"name": " ", "query": ""}).status_code == 422


def test_the_list_is_handed_out_as_a_file_without_formulas(town: Engine, visit: Visit) -> None:
    take_in(town, name="=HYPERLINK(1)")
    answer = visit(CLERK).get("/inbox.csv?view=claimable&q=HYPERLINK")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.text.startswith("\ufeff案号,")
    assert "'=HYPERLINK(1)" in answer.text
    with db.reading(town) as connection:
        event = audit.trail(connection, personal.STREAM)[-1]
    assert (event.action, event.actor) == ("list.exported", "P029")
    assert event.details == {"list": "inbox", "filter": {"view": "claimable", "q": "HYPERLINK"}, "rows": 1}


def test_a_page_of_the_list_asks_the_database_few_questions(town: Engine, visit: Visit) -> None:
    for _ in range(3):
        take_in(town)
    clerk = visit(CLERK)
    clerk.get("/inbox?view=claimable")
    with counted(town) as asked:
        clerk.get("/inbox?view=claimable")
    asked = [statement for statement in asked if statement.startswith("SELECT")]
    of_session = [statement for statement in asked if "FROM person JOIN web_session" in statement]
    assert len(of_session) == 1
    assert len(asked) - len(of_session) <= 4, asked


def test_what_is_kept_of_a_person_s_standing_ends_with_the_next_change(town: Engine, visit: Visit) -> None:
    row, colleague = take_in(town), visit(COLLEAGUE)
    found = f"/inbox?view=all&q={row.business_key}"
    assert f"/tasks/{row.id}" not in colleague.get(found).text
    with db.transaction(town) as connection:
        given = appointment.appoint(
            connection, audit.Actor("P001"), "P030", "hall.window", scope="W03", since=date(2026, 3, 1)
        )
    assert f"/tasks/{row.id}" in colleague.get(found).text
    with db.transaction(town) as connection:
        appointment.dismiss(connection, audit.Actor("P001"), given.id, "the window is closed")
    assert f"/tasks/{row.id}" not in colleague.get(found).text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_page_tells_the_same_working_days_left(town: Engine, visit: Visit, language: str) -> None:
    row, clerk = take_in(town), visit(CLERK, language=language)
    number = row.business_key
    said = "剩 5 个工作日" if language == "zh_CN" else "5 working days left"
    for page in (f"/inbox?view=all&q={number}", f"/tasks/{row.id}", f"/cases/{number}"):
        assert said in clerk.get(page).text, page


@pytest.mark.parametrize("path", ["/", "/cases", "/inbox"])
def test_the_count_of_what_waits_stands_on_every_page(visit: Visit, path: str) -> None:
    for login in (CLERK, "demo001"):
        answer = visit(login).get(path)
        assert answer.status_code == 200
        assert 'data-live="/inbox/live"' in answer.text
