"""The lead: taken in once, from one of ten sources, with the moment of its discovery."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import standing
from engine.cases.enforcement import lead

INTAKE = audit.Actor("P075")
FOUND = datetime(2026, 3, 1, 18, 0, tzinfo=clock.TOWN)


@pytest.mark.parametrize("source", standing.SOURCES)
def test_a_lead_comes_from_each_of_the_ten_sources(connection: Connection, source: str) -> None:
    given = lead.Lead(source, "占道经营", start_event="E0", discovered_at=FOUND)
    case, _ = lead.take_in(connection, INTAKE, given)
    assert (case.kind, case.channel, case.state) == ("enforcement", source, "checking")
    assert lead.of(connection, case.id).discovered_at == FOUND


def test_what_a_system_sends_twice_is_taken_in_once(connection: Connection) -> None:
    given = lead.Lead("网格", "倾倒垃圾", external_id="G-7", start_event="E0_message")
    first, step = lead.take_in(connection, INTAKE, given)
    again, nothing = lead.take_in(connection, INTAKE, given)
    assert (again.number, nothing) == (first.number, None)
    assert step is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"discovered_at": datetime(2026, 3, 3, 9, 0, tzinfo=clock.TOWN)},
        {"act_on": date(2026, 3, 2), "discovered_at": FOUND},
        {"act_end_on": date(2026, 2, 1)},
        {"act_on": date(2026, 2, 2), "act_end_on": date(2026, 2, 1)},
    ],
)
def test_dates_that_cannot_be_are_refused(connection: Connection, changed: dict[str, Any]) -> None:
    with pytest.raises(errors.LeadDatesWrong):
        lead.take_in(connection, INTAKE, lead.Lead("巡查", "占道经营", **changed))


def test_a_lead_says_what_happened_and_comes_from_somewhere_known(connection: Connection) -> None:
    with pytest.raises(errors.LeadFactsMissing):
        lead.take_in(connection, INTAKE, lead.Lead("巡查", "  "))
    with pytest.raises(errors.ChannelUnknown):
        lead.take_in(connection, INTAKE, lead.Lead("窗口", "占道经营"))
    with pytest.raises(errors.PartyKindUnknown):
        lead.take_in(connection, INTAKE, lead.Lead("巡查", "占道经营", party={"kind": "ghost"}))


def test_the_case_names_who_acted_once_it_is_known(connection: Connection, case: sa.Row[Any]) -> None:
    assert case.title.startswith(lead.UNKNOWN_PARTY)
    shown = lead.identify(connection, INTAKE, case, {"kind": "sole_trader", "name": "某小吃店"})
    assert (shown["name"], shown["kind"]) == ("某小吃店", "organisation")
    assert lead.of(connection, case.id).party_kind == "sole_trader"
    assert audit.trail(connection, case.number)[-1].action == "lead.party_named"


def test_the_database_keeps_the_words_of_kinds_apart(connection: Connection, case: sa.Row[Any]) -> None:
    table = sa.table("case_file", sa.column("id"), sa.column("state"), sa.column("channel"), sa.column("outcome"))
    for column, word in (("state", "accepted"), ("channel", "窗口"), ("outcome", "granted")):
        with pytest.raises(sa.exc.IntegrityError, match=f"{column}_of_kind"), connection.begin_nested():
            connection.execute(sa.update(table).where(table.c.id == case.id).values(**{column: word}))
    assert clock.now() - case.received_at < timedelta(minutes=1)
