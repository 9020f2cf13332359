"""The page of a grid event's case: where it is, who has it, what it follows, and no link to the catalogue."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from engine import audit, db
from engine.cases.grid import alike, event, handling
from tests.web.conftest import Visit

WORKER, LEADER = audit.Actor("P132"), "demo001"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_page_of_an_event_tells_place_department_and_what_follows(
    town: Engine, visit: Visit, language: str
) -> None:
    given = event.Report("网格员", "C0103", 119.6899, 31.5091, "路灯不亮", address=f"演示路口{language}")
    with db.transaction(town) as connection:
        first, _ = event.report(connection, WORKER, given)
        child, _ = event.report(connection, WORKER, given)
        parent = alike.parent_of(connection, child.id)
        assert parent is not None
        handling.dispatch(connection, WORKER, parent, "b-construction", [])
    reader = visit(LEADER, language=language)
    page = reader.get(f"/cases/{child.number}").text
    assert f"演示路口{language}" in page
    assert parent.number in page
    assert "/items/GLW" not in page
    whole = reader.get(f"/cases/{parent.number}").text
    assert ("建设管理局" if language == "zh_CN" else "Construction Bureau") in whole
    assert child.number in whole
    assert first.number in whole
