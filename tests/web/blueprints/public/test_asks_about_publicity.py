"""What the party of a penalty sees of its case and asks about what is public of it."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from engine import clock
from tests.conftest import MORNING
from tests.web import published
from tests.web.conftest import CLERK, Visit

SAYS = {
    "zh_CN": (("线索登记", "本镇登记了与您有关的线索"), ("收到您的申请", "提交")),
    "en": (("Lead registered", "The town registered a lead"), ("your application", "handed in")),
}


@pytest.mark.parametrize("language", SAYS)
@pytest.mark.parametrize("kind", ["early-end", "wrong-record"])
def test_a_party_asks_once_and_is_told_what_was_asked(town: Engine, visit: Visit, language: str, kind: str) -> None:
    number, (told, not_told) = published.penalty(town, "某百货"), SAYS[language]
    visitor, path = visit(language=language), f"/track/case/{kind}"
    with clock.frozen(MORNING):
        assert visitor.get(path).status_code == 303
        assert visitor.post("/track", {"number": number, "phone": published.PHONE}).status_code == 303
        page = visitor.get("/track/case").text.split("<main")[1]
        assert all(text in page for text in told)
        assert not any(text in page for text in not_told)
        for text in ("", "词" * 2001):
            refused = visitor.post(path, {"text": text})
            assert (refused.status_code, 'aria-invalid="true"' in refused.text) == (422, True)
            assert f">{text}</textarea>" in refused.text
        assert visitor.post(path, {"text": "已经缴清"}).status_code == 303
        again = visitor.get(path)
        assert (again.status_code, number in again.text, "{" in again.text.split("<main")[1]) == (409, True, False)


WHO = {"end_early": "early.applied_by", "rectify": "record.asked_by"}


@pytest.mark.parametrize("kind", WHO)
def test_an_officer_asks_and_nobody_else(town: Engine, visit: Visit, kind: str) -> None:
    number = published.penalty(town, "某超市")
    asked = {
        "early.applied_on": "2026-03-02",
        "early.applied_by": "某超市",
        "record.asked_by": "某超市",
        "reason": "已经缴清",
    }
    path = f"/cases/{number}/interventions/{kind}"
    with clock.frozen(MORNING):
        officer = visit("demo064")
        refused = officer.post(path, {**asked, "reason": " "})
        assert (refused.status_code, 'id="f-reason-error"' in refused.text) == (422, True)
        assert 'value="某超市"' in refused.text
        for field, limit in (("reason", 2000), (WHO[kind], 200)):
            long = "长" * (limit + 1)
            refused = officer.post(path, {**asked, field: long})
            assert (refused.status_code, long in refused.text, f"最多 {limit} 个字" in refused.text) == (
                422,
                True,
                True,
            )
        assert officer.post(path, asked).status_code == 303
        again = officer.get(path)
        assert (again.status_code, f'href="/cases/{number}"' in again.text) == (409, True)
        assert visit(CLERK).get(path).status_code in (403, 404)
        assert visit().get(path).status_code == 303
