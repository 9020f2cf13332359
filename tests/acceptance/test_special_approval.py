"""A case with everything on its way: corrected, visited, judged by experts, heard, extended, rated badly and mended.

What the pages look like while nothing special happens is seen by the straight walk and by the test of every page, so
that only pages peculiar to this way are looked at. The walk is long, so it goes through one of the two databases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from engine import audit, db
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.papers import document
from engine.cases.people import rating
from tests.acceptance.conftest import OpenAs, Site, look
from tests.acceptance.desk import PHONE, Desk, fill, form, pdf

pytestmark = pytest.mark.parametrize("town", ["postgresql"], indirect=True, scope="module")

CLERK, REVIEWER, VISITOR, SECOND, CHAIR = "demo029", "demo051", "demo054", "demo053", "demo079"
DECIDER, HEAD, ISSUER, MENDER, KEEPER, AUDITOR = "demo052", "demo014", "demo041", "demo050", "demo056", "demo092"
EXPERTS = ("expert13", "expert52", "expert53")
"""Everybody of the pool who knows of water and need not keep away."""
FIRM = "91990100XXXX00019T"
LACKING = {"防洪影响评价材料（简表）": "提交盖章的简表", "恢复原状保证书": "签字后提交"}
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
KINDS = (
    *("receipt", "correction_notice", "acceptance_notice", "site_record", "interested_notice", "statement_record"),
    *("special_notice", "special_notice", "hearing_right", "expert_opinion", "hearing_notice", "hearing_record"),
    *("unit_opinion", "unit_opinion", "review_report", "extension_notice", "decision", "certificate"),
    *("service_receipt", "rectification"),
)


def test_a_firm_comes_to_the_window_and_the_case_takes_every_turn(site: Site, open_as: OpenAs) -> None:
    desk = _take_in_at_the_window(site, open_as)
    _tell_once_what_is_lacking(desk)
    desk.wait(2)
    _supplement(desk)
    desk.do(CLERK, "受理 A4", {"受理备注": "已补齐"})
    assert _due(desk) == {"promise": date(2026, 3, 20), "decision": date(2026, 4, 1)}

    _visit_by_two(desk)
    _hear_the_neighbour(desk)
    _stop_the_clock(desk)
    _draw_experts(desk)
    desk.wait(6)
    _judge(desk)
    _hold_the_hearing(desk)

    for login in (REVIEWER, SECOND):
        desk.do(login, "部门审查意见 A6", {"结论": "同意", "依据": "河道管理条例第二十五条", "意见": "同意"})
    desk.do(REVIEWER, "综合审查意见 A8", {"建议": "准予", "理由": "各方均同意", "依据": "行政许可法第三十八条"})
    _extend(desk)
    _decide_and_deliver(desk)
    _rate_badly(desk)
    _mend(desk)
    desk.do(KEEPER, "归档 A13", {"存放位置": "A-02", "页数": "36"})
    _everything_is_kept(desk)


def _take_in_at_the_window(site: Site, open_as: OpenAs) -> Desk:
    page = open_as(CLERK, "/applications/new?q=河道管理范围")
    page.get_by_role("link", name="河道管理范围内有关活动审批").first.click()
    within = page.locator("form.thirds")
    fill(within, {"申请人类型": "法人或其他组织"})
    fill(within, {"统一社会信用代码": FIRM})
    page.get_by_role("button", name="查询申请人信息").click()
    expect(page.get_by_role("status").first).to_contain_text("演示和源线缆有限公司")
    expect(within.get_by_label("姓名或名称")).to_have_value("演示和源线缆有限公司")
    look(page, "special-window")
    answers = {
        "活动类型": "取土、钻探、爆破以外的施工",
        "是否在汛期（起止日期以当年公告为准）内实施？": "否",
        "是否影响第三人合法水事权益？": "是",
    }
    fill(within, {"手机号码": PHONE, "排队号": "A017", **answers})
    page.get_by_role("button", name="收件并登记材料").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收件登记 A1")
    site.work()
    desk = Desk(site, open_as, page.locator("main .number").first.inner_text())
    desk.pages[CLERK] = page
    return desk


def _tell_once_what_is_lacking(desk: Desk) -> None:
    page = desk.page(CLERK)
    materials = form(page).get_by_role("group", name="材料", exact=True).locator(".field-row")
    for row in materials.all():
        lacking = any(row.get_by_text(name, exact=True).count() for name in LACKING)
        row.get_by_label("已收到").set_checked(not lacking)
    expect(materials.get_by_text("与第三者利害关系说明", exact=True)).to_be_visible()  # what the answers added
    page = desk.finish(page, "收件登记 A1")
    pdf(page, page.get_by_role("link", name="打印《收件凭证》"))

    look(page, "special-received")
    page.get_by_role("button", name="签收并继续办理“窗口确认 A2”").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("窗口确认 A2")
    expect(form(page).get_by_label("判定结果")).to_have_value("补正")
    expect(form(page)).to_contain_text("缺少材料：恢复原状保证书、防洪影响评价材料（简表）")
    for row in form(page).locator(".field-row").all():
        expect(row.get_by_label("缺少或不符之处")).to_have_value("未提交")
        fill(row, {"如何补正": LACKING[row.get_by_label("材料", exact=True).input_value()]})
    fill(form(page), {"理由": "缺少两份材料"})
    look(page, "special-judged")
    page = desk.finish(page, "窗口确认 A2")
    pdf(page, page.get_by_role("link", name="打印《材料补正告知书》"))
    assert _case(desk).state == "correcting"


def _supplement(desk: Desk) -> None:
    page = desk.track()
    expect(page.get_by_text("一次告知，不会再要求别的")).to_be_visible()
    page.get_by_role("link", name="网上补交").click()
    for name in LACKING:
        file = {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": PAPER}
        page.get_by_label(name).set_input_files(file)  # type: ignore[arg-type]  # a file is a plain dictionary
    page.evaluate("document.body.dataset.mostMb = 0.00001")
    page.get_by_role("button", name="提交").click()  # what is too large is refused before it is sent
    assert "超过" in page.locator("input:invalid").first.evaluate("it => it.validationMessage")
    page.evaluate("document.body.dataset.mostMb = 50")
    page.locator("input[type=file]").first.dispatch_event("change")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("您补交了")).to_be_visible()
    desk.site.work()


def _visit_by_two(desk: Desk) -> None:
    visit = {
        "核查人员（不少于二人）": [{"姓名": "崔国平", "证件号": "TK-01"}, {"姓名": "吴志明", "证件号": "TK-02"}],
        "到场时间": "2026-03-04T10:00",
        "地点": "东浜村东虹河北岸",
        "现场情况": "距堤脚十二米",
        "结论": "符合",
    }
    desk.do(VISITOR, "现场踏勘 A7a", visit)
    page = desk.page(VISITOR)
    page.goto(f"/inbox?view=claimable&q={desk.number}")
    expect(page.get_by_text("踏勘会签 A7a")).to_have_count(0)  # who made the visit is not offered to sign as the second

    page = desk.claim(SECOND, "踏勘会签 A7a")
    expect(form(page)).to_contain_text("距堤脚十二米")
    fill(form(page), {"会签意见": "在场核查，与记录一致", "会签人证件号": "TK-02"})
    look(page, "special-second-signature")
    page = desk.finish(page, "踏勘会签 A7a")
    expect(page.get_by_text("出具《现场核查记录》")).to_be_visible()


def _hear_the_neighbour(desk: Desk) -> None:
    neighbour = {"姓名或名称": "李四", "重大利益": "下游取水", "联系方式": "13900139000"}
    page = desk.do(REVIEWER, "确定利害关系人", {"利害关系人": [neighbour], "陈述申辩截止": "2026-03-09"})
    expect(page.locator("main")).to_contain_text("“听取陈述申辩”：2026年3月4日已告知，等候意见")
    heard = {"陈述申辩内容": "担心取水口受影响", "采纳情况": "部分采纳", "要求听证": True}
    page = desk.do(REVIEWER, "听取陈述申辩", heard)
    expect(page.get_by_text("出具《陈述申辩笔录》")).to_be_visible()


def _stop_the_clock(desk: Desk) -> None:
    """Tell of both special procedures, the hearing and the experts, in writing; the clock stands still."""
    told = {"所需工作日": "10", "理由": "防洪影响须评审", "已书面告知申请人": True}
    for _procedure in ("专家评审", "听证"):
        desk.do(REVIEWER, "书面告知所需时间 A7s", told)
    assert _due(desk) == {"promise": None, "decision": None}
    page = desk.track()
    expect(page.locator("main")).to_contain_text("这段时间不计入办理期限（行政许可法45）")


def _draw_experts(desk: Desk) -> None:
    given = {"领域": "水利水务", "人数（不少于三人）": "3", "请专家判断的问题（不写明申请人）": "方案是否可行"}
    desk.do(REVIEWER, "确定评审事项 A7b", given)


def _judge(desk: Desk) -> None:
    """Let three experts judge, each once; the applicant asks for the hearing meanwhile."""
    page = desk.track()
    page.get_by_role("link", name="要求听证").click()
    page.get_by_role("button", name="要求听证").click()
    expect(page.get_by_text("您要求听证")).to_be_visible()
    desk.site.work()
    for login in EXPERTS:
        page = desk.claim(login, "专家评审意见 A7b")
        expect(page.locator("main")).not_to_contain_text("演示和源线缆有限公司")  # whose matter it is, is not told
        fill(form(page), {"表决": "同意", "意见": "方案可行"})
        desk.finish(page, "专家评审意见 A7b")
    assert _due(desk) == {"promise": None, "decision": None}  # the hearing goes on


def _hold_the_hearing(desk: Desk) -> None:
    plan = {
        "听证时间": "2026-03-23T09:00",
        "地点": "镇政府三楼会议室",
        "参加人": [{"姓名或名称": "李四", "身份": "利害关系人"}],
    }
    desk.do(CHAIR, "确定听证安排", plan)
    desk.wait(13)
    page = desk.do(CHAIR, "举行听证", {"笔录摘要": "双方陈述了意见", "笔录已由参加人签字": True})
    expect(page.get_by_text("出具《听证笔录》")).to_be_visible()
    assert _due(desk) == {"promise": date(2026, 4, 9), "decision": date(2026, 4, 21)}  # 13 working days later


def _extend(desk: Desk) -> None:
    page = desk.claim(DECIDER, "决定 A9")
    fill(form(page), {"处理方式": "申请延期"})
    fill(form(page), {"延期理由": "须核对汛期安排"})
    desk.finish(page, "决定 A9")
    page = desk.do(HEAD, "批准延期", {"批准延长": True})
    expect(page.get_by_text("出具《延期告知书》")).to_be_visible()
    assert _due(desk) == {"promise": date(2026, 4, 9), "decision": date(2026, 5, 8)}


def _decide_and_deliver(desk: Desk) -> None:
    decided = {
        "决定结果": "准予",
        "理由": "符合法定条件、标准",
        "法律依据": "行政许可法第三十八条第一款",
        "许可内容和条件": "汛期前完工",
    }
    page = desk.claim(DECIDER, "决定 A9")
    expect(form(page).get_by_label("作出决定")).to_be_checked()  # and not once more 申请延期
    fill(form(page), decided)
    desk.finish(page, "决定 A9")
    content = {"证照编号": "SL-2026-1", "证载内容": "东虹河北岸施工", "有效期自": "2026-03-23"}
    desk.do(ISSUER, "制证 A10", content)
    desk.do(ISSUER, "送达签收", {"签收人": "廖立群", "送达时间": "2026-03-23T09:00"})
    assert _case(desk).outcome == "granted"


def _rate_badly(desk: Desk) -> None:
    page = desk.track()
    page.get_by_role("link", name="评价服务").click()
    page.get_by_label(re.compile(r"^\s*不满意")).check()
    page.locator("textarea").fill("跑了两趟，等得太久")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("您不满意的，会有人联系您")).to_be_visible()
    desk.site.work()


def _mend(desk: Desk) -> None:
    page = desk.claim(MENDER, "核实联系 A15")
    expect(form(page)).to_contain_text("申请人评价：2 星（满五星） 跑了两趟，等得太久")
    fill(form(page), {"联系时间": "2026-03-23T10:00", "核实情况": "窗口没有说明可以网上补交"})
    look(page, "special-rectification")
    desk.finish(page, "核实联系 A15")
    mended = {"事实": "没有说明可以网上补交", "整改措施": "窗口张贴网上补交说明", "已回访": True, "已解决": True}
    desk.do(MENDER, "整改回访 A15", mended)
    page = desk.track(show="special-mended")
    expect(page.get_by_text("您不满意的地方已整改：窗口张贴网上补交说明")).to_be_visible()


def _everything_is_kept(desk: Desk) -> None:
    with db.reading(desk.site.database) as connection:
        case = cases.get(connection, desk.number)
        assert (case.state, case.outcome, case.visits, case.window) == ("archived", "granted", 1, "W03")
        kinds = [row.kind for row in document.of(connection, case.id)]
        rated = rating.of(connection, case.id)
        head = connection.execute(sa.select(audit.audit_head).where(audit.audit_head.c.stream == desk.number)).one()
        assert audit.verify(connection, audit.Head(head.stream, head.seq, head.hash)) is None
    assert sorted(kinds) == sorted(KINDS)
    assert rated is not None
    assert rated.stars == 2
    page = desk.page(AUDITOR)
    _read_the_story(page, desk.number)
    page.goto(f"/cases/{desk.number}?tab=documents")
    for link in page.locator("td.lead a").all():
        pdf(page, link)
    page.goto(f"/audit?stream={desk.number}")
    page.get_by_role("button", name="核验此链条").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{desk.number} 的链条完整")


def _read_the_story(page: Page, number: str) -> None:
    """Read the story as the auditor does: it says who did what, in words and never in codes."""
    page.goto(f"/cases/{number}?tab=story")
    look(page, "special-story")
    said = page.locator("main").inner_text()
    for words in ("崔国平(演示)办结“现场踏勘 A7a”", "吴志明(演示)办结“踏勘会签 A7a”", "启动特别程序：听证"):
        assert words in said
    assert not re.findall(r"[a-z]+[._][a-z_]+", said)


def _due(desk: Desk, periods: Iterable[str] = ("promise", "decision")) -> dict[str, date | None]:
    """Return the last days of periods; a clock that stands still has none."""
    with db.reading(desk.site.database) as connection:
        rows = {row.period: row for row in deadline.of(connection, _case(desk).id)}
    return {period: rows[period].due_on for period in periods}


def _case(desk: Desk) -> Any:
    with db.reading(desk.site.database) as connection:
        return cases.get(connection, desk.number)
