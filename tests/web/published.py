"""A penalty of the market sector that is public, for what is asked about it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db
from engine.cases import case as cases
from engine.cases import decision
from engine.cases.enforcement import filing, lead
from engine.cases.enforcement.execution import rule45
from engine.cases.papers import publicity
from tests.conftest import MORNING

PHONE = "13912345678"


def penalty(town: Engine, name: str) -> str:
    """Publish a penalty that was not made on the spot (45号令2) and return the number of its case."""
    officer = audit.Actor("P064")
    with clock.frozen(MORNING), db.transaction(town) as connection:
        taken = lead.Lead("巡查", "未悬挂执照", party={"name": name, "phone": PHONE})
        case, _ = lead.take_in(connection, officer, taken)
        filing.choose(connection, officer, case, "GL-CF1-116")
        row = cases.get(connection, case.number)
        connection.execute(
            sa.insert(decision.decision).values(
                case_id=row.id, result="penalised", reasons="属实", basis="条例1", remedies="可以复议", conditions="",
                decided_by="P002", decided_at=clock.now(), effective=True,
            )
        )  # fmt: skip
        row = cases.change(connection, row.id, decided_at=clock.now(), item={**row.item, "sector": rule45.SECTOR})
        publicity.publish(connection, officer, row, kind=publicity.PENALTY, summary={"organ": "某机关"})
    return str(case.number)
