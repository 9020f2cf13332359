"""How people of the town work on a penalty case in a browser, and cases they have brought to where a test begins."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from engine import audit, clock, db
from engine.cases import case as cases
from engine.cases.enforcement import lead
from tests.acceptance.conftest import OpenAs, Site, look
from tests.acceptance.desk import Desk, fill, form, pdf
from tests.workflows import walking

INTAKE, SERVER, FINANCE, KEEPER, AUDITOR = "demo075", "demo076", "demo081", "demo056", "demo092"
LEADER, MAYOR, REVIEWER, CHAIR = "demo003", "demo002", "demo077", "demo079"
NUMBER = re.compile(r"GL-\d{4}-\d{6}")


def brought(site: Site, open_as: OpenAs, scenario: str, until: Any) -> Desk:
    """Let the town's own persons bring the case of a scenario to the step that is ``until``; time goes on with it."""
    told = walking.ENFORCEMENT.scenarios[scenario]
    way = walking.ENFORCEMENT.way(site.database, {})
    way.staffed, way.now = True, datetime.fromisoformat(str(told["begins_at"])).replace(tzinfo=clock.TOWN)
    way.take_in(told["lead"], lead.PROCESS, {})
    for step in told["steps"][: told["steps"].index(until)]:
        walking.take(way, step)
    site.now = way.now
    return Desk(site, open_as, way.number)


def begin(desk: Desk, login: str, activity: str, *, show: str = "") -> None:
    """Let a person begin an activity of the investigation on the page of the case."""
    page = desk.page(login)
    page.goto(f"/cases/{desk.number}")
    if show:
        look(page, show)
    page.get_by_role("button", name=f"启动“{activity}”").click()
    expect(page.get_by_role("status").first).to_contain_text(f"“{activity}”已启动")


def tick_officers(page: Page, *names: str) -> None:
    """Tick officers by their names, behind which the licence stands."""
    for name in names:
        form(page).get_by_label(re.compile(name)).check()


def pass_review(desk: Desk, opinion: str, *, show: str = "") -> Page:
    """Let the legal reviewer find that every point holds and pass the draft."""
    page = desk.claim(REVIEWER, "法制审核")
    if show:
        look(page, show)
    for box in form(page).get_by_label("符合", exact=True).all():
        box.check()
    form(page).get_by_label("通过", exact=True).check()
    fill(form(page), {"审核意见": opinion})
    return desk.finish(page, "法制审核")


def close_and_archive(desk: Desk, leader: str, why: str) -> None:
    """Let the head of the team close the case, and the keeper put its file away."""
    desk.do(leader, "结案审批 E17", {"结案理由": why})
    desk.do(KEEPER, "归档 E19", {"存放位置": "A-1", "页数": "40"})


def proven(desk: Desk) -> tuple[str, str]:
    """Bind the file and download it, prove the chain, read the story; return how the case stands."""
    page = desk.page(AUDITOR)
    page.goto(f"/cases/{desk.number}?tab=documents")
    page.get_by_role("button", name="生成案卷").click()
    desk.site.work()
    page.goto(f"/cases/{desk.number}?tab=documents")
    bound = page.get_by_role("region", name="案卷")
    expect(bound.get_by_role("link", name="下载")).to_have_count(2)  # 正卷、副卷
    for link in bound.get_by_role("link", name="下载").all():
        pdf(page, link)
    page.goto(f"/cases/{desk.number}?tab=story")
    assert not re.findall(r"[a-z]+[._][a-z_]+", page.locator("main").inner_text())
    page.goto(f"/audit?stream={desk.number}")
    page.get_by_role("button", name="核验此链条").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{desk.number} 的链条完整")
    with db.reading(desk.site.database) as connection:
        case = cases.get(connection, desk.number)
        head = connection.execute(sa.select(audit.audit_head).where(audit.audit_head.c.stream == desk.number)).one()
        assert audit.verify(connection, audit.Head(head.stream, head.seq, head.hash)) is None
    return case.state, case.outcome
