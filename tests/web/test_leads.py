"""Leads on the page and through the API, and the public list of powers."""

from __future__ import annotations

import pytest

from tests.web.conftest import Visit

INTAKE, OFFICER, CLERK = "demo075", "demo064", "demo029"
SENT = {"source": "巡查", "facts": "占道堆放建筑材料", "place": "东虹路"}


@pytest.mark.parametrize("login", [INTAKE, OFFICER])
def test_a_lead_is_taken_in_and_its_first_check_is_open(visit: Visit, login: str) -> None:
    visitor = visit(login)
    assert "登记线索" in visitor.get("/leads/new").text
    answer = visitor.post("/leads/new", SENT)
    assert answer.status_code == 303
    assert "占道堆放建筑材料" in visitor.get(answer.location).text
    assert "/tasks/" in answer.location


def test_a_lead_with_impossible_dates_is_shown_again(visit: Visit) -> None:
    answer = visit(INTAKE).post("/leads/new", {**SENT, "act_on": "2099-01-01"})
    assert answer.status_code == 422
    assert "占道堆放建筑材料" in answer.text
    assert visit(INTAKE).post("/leads/new", {**SENT, "discovered_at": "gestern"}).status_code == 422


def test_others_take_no_leads_in(visit: Visit) -> None:
    assert visit(CLERK).get("/leads/new").status_code == 403
    assert visit(CLERK).post("/leads/new", SENT).status_code == 403


def test_the_list_of_powers_is_public(visit: Visit) -> None:
    text = visit().get("/powers?text=生活垃圾").text
    assert "随意倾倒、抛撒、堆放生活垃圾" in text
    assert "《固体废物污染环境防治法》第一百一十一条" in text
    assert "演示清单" in text
    one = visit().get("/powers/GL-CF1-116").text
    assert "100–500" in one
    assert visit().get("/powers/GL-NIX").status_code == 404
