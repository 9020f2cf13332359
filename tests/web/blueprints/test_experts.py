"""The register of experts: what came of their draws, for those who run the pool; draws of cases one reads alone."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy.engine import Engine

from bench.measure import counting
from engine import audit, db
from engine.cases import case as cases
from engine.cases.people import access, expert_draw, expert_register, personal
from tests.web import desk
from tests.web.conftest import Visit
from tests.web.test_statements import OF_THE_INBOX

LEADER, AUDITOR, OFFICER, LEGAL = "demo001", "demo092", "demo070", "demo064"
WATER = {"fields": ["水利水务"], "count": 2, "fee": 300, "seed": "5" * 64}


@pytest.fixture(scope="module")
def drawn(town: Engine) -> tuple[str, list[str]]:
    """Draw two of three experts, let the first be replaced and the second answer; return the case and all in rank."""
    number = desk.take_in(town).business_key
    with db.transaction(town) as connection:
        case = cases.get(connection, number)
        row = expert_draw.draw(connection, audit.SYSTEM, case, **WATER)
        order = expert_draw.ranked(row.seed, row.pool)
        expert_draw.replace(connection, audit.SYSTEM, case, row.id, order[0], "与申请人有亲属关系")
        expert_draw.answer(connection, audit.Actor(order[1]), case, row.id, vote="同意", opinion="方案可行")
    return number, order


def counted(table: str) -> dict[str, list[str]]:
    """Return what an exported table counts of each expert: drawn, replaced, opinions, fees."""
    return {row[0]: row[6:10] for row in csv.reader(io.StringIO(table.removeprefix("\ufeff")))}


def test_the_register_counts_what_came_of_every_draw(town: Engine, visit: Visit, drawn: tuple[str, list[str]]) -> None:
    _number, (replaced, answered, follows) = drawn
    leader = visit(LEADER, language="en")
    found = counted(leader.get("/experts/export.csv").text)
    assert len(found) == 57
    assert [found[one] for one in (replaced, answered, follows, "EX01")] == [
        ["1", "1", "0", "0"],
        ["1", "0", "1", "300"],
        ["1", "0", "0", "0"],
        ["0", "0", "0", "0"],
    ]
    with db.reading(town) as connection:
        told = audit.trail(connection, personal.STREAM)[-1]
    assert (told.action, told.details["list"], told.details["rows"]) == ("list.exported", "experts", 56)


def test_the_register_is_filtered_and_read_page_by_page(town: Engine, visit: Visit) -> None:
    leader = visit(LEADER, language="en")
    first, second = (leader.get(path).text for path in ("/experts", "/experts?after=EX50"))
    assert [page.count("<tr><td class") for page in (first, second)] == [50, 6]
    assert "after=EX50" in first
    water = leader.get("/experts?field=水利水务").text
    assert [water.count("<tr><td class"), "EX52" in water, "EX01" in water] == [3, True, False]
    assert "Demo Technical Services" in water
    assert set(counted(leader.get("/experts/export.csv?text=ex52").text)) == {"Expert number", "EX52"}
    for nothing in ("?text=100%25", "?field=占星", "?after=ZZ"):
        assert "No expert fits" in leader.get(f"/experts{nothing}").text
    with db.reading(town) as connection:
        assert [row.id for row in expert_register.page(connection, text="EX0", after="EX03", limit=2)] == [
            "EX04",
            "EX05",
        ]


def test_an_expert_opens_the_draws_of_cases_that_the_reader_may_open(
    town: Engine, visit: Visit, drawn: tuple[str, list[str]]
) -> None:
    number, (replaced, answered, follows) = drawn
    leader = visit(LEADER, language="en")
    for expert, said in ((replaced, "与申请人有亲属关系"), (answered, "方案可行"), (follows, "has not answered yet")):
        page = leader.get(f"/experts/{expert}?below=nonsense").text
        assert [told in page for told in (number, said, "ZJ-2026-0001", WATER["seed"])] == [True] * 4
    assert "followed a replaced expert, rank 3" in page
    hidden = visit(OFFICER, language="en").get(f"/experts/{answered}").text
    assert "Draws of cases that you may not read: 1" in hidden
    assert not [told for told in (number, "方案可行", WATER["seed"]) if told in hidden]
    with db.reading(town) as connection:
        (seat,) = expert_register.draws(connection, access.Reader("P001", roles=access.OVERSEERS), answered)
        barred = access.Reader("P001", roles=access.OVERSEERS, barred=frozenset({number}))
        assert expert_register.draws(connection, barred, answered) == []
        assert expert_register.readable(connection, barred, answered) == 0
        assert (
            expert_register.draws(connection, access.Reader("P001", roles=access.OVERSEERS), answered, below=seat.id)
            == []
        )
    assert leader.get("/experts/P001").status_code == 404


@pytest.mark.parametrize(
    ("login", "status"),
    [(LEADER, 200), (AUDITOR, 200), (OFFICER, 200), (LEGAL, 200), (desk.CLERK, 403), ("expert01", 403)],
)
def test_whoever_runs_the_pool_reads_the_register_and_no_expert_does(login: str, status: int, visit: Visit) -> None:
    paths = ("/experts", "/experts/EX01", "/experts/export.csv")
    assert [visit(login).get(path).status_code for path in paths] == [status] * 3
    assert ('href="/experts"' in visit(login).get("/cases").text) == (status == 200)


def test_the_register_asks_as_much_for_fifty_experts_as_for_one(
    town: Engine, visit: Visit, drawn: tuple[str, list[str]]
) -> None:
    leader, asked = visit(LEADER), []
    leader.get("/experts")
    for path in ("/experts", f"/experts?text={drawn[1][0]}"):
        with counting(town) as statements:
            leader.get(path)
        asked.append(statements.statements)
    assert asked[0] == asked[1]
    assert asked[0] <= OF_THE_INBOX
