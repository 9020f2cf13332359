"""The performance report's pages: for those who oversee, every figure opens its cases."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy.engine import Engine

from tests.web import judged
from tests.web.conftest import Visit

LEADER, AUDITOR, CLERK = "demo001", "demo092", "demo029"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_figure_opens_its_cases_and_the_table_can_be_taken_away(town: Engine, visit: Visit, language: str) -> None:
    way = judged.reach(town)
    with judged.at_desk(way):
        leader = visit(LEADER, language=language)
        month = f"{way.now:%Y-%m}"
        page = leader.get(f"/performance?month={month}").text
        links = [html.unescape(link) for link in re.findall(r'href="(/performance/cases[^"]*)"', page)]
        behind = [leader.get(link).text for link in links if "measure=open" in link]
        assert any(f'href="/cases/{way.number}"' in shown for shown in behind)
        table = leader.get(f"/performance/export.csv?month={month}")
        assert f'"performance-{month}-team-' in table.headers["Content-Disposition"]
        assert len(table.text.splitlines()) > 1


@pytest.mark.parametrize(("language", "says"), [("zh_CN", "这里没有统计的案件"), ("en", "No case is counted here")])
def test_what_is_empty_says_so_and_keeps_the_month_that_was_asked_for(visit: Visit, language: str, says: str) -> None:
    leader = visit(LEADER, language=language)
    assert '<option value="2021-01" selected>' in leader.get("/performance?month=2021-01").text
    assert says in leader.get("/performance/cases?month=2021-01&who=nobody&measure=open").text


def test_only_those_who_oversee_see_it(visit: Visit) -> None:
    assert visit(AUDITOR).get("/performance?by=officer&month=nonsense").status_code == 200
    for path in ("/performance", "/performance/export.csv", "/performance/cases?measure=open"):
        assert visit(CLERK).get(path).status_code == 403
