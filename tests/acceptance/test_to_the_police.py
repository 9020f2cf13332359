"""A case that is a crime: the head himself decides, the police sign and take it, and it is closed on that ground."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.acceptance.conftest import OpenAs, Site, look
from tests.acceptance.desk import fill, form
from tests.acceptance.offence import LEADER, MAYOR, begin, brought, close_and_archive, proven, tick_officers

pytestmark = pytest.mark.parametrize("town", ["postgresql"], indirect=True, scope="module")

OFFICER, HEAD = "demo070", "demo069"


def test_the_police_take_a_case_that_is_a_crime(site: Site, open_as: OpenAs) -> None:
    desk = brought(site, open_as, "police_takes_the_case", {"starts": "E5e_suspect"})
    begin(desk, OFFICER, "涉嫌犯罪 E5e")
    desk.do(OFFICER, "涉嫌犯罪 E5e", {"涉嫌罪名": "污染环境罪"})
    page = desk.claim(OFFICER, "专案组书面报告 E5e")
    fill(form(page), {"涉嫌罪名": "污染环境罪", "涉案数额": "8亩", "移送理由": "达到立案追诉标准"})
    tick_officers(page, "姚", "罗")
    desk.finish(page, "专案组书面报告 E5e")

    deputy = desk.page(LEADER)
    deputy.goto(f"/inbox?view=claimable&q={desk.number}")
    expect(deputy.get_by_role("link", name="正职负责人审批 E5e")).to_have_count(0)
    desk.do(MAYOR, "正职负责人审批 E5e", {"意见": "同意"}, show="police-approval")
    handed = {"公安机关": "宜兴市公安局官林派出所", "回执签收人和时间": "王警官 今日签收"}
    page = desk.do(OFFICER, "移送并取回执 E5e", handed)
    expect(page.locator("main")).to_contain_text("案件已移送宜兴市公安局官林派出所")
    look(page, "police-handed")
    desk.do(OFFICER, "登记公安机关决定 E5e", {"是否立案": "立案", "文书号": "宜公立字〔2026〕10号"})
    desk.do(OFFICER, "移交物品和材料 E5e", {"交接手续": "清单一式二份"})

    page = desk.page(HEAD)
    page.goto(f"/cases/{desk.number}")
    expect(page.get_by_role("button", name="启动")).to_have_count(0)  # nobody investigates what the police have
    look(page, "police-case")
    close_and_archive(desk, HEAD, "公安机关已立案，移送结案")
    assert proven(desk) == ("archived", "transferred")
