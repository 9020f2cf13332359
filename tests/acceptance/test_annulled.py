"""A penalty that is annulled after reconsideration: no longer public within three working days, and the case closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.acceptance.conftest import OpenAs, Site, look
from tests.acceptance.desk import fill, form
from tests.acceptance.offence import FINANCE, INTAKE, REVIEWER, brought, close_and_archive, proven

pytestmark = pytest.mark.parametrize("town", ["postgresql"], indirect=True, scope="module")

HEAD = "demo057"
ASKED = {"asks": {"challenge": "收到行政复议申请书副本"}}
WHY = "复核笔录只有一名执法人员签名，程序违法，决定已被复议机关撤销"


def test_an_annulled_penalty_is_public_no_more(site: Site, open_as: OpenAs) -> None:
    desk = brought(site, open_as, "sc07_annulled_before_it_is_paid", ASKED)
    visitor = desk.page(None)
    visitor.goto("/notices")
    expect(visitor.get_by_role("main")).to_contain_text("某火锅店公司")

    page = desk.page(REVIEWER)
    page.goto(f"/cases/{desk.number}")
    page.locator("summary").get_by_text("操作", exact=True).click()
    page.get_by_role("link", name="登记复议、诉讼副本").click()
    copy = page.locator("form.card")
    fill(copy, {"类别": "行政复议", "当事人申请（起诉）日期": "2026-03-13", "收到副本日期": "2026-03-16"})
    fill(copy, {"复议机关或法院": "宜兴市人民政府", "对方案号": "宜复〔2026〕1号", "理由": "寄来申请书副本"})
    look(page, "annulled-challenge")
    copy.get_by_role("button", name="登记复议、诉讼副本").click()
    site.work()
    page = desk.claim(REVIEWER, "登记复议、诉讼")
    expect(form(page).get_by_label("受理机关")).to_have_value("宜兴市人民政府")  # what was said is not asked again
    desk.finish(page, "登记复议、诉讼")
    page = desk.claim(REVIEWER, "答复、举证", show="annulled-answer")
    expect(form(page)).to_contain_text("2026-03-30 前答复")  # ten working days
    fill(form(page), {"事实、证据、依据和意见": "事实清楚，证据确凿"})
    desk.finish(page, "答复、举证")
    desk.wait(4)
    desk.do(REVIEWER, "登记结果", {"结果": "撤销", "收到日期": "2026-03-20"})

    page = desk.claim(INTAKE, "撤回公示")
    expect(form(page)).to_contain_text("结果：撤销")
    expect(page.locator("aside")).to_contain_text("2026年3月25日")  # three working days
    fill(form(page), {"公开说明的理由": WHY})
    look(page, "annulled-withdrawal")
    desk.finish(page, "撤回公示")
    visitor = desk.page(None)
    visitor.goto("/notices?kind=withdrawn")
    visitor.get_by_role("link", name="某火锅店公司").click()
    expect(visitor.get_by_role("main")).to_contain_text(WHY)
    look(visitor, "annulled-public")
    treasurer = desk.page(FINANCE)
    treasurer.goto(f"/inbox?view=all&q={desk.number}")
    expect(treasurer.get_by_text("登记缴款或者申请")).to_have_count(0)  # nothing is owed any more
    close_and_archive(desk, HEAD, "决定被撤销")
    assert proven(desk) == ("archived", "annulled")
