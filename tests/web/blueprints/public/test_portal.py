"""The applicant's own pages: the way in, what is shown and what is not, and what may be asked."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from engine import audit, clock, db
from engine.cases import case as cases
from engine.cases.items import item
from engine.cases.papers import document, material, publicity
from engine.cases.people import rating
from tests.web.conftest import Visit, Visitor
from tests.workflows import walking

PHONE = "13912345678"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MISSING = {"A1": {"$received": ["M002"]}}
DEFECTS = {
    "intake_outcome": "补正",
    "reason": "材料不齐",
    "defects": [{"material": "居民身份证", "defect": "未提交", "cure": "提交正反面照片"}],
}
HANDED_OVER = ["A1", "A2", "A4", "A6", "A8", "A9", "A10", "delivery_serve"]


@pytest.fixture
def walk(town: Engine, town_app: object, monkeypatch: pytest.MonkeyPatch) -> Callable[..., walking.Walk]:
    """Open a case of an item for the telephone above and take it some steps on."""
    monkeypatch.setitem(walking.APPLICANT, "phone", PHONE)

    def go(*steps: Any, code: str = "GL-MZZ-008") -> walking.Walk:
        with db.reading(town) as connection:
            body = item.get(connection, code).body
        way = walking.APPROVAL.way(town, {code: body})
        way.open(code, {"channel": "窗口", "window": "W03"})
        for step in steps:
            walking.take(way, step)
        return way

    return go


@pytest.fixture(autouse=True)
def no_tries_left_over(town: Engine) -> Iterator[None]:
    """The town is kept between tests; its wrong tries are not."""
    yield
    with db.transaction(town) as connection:
        connection.execute(sa.text("DELETE FROM wrong_try"))


def enter(visitor: Visitor, number: str, phone: str = PHONE) -> TestResponse:
    return visitor.post("/track", {"number": number, "phone": phone})


def inside(visit: Visit, way: walking.Walk, **options: Any) -> Visitor:
    visitor = visit(**options)
    assert enter(visitor, way.number).status_code == 303
    return visitor


def actions(town: Engine, number: str, actor: str = "") -> list[str]:
    with db.reading(town) as connection:
        trail = audit.trail(connection, number)
    return [event.action for event in trail if event.actor.startswith(actor)]


def alert(answer: TestResponse) -> str:
    found = re.search(r'role="alert">([^<]+)<', answer.text)
    return found[1] if found else ""


def test_number_and_telephone_open_the_own_case_and_it_is_written_down(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk("A1", "A2")
    visitor = visit()
    answer = visitor.post("/track", {"number": f" {way.number.lower()} ", "phone": "+86 139-1234-5678"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/track/case")
    page = visitor.get("/track/case")
    assert way.number in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "tracking.entered" in actions(town, way.number, f"applicant:{way.number}")


def test_a_wrong_telephone_and_an_unknown_number_are_answered_alike(
    visit: Visit, walk: Callable[..., walking.Walk]
) -> None:
    way = walk()
    answers = [enter(visit(), number, "13900000000") for number in (way.number, "GL-2026-999999")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert alert(answers[0]) == alert(answers[1]) != ""


def test_five_wrong_tries_close_a_number_for_a_quarter_of_an_hour_even_to_its_owner(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk()
    assert [enter(visit(), way.number, f"1390000000{n}").status_code for n in range(5)] == [422] * 5
    assert enter(visit(), way.number).status_code == 429
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert enter(visit(), way.number).status_code == 303
    with db.reading(town) as connection:
        refused = [event.details for event in audit.trail(connection, "house:tracking")]
    assert [entry["tries"][0] for entry in refused if entry["number"] == way.number] == [1, 2, 3, 4, 5]


def test_an_address_that_guesses_many_numbers_is_closed_too(visit: Visit, walk: Callable[..., walking.Walk]) -> None:
    way = walk()
    for number in range(20):
        assert enter(visit(), f"GL-2026-8000{number:02}").status_code == 422
    assert enter(visit(), way.number).status_code == 429


@pytest.mark.parametrize("path", ["/track/case", "/track/case/documents/1", "/track/case/rating"])
def test_without_the_numbers_nothing_is_shown(visit: Visit, path: str) -> None:
    answer = visit().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/track")


def test_the_case_closes_on_leaving_and_after_an_hour_without_a_click(
    visit: Visit, walk: Callable[..., walking.Walk]
) -> None:
    visitor = inside(visit, walk())
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert visitor.get("/track/case").status_code == 303
    assert visitor.get("/track/case").status_code == 200
    visitor.post("/track/leave")
    assert visitor.get("/track/case").status_code == 303


def test_staff_who_look_in_do_not_see_their_own_bar(visit: Visit, walk: Callable[..., walking.Walk]) -> None:
    visitor = inside(visit, walk(), login="demo029")
    assert 'class="bar bar-public"' in visitor.get("/track/case").text


def test_only_documents_for_the_applicant_are_handed_out_and_only_those_of_the_own_case(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    own, foreign = walk(*HANDED_OVER), walk("A1", "A2")
    with db.reading(town) as connection:
        mine = document.of(connection, cases.get(connection, own.number).id)
        other = document.of(connection, cases.get(connection, foreign.number).id)
    visitor = inside(visit, own)
    page = visitor.get("/track/case").text
    for row in mine:
        status = 200 if row.addressee == "applicant" else 404
        answer = visitor.get(f"/track/case/documents/{row.id}", buffered=True)
        assert answer.status_code == status, row.kind
        assert (f"/track/case/documents/{row.id}" in page) is (status == 200)
    assert {row.kind for row in mine if row.addressee == "file"} >= {"review_report", "unit_opinion"}
    assert visitor.get(f"/track/case/documents/{other[0].id}").status_code == 404
    served = visitor.get(f"/track/case/documents/{mine[0].id}", buffered=True)
    assert served.data.startswith(b"%PDF")
    assert served.headers["Content-Disposition"].startswith("attachment")


def test_what_is_missing_is_handed_in_and_the_application_is_accepted(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk(MISSING, {"A2": DEFECTS}, code="GL-SCJ-001")
    visitor = inside(visit, way)
    assert "提交正反面照片" in visitor.get("/track/case").text
    files = {"material.M002:upload": (io.BytesIO(PDF), "身份证.pdf")}
    assert visitor.post("/track/case/supplements", files).status_code == 303
    assert visitor.get("/track/case/supplements").status_code == 409
    way.work()
    with db.reading(town) as connection:
        case = cases.get(connection, way.number)
        brought = {row.code: row for row in material.of(connection, case.id)}
        assert [row.name for row in material.files_of(connection, case.id) if row.code == "M002"] == ["身份证.pdf"]
    assert brought["M002"].received
    assert way.open_tasks() == ["A4"]
    mine = actions(town, way.number, f"applicant:{way.number}")
    assert {"request.supplement", "message.received"} <= set(mine)


def test_a_file_of_a_wrong_kind_is_named_and_the_others_stay(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk(MISSING, {"A2": DEFECTS}, code="GL-SCJ-001")
    visitor = inside(visit, way)
    sent = [(io.BytesIO(PDF), "身份证.pdf"), (io.BytesIO(b"MZ\x90\x00\x03\x00"), "身份证.exe")]
    refused = visitor.post("/track/case/supplements", {"material.M002:upload": sent})
    assert refused.status_code == 422
    assert "身份证.exe" in refused.text
    kept = re.findall(r'name="material.M002" value="(\d+)"', refused.text)
    assert len(kept) == 1
    assert visitor.post("/track/case/supplements", {"material.M002": kept[0]}).status_code == 303
    assert "request.supplement" in actions(town, way.number)


def test_a_file_that_somebody_else_stored_is_not_taken(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk(MISSING, {"A2": DEFECTS}, code="GL-SCJ-001")
    with db.reading(town) as connection:
        theirs = document.of(connection, cases.get(connection, way.number).id)[0].file_id
    answer = inside(visit, way).post("/track/case/supplements", {"material.M002": str(theirs)})
    assert answer.status_code == 422
    assert "request.supplement" not in actions(town, way.number)


def test_withdrawing_needs_a_reason_and_is_asked_once(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk("A1", "A2", "A4")
    visitor = inside(visit, way)
    assert visitor.post("/track/case/withdrawal", {"reason": "  "}).status_code == 422
    assert visitor.post("/track/case/withdrawal", {"reason": "不办了"}, key="the-same-key").status_code == 303
    assert visitor.post("/track/case/withdrawal", {"reason": "不办了"}, key="the-same-key").status_code == 303
    assert visitor.post("/track/case/withdrawal", {"reason": "不办了"}).status_code == 409
    way.work()
    assert way.open_tasks() == ["A18"]
    assert actions(town, way.number).count("request.withdrawal") == 1
    way.complete("A18", {})
    assert way.facts()["state"] == "withdrawn"
    assert visitor.get("/track/case").status_code == 200


def test_the_service_is_rated_once_with_words_for_five_steps(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk(*HANDED_OVER)
    visitor = inside(visit, way)
    page = visitor.get("/track/case/rating").text
    assert all(words in page for words in ("非常满意", "基本满意", "非常不满意"))
    assert visitor.post("/track/case/rating", {"text": "没有选"}).status_code == 422
    assert visitor.post("/track/case/rating", {"stars": "2", "text": "等太久"}).status_code == 303
    way.work()
    assert visitor.post("/track/case/rating", {"stars": "5"}).status_code == 409
    with db.reading(town) as connection:
        kept = rating.of(connection, cases.get(connection, way.number).id)
    assert kept is not None
    assert (kept.stars, kept.text, kept.named) == (2, "等太久", False)
    assert "rectification_contact" in way.open_tasks()
    assert "case.rated" in actions(town, way.number, f"applicant:{way.number}")


def test_a_complaint_is_dealt_with_before_the_next_is_taken(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk("A1", "A2")
    visitor = inside(visit, way)
    assert visitor.post("/track/case/complaint", {"text": "窗口没人"}).status_code == 303
    way.work()
    assert "rectification_contact" in way.open_tasks()
    with clock.frozen(clock.now() + timedelta(hours=2)):
        enter(visitor, way.number)
        assert visitor.get("/track/case/complaint").status_code == 409


def test_nothing_can_be_asked_that_the_case_does_not_wait_for(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk("A1", "A2")
    visitor = inside(visit, way)
    for path in ("supplements", "hearing", "rating"):
        assert visitor.get(f"/track/case/{path}").status_code == 409, path
        assert visitor.post(f"/track/case/{path}", {"stars": "5"}).status_code == 409, path
    assert not [action for action in actions(town, way.number) if action.startswith("request.")]


def test_a_form_without_token_or_key_is_refused(visit: Visit, walk: Callable[..., walking.Walk]) -> None:
    visitor = inside(visit, walk("A1", "A2"))
    form = {"reason": "不办了"}
    assert visitor.client.post("/track/case/withdrawal", data=form).status_code == 400
    form["csrf_token"] = visitor.token()
    assert visitor.client.post("/track/case/withdrawal", data=form).status_code == 400


def test_no_name_of_those_who_work_on_the_case_is_shown(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk(*HANDED_OVER)
    with db.reading(town) as connection:
        names = set(connection.execute(sa.text("SELECT name FROM person")).scalars())
    page = inside(visit, way).get("/track/case").text
    assert not [name for name in names if name in page]


def test_decisions_are_public_with_masked_names_and_can_be_searched(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    walk(*HANDED_OVER)
    visitor = visit()
    listed = visitor.get("/notices?q=王**").text
    address = re.search(r'href="(/notices/\d+)"', listed)
    assert address
    page = visitor.get(address[1]).text
    assert "王**" in page
    assert "王小明" not in page + listed
    assert "没有找到" in visitor.get("/notices?q=没有这个单位").text
    english = visit(language="en")
    for shown in (english.get("/notices?q=allowance").text, english.get(address[1]).text):
        assert "Allowance for people aged 80" in shown
        assert "尊老金" not in shown


def test_penalties_have_a_list_of_their_own_masked_and_withdrawn_ones_say_why_only(visit: Visit, town: Engine) -> None:
    reason = "程序违法，决定已被撤销"
    with db.transaction(town) as connection:
        about = {"kind": "person", "name": "王小明", "phone": "13800138000", "address": "东虹路8号"}
        power = {"code": "GL-CF3-317", "name": "餐具未洗净消毒"}
        opening = cases.Opening(item=power, catalogue_version=1, channel="巡查", applicant=about, kind="enforcement")
        case = cases.create(connection, audit.Actor("P058"), opening)
        said = {"item": power["name"], "applicant": "王**", "number": case.number, "penalty": "罚款8000元"}
        for withdrawn in (None, reason):
            connection.execute(
                sa.insert(publicity.publicity).values(
                    case_id=case.id, kind="penalty", title="王** 餐具未洗净消毒", content=said,
                    published_at=clock.now(), withdrawn_at=clock.now() if withdrawn else None,
                    withdrawn_reason=withdrawn,
                )
            )  # fmt: skip
    visitor = visit()
    listed, back = (visitor.get(f"/notices?kind={kind}").text for kind in ("penalty", "withdrawn"))
    (shown,), (withdrawn,) = (re.findall(r'href="(/notices/\d+)"', page) for page in (listed, back))
    public, taken_back = visitor.get(shown).text, visitor.get(withdrawn).text
    assert withdrawn not in visitor.get("/notices").text, "what is listed is in force"
    assert "/powers" in listed
    assert "罚款8000元" in public
    assert reason in taken_back
    assert "罚款8000元" not in taken_back
    for page in (listed, back, public, taken_back):
        assert not any(secret in page for secret in ("王小明", "13800138000", "东虹路"))


@pytest.mark.parametrize(("path", "told", "onward"), [
    ("/notices?kind=penalty&q=没有这个单位", "没有找到", "/notices?kind=penalty"),
    ("/notices?before=1", "后面没有了", "/notices"),
])  # fmt: skip
def test_a_list_without_notices_says_why_and_leads_on(visit: Visit, path: str, told: str, onward: str) -> None:
    page = visit().get(path).text.split('class="empty"')[1]
    assert told in page
    assert f'href="{onward}"' in page


def test_an_unknown_notice_is_not_found(visit: Visit) -> None:
    assert visit().get("/notices/999999999").status_code == 404
    assert visit().get("/notices/99999999999999999999").status_code == 404


def test_a_hearing_that_was_offered_is_asked_for_once(
    visit: Visit, town: Engine, walk: Callable[..., walking.Walk]
) -> None:
    way = walk("A1", "A2", "A4", {"A6": {"conclusion": "需听证", "opinion": "关系重大"}}, "special_notice")
    visitor = inside(visit, way)
    page = visitor.get("/track/case").text
    assert "/track/case/hearing" in page
    for words in ("个工作日，不计算在办理期限内", "要求听证。"):
        assert re.search(rf"{words}[^<]*<a [^>]*>PDF", page), "what is told in writing can be read"
    assert visitor.post("/track/case/hearing").status_code == 303
    assert visitor.post("/track/case/hearing").status_code == 409
    way.work()
    assert "hearing_plan" in way.open_tasks()
    assert actions(town, way.number, f"applicant:{way.number}").count("request.hearing") == 1
