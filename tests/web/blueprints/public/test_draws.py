"""Draws of experts are open to everybody, who can draw again; whose matter they were for is told on the case alone."""

from __future__ import annotations

import hashlib
import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db
from engine.cases import case as cases
from engine.cases.people import expert_draw
from tests.web import desk
from tests.web.conftest import Visit

WATER = {"fields": ["水利水务"], "count": 2, "fee": 300, "question": "方案是否可行"}


def draw(town: Engine) -> tuple[str, str]:
    """Draw two experts, let the first be replaced and the second answer; return the case's and the draw's number."""
    number = desk.take_in(town).business_key
    with db.transaction(town) as connection:
        _free_everybody(connection)
        case = cases.get(connection, number)
        row = expert_draw.draw(connection, audit.SYSTEM, case, **WATER)
        first, second = (seat.expert_id for seat in expert_draw.seats_of(connection, row.id))
        expert_draw.replace(connection, audit.SYSTEM, case, row.id, first, "与申请人有亲属关系")
        expert_draw.answer(connection, audit.Actor(second), case, row.id, vote="同意", opinion="方案可行")
    return number, str(row.number)


def _free_everybody(connection: Connection) -> None:
    """Let nobody sit in a draw of before: of few experts in a field none would be left."""
    seat = expert_draw.expert_seat
    sits = seat.c.replaced_at.is_(None), seat.c.answered_at.is_(None)
    connection.execute(sa.update(seat).where(*sits).values(replaced_at=clock.now(), replaced_why="另有安排"))


def test_anybody_draws_again_and_gets_the_same(town: Engine, visit: Visit) -> None:
    number, draw_no = draw(town)
    listed, page = visit().get("/draws").text, visit().get(f"/draws/{draw_no}").text
    assert draw_no in listed
    assert "重新计算：一致" in page
    assert "不再评审" in page
    assert "<td>Water</td>" in visit(language="en").get("/draws").text
    seed = re.search(r'<code class="hash">([0-9a-f]{64})</code>', page)
    pool = re.search(r"for e in ([A-Z0-9 ]+); do", page)
    assert seed is not None
    assert pool is not None
    ranked = sorted(pool[1].split(), key=lambda who: hashlib.sha256(f"{seed[1]}:{who}".encode()).hexdigest())
    assert " ".join(ranked[:2]) in listed
    for told in (number, "亲属关系", "方案可行"):
        assert told not in listed + page


def test_a_draw_that_was_changed_afterwards_is_found_out(town: Engine, visit: Visit) -> None:
    _number, draw_no = draw(town)
    changed, told = expert_draw.expert_draw, []
    for digit in "0123456789":  # of few experts another seed may draw the same two
        with db.transaction(town) as connection:
            connection.execute(changed.update().where(changed.c.number == draw_no).values(seed=digit * 64))
        told.append("drawn again: not the same" in visit(language="en").get(f"/draws/{draw_no}").text)
    assert any(told)


def test_the_case_shows_who_was_drawn_replaced_and_paid(town: Engine, visit: Visit) -> None:
    number, draw_no = draw(town)
    page = visit(desk.CLERK).get(f"/cases/{number}?tab=related").text
    for told in (f"/draws/{draw_no}", "与申请人有亲属关系", "方案可行", "费用 300 元", "尚未出具意见"):
        assert told in page


def test_the_story_says_who_followed_whom_and_how_an_expert_voted(town: Engine, visit: Visit) -> None:
    number, _draw_no = draw(town)
    story = visit(desk.CLERK, language="en").get(f"/cases/{number}?tab=story").text
    assert re.search(r"\S+\(演示\) followed \S+\(演示\) as an expert: 与申请人有亲属关系", story)
    assert "gave an opinion as an expert: for." in story


def test_a_draw_that_is_none_is_not_found(visit: Visit) -> None:
    assert visit().get("/draws/ZJ-1999-0001").status_code == 404
