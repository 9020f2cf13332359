"""An ordinary penalty case from the lead to the archive: a hearing, a second review, a discussion, all of it proven.

It is long, so it goes through one of the two databases, and only pages peculiar to it are looked at.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.acceptance.conftest import OpenAs, Site, look
from tests.acceptance.desk import Desk, fill, form
from tests.acceptance.offence import (
    CHAIR,
    FINANCE,
    INTAKE,
    LEADER,
    MAYOR,
    NUMBER,
    SERVER,
    begin,
    close_and_archive,
    pass_review,
    proven,
    tick_officers,
)

pytestmark = pytest.mark.parametrize("town", ["sqlite"], indirect=True, scope="module")

OFFICER, HEAD, SECRETARY = "demo064", "demo063", "demo001"
TWO = ("胡德明", "蒋天宇")
MEMBERS = ("林志强（镇长）", "程学文（副镇长）", "段志明（副镇长）")


def test_a_building_site_is_heard_reviewed_again_discussed_fined_and_filed(site: Site, open_as: OpenAs) -> None:
    desk = _take_in(site, open_as)
    _file(desk)
    site.wait(1)
    desk.pages.clear()
    _investigate(desk)
    _propose(desk)
    _tell(desk)
    _hear(desk)
    _decide(desk)
    _carry_out(desk)
    close_and_archive(desk, HEAD, "执行完毕")
    assert proven(desk) == ("archived", "penalised")


def _take_in(site: Site, open_as: OpenAs) -> Desk:
    page = open_as(INTAKE, "/leads/new")
    given = {"违法事实": "建筑工地未采取防尘措施", "行为地点": "官林镇工业路2号"}
    fill(page.locator("form.card"), {**given, "当事人名称（已知时填写）": "某建筑公司"})
    page.get_by_role("button", name="登记线索").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("初核 E1")
    expect(form(page)).to_contain_text("来源：巡查 · 发现：2026-03-02 09:00")
    found = NUMBER.search(page.inner_text("main"))
    assert found
    desk = Desk(site, open_as, found[0])
    desk.pages[INTAKE] = page
    fill(form(page), {"当事人类型": "法人或者其他组织", "住址": "官林镇工业路2号", "行为日期": "2026-03-02"})
    fill(form(page), {"初核结论": "涉嫌违法"})
    fill(form(page), {"违法事项": "施工工地未采取有效防尘降尘措施（GL-CF1-121）", "核查情况和理由": "现场查看属实"})
    desk.finish(page, "初核 E1")
    return desk


def _file(desk: Desk) -> None:
    page = desk.claim(OFFICER, "程序选择 E3")
    expect(form(page)).to_contain_text("罚款幅度 10000–100000 元")
    fill(form(page), {"违法事实确凿": True, "拟处罚种类": "罚款"})
    fill(form(page), {"拟罚款金额（元）": "60000", "程序": "普通程序"})
    desk.finish(page, "程序选择 E3")
    page = desk.claim(OFFICER, "立案申请 E4")
    tick_officers(page, *TWO)
    fill(form(page), {"承办人声明没有应当回避的情形": True, "立案理由": "事实初步查明，应当处罚"})
    desk.finish(page, "立案申请 E4")
    page = desk.claim(LEADER, "立案审批 E4")
    for name in TWO:
        expect(form(page)).to_contain_text(name)
    fill(form(page), {"审批意见": "同意立案", "意见": "同意"})
    desk.finish(page, "立案审批 E4")


def _investigate(desk: Desk) -> None:
    begin(desk, OFFICER, "检查、询问、抽样 E5", show="ordinary-investigation")
    page = desk.claim(OFFICER, "检查、询问、抽样 E5")
    fill(form(page), {
        "行为": "现场检查（勘验）", "开始时间": "2026-03-03T08:00", "结束时间": "2026-03-03T08:40",
        "地点": "官林镇工业路2号", "已出示执法证件": True, "现场情况、问答或者样品": "裸土未覆盖，未洒水，未设围挡",
        "音像记录编号": "AV-1", "当事人签字": "已签",
    })  # fmt: skip
    tick_officers(page, *TWO)
    desk.finish(page, "检查、询问、抽样 E5")
    desk.do("demo065", "第二名执法人员签名 E5", {"我参加了该行为，笔录与事实一致": True})
    _prove(desk)
    begin(desk, OFFICER, "调查结束 E5")
    desk.do(OFFICER, "调查结束 E5", {"应当查明的事实均已查明，没有未处理的先行登记保存": True})


def _prove(desk: Desk) -> None:
    """Take a paper in, verify it, say the fact, and tie one to the other."""
    page, register = desk.page(OFFICER), f"/cases/{desk.number}?tab=evidence"
    page.goto(register)
    page.get_by_role("link", name="登记证据").click()
    entry = page.locator("form.card")
    fill(entry, {
        "证据名称": "工地照片说明", "位置": "官林镇工业路2号", "取得": "2026-03-03T08:30",
        "存放标记（没有文件的）": "A-1", "原件或者复印件": "原件", "出具单位": "某建筑公司", "文件日期": "2026-03-03",
        "印章（看不清的写明原因）": "清晰",
    })  # fmt: skip
    for name in TWO:
        entry.get_by_label(name).check()
    page.get_by_role("button", name="登记入册").click()
    page.get_by_label("查证方式").fill("与原件核对一致")
    page.get_by_role("button", name="查证属实").click()
    page.goto(register)
    page.get_by_label("补充事实").fill("三项防尘措施缺失")
    page.get_by_role("button", name="写明事实").click()
    page.locator("summary").filter(has_text="事实 1").click()
    page.get_by_label("工地照片说明").check()
    page.get_by_role("button", name="保存对应关系").click()
    expect(page.get_by_role("heading", name="尚缺")).to_have_count(0)
    look(page, "ordinary-evidence")


def _propose(desk: Desk) -> None:
    desk.do(OFFICER, "调查终结报告 E6", {
        "违法事实": "三项防尘措施缺失", "违反条款": "大气污染防治法69", "处罚依据": "大气污染防治法115",
        "建议": "给予处罚", "处罚建议": "罚款60000元",
    })  # fmt: skip
    page = desk.claim(OFFICER, "裁量和拟处罚 E6")
    expect(form(page)).to_contain_text("调查终结报告的建议：给予处罚")
    fill(form(page), {"已查证的档次情形": "较重", "处罚种类和数额": [{"种类": "罚款", "数额（元）": "60000"}]})
    desk.finish(page, "裁量和拟处罚 E6")
    pass_review(desk, "事实清楚，程序合法", show="ordinary-review")


def _tell(desk: Desk) -> None:
    today = str(desk.site.now.date())
    told = {"送达方式": "直接送达", "受送达人": "经理", "交付、交邮或者公告日期": today}
    page = desk.do(OFFICER, "送达事先告知", told, show="ordinary-notice")
    expect(page.locator("main")).to_contain_text("出具《行政处罚听证告知书》")
    asked = {"事项": "要求听证", "收到日期": today, "内容": "要求听证"}
    desk.do(OFFICER, "登记当事人意见", asked)


def _hear(desk: Desk) -> None:
    """Tell of the hearing seven clear working days before, hold it, and propose less than was told."""
    plan = {"听证时间": "2026-03-17T09:00", "地点": "镇政府三楼会议室", "记录员": "邱春梅"}
    desk.do(CHAIR, "确定听证安排", plan)
    page = desk.claim(SERVER, "送达听证通知书")
    expect(form(page)).to_contain_text("听证定于 2026-03-17 09:00")
    fill(form(page), {"送达方式": "直接送达"})
    fill(form(page), {"签收人": "经理", "签收人身份": "法定代表人、主要负责人"})
    page = desk.finish(page, "送达听证通知书")
    expect(page.locator("main")).to_contain_text("送达回证")
    desk.wait(14.1)
    page = desk.claim(CHAIR, "举行听证")
    fill(form(page), {"结果": "已举行"})
    fill(form(page), {"笔录摘要：举证、申辩和质证": "双方举证、申辩和质证", "听证意见": "部分采纳"})
    fill(form(page), {"当事人或者代理人已核对签字": True})
    look(page, "ordinary-hearing")
    desk.finish(page, "举行听证")
    _record_the_hearing(desk)
    page = desk.claim(OFFICER, "复核")
    expect(page.locator("aside")).to_contain_text("已届满")  # what the party may have let pass is not overdue
    expect(page.locator("aside")).not_to_contain_text("超期")
    fill(form(page), {"结论": "比告知的轻", "采纳情况和理由": "一项措施已到位", "违法事实": "两项防尘措施缺失"})
    form(page).get_by_label("较重", exact=True).uncheck()
    fill(form(page), {"已查证的档次情形": "一般", "处罚种类和数额": [{"数额（元）": "45000"}]})
    desk.finish(page, "复核")


def _record_the_hearing(desk: Desk) -> None:
    """Add the recording that the town's list wants of a hearing; without it the file does not go into the archive."""
    page = desk.page(OFFICER)
    page.goto(f"/cases/{desk.number}?tab=evidence")
    page.locator("summary").get_by_text("补充音像记录", exact=True).click()
    entry = page.locator("form").filter(has=page.get_by_label("音像记录清单环节"))
    entry.get_by_label("音像记录清单环节").select_option(label="E9h 听证")
    fill(entry, {
        "位置": "镇政府三楼会议室", "记录的执法人员": "姚国华、邱春梅",
        "记录开始": "2026-03-17T09:00", "记录结束": "2026-03-17T10:30",
        "链接或者执法记录平台编号": "AV-2026-0317", "链接内容的 SHA-256": "a" * 64,
    })  # fmt: skip
    entry.get_by_role("button", name="补充音像记录").click()
    expect(page.get_by_text("AV-2026-0317")).to_be_visible()


