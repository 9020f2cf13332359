"""Officers of a case: two with licences at least, replaced with a reason (行政处罚法42, 43)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.enforcement import officer
from engine.cases.enforcement.investigation import acting, recusal
from engine.cases.people import access
from engine.organisation import bar, qualification

MAYOR, OFFICER, SECOND, THIRD, INTAKE = "P002", "P064", "P065", "P066", "P075"
CLERK = audit.Actor(INTAKE)
HEAD = audit.Actor(MAYOR)


def _actions(connection: Connection, number: str) -> list[str]:
    return [event.action for event in audit.trail(connection, number)]


def test_two_officers_with_licences_are_appointed(connection: Connection, case: sa.Row[Any]) -> None:
    officer.appoint(connection, CLERK, case, [OFFICER, SECOND])
    rows = officer.acting(connection, case.id)
    assert [(row.person, row.role) for row in rows] == [(OFFICER, "lead"), (SECOND, "member")]
    assert all(row.licence for row in rows)
    assert _actions(connection, case.number).count("officer.appointed") == 2


@pytest.mark.parametrize("chosen", [[OFFICER], [OFFICER, OFFICER], []])
def test_fewer_than_two_different_officers_are_refused(
    connection: Connection, case: sa.Row[Any], chosen: list[str]
) -> None:
    with pytest.raises(errors.OfficersTooFew):
        officer.appoint(connection, CLERK, case, chosen)
    assert officer.of(connection, case.id) == []


def test_an_expired_licence_is_refused_from_the_day_after(connection: Connection, case: sa.Row[Any]) -> None:
    table = qualification.qualification
    mine = sa.and_(table.c.person_id == OFFICER, table.c.kind == acting.LICENCE)
    connection.execute(sa.update(table).where(mine).values(valid_until=date(2026, 3, 31)))
    two = [OFFICER, SECOND]
    assert officer.shown(connection, case, two, date(2026, 3, 31))["persons"] == two
    with pytest.raises(errors.OfficerUnlicensed):
        officer.shown(connection, case, two, date(2026, 4, 1))


def test_one_officer_takes_over_from_another(connection: Connection, case: sa.Row[Any]) -> None:
    officer.appoint(connection, CLERK, case, [OFFICER, SECOND])
    officer.replace(connection, CLERK, case, SECOND, THIRD, reason="岗位调整")
    assert [row.person for row in officer.acting(connection, case.id)] == [OFFICER, THIRD]
    gone = next(row for row in officer.of(connection, case.id) if row.person == SECOND)
    assert (gone.replaced_by, gone.reason) == (THIRD, "岗位调整")
    with pytest.raises(errors.OfficerUnknown):
        officer.replace(connection, CLERK, case, SECOND, "P067", reason="岗位调整")


def test_who_is_recused_is_no_officer_any_more(connection: Connection, case: sa.Row[Any]) -> None:
    officer.appoint(connection, CLERK, case, [OFFICER, SECOND])
    asked = recusal.ask(connection, CLERK, case, officer=SECOND, asked_by="当事人", reason="亲属关系")
    assert [row.person for row in officer.acting(connection, case.id)] == [OFFICER, SECOND]
    recusal.decide(connection, HEAD, case, asked.id, granted=True, reason="属实")
    assert [row.person for row in officer.acting(connection, case.id)] == [OFFICER]
    with pytest.raises(errors.OfficerRecused):
        officer.appoint(connection, CLERK, case, [OFFICER, SECOND])
    assert not access.sees(connection, access.Reader(SECOND, barred=bar.keys(connection, SECOND)), case.number)
