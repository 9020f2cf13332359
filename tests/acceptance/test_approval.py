"""A case from the application to the archive, each step in the browser of the person whose step it is.

The walk with every special turn goes through the other database.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from engine import audit, db
from engine.cases import case as cases
from engine.cases.papers import document
from tests.acceptance.conftest import OpenAs, Site, look
from tests.acceptance.desk import PHONE, Desk, fill, form, pdf, tick_all

pytestmark = pytest.mark.parametrize("town", ["sqlite"], indirect=True, scope="module")

CLERK, REVIEWER, SITE, OTHER_SITE, POLICE = "demo029", "demo046", "demo053", "demo054", "demo201"
DECIDER, ISSUER, KEEPER, AUDITOR = "demo052", "demo041", "demo056", "demo092"
ROAD = "GL-CGG-003"
AGREED = {"结论": "同意", "依据": "城市道路管理条例第三十一条", "意见": "材料与事实一致，同意"}


def test_a_resident_applies_on_line_and_the_case_goes_straight_to_the_archive(site: Site, open_as: OpenAs) -> None:
    desk = _apply_on_line(site, open_as)
    _take_in(desk)
    page = desk.do(CLERK, "受理 A4", {"受理备注": "资料齐全"})
    expect(page.get_by_text("受理通知书").first).to_be_visible()

    desk.do(
        OTHER_SITE,
        "现场踏勘 A7a",
        {
            "核查人员（不少于二人）": [{"姓名": "崔国平", "证件号": "TK-01"}, {"姓名": "吴志明", "证件号": "TK-02"}],
            "到场时间": "2026-03-02T10:00",
            "地点": "官林镇东虹路1号",
            "现场情况": "剩余人行通道两米，井盖未被遮挡",
            "结论": "符合",
        },
        show="straight-visit",
    )
    desk.do(SITE, "踏勘会签 A7a", {"会签意见": "在场核查，与记录一致", "会签人证件号": "TK-02"})
    for login in (REVIEWER, SITE, POLICE):
        desk.do(login, "部门审查意见 A6", AGREED, show="straight-review" if login == REVIEWER else "")
    desk.do(REVIEWER, "综合审查意见 A8", {"建议": "准予", "理由": "三家单位均同意", "依据": "行政许可法第三十八条"})
    page = desk.do(
        DECIDER,
        "决定 A9",
        {
            "决定结果": "准予",
            "理由": "符合法定条件、标准",
            "法律依据": "行政许可法第三十八条第一款",
            "许可内容和条件": "占用期满恢复原状",
        },
        show="straight-decision",
    )
    desk.do(
        ISSUER, "制证 A10", {"证照编号": "ZD-2026-1", "证载内容": "临时占用东虹路二十平方米", "有效期自": "2026-03-02"}
    )
    desk.do(ISSUER, "送达签收", {"签收人": "王小明", "送达时间": "2026-03-02T09:00"})
    assert _case(site, desk.number).outcome == "granted"

    _rate(desk, "非常满意", "办得快")
    desk.do(KEEPER, "归档 A13", {"存放位置": "A-01", "页数": "12"})
    _everything_is_kept(desk)


def _apply_on_line(site: Site, open_as: OpenAs) -> Desk:
    page = open_as(path="/apply?q=临时占用城市道路")
    page.get_by_role("link", name="临时占用城市道路审批").first.click()
    look(page, "straight-apply")
    within = page.locator("form.card")
    fill(
        within,
        {
            "姓名或名称": "王小明",
            "居民身份证号": "110101199003070134",
            "手机号码": PHONE,
            "联系地址": "官林镇东虹路1号",
            "占用用途": "施工围挡",
            "占用是否涉及机动车道？": "是",
            "占用时长": "不超过3天",
        },
    )
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申请已提交")
    number = page.locator(".big.number").inner_text().strip()
    look(page, "straight-receipt")
    site.work()
    desk = Desk(site, open_as, number)
    desk.pages[None] = page
    return desk


def _take_in(desk: Desk) -> None:
    page = desk.claim(CLERK, "收件登记 A1", show="straight-intake")
    expect(form(page).get_by_text("施工组织方案", exact=True)).to_be_visible()  # an answer of the applicant added it
    tick_all(form(page), "已收到")
    look(page, "straight-intake-task")
    desk.finish(page, "收件登记 A1", show="straight-intake")
    page = desk.claim(CLERK, "窗口确认 A2")
    expect(form(page).get_by_label("判定结果")).to_have_value("受理")
    desk.finish(page, "窗口确认 A2")


def _rate(desk: Desk, words: str, text: str) -> None:
    page = desk.track(show="straight-track")
    page.get_by_role("link", name="评价服务").click()
    page.get_by_label(words).check()
    page.locator("textarea").fill(text)
    look(page, "straight-rating")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("谢谢您，评价已记录").first).to_be_visible()
    desk.site.work()


def _everything_is_kept(desk: Desk) -> None:
    with db.reading(desk.site.database) as connection:
        case = cases.get(connection, desk.number)
        assert (case.state, case.outcome, case.visits) == ("archived", "granted", 0)
        kinds = [row.kind for row in document.of(connection, case.id)]
        head = connection.execute(sa.select(audit.audit_head).where(audit.audit_head.c.stream == desk.number)).one()
        assert audit.verify(connection, audit.Head(head.stream, head.seq, head.hash)) is None
    assert {"receipt", "acceptance_notice", "unit_opinion", "review_report", "decision", "certificate"} <= set(kinds)
    page = desk.page(AUDITOR)
    _look_at_the_case(page, desk.number, papers=len(kinds))
    page.goto(f"/audit?stream={desk.number}")
    page.get_by_role("button", name="核验此链条").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{desk.number} 的链条完整")
    look(page, "straight-audit")


def _look_at_the_case(page: Page, number: str, papers: int) -> None:
    for tab in ("overview", "materials", "story", "diagram", "documents", "related"):
        page.goto(f"/cases/{number}?tab={tab}")
        expect(page.get_by_text(number).first).to_be_visible()
        look(page, f"straight-case-{tab}")
        if tab == "documents":
            links = page.locator("td.lead a")
            expect(links).to_have_count(papers)
            for link in links.all():
                pdf(page, link)


def _case(site: Site, number: str) -> Any:
    with db.reading(site.database) as connection:
        return cases.get(connection, number)
