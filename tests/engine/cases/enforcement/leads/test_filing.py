"""Filing: one act, one case; the highest fine applies; ninety days from the day of filing (行政处罚法29, 54, 60)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.enforcement import filing, lead, officer

CLERK = audit.Actor("P075")
TWO = ["P070", "P071"]


def _lead(connection: Connection, name: str, on: date, place: str = "都山荡", code: str = "GL-CF3-304") -> sa.Row[Any]:
    given = lead.Lead("网格", "倾倒垃圾", place, act_on=on, party={"kind": "entity", "name": name})
    case, _ = lead.take_in(connection, CLERK, given)
    filing.choose(connection, CLERK, case, code)
    return cases.get(connection, case.number)


def test_a_case_is_filed_with_its_officers_and_ninety_days(connection: Connection) -> None:
    case = _lead(connection, "甲公司", date(2026, 2, 27))
    filed = filing.file(connection, CLERK, case, TWO, declared=True)
    assert (filed.state, filed.accepted_at is not None) == ("filed", True)
    assert [row.person for row in officer.acting(connection, case.id)] == TWO
    assert deadline.find(connection, filed, "cf_decision").due_on == date(2026, 5, 31)  # type: ignore[union-attr]
    with pytest.raises(errors.CaseStateWrong):
        filing.file(connection, CLERK, filed, TWO, declared=True)


def test_officers_declare_that_nothing_bars_them(connection: Connection) -> None:
    case = _lead(connection, "乙公司", date(2026, 2, 27))
    with pytest.raises(errors.RecusalNotDeclared):
        filing.file(connection, CLERK, case, TWO, declared=False)
    with pytest.raises(errors.OfficersTooFew):
        filing.file(connection, CLERK, case, TWO[:1], declared=True)
    assert cases.get(connection, case.number).accepted_at is None


def test_the_same_act_is_one_case_and_a_new_act_another(connection: Connection) -> None:
    first = _lead(connection, "丙公司", date(2026, 2, 27))
    second = _lead(connection, "丙公司", date(2026, 2, 27), code="GL-CF3-301")
    later = _lead(connection, "丙公司", date(2026, 3, 1))
    assert [one["number"] for one in filing.duplicates(connection, second)] == [first.number]
    assert filing.duplicates(connection, later) == []
    filing.file(connection, CLERK, first, TWO, declared=True)
    with pytest.raises(errors.SameActFiled):
        filing.file(connection, CLERK, second, TWO, declared=True)
    filing.file(connection, CLERK, later, TWO, declared=True)
    merged = filing.merge(connection, CLERK, second, first.number)
    assert (merged.outcome, merged.closed_at is not None) == ("merged", True)
    assert audit.trail(connection, first.number)[-1].action == "lead.joined"
    with pytest.raises(errors.MergeRefused):
        filing.merge(connection, CLERK, later, first.number)


def test_of_several_powers_the_higher_fine_applies(connection: Connection) -> None:
    case = _lead(connection, "丁公司", date(2026, 2, 27))
    with pytest.raises(errors.PowerNotHighest):
        filing.choose(connection, CLERK, case, "GL-CF3-301", ["GL-CF3-304"])
    item = filing.choose(connection, CLERK, case, "GL-CF3-304", ["GL-CF3-301"])
    assert cases.get(connection, case.number).item_code == item["code"] == "GL-CF3-304"
