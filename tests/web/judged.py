"""What tests of judging at the desk begin with: a case that has come to a step of judging, as in the scenarios."""

from __future__ import annotations

from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db, tasks
from engine.cases import case as cases
from engine.cases.enforcement.judging import discretion, draft
from engine.cases.papers import template
from tests.workflows import walking
from web.scenarios import Walk

OFFICER, REVIEWER, CHAIR, MAYOR = "demo064", "demo077", "demo079", "demo002"
"""An officer of the second team, a legal reviewer, a chair of hearings, the mayor."""
_NUMBERS, _HOUSES = count(100), count(1)
"""Each case is another breach: for one there is one fine."""
CALM = "sc02_fumes_decided_without_a_plea"
TO_NOTICE = ({"until": "2026-04-02T10:00"}, "E7", {"until": "2026-04-03T10:00"})
TO_PLEA = (*TO_NOTICE, {"E8": {"notice.handed_on": "2026-04-03"}})
PLEADED = {"kind": "plea", "received_on": "2026-04-07", "text": "已经改正"}
TO_RECHECK = (*TO_PLEA, {"until": "2026-04-07T10:00"}, {"message": "party.answered", "with": {"answer": PLEADED}},
              {"until": "2026-04-14T09:00"})  # fmt: skip
TO_DECISION = (*TO_PLEA, {"until": "2026-04-14T09:00"})
"""The steps to E8, E9, E10 and E12; without any the case waits at E7."""


def reach(town: Engine, *steps: Any) -> Walk:
    """Walk a new case of 5,000 yuan as far as the steps go."""
    scenario = dict(walking.ENFORCEMENT.scenarios[CALM])
    with db.reading(town) as connection:
        found = discretion.propose(
            connection, discretion.Found(powers=["GL-CF2-201"], party="entity", criteria=["较轻"])
        )
    lead = {**scenario["lead"], "place": f"官林镇东虹路{next(_NUMBERS)}号"}
    known = {**scenario["with"], "discretion": found}
    first = [{"setting": {"collective_threshold_entity": 100000}}]
    return walking.ENFORCEMENT.walk(
        town, {}, scenario | {"lead": lead, "with": known, "steps": [*first, *steps], "expect": {}}
    )


def walked(town: Engine, place: Any, element: str) -> Walk:
    """Walk a scenario until the element, as another act than those before; nothing on the way is looked at."""
    name, otherwise = place if place and isinstance(place[-1], dict) and isinstance(place[0], str) else (place, {})
    with template.blank():
        if not isinstance(name, str):
            return reach(town, *name)
        scenario = walking.ENFORCEMENT.scenarios[name]
        end = next(at for at, step in enumerate(scenario["steps"]) if step == element or element in step)
        way = [step for step in scenario["steps"][:end] if "see" not in step]
        changed = {**scenario, "expect": {}}
        if "before" not in scenario:
            where = f"官林镇东虹路{next(_HOUSES)}号"
            otherwise = {"E1": {"act.place": where, "party.name": f"{where}住户"}, **otherwise}
            changed["lead"] = {**scenario["lead"], "place": where}
        return walking.ENFORCEMENT.walk(town, {}, {**changed, "steps": [_told(step, otherwise) for step in way]})


def _told(step: Any, otherwise: dict[str, Any]) -> Any:
    """Return a step with what is entered otherwise into its form."""
    ((element, given),) = step.items() if isinstance(step, dict) and len(step) == 1 else ((str(step), {}),)
    return {element: {**given, **otherwise[element]}} if element in otherwise else step


def task_of(town: Engine, way: Walk, element: str) -> Any:
    """Return the open task of a case at an element."""
    table = tasks.task.c
    with db.reading(town) as connection:
        return connection.execute(
            sa.select(tasks.task).where(
                table.business_key.startswith(way.number), table.element == element, table.state == "open"
            )
        ).one()


def at_desk(way: Walk) -> Any:
    """Stand the clock where the case stands."""
    return clock.frozen(way.now)


def change_draft(town: Engine, way: Walk, amount: int) -> None:
    """Write another fine into the present draft behind the back of the reviewer."""
    with at_desk(way), db.transaction(town) as connection:
        case = cases.get(connection, way.number)
        present = draft.require(connection, case)
        content = {**present.content, "penalty": draft.penalty_of([{"kind": "罚款", "amount": amount}])}
        draft.keep(connection, audit.Actor("P064"), case, content)
