"""The radar's pages: only auditors see them, every finding opens its evidence, and whom it names cannot judge it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.engine import Engine

from engine import audit, clock, db
from engine.cases.radar import finding, rule, seen
from tests.web import desk
from tests.web.conftest import Visit

AUDITOR, LEADER, CLERK = "demo092", "demo001", "demo029"


@pytest.fixture
def kept(town: Engine) -> int:
    """The finding of an outlier among two cases, about person P058."""
    cases = [desk.take_in(town).business_key for _ in range(2)]
    with db.transaction(town) as connection:
        ids = [seen.case_id(connection, number) for number in cases]
        facts = {"case": cases[0], "fine": 9000, "count": 2, "median": 5000, "percent": 80, "deviation": ""}
        proofs = [rule.Proof(ids[0], facts={"fine": 9000, "own": True}), rule.Proof(ids[1], facts={"fine": 5000})]
        hit = rule.Hit(f"test-{cases[0]}", facts, ["P058"], proofs)
        assert finding.keep(connection, audit.SYSTEM, "discretion_outlier", hit)
        return int(finding.page(connection, finding.Filter(rule="discretion_outlier"))[0].id)


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh_CN", "同类2件的中位数为5000元"), ("en", "the median of 2 like cases is 5000 yuan")]
)
def test_a_finding_opens_its_evidence_and_the_picture(
    town: Engine, visit: Visit, kept: int, language: str, sentence: str
) -> None:
    auditor = visit(AUDITOR, language=language)
    assert sentence in auditor.get("/radar?rule=discretion_outlier&state=open").text
    page = auditor.get(f"/radar/{kept}").text
    with db.reading(town) as connection:
        numbers = [proof.number for proof in finding.proofs(connection, kept)]
    assert all(f'href="/cases/{number}"' in page for number in numbers)
    assert page.count("<circle") == 2
    assert page.count('class="own"') == 1


def test_an_auditor_judges_a_finding_and_the_export_says_so(visit: Visit, kept: int) -> None:
    auditor = visit(AUDITOR)
    assert auditor.post(f"/radar/{kept}/closing", {"state": "handed", "reason": " "}).status_code == 422
    assert auditor.post(f"/radar/{kept}/closing", {"state": "handed", "reason": "相差过大"}).status_code == 303
    assert auditor.post(f"/radar/{kept}/closing", {"state": "explained", "reason": "再想"}).status_code == 409
    table = auditor.get("/radar/export.csv?state=handed").text
    assert "相差过大" in table
    assert "处罚法34" in table
    for language, head in (("zh_CN", "发现编号,规则,设定依据"), ("en", "Finding number,Rule,Legal basis")):
        assert visit(AUDITOR, language=language).get("/radar/export.csv").text.startswith(f"\ufeff{head}")


@pytest.mark.parametrize(("language", "told"), [("zh_CN", "没有符合条件的发现"), ("en", "No finding fits the filters")])
def test_filters_that_find_nothing_lead_back_to_all_findings(visit: Visit, language: str, told: str) -> None:
    page = visit(AUDITOR, language=language).get("/radar?person=nobody").text.split("<main")[1]
    assert told in page
    assert 'href="/radar"' in page.partition(told)[2]


@pytest.mark.parametrize("login", [LEADER, CLERK])
def test_leaders_and_clerks_see_nothing_of_it(visit: Visit, kept: int, login: str) -> None:
    for path in ("/radar", f"/radar/{kept}", "/radar/export.csv"):
        assert visit(login).get(path).status_code == 403
    assert visit(login).post("/radar/looks").status_code == 403


def test_the_radar_looks_when_an_auditor_asks(town: Engine, visit: Visit) -> None:
    with clock.frozen(datetime(2026, 3, 2, 9, tzinfo=clock.TOWN)):
        assert visit(AUDITOR).post("/radar/looks").status_code == 303
    with db.reading(town) as connection:
        assert audit.trail(connection, finding.STREAM)[-1].action == "radar.looked"
