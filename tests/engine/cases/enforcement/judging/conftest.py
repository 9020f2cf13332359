"""A case in which an investigation has ended, and the steps from there to the decision as the law wants them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases import case as cases
from engine.cases.enforcement.judging import discretion_table, draft, notification, penalty, review
from engine.organisation import person, qualification, unit
from tests.engine.cases.enforcement.judging.breach import (
    ALL_HOLD,
    FIRM,
    GUANLIN,
    OFFICER,
    REVIEWER,
    SERVED,
    at,
    content,
)


@pytest.fixture
def case(connection: Connection) -> sa.Row[Any]:
    """A case filed on Monday 16 March 2026; reviewers and officers are persons of the town."""
    _people(connection)
    discretion_table.load(connection, audit.SYSTEM, GUANLIN)
    with at(2026, 3, 10, 9):
        row = cases.create(
            connection,
            OFFICER,
            cases.Opening(
                item={"code": "GL-CF2-201", "name": "餐饮服务业经营者超标排放油烟"},
                catalogue_version=0,
                channel="12345",
                applicant=FIRM,
                kind="enforcement",
            ),
        )
    return cases.change(connection, row.id, accepted_at=datetime(2026, 3, 16, 10, tzinfo=clock.TOWN))


@pytest.fixture
def drafted(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    """The case with a draft of 5,000 yuan of 1 April."""
    with at(2026, 4, 1, 10):
        draft.keep(connection, OFFICER, case, content())
    return case


@pytest.fixture
def reviewed(connection: Connection, drafted: sa.Row[Any]) -> sa.Row[Any]:
    """The same, reviewed on 2 April."""
    with at(2026, 4, 2, 10):
        review.review(connection, REVIEWER, drafted, {"result": "passed", "checklist": ALL_HOLD})
    return drafted


@pytest.fixture
def told(connection: Connection, reviewed: sa.Row[Any]) -> sa.Row[Any]:
    """The same, told with the right to a hearing on Friday 3 April: both periods end on 13 April."""
    with at(2026, 4, 3, 10):
        given = {**SERVED, "handed_on": "2026-04-03"}
        notification.tell(connection, OFFICER, reviewed, given, hearing_told=True)
    return reviewed


@pytest.fixture
def wanted() -> Callable[..., penalty.Wanted]:
    """What the head wants to decide, with changes."""

    def make(**changed: Any) -> penalty.Wanted:
        usual = {
            "result": "penalty",
            "reason": "违法事实清楚，证据确凿",
            "content": content(),
            "performance": "十五日内到指定银行缴纳",
            "remedies": "六十日内申请复议，六个月内起诉",
            "collective_required": False,
        }
        return penalty.Wanted(**(usual | changed))

    return make


def _people(connection: Connection) -> None:
    legal = {"code": "legal", "name": "法制办", "name_en": "Legal office", "kind": "office", "position": 1}
    connection.execute(sa.insert(unit.unit).values(**legal, certainty="demo", facts={}))
    for name in ("P058", "P059", "P077", "P078", "P079", "P002"):
        known = {"id": name, "kind": "person", "name": name, "display_name": name, "unit": "legal", "on_duty": True}
        connection.execute(sa.insert(person.person).values(**known, certainty="demo", facts={}))
    connection.execute(
        sa.insert(qualification.qualification).values(
            number="A1", person_id="P077", kind="qualification.legal", name="法律职业资格", domains=[],
            issued_on=date(2012, 2, 1), suspended=False,
        )
    )  # fmt: skip