def _decide(desk: Desk) -> None:
    desk.wait(0.1)
    pass_review(desk, "复核后的内容适当")
    desk.do("demo077", "填写重大处罚标准", {"数额（元）": "20000", "依据": "镇集体讨论规则（演示）"})
    agreed = [{"姓名、职务": name, "意见": "同意", "表决": "同意"} for name in MEMBERS]
    desk.do(SECRETARY, "集体讨论", {"参加人员（逐人意见）": agreed})
    page = desk.claim(MAYOR, "作出决定")
    expect(form(page)).to_contain_text("集体讨论：3:0")
    fill(form(page), {"决定": "给予行政处罚", "理由": "违法事实清楚，证据确凿"})
    look(page, "ordinary-decision")
    desk.finish(page, "作出决定")


def _carry_out(desk: Desk) -> None:
    page = desk.claim(SERVER, "送达")
    fill(form(page), {"送达方式": "直接送达"})
    expect(form(page).get_by_text("证明", exact=True)).to_have_count(0)  # nothing of it is asked here
    fill(form(page), {"签收人": "经理", "签收人身份": "法定代表人、主要负责人"})
    page = desk.finish(page, "送达")
    for told in ("审批前台", "综合指挥中心", "镇纪委"):
        expect(page.locator("main")).to_contain_text(f"结果已推送{told}")
    look(page, "ordinary-served")
    desk.do(INTAKE, "审核公示内容", {})
    page = desk.page(None)
    page.goto("/notices")
    expect(page.get_by_role("main")).to_contain_text("某建筑公司")
    desk.wait(5)
    paid = {"金额（元）": "45000", "银行流水号": "YH0001", "缴款日期": str(desk.site.now.date())}
    desk.do(FINANCE, "登记缴款或者申请", paid)
