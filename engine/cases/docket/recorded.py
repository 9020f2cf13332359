"""What the town's list wants recorded by sound or pictures in a case and is not (行政处罚法47)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
from engine.cases.enforcement import cash, on_the_spot
from engine.cases.enforcement.execution import own, route, service
from engine.cases.enforcement.investigation import act, recording
from engine.cases.enforcement.judging import hearing, notification
from engine.ground.together import Question


def lacking(connection: Connection, case: sa.Row[Any]) -> list[sa.Row[Any]]:
    """Return the steps besides acts of investigation that the town's list wants recorded and that have no recording."""
    went_through = {row.step for row in HAPPENED.all(connection, case=case.id)}
    if not went_through:
        return []
    have = {row.step for row in recording.of(connection, case.id)}
    return [
        row for row in recording.steps_of(connection) if row.level == "required" and row.code in went_through - have
    ]


def acts_lacking(connection: Connection, case: sa.Row[Any]) -> Iterator[tuple[sa.Row[Any], sa.Row[Any]]]:
    """Yield acts of investigation that the list wants recorded, each with its step, and that have no recording.

    A recording is named in the record of the act, or added afterwards for its step and within its time.
    """
    have = recording.of(connection, case.id)
    listed = {row.code: row for row in recording.steps_of(connection)}
    for row in act.of(connection, case.id):
        step = listed.get(act.RECORDED.get(row.kind, ""))
        if step is None or step.level != "required" or row.superseded or row.recording:
            continue
        if not any(one.step == step.code and _within(one, row) for one in have):
            yield row, step


def _within(added: sa.Row[Any], row: sa.Row[Any]) -> bool:
    return bool(added.started_at <= row.ended_at and added.ended_at >= row.started_at)


def _happened() -> Question:
    case = sa.bindparam("case", type_=db.Id)
    spot, taken, told = on_the_spot.spot_penalty.c, cash.cash_collection.c, notification.penalty_notice.c
    heard, served, chosen = hearing.penalty_hearing.c, service.service_attempt.c, route.execution.c
    done = own.own_execution.join(route.execution, chosen.id == own.own_execution.c.execution_id)
    by = sa.case((chosen.route == "substitute", "AV18"), else_="AV17")
    effective = (served.case_id == case, served.effective_on.is_not(None))
    steps = sa.union(
        sa.select(sa.literal("AV01").label("step")).where(spot.case_id == case),
        sa.select(sa.literal("AV02")).where(taken.case_id == case),
        sa.select(sa.literal("AV11")).where(told.case_id == case, told.mode == "left"),
        sa.select(sa.literal("AV13")).where(heard.case_id == case, heard.state == "held"),
        sa.select(sa.literal("AV15")).where(*effective, served.mode == "left"),
        sa.select(sa.literal("AV16")).where(*effective, served.mode == "public"),
        sa.select(by).select_from(done).where(chosen.case_id == case, own.own_execution.c.performed_at.is_not(None)),
    ).subquery()
    return Question(sa.select(steps.c.step), steps.c.step)


HAPPENED = _happened()
"""The question for the steps of the list that a case went through, besides acts of investigation."""
