"""Warnings of a deadline at half time, at eighty per cent and when overdue, as handler, head and leader see them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from engine import audit, clock, db, jobs
from engine.cases import deadline
from engine.cases.clocks import alarm
from engine.cases.enforcement import lead
from tests.conftest import MORNING
from tests.web.conftest import Visit

INTAKE, LEADER = "demo075", "demo001"
SAYS = {
    "zh_CN": (
        ("期限“线索初核”已过一半", "承办人"),
        ("期限“线索初核”已过八成", "综合执法局负责人"),
        ("期限“线索初核”已于", "镇分管负责人"),
        ("剩", "超期"),
    ),
    "en": (
        ("Half of the period First check of a lead is over", "those who handle it"),
        (
            "Eighty per cent of the period First check of a lead are over",
            "Head of the Comprehensive Enforcement Bureau",
        ),
        ("The period First check of a lead ended on", "Deputy Leader in Charge"),
        ("left", "overdue"),
    ),
}


@pytest.mark.parametrize("language", SAYS)
def test_a_check_that_takes_too_long_is_warned_of_at_half_eighty_and_overdue(
    town: Engine, visit: Visit, language: str
) -> None:
    with clock.frozen(MORNING), db.transaction(town) as connection:
        case, _ = lead.take_in(connection, audit.Actor("P075"), lead.Lead("巡查", "门口堆放杂物"))
    with clock.frozen(MORNING):
        with db.reading(town) as connection:
            due = jobs.due(connection)
        for job in due:
            jobs.run(town, job)
        with db.reading(town) as connection:
            row = deadline.find(connection, case, "lead_check")
    *said, (left, late) = SAYS[language]
    for moment, (sentence, told) in zip((row.half_at, row.eighty_at, row.due_at), said, strict=True):
        with clock.frozen(moment + timedelta(minutes=1)):
            with db.transaction(town) as connection:
                assert alarm.sweep(connection) >= 1
            overdue = moment == row.due_at
            inbox = visit(INTAKE, language=language).get(f"/inbox?view=all&q={case.number}").text
            (shown,) = (one for one in re.findall(r"<tr.*?</tr>", inbox, re.S) if f">{case.number}<" in one)
            assert (late in shown, left in shown) == (overdue, not overdue)
            leader = visit(LEADER, language=language)
            warned = re.search(rf"{sentence}[^<]*→ {told}", leader.get(f"/cases/{case.number}?tab=related").text)
            assert warned is not None
            supervised = leader.get(f"/cases?supervised=1&text={case.number}").text
            assert (f'href="/cases/{case.number}"' in supervised) is overdue
