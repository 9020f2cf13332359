"""What tests of the clerk's workplace begin with: a fresh case at a window of the demo town, and its open task."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, db, tasks
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.items import item
from tests.workflows import walking

ITEM = "GL-MZZ-008"
CLERK, COLLEAGUE, REVIEWER = "demo029", "demo030", "demo044"
"""The clerk of window W03, the one of window W04, a reviewer."""
GOOD = {
    "contact_phone": "13800138000",
    "delivery_mode": "窗口领取",
    "needs_licence": "true",
    "in_power": "true",
    "form_ok": "true",
    "credit_ok": "true",
}
"""An intake form that is complete but for the materials."""


def take_in(town: Engine, *, window: str = "W03", name: str = "王小明", item_code: str = ITEM) -> Any:
    """Open a case at a window and return its intake task, free to be claimed."""
    with db.transaction(town) as connection:
        row = item.get(connection, item_code)
        given = cases.Opening(
            item=opening.item_context(row.body),
            catalogue_version=row.version,
            channel="窗口",
            window=window,
            applicant={**walking.APPLICANT, "name": name},
        )
        case, _ = opening.open_case(connection, audit.Actor("P026"), given)
        return connection.execute(sa.select(tasks.task).where(tasks.task.c.business_key == case.number)).one()


def present(town: Engine, task_id: int) -> Any:
    """Return the task as it is now."""
    with db.reading(town) as connection:
        return connection.execute(sa.select(tasks.task).where(tasks.task.c.id == task_id)).one()


def actions(town: Engine, number: str) -> list[Any]:
    """Return what the trail of the case says was done with tasks."""
    with db.reading(town) as connection:
        return [event for event in audit.trail(connection, number) if event.action.startswith("task.")]


def all_received(task: Any, town: Engine) -> dict[str, str]:
    """Return :data:`GOOD` with every material of the list handed in."""
    with db.reading(town) as connection:
        rows = tasks.context(connection, task).get("materials") or []
    return {**GOOD, **{f"materials[{index}].received": "true" for index in range(len(rows))}}
