"""A penalty of the market sector that is public, for what is asked about it."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from engine import audit, clock, db
from engine.cases import case as cases
from engine.cases.enforcement import filing, lead, on_the_spot
from engine.cases.enforcement.execution import early_end
from engine.cases.papers import publicity
from tests.conftest import MORNING

PHONE = "13912345678"


def penalty(town: Engine, name: str) -> str:
    """Publish a penalty of somebody and return the number of its case."""
    officer = audit.Actor("P064")
    wanted = on_the_spot.Wanted(
        ("罚款",), 100, ("P064", "P065"), tuple(on_the_spot.ACTS), place="东虹路", reason="属实"
    )
    with clock.frozen(MORNING), db.transaction(town) as connection:
        taken = lead.Lead("巡查", "未悬挂执照", party={"name": name, "phone": PHONE})
        case, _ = lead.take_in(connection, officer, taken)
        filing.choose(connection, officer, case, "GL-CF1-116")
        on_the_spot.decide(connection, officer, cases.get(connection, case.number), wanted)
        row = cases.get(connection, case.number)
        row = cases.change(connection, row.id, item={**row.item, "sector": early_end.SECTOR})
        publicity.publish(connection, officer, row, kind=publicity.PENALTY, summary={"organ": "某机关"})
    return str(case.number)
