"""Cases of the demo town with what the radar looks for, or with nothing to find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases import case as cases
from engine.cases import decision
from engine.cases.enforcement import officer
from engine.cases.enforcement.judging import draft, notification, penalty
from tests.engine.cases.enforcement.judging.breach import FIRM, OFFICER, content

START = datetime(2026, 3, 16, 10, tzinfo=clock.TOWN)


def opened(connection: Connection, *, applicant: Any = FIRM, kind: str = "enforcement") -> sa.Row[Any]:
    item = {"code": "GL-CF2-201", "name": "超标排放油烟", "channels": ["窗口"]}
    channel = "巡查" if kind == "enforcement" else "窗口"
    given = cases.Opening(item=item, catalogue_version=0, channel=channel, applicant=applicant, kind=kind)
    return cases.create(connection, OFFICER, given)


def decided(connection: Connection, case: sa.Row[Any], result: str, at: datetime = START, **more: Any) -> int:
    values = {"result": result, "reasons": "—", "basis": "", "remedies": "—", "conditions": "", "decided_by": "P002"}
    made = sa.insert(decision.decision).values(case_id=case.id, **values, decided_at=at, effective=True, **more)
    return int(connection.execute(made.returning(decision.decision.c.id)).scalar_one())


def told(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> int:
    """Tell the party of a draft, as served on 13 March, and return the notice."""
    notice = notification.penalty_notice
    made = sa.insert(notice).values(
        case_id=case.id, draft_id=row.id, draft_hash=row.content_hash, hearing_told=False, mode="direct",
        recipient="经理", handed_on=date(2026, 3, 13), served_on=date(2026, 3, 13), plea_due_on=date(2026, 3, 20),
        told_by="P058", told_at=START,
    )  # fmt: skip
    return int(connection.execute(made.returning(notice.c.id)).scalar_one())


@pytest.fixture
def fined(connection: Connection) -> Callable[[int], sa.Row[Any]]:
    """Decide a fine on the first step of one power, in a case of its own: ``fined(5000)``."""

    def made(fine: int) -> sa.Row[Any]:
        with clock.frozen(START - timedelta(days=3)):
            case = opened(connection)
            found = {"power": "GL-CF2-201", "step": "较轻"}
            row = draft.keep(connection, OFFICER, case, content(fine=fine), discretion=found)
        notice = told(connection, case, row)
        connection.execute(
            sa.insert(penalty.penalty_decision).values(
                decision_id=decided(connection, case, "penalised"), case_id=case.id, draft_id=row.id,
                draft_hash=row.content_hash, notice_id=notice, fine=fine, due_on=date(2026, 6, 14), overdue_reason="",
            )
        )  # fmt: skip
        return case

    return made


def appointed(connection: Connection, case: sa.Row[Any], *people: str) -> None:
    rows = [
        {"case_id": case.id, "person": person, "licence": f"L{person}", "role": "lead", "since": START, "reason": "",
         "appointed_by": "P003"}
        for person in people
    ]  # fmt: skip
    connection.execute(sa.insert(officer.case_officer), rows)


AUDITOR = audit.Actor("P092")
