"""Leads on the page and through the API, and the public list of powers."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db
from engine.cases import case as cases
from engine.cases.enforcement import filing, lead, on_the_spot
from engine.cases.papers import attachment
from tests.conftest import MORNING
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


def test_two_leads_without_a_known_party_are_not_those_of_one(visit: Visit, town: Engine) -> None:
    with clock.frozen(MORNING), db.transaction(town) as connection:
        unknown, other = (lead.take_in(connection, audit.Actor("P064"), lead.Lead("巡查", "倾倒垃圾", "东虹路"))[0]
                          for _ in range(2))  # fmt: skip
    related = visit(OFFICER).get(f"/cases/{unknown.number}?tab=related").text
    assert other.number not in related


def test_what_came_with_a_lead_lies_in_its_case(visit: Visit, town: Engine) -> None:
    visitor, photo = visit(INTAKE), (io.BytesIO(b"%PDF-1.7 photo"), "现场照片.pdf")
    late = visitor.post("/leads/new", {**SENT, "act_on": "2099-01-01", "file": photo})
    assert late.status_code == 422
    kept = re.search(r'name="file_id" value="([0-9]+)"', late.text)
    assert kept is not None, "a refused page keeps the file"
    assert visitor.post("/leads/new", {**SENT, "facts": "附照片的线索", "file_id": kept[1]}).status_code == 303
    with db.reading(town) as connection:
        case = connection.execute(sa.select(cases.case_file).where(cases.case_file.c.title.contains("附照片"))).one()
        assert [row.name for row in attachment.of(connection, case.id)] == ["现场照片.pdf"]
        told = [row.details for row in audit.trail(connection, case.number) if row.action == "lead.taken_in"]
    assert told[0]["files"] == [int(kept[1])]
    assert "现场照片.pdf" in visitor.get(f"/cases/{case.number}?tab=documents").text
    foreign = visit(OFFICER).post("/leads/new", {**SENT, "facts": "别人的文件", "file_id": kept[1]})
    assert foreign.status_code in (303, 404)


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


def test_the_page_of_a_case_speaks_of_enforcement(visit: Visit, town: Engine) -> None:
    number = _decided_on_the_spot(town)
    text = visit(OFFICER).get(f"/cases/{number}").text
    for word in ("当事人", "来源", "巡查", "承办人", "胡德明", "主办", "应当先自收到", "/powers/GL-CF1-116"):
        assert word in text, word
    for word in ("申请人", "到场次数", "承诺期限", "tab=materials"):
        assert word not in text, word
    english = visit(OFFICER, language="en").get(f"/cases/{number}").text
    assert "Officers of the case" in english
    assert ("线索登记" in text, "收件" in text, "Lead registered" in english) == (True, False, True)
    assert "officer in charge" in english


def _decided_on_the_spot(town: Engine) -> str:
    officer = audit.Actor("P064")
    done = tuple(on_the_spot.ACTS)
    wanted = on_the_spot.Wanted(("罚款",), 100, ("P064", "P065"), done, place="东虹路", reason="属实")
    with clock.frozen(MORNING), db.transaction(town) as connection:
        given = lead.Lead("巡查", "倾倒垃圾", "东虹路", party={"kind": "citizen", "name": "冯某"})
        case, _ = lead.take_in(connection, officer, given)
        filing.choose(connection, officer, case, "GL-CF1-116")
        on_the_spot.decide(connection, officer, cases.get(connection, case.number), wanted)
    return str(case.number)
