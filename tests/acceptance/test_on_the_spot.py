"""An officer on the street: a lead, its check and the penalty on the spot, on a screen of 360 pixels."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine import db
from engine.cases import case as cases
from engine.cases.papers import push
from tests.acceptance.conftest import OpenAs, Site, look
from tests.acceptance.desk import Desk, fill, form

pytestmark = pytest.mark.parametrize("town", ["postgresql"], indirect=True, scope="module")

OFFICER = "demo064"
DONE = (
    *("出示执法证", "告知违法事实、理由和依据", "告知陈述、申辩等权利", "听取陈述、申辩"),
    *("填写预定格式、编有号码的决定书", "执法人员签名", "当场交付当事人（拒绝签收的已注明）"),
)


def test_an_officer_penalises_on_the_spot_by_phone(site: Site, open_as: OpenAs) -> None:
    page = open_as(OFFICER, "/leads/new", width=360)
    page.get_by_label("违法事实").fill("将一袋厨余垃圾倾倒在绿化带内")
    page.get_by_label("行为地点").fill("官林镇东虹路绿化带")
    page.get_by_label("当事人名称（已知时填写）").fill("韩某")
    look(page, "lead")
    page.get_by_role("button", name="登记线索").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("初核 E1")
    found = re.search(r"GL-\d{4}-\d{6}", page.inner_text("main"))
    assert found
    desk = Desk(site, open_as, found[0])
    desk.pages[OFFICER] = page
    fill(
        form(page),
        {"当事人类型": "公民", "初核结论": "涉嫌违法", "违法事项": "随意倾倒、抛撒、堆放生活垃圾（GL-CF1-116）",
         "核查情况和理由": "现场查看"},
    )  # fmt: skip
    desk.finish(page, "初核 E1")
    desk.do(
        OFFICER,
        "程序选择 E3",
        {"违法事实确凿": True, "拟处罚种类": "罚款", "拟罚款金额（元）": "100", "程序": "当场处罚"},
    )
    page = desk.claim(OFFICER, "当场处罚 S1")
    fill(form(page), {"处理结果": "当场处罚", "理由（含是否适用首违不罚）": "倾倒在儿童活动场地"})
    for name in ("胡德明", "蒋天宇"):
        form(page).get_by_label(re.compile(name)).check()
    for act in DONE:
        form(page).get_by_label(act, exact=True).check()
    fill(form(page), {"处罚种类": "罚款"})
    fill(
        form(page),
        {
            "违法日期": "2026-03-02",
            "处罚地点": "东虹路",
            "罚款金额（元）": "100",
            "当事人签收": "已签收",
            "当场收缴罚款": "否",
        },
    )
    look(page, "on-the-spot")
    desk.finish(page, "当场处罚 S1")
    with db.reading(site.database) as connection:
        case = cases.get(connection, desk.number)
        pushed = {row.receiver for row in push.of(connection, case.id)}
    assert (case.outcome, pushed) == ("penalised", {"approval", "command", "discipline"})
    page.goto(f"/cases/{desk.number}")
    look(page, "case-on-the-spot")
