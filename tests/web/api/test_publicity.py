"""The party asks that its penalty be public no more, or says what is wrong; officers and programs may, too."""

from __future__ import annotations

import io
import itertools

import pytest
from sqlalchemy.engine import Engine

from engine import audit, db
from tests.conftest import MORNING
from tests.web.api.conftest import Call
from tests.web.api.test_challenges import open_tasks
from tests.web.conftest import Visit
from tests.web.published import PHONE, penalty

PARTIES = (f"第{number}商店" for number in itertools.count(1))
OFFICER, CLERK = "demo064", "demo029"
TODAY = MORNING.date().isoformat()
EARLY = {"applied_on": TODAY, "applied_by": "某商店", "reason": "罚款已缴，执照已悬挂"}
WRONG = {"asked_by": "某商店", "reason": "决定机关写错"}
ADDRESSES = {"early-end": EARLY, "corrections": WRONG}


@pytest.fixture
def published(town: Engine) -> str:
    """A penalty of the market sector that is public."""
    return penalty(town, next(PARTIES))


def test_the_party_asks_on_its_own_page(visit: Visit, town: Engine, published: str) -> None:
    visitor = visit()
    visitor.post("/track", {"number": published, "phone": PHONE})
    for path, said in (("early-end", "申请提前停止公示"), ("wrong-record", "指出公示信息的错误")):
        address = f"/track/case/{path}"
        assert said in visitor.get("/track/case").text
        assert said in visitor.get(address).text
        assert visitor.post(address, {"text": " "}).status_code == 422
        assert visitor.post(address, {"text": "罚款已缴；机关名称有误"}).status_code == 303
        open_tasks(town, published)
        assert visitor.post(address, {"text": "再说一次"}).status_code == 409
        assert address not in visitor.get("/track/case").text
    assert {"E18e_fill", "E18c"} <= set(open_tasks(town, published))
    with db.reading(town) as connection:
        asked = [event for event in audit.trail(connection, published) if event.action == "case.asked"]
    assert {event.actor for event in asked} == {f"applicant:{published}"}


def test_an_officer_takes_it_up_on_the_page_of_the_case(visit: Visit, town: Engine, published: str) -> None:
    visitor, address = visit(OFFICER), f"/cases/{published}/interventions"
    page = visitor.get(f"/cases/{published}").text
    assert "受理提前停止公示申请" in page
    assert "更正公示信息" in page
    given = {f"early.{name}": value for name, value in EARLY.items() if name != "reason"} | {"reason": EARLY["reason"]}
    for wrong in ("", "abc", "2099-01-01"):
        assert visitor.post(f"{address}/end_early", {**given, "early.applied_on": wrong}).status_code == 422
    paper = (io.BytesIO(b"%PDF-1.7 c"), "申请书.pdf")
    assert visitor.post(f"{address}/end_early", {**given, "file": paper}).status_code == 303
    assert (
        visitor.post(f"{address}/rectify", {"record.asked_by": "本机关", "reason": "机关名称有误"}).status_code == 303
    )
    assert {"E18e_fill", "E18c"} <= set(open_tasks(town, published))
    assert "申请书.pdf" in visitor.get(f"/cases/{published}?tab=documents").text


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_program_hands_it_in_once(call: Call, town: Engine, published: str, path: str) -> None:
    program, address, sent = call(OFFICER), f"/cases/{published}/publicity/{path}", ADDRESSES[path]
    assert program.send(address, {**sent, "files": [10**9]}).status_code == 404
    assert program.send(address, {**sent, "reason": ""}).status_code == 422
    assert program.send(address, sent).status_code == 204
    open_tasks(town, published)
    assert program.send(address, sent).status_code == 409
    assert call(CLERK).send(address, sent).status_code == 404


def test_an_application_has_come(call: Call, published: str) -> None:
    sent = {**EARLY, "applied_on": "2099-01-01"}
    assert call(OFFICER).send(f"/cases/{published}/publicity/early-end", sent).status_code == 422
