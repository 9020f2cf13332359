"""Filing: is it another lead's act, which power covers it, and the day the case is filed (行政处罚法24, 29, 54(2))."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases import closing, deadline, given_day, standing
from engine.cases.enforcement import lead, officer, power
from engine.cases.people import party as parties
from engine.cases.reading import trail

GONE = ("merged", "not_filed", "referred", "annulled")
"""Outcomes after which a case stands for no act any more."""


def check(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], party: Mapping[str, Any], act: Mapping[str, Any]
) -> dict[str, Any]:
    """Write what the first check found out of party and act, and return the party as screens may show it.

    Raises
    ------
    LeadFactsMissing, LeadDatesWrong
        If the act has no facts or dates that cannot be.
    PartyKindUnknown, ResidentIdWrong, CreditCodeWrong
        See :func:`engine.cases.enforcement.lead.identify`.
    """
    facts = str(act.get("facts") or "").strip()
    begun, ended = given_day.read(act.get("date")), given_day.read(act.get("end_date"))
    lead.require_possible(facts, begun, ended, lead.of(connection, case.id).discovered_at)
    values = {"facts": facts, "act_on": begun, "act_end_on": ended, "place": str(act.get("place") or "")}
    connection.execute(sa.update(lead.lead).where(lead.lead.c.case_id == case.id).values(**values))
    return lead.identify(connection, actor, case, party)


def choose(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], code: str, others: Collection[str] = ()
) -> dict[str, Any]:
    """Choose the power that covers the act and return it as processes know it; the case is about it from now on.

    Parameters
    ----------
    others
        Powers that cover the same act too.

    Raises
    ------
    PowerUnknown, PowersMissing, PowerNotHighest
        As :func:`require_highest`.
    """
    row = require_highest(connection, code, others)
    item = power.item_of(row)
    cases.change(
        connection, case.id, item_code=row.code, item_name=row.name, item=item, department=item["department"],
        catalogue_version=row.version,
    )  # fmt: skip
    connection.execute(sa.update(lead.lead).where(lead.lead.c.case_id == case.id).values(power_code=row.code))
    trail.record(
        connection, case.number, actor, "lead.power_chosen", power=row.code, name=row.name, name_en=row.name_en
    )
    return item


def require_highest(connection: Connection, code: str, others: Collection[str]) -> sa.Row[Any]:
    """Return the power of several that cover the same act which is used.

    Raises
    ------
    PowerUnknown, PowersMissing
        See :func:`engine.cases.enforcement.power.get`.
    PowerNotHighest
        If another one allows a higher fine (行政处罚法29).
    """
    row = power.get(connection, code)
    for other in others:
        higher = power.get(connection, other)
        if (higher.body["fine_max"] or 0) > (row.body["fine_max"] or 0):
            raise errors.PowerNotHighest(chosen=row.name, higher=higher.name)
    return row


def duplicates(connection: Connection, case: sa.Row[Any]) -> list[dict[str, Any]]:
    """Return the cases that may be about the same act: same party, overlapping time, same power or place.

    What is not known yet of a power or a place does not tell two acts apart.
    """
    mine, me = lead.of(connection, case.id), parties.get(connection, case.applicant_id)
    if me.name == lead.UNKNOWN_PARTY:
        return []
    table, party = cases.case_file.c, parties.party.c
    rows = connection.execute(
        sa.select(
            table.number, table.title, table.state, table.closed_at, table.accepted_at, table.decided_at, lead.lead
        )
        .join(lead.lead, lead.lead.c.case_id == table.id)
        .join(parties.party, party.id == table.applicant_id)
        .where(table.kind == standing.ENFORCEMENT, table.id != case.id, parties.same(me))
        .where(sa.func.coalesce(table.outcome, "").not_in(GONE))
        .order_by(table.id)
    )
    return [
        {
            "number": row.number,
            "title": row.title,
            "state": row.state,
            "open": row.closed_at is None,
            "taken_up": row.accepted_at is not None or row.decided_at is not None,
        }
        for row in rows
        if _overlap(mine, row) and _alike(mine, row)
    ]


def merge(connection: Connection, actor: audit.Actor, case: sa.Row[Any], into: str) -> sa.Row[Any]:
    """End a lead because an open case is about the same act already, and tell that case (行政处罚法29).

    Raises
    ------
    CaseNotFound
        If there is no case of that number.
    MergeRefused
        If it is the case itself, is closed, or does not seem to be about the same act.
    """
    target = cases.get(connection, into)
    if target.closed_at is not None or into not in {one["number"] for one in duplicates(connection, case)}:
        raise errors.MergeRefused(number=into)
    trail.record(connection, into, actor, "lead.joined", number=case.number, source=case.channel)
    trail.record(connection, case.number, actor, "lead.merged", number=into)
    return closing.close(connection, actor, case, "merged")


def file(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    chosen: Sequence[str],
    *,
    declared: bool,
    distinct: str = "",
) -> sa.Row[Any]:
    """File the case: its officers are named, and the ninety days to decide begin (行政处罚法54(2), 60).

    Parameters
    ----------
    declared
        Whether the officers have declared that nothing bars them from acting (43).
    distinct
        Why the act is another one than that of a case which looks alike.

    Raises
    ------
    CaseStateWrong
        If it has been filed or has ended.
    OfficersTooFew, OfficerUnlicensed, OfficerRecused
        See :func:`engine.cases.enforcement.officer.appoint`.
    RecusalNotDeclared
    SameActFiled
        If another case was filed or decided for the same act (29) and nothing says why it is not.
    """
    if case.accepted_at is not None or case.closed_at is not None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="filing")
    if not declared:
        raise errors.RecusalNotDeclared
    require_no_other(connection, case, distinct)
    officer.appoint(connection, actor, case, chosen)
    row = cases.change(connection, case.id, state="filed", accepted_at=clock.now())
    trail.record(connection, case.number, actor, "case.filed", distinct=distinct)
    deadline.start(connection, actor, row, "cf_decision")
    return row


def require_no_other(connection: Connection, case: sa.Row[Any], distinct: str = "") -> None:
    """Refuse to go on with an act that another case was filed or decided for (行政处罚法29).

    Raises
    ------
    SameActFiled
        Unless it is said why the act is another one.
    """
    others = [one for one in duplicates(connection, case) if one["taken_up"]]
    if others and not distinct.strip():
        raise errors.SameActFiled(number=others[0]["number"])


def _span(row: sa.Row[Any]) -> tuple[date, date]:
    begun = row.act_on or clock.day(row.discovered_at)
    return begun, row.act_end_on or begun


def _overlap(one: sa.Row[Any], other: sa.Row[Any]) -> bool:
    (begun, ended), (begun_too, ended_too) = _span(one), _span(other)
    return begun <= ended_too and begun_too <= ended


def _alike(one: sa.Row[Any], other: sa.Row[Any]) -> bool:
    codes, places = {one.power_code, other.power_code}, {one.place, other.place}
    return None in codes or "" in places or len(codes) == 1 or len(places) == 1
