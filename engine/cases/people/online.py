"""The application on line: opened by its applicant without an account, a few a day for each telephone number."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.people import party

CHANNELS = ("网上", "自助")
"""The ways in on which the applicant fills in the form: from home, and at a machine in the hall."""

A_DAY = 10
"""How many applications one person may hand in on line in a day; ours, against flooding."""


def open_case(connection: Connection, visitor: audit.Actor, given: cases.Opening) -> sa.Row[Any]:
    """Open the case of an application that came on line and return it.

    Raises
    ------
    ChannelNotOffered
        If the item is not taken in on line.
    TooManyApplications
        If the telephone number has applied too often today.
    ItemWithoutProcess, PartyNameMissing, ResidentIdWrong, CreditCodeWrong
        See :func:`engine.cases.opening.open_case`.
    """
    if given.channel not in CHANNELS:
        raise errors.ChannelNotOffered(item=given.item["name"], channel=given.channel)
    if _today(connection, str(given.applicant.get("phone") or "")) >= A_DAY:
        raise errors.TooManyApplications(most=A_DAY)
    case, _step = opening.open_case(connection, visitor, given)
    return case


def _today(connection: Connection, phone: str) -> int:
    begun = clock.midnight(clock.today())
    table = cases.case_file.c
    query = (
        sa.select(sa.func.count())
        .select_from(cases.case_file)
        .join(party.party, party.party.c.id == table.applicant_id)
        .where(party.party.c.phone == phone, table.channel.in_(CHANNELS), table.received_at >= begun)
    )
    return connection.scalar(query) or 0
