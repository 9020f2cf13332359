"""The command centre's pages: who enters, what they show, and what is done from there with its reason."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.engine import Engine

from bench.measure import counting
from engine import audit, clock, db, errors, tasks
from engine.cases.clocks import supervision
from engine.cases.grid import event, handling, photo, reporting, settling
from engine.cases.grid.sources import source
from engine.cases.reading import trail
from engine.handling import reminders
from engine.organisation.grid import earth
from tests.conftest import MORNING
from tests.engine.cases.grid.conftest import reported, stored
from tests.web.blueprints.test_cases import run_jobs
from tests.web.conftest import Visit
from web import failures
from web.blueprints.grid.centre import AGAIN_MS
from web.shown.grid import pulse

LEADER, LEAD, CLERK = "demo001", "demo085", "demo029"
WORKER = audit.Actor("P132")
OF_THE_PAGE = 8
"""Statements of the page at most."""


def came(town: Engine, east: int = 0, **changed: Any) -> sa.Row[Any]:
    """Report an event so many steps to the east and return its case."""
    with db.transaction(town) as connection:
        lon = 119.688472 + east * 30 / earth.east_m(31.5)
        return reporting.report(connection, WORKER, reported(lon=lon, **changed))[0]


@pytest.mark.parametrize("path", ["", "/list", "/figures", "/events.csv", "/live", "/map.json?west=1"])
def test_only_those_who_watch_the_events_enter(visit: Visit, path: str) -> None:
    assert visit(CLERK).get(f"/centre{path}").status_code == 403
    assert visit(LEADER).get(f"/centre{path}").status_code == (422 if "west" in path else 200)


@pytest.mark.parametrize(("language", "says"), [("zh_CN", "指挥中心"), ("en", "Command centre")])
def test_the_board_shows_open_events_with_few_statements(town: Engine, visit: Visit, language: str, says: str) -> None:
    number = came(town, 1 if language == "en" else 12, urgency=1).number
    leader = visit(LEADER, language=language)
    assert leader.get("/centre").status_code == 200
    with counting(town) as counted:
        page = leader.get("/centre").text
    assert says in page
    assert f"/centre/events/{number}" in page
    assert counted.statements <= OF_THE_PAGE


def test_a_department_counts_what_its_list_holds(town: Engine, visit: Visit) -> None:
    here, elsewhere = came(town, 40), came(town, 41)
    with db.transaction(town) as connection:
        for case, quarter in ((here, "GL-01"), (elsewhere, "GL-02")):
            event.change(connection, case.id, unit="team2", level2_code=quarter)
    leader = visit(LEADER, language="en")
    page = leader.get("/centre?grid=GL-01&unit=team2").text
    chips = re.findall(r'<a class="chip" href="([^"]+)"[^>]*>[^<]* <b>(\d+)</b>', page)
    assert "team2" in str(dict(chips))
    for link, number in chips:
        listed = leader.get(link.replace("&amp;", "&").replace("/centre", "/centre/list", 1)).text
        assert re.search(rf">{number} events?</a>", listed)
        assert (here.number in listed, elsewhere.number in listed) == ("unit=team2" in link, False)
    assert re.findall(r'<option value="(\w+)" selected', page) == ["team2"]


def test_the_map_tells_what_its_rectangle_holds(town: Engine, visit: Visit) -> None:
    number = came(town, 2).number
    leader = visit(LEADER)
    around = leader.get("/centre/map.json?west=119.6&south=31.4&east=119.8&north=31.6").get_json()
    assert number in {one["number"] for one in around["events"]}
    elsewhere = leader.get("/centre/map.json?west=119.6&south=31.4&east=119.61&north=31.41").get_json()
    assert elsewhere == {"total": 0, "events": [], "heaps": []}
    assert leader.get("/centre/map.json?west=2&south=1&east=1&north=2").status_code == 422


def test_the_export_holds_the_list_and_leaves_a_trace(town: Engine, visit: Visit) -> None:
    number = came(town, 3, description="=SUM(A1)").number
    assert number in visit(LEADER).get("/centre/events.csv?source=网格员").text
    with db.reading(town) as connection:
        last = connection.execute(
            sa.select(audit.audit_event.c.details).where(audit.audit_event.c.action == "list.exported")
            .order_by(audit.audit_event.c.id.desc()).limit(1)
        ).scalar_one_or_none()  # fmt: skip
    assert last is not None
    assert last["list"] == "centre"


def test_the_pulse_beats_when_an_event_changes_and_is_asked_once_for_all(
    town: Engine, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = visit(LEADER), visit(LEAD)
    assert timedelta(milliseconds=AGAIN_MS) + pulse.KEPT <= timedelta(seconds=1.5)
    monkeypatch.setattr(pulse, "KEPT", timedelta(0))
    before = first.get("/centre/live").text
    assert first.get("/centre/live").text == before
    came(town, 4)
    after = second.get("/centre/live").text
    assert after != before
    assert f"retry: {AGAIN_MS}\n" in after
    monkeypatch.setattr(pulse, "KEPT", timedelta(minutes=1))
    came(town, 5)
    assert first.get("/centre/live").text == second.get("/centre/live").text == after


def test_the_pulse_beats_for_what_was_numbered_earlier_and_committed_later(
    town: Engine, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    if town.dialect.name == "sqlite":
        pytest.skip("SQLite lets one write after the other")
    monkeypatch.setattr(pulse, "KEPT", timedelta(0))
    leader, first, second = visit(LEADER), came(town, 20).number, came(town, 21).number
    with db.transaction(town) as slow:
        trail.record(slow, first, WORKER, "case.visited")
        with db.transaction(town) as quick:
            trail.record(quick, second, WORKER, "case.visited")
        before = leader.get("/centre/live").text
    assert leader.get("/centre/live").text != before


def test_the_centre_urges_supervises_and_merges_with_a_reason(town: Engine, visit: Visit) -> None:
    parent, case = came(town, 6), came(town, 7)
    lead, path = visit(LEAD), f"/centre/events/{case.number}"
    assert parent.number in lead.get(path).text
    assert lead.post(f"{path}/urging", {"reason": " "}).status_code == 422
    assert lead.post(f"{path}/urging", {"reason": "请尽快"}).status_code == 303
    grade = {"grade": "listed", "target": "head", "reason": "久拖"}
    assert lead.post(f"{path}/supervision", grade).status_code == 303
    assert lead.post(f"{path}/instruction", {"reason": "速办"}).status_code == 403
    with db.reading(town) as connection:
        (task,) = tasks.of_case(connection, case.number)
        assert [row.note for row in reminders.of(connection, task.id)] == ["请尽快"]
        assert [row.level for row in supervision.of(connection, case.id)] == ["listed"]
    assert re.search(r"久拖.*督办对象：[^·<]+ · 应于\S+ \S+前办理", lead.get(path).text, re.S)
    nowhere = lead.post(f"{path}/merging", {"reason": "同一处"})
    assert (nowhere.status_code, "没有说明并入哪一事件" in nowhere.text) == (422, True)
    refused = lead.post(f"{path}/merging", {"into": "GLW-2026-999999", "reason": "同一处"})
    assert (refused.status_code, refused.text.count('value="同一处"')) == (404, 1)
    assert lead.post(f"{path}/merging", {"near": parent.number, "reason": "同一处"}).status_code == 303
    assert f'href="/centre/events/{parent.number}"' in lead.get(path).text
    assert f'href="{path}"' in lead.get(f"/centre/events/{parent.number}").text
    assert lead.post(f"{path}/urging", {"reason": "请尽快"}).status_code == 409


@pytest.mark.parametrize(("language", "says"), [("zh_CN", "缓办至 03-20"), ("en", "stands until 03-20")])
def test_what_is_put_off_is_not_overdue(town: Engine, visit: Visit, language: str, says: str) -> None:
    case = came(town, class_code="P0101" if language == "en" else "P0102")
    run_jobs(town)
    with db.transaction(town) as connection:
        settling.postpone(connection, WORKER, case, date(2026, 3, 20), "等待材料")
    with clock.frozen(MORNING + timedelta(days=15)):
        lead = visit(LEAD, language=language)
        row = re.search(rf'<tr id="e{case.number}">.*?</tr>', lead.get("/centre?state=postponed").text, re.S)
        assert row is not None
        case_clock = row[0].split("<td")[-1]
        assert says in case_clock
        assert "overdue" not in case_clock
        assert ("停止计时" if language == "zh_CN" else "stands still") in lead.get(f"/centre/events/{case.number}").text


def test_a_merge_cycle_is_refused_on_the_page(town: Engine, visit: Visit) -> None:
    parent, child = came(town, 22), came(town, 23)
    lead = visit(LEAD, language="en")
    for case, into in ((parent, parent), (child, parent), (parent, child)):
        answer = lead.post(f"/centre/events/{case.number}/merging", {"into": into.number, "reason": "同一处"})
        assert answer.status_code == (303 if case is child else 422)
    assert "alert error" in answer.text
    with db.reading(town) as connection:
        assert event.of(connection, parent.id).closed_at is None


def test_a_leader_instructs_and_cannot_merge(town: Engine, visit: Visit) -> None:
    case = came(town, 8)
    leader, path = visit(LEADER), f"/centre/events/{case.number}"
    assert leader.post(f"{path}/merging", {"into": "x", "reason": "同"}).status_code == 403
    wrong = {
        "请写明要求做什么": {"reason": " "},
        "理由共 4001 个字符": {"reason": "速" * 4001},
        "1 至 1440 的整小时数": {"reason": "速办", "hours": "-5"},
        "整小时数": {"reason": "速办", "hours": "0"},
    }
    for says, typed in wrong.items():
        refused = leader.post(f"{path}/instruction", typed)
        assert (refused.status_code, says in refused.text) == (422, True), typed
        assert typed["reason"] in refused.text
    assert leader.post(f"{path}/instruction", {"reason": "立即处理", "grade": "summon"}).status_code == 303
    run_jobs(town)
    with db.reading(town) as connection:
        assert [row.level for row in supervision.of(connection, case.id)] == ["summon"]


def test_every_figure_names_its_query_and_time_and_opens_its_events(town: Engine, visit: Visit) -> None:
    case = came(town, 9)
    page = visit(LEADER, language="en").get("/centre/figures").text
    assert page.count("Counted: ") == page.count("Time: ") == 4
    assert 'class="figures"' not in page  # the narrow columns of the start page would cut every chart
    drawn = [json.loads(text.replace("&#34;", '"').replace("&amp;", "&").replace("\\u0026", "&"))
             for text in re.findall(r'data-figure="([^"]+)"', page)]  # fmt: skip
    links = [link for figure in drawn for bar in figure["bars"] for link, value in zip(
        bar["links"], bar["values"], strict=True) if value]  # fmt: skip
    assert links
    held = [visit(LEADER).get(link.replace("/centre", "/centre/list", 1)).text for link in links]
    assert all("/centre/events/" in text for text in held)
    assert any(case.number in text for text in held)


def test_an_event_shows_its_photos_to_those_who_watch_the_events(town: Engine, visit: Visit) -> None:
    with db.transaction(town) as connection:
        taken = photo.Taken(stored(connection))
    number = came(town, 24, photos=[taken]).number
    link = f'src="/files/{taken.file_id}/view"'
    leader = visit(LEADER, language="en")
    assert link in leader.get(f"/centre/events/{number}").text
    with leader.get(f"/files/{taken.file_id}/view") as shown:
        assert shown.status_code == 200
    assert visit(CLERK).get(f"/centre/events/{number}").status_code == 403


def test_a_task_is_a_link_for_those_who_may_open_it(town: Engine, visit: Visit) -> None:
    case = came(town, class_code="C0102")
    run_jobs(town)
    with db.reading(town) as connection:
        (task,) = tasks.of_case(connection, case.number)
    link, path = f'href="/tasks/{task.id}"', f"/centre/events/{case.number}"
    assert link in visit("demo086").get(path).text
    page = visit(LEADER).get(path).text
    assert link not in page
    assert re.search(rf"{task.name}[^/]*指挥中心受理员</span>[^/]*待签收", page)


def test_the_urgent_ones_are_a_list_of_their_own(town: Engine, visit: Visit) -> None:
    urgent, ordinary = came(town, 25, urgency=1).number, came(town, 26, urgency=3).number
    page = visit(LEADER).get("/centre?urgent=1").text
    assert urgent in page
    assert ordinary not in page
    assert "urgent=1" in visit(LEADER).get("/centre/list").text


def test_an_event_names_its_departments_by_their_part(town: Engine, visit: Visit) -> None:
    case = came(town, 27)
    with db.transaction(town) as connection:
        handling.dispatch(connection, WORKER, case, "b-social", ["b-safety", "b-construction"])
    page = visit(LEADER, language="en").get(f"/centre/events/{case.number}").text
    assert "<dd>Social Affairs Bureau</dd>" in page
    assert "<dd>Legal Affairs and Emergency Bureau, Construction Bureau</dd>" in page
    assert page.count('<span class="quiet">helping department</span>') == 2


@pytest.mark.parametrize(
    ("language", "unit", "period"),
    [
        ("zh_CN", "社会事业局 是指定", "期限“事件时钟”已经延长过"),
        ("en", "The department Social Affairs", "The period Case clock of an event has already"),
    ],
)
def test_a_refusal_calls_departments_and_periods_by_their_names(
    town_app: Flask, language: str, unit: str, period: str
) -> None:
    with town_app.test_request_context(headers={"Cookie": f"lang={language}"}):
        g.person = None
        assert failures.told(errors.EventDesignated(unit="b-social")).startswith(unit)
        assert failures.told(errors.ExtensionAgain(period="grid_case")).startswith(period)


def test_every_figure_opens_the_events_it_counts(town: Engine, visit: Visit) -> None:
    late, early, settled = came(town, 40), came(town, 41), came(town, 42)
    long_ago, now = MORNING - timedelta(days=90), clock.now()
    with db.transaction(town) as connection:
        event.change(connection, late.id, unit="police", due_at=now - timedelta(days=1))
        event.change(connection, early.id, unit="police", due_at=now + timedelta(days=1))
        done = {"finished_at": now, "closed_at": now, "due_at": now + timedelta(days=1)}
        event.change(connection, settled.id, unit="police", reported_at=long_ago, **done)
    leader = visit(LEADER, language="en")
    links = re.findall(r'<a href="(/centre\?[^"]*)">(\d+)</a>', leader.get("/centre/figures").text)
    assert len(links) >= 6
    assert any("on_time" in link for link, _count in links)
    for link, count in links:
        chip = re.search(r'class="totals">\s*<a[^>]*>(\d+) ', leader.get(html.unescape(link)).text)
        assert chip is not None
        assert chip[1] == count, link


def test_the_start_page_shows_the_events_to_those_who_watch_them(town: Engine, visit: Visit) -> None:
    number = came(town, 28, urgency=1).number
    for who in (LEADER, LEAD, "demo082", "demo091"):
        watcher = visit(who, language="en")
        page = watcher.get("/").text
        assert f'href="/centre/events/{number}"' in page, who
        figures = re.findall(r'href="(/centre[^"]*)">\s*<b>(\d+)</b><span>([^<]*)', page)
        labels = [label for _link, _count, label in figures]
        assert labels == ["open events", "urgent events", "overdue events", "events reported today"], who
        for link, count, _label in figures:
            assert f'aria-current="true">{count} ' in watcher.get(html.unescape(link)).text, link


def test_the_start_page_shows_no_events_to_others(town: Engine, visit: Visit) -> None:
    number = came(town, 29, urgency=1).number
    assert number not in visit(CLERK).get("/").text


def test_the_start_page_tells_of_silent_sources(town: Engine, visit: Visit) -> None:
    heard = clock.now() - timedelta(days=2)
    with db.transaction(town) as connection:
        connection.execute(sa.insert(source.hearing).values(source="slxh", heard_at=heard, silent_since=heard))
    assert re.search(r"<b>1</b><span>失联来源", visit(LEAD).get("/").text)
    with db.transaction(town) as connection:
        connection.execute(sa.delete(source.hearing))
