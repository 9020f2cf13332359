"""Applying on line: what is offered, what is refused and kept, and the case that comes of it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, db
from engine.cases import case as cases
from engine.cases.items import item
from engine.cases.papers import material
from engine.cases.people import online, party
from engine.ground import allowance, files
from tests.web.blueprints.public.test_portal import PDF
from tests.web.conftest import Visit

CODE = "GL-NYN-001"
PAPER = "material.M001:upload"


def form(phone: str, **changed: Any) -> dict[str, Any]:
    """What 王小明 types, with changes."""
    usual = {
        "application_type": "new",
        "applicant.kind": "person",
        "applicant.name": "王小明",
        "applicant.id_number": "11010519491231002X",
        "applicant.phone": phone,
        "applicant.address": "官林镇东虹路1号",
        "way": "网上",
    }
    return usual | changed


def of_phone(connection: Connection, phone: str) -> list[sa.Row[Any]]:
    people = sa.select(party.party.c.id).where(party.party.c.phone == phone)
    return list(connection.execute(sa.select(cases.case_file).where(cases.case_file.c.applicant_id.in_(people))))


def test_only_items_that_are_taken_in_on_line_are_offered_unless_all_are_wanted(visit: Visit, town: Engine) -> None:
    with db.reading(town) as connection:
        some = item.search(connection, item.Search(online=False)).rows[0]
    visitor = visit()
    link = f'href="/apply/{some.code}"'
    assert link not in visitor.get(f"/apply?q={some.code}").text
    assert link in visitor.get(f"/apply?q={some.code}&all=1").text
    page = visitor.get(f"/apply/{some.code}").text
    assert "只在窗口受理" in page
    assert visitor.post(f"/apply/{some.code}", form("13800000001")).status_code == 422
    assert visitor.get("/apply/GL-XXX-999").status_code == 404


def test_an_application_from_home_opens_a_case_with_its_papers_and_lets_its_applicant_in(
    visit: Visit, town: Engine
) -> None:
    visitor, phone = visit(), "13800000002"
    answer = visitor.post(f"/apply/{CODE}", {**form(phone), PAPER: (io.BytesIO(PDF), "申请表.pdf")})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/apply/receipt")
    with db.reading(town) as connection:
        (case,) = of_phone(connection, phone)
        trail = audit.trail(connection, case.number)
    assert (case.channel, case.visits, case.state) == ("网上", 0, "received")
    opened = next(event for event in trail if event.action == "case.opened")
    assert opened.actor == case.opened_by
    assert opened.actor.startswith("applicant:")
    assert case.number in visitor.get("/apply/receipt").text
    assert visitor.get("/track/case").status_code == 200
    assert visit().get("/apply/receipt").status_code == 303


def test_the_same_form_sent_twice_is_one_case(visit: Visit, town: Engine) -> None:
    visitor, phone = visit(), "13800000003"
    for _ in range(2):
        assert visitor.post(f"/apply/{CODE}", form(phone), key="one-application").status_code == 303
    with db.reading(town) as connection:
        assert len(of_phone(connection, phone)) == 1


def test_a_refused_form_keeps_what_was_typed_and_the_files(visit: Visit, town: Engine) -> None:
    visitor, phone = visit(), "13800000004"
    wrong = {**form(phone, **{"applicant.id_number": "110105194912310021"}), PAPER: (io.BytesIO(PDF), "申请表.pdf")}
    answer = visitor.post(f"/apply/{CODE}", wrong)
    assert answer.status_code == 422
    for typed in ("王小明", "110105194912310021", "官林镇东虹路1号", "申请表.pdf"):
        assert typed in answer.text
    kept = re.search(r'name="material.M001" value="(\d+)"', answer.text)
    assert kept
    with db.reading(town) as connection:
        assert of_phone(connection, phone) == []
    assert visitor.post(f"/apply/{CODE}", {**form(phone), "material.M001": kept[1]}).status_code == 303
    with db.reading(town) as connection:
        (case,) = of_phone(connection, phone)
        assert files.get(connection, int(kept[1])).stored_by == case.opened_by


def test_an_address_that_has_sent_too_much_today_keeps_its_form_and_stores_nothing(
    visit: Visit, town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "FILES", 0)
    phone = "13800000044"
    answer = visit().post(f"/apply/{CODE}", {**form(phone), PAPER: (io.BytesIO(PDF), "太多.pdf")})
    assert answer.status_code == 422
    assert "今天从您的网络上传的文件过多" in answer.text
    assert phone in answer.text
    with db.reading(town) as connection:
        named = sa.select(files.stored_file.c.id).where(files.stored_file.c.name == "太多.pdf")
        assert connection.execute(named).all() == []
        assert of_phone(connection, phone) == []


def test_the_papers_lie_in_the_case_once_the_window_has_taken_it_in(visit: Visit, town: Engine) -> None:
    visitor, phone = visit(), "13800000005"
    visitor.post(f"/apply/{CODE}", {**form(phone), PAPER: (io.BytesIO(PDF), "申请表.pdf")})
    with db.reading(town) as connection:
        (case,) = of_phone(connection, phone)
        values = connection.execute(
            sa.text("SELECT variables FROM instance WHERE business_key = :number"), {"number": case.number}
        ).scalar_one()
        assert material.of(connection, case.id) == []
    rows = next(iter(db.loads(values).values()))["materials"]
    assert [(row["code"], row["received"]) for row in rows] == [("M001", True)]


def test_a_file_of_another_visitor_is_not_taken(visit: Visit, town: Engine) -> None:
    one, other, phone = visit(), visit(), "13800000006"
    wrong = {**form(phone, **{"applicant.name": ""}), PAPER: (io.BytesIO(PDF), "申请表.pdf")}
    kept = re.search(r'name="material.M001" value="(\d+)"', one.post(f"/apply/{CODE}", wrong).text)
    assert kept
    refused = other.post(f"/apply/{CODE}", {**form(phone, **{"applicant.name": ""}), "material.M001": kept[1]})
    assert "申请表.pdf" not in refused.text


def test_a_way_in_that_is_not_offered_here_cannot_be_smuggled_in(visit: Visit, town: Engine) -> None:
    phone = "13800000007"
    assert visit().post(f"/apply/{CODE}", form(phone, way="代理", channel="窗口")).status_code == 303
    with db.reading(town) as connection:
        assert [row.channel for row in of_phone(connection, phone)] == ["网上"]


def test_one_telephone_number_applies_a_few_times_a_day(
    visit: Visit, town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(online, "A_DAY", 1)
    visitor, phone = visit(), "13800000008"
    assert visitor.post(f"/apply/{CODE}", form(phone)).status_code == 303
    refused = visitor.post(f"/apply/{CODE}", form(phone))
    assert refused.status_code == 422
    assert "官林镇东虹路1号" in refused.text
    with db.reading(town) as connection:
        assert len(of_phone(connection, phone)) == 1
