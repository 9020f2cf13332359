"""A case in which an investigation has ended, and the steps from there to the decision as the law wants them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock
from engine.cases import case as cases
from engine.cases.enforcement.judging import draft, notification, penalty, review
from tests.engine.cases.enforcement.judging.breach import (
    ALL_HOLD,
    FIRM,
    OFFICER,
    REVIEWER,
    SERVED,
    at,
    content,
)


@pytest.fixture
def case(connection: Connection) -> sa.Row[Any]:
    """A case filed on Monday 16 March 2026."""
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
