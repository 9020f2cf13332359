"""The case: one matter of one party, from the day it comes in to the archive, known everywhere by its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import standing
from engine.cases.papers import numbering
from engine.cases.people import party
from engine.cases.reading import trail

case_file = sa.Table(
    "case_file",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("number", sa.String(40), nullable=False, unique=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("item_code", sa.String(40), nullable=False),
    sa.Column("item_name", sa.String(200), nullable=False),
    sa.Column("department", sa.String(40), nullable=False),
    sa.Column("catalogue_version", sa.Integer, nullable=False),
    sa.Column("item", db.Json, nullable=False),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("channel", sa.String(8), nullable=False),
    sa.Column("window", sa.String(40), nullable=False),
    sa.Column("queue_number", sa.String(20), nullable=False),
    sa.Column("applicant_id", db.Id, sa.ForeignKey("party.id"), nullable=False),
    sa.Column("agent_id", db.Id, sa.ForeignKey("party.id")),
    sa.Column("opened_by", sa.String(80), nullable=False),
    sa.Column("received_at", db.Utc, nullable=False),
    sa.Column("accepted_at", db.Utc),
    sa.Column("deemed", sa.Boolean, nullable=False),
    sa.Column("decided_at", db.Utc),
    sa.Column("closed_at", db.Utc),
    sa.Column("archived_at", db.Utc),
    sa.Column("archive_no", sa.String(60)),
    sa.Column("archive", db.Json),
    sa.Column("outcome", sa.String(20)),
    sa.Column("legal_due_at", db.Utc),
    sa.Column("promised_due_at", db.Utc),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("visits", sa.Integer, nullable=False),
    sa.CheckConstraint(f"kind IN {standing.KINDS}", name="kind_known"),
    sa.CheckConstraint(standing.of_kind("state"), name="state_of_kind"),
    sa.CheckConstraint(standing.of_kind("channel"), name="channel_of_kind"),
    sa.CheckConstraint(standing.of_kind("outcome"), name="outcome_of_kind"),
    sa.CheckConstraint("closed_at IS NULL OR outcome IS NOT NULL", name="closed_with_outcome"),
    sa.CheckConstraint("archived_at IS NULL OR closed_at IS NOT NULL", name="archived_after_closing"),
    sa.CheckConstraint("NOT deemed OR accepted_at = received_at", name="deemed_from_receipt"),
    sa.CheckConstraint("visits >= 0", name="visits_counted"),
    sa.Index(None, "state", "id"),
    sa.Index(None, "item_code"),
    sa.Index(None, "applicant_id", "id"),
    sa.Index(None, "agent_id", "id"),
    sa.Index(None, "promised_due_at"),
    sa.Index(None, "legal_due_at"),
    sa.Index("ix_case_file_list", "id", "state", "outcome", "kind", "channel", "window", "department", "item_name",
             "applicant_id", "promised_due_at", "legal_due_at"),
    sa.Index("ix_case_file_number_prefix", "number", postgresql_ops={"number": "text_pattern_ops"}),
)  # fmt: skip
"""``accepted_at`` of an enforcement case is the day it was filed (立案, 行政处罚法54(2)).

``list`` holds all that lists filter and sort by, so that they never read the wide rows
(:mod:`engine.cases.reading.search`).
``number_prefix`` serves the beginning of a number where the database sorts texts by language."""


@dataclass(frozen=True)
class Opening:
    """What a person hands in: the item it is for, by which way, for whom, and when it came."""

    item: Mapping[str, Any]
    catalogue_version: int
    channel: str
    applicant: Mapping[str, Any]
    agent: Mapping[str, Any] | None = None
    power_of_attorney: int | None = None
    window: str = ""
    queue_number: str = ""
    received_at: datetime | None = None
    title: str = ""
    kind: str = "approval"
    facts: Mapping[str, Any] = field(default_factory=dict)


def create(connection: Connection, actor: audit.Actor, opening: Opening) -> sa.Row[Any]:
    """Give the case its number and its row; :func:`engine.cases.opening.open_case` starts its process as well.

    Raises
    ------
    ChannelUnknown, ChannelNotOffered
        If the way in does not exist or the item is not offered there.
    AgentPowerMissing
        If an agent applies without name (行政许可法29).
    ReceivedInFuture
        If ``received_at`` lies ahead.
    PartyNameMissing, PartyKindUnknown, ResidentIdWrong, CreditCodeWrong
        See :func:`engine.cases.people.party.register`.
    """
    received_at = opening.received_at or clock.now()
    if received_at > clock.now():
        raise errors.ReceivedInFuture(received_at=received_at.astimezone(clock.TOWN).isoformat(timespec="minutes"))
    _check_channel(opening)
    applicant = party.register(connection, opening.applicant)
    agent = party.register(connection, opening.agent) if opening.agent else None
    year = clock.today().year
    place = str(opening.item["code"]).partition("-")[0]
    return connection.execute(
        sa.insert(case_file)
        .values(
            number=f"{place}-{year}-{numbering.take(connection, f'case:{place}', year):06}",
            kind=opening.kind,
            item_code=opening.item["code"],
            item_name=opening.item["name"],
            department=str(opening.item.get("department") or ""),
            catalogue_version=opening.catalogue_version,
            item=dict(opening.item),
            title=opening.title or f"{applicant.name} {opening.item['name']}",
            state=standing.FIRST[opening.kind],
            channel=opening.channel,
            window=opening.window,
            queue_number=opening.queue_number,
            applicant_id=applicant.id,
            agent_id=agent.id if agent else None,
            opened_by=actor.id,
            received_at=received_at,
            deemed=False,
            provisional=False,
            visits=0 if opening.channel == "网上" else 1,
        )
        .returning(case_file)
    ).one()


def channels_of(item: Mapping[str, Any]) -> list[str]:
    """Return the ways in by which an item is offered: those of the catalogue, the village points where enabled.

    Every item that is offered at the window is taken at each of the windows: they are general ones.
    """
    offered = set(item.get("channels", ())) - {"村级"}
    if item.get("village_enabled"):
        offered.add("村级")
    return [name for name in standing.CHANNELS if name in offered]


def get(connection: Connection, number: str) -> sa.Row[Any]:
    """Return a case by its number.

    Raises
    ------
    CaseNotFound
        If there is none. Whether somebody may see it is :mod:`engine.cases.people.access`'s question.
    """
    found = connection.execute(sa.select(case_file).where(case_file.c.number == number)).one_or_none()
    if found is None:
        raise errors.CaseNotFound(number=number)
    return found


def by_id(connection: Connection, case_id: int) -> sa.Row[Any]:
    """Return the case that a row belongs to; the row's foreign key sees to it that there is one."""
    return connection.execute(sa.select(case_file).where(case_file.c.id == case_id)).one()


def change(connection: Connection, case_id: int, **values: Any) -> sa.Row[Any]:
    """Write columns of a case and return it; the verb that calls this writes the audit event."""
    return connection.execute(
        sa.update(case_file).where(case_file.c.id == case_id).values(**values).returning(case_file)
    ).one()


def accept(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    *,
    accepted_at: datetime | None = None,
    deemed: bool = False,
) -> sa.Row[Any]:
    """Accept the application; deemed acceptance counts from the receipt of the materials (行政许可法32(1)(四)).

    Accepting what is already accepted changes nothing, so that a late acceptance cannot undo a deemed one.

    Raises
    ------
    CaseStateWrong
        If the case is no longer waiting to be accepted.
    """
    if case.accepted_at is not None:
        return case
    require_state(case, "received", "correcting")
    moment = case.received_at if deemed else accepted_at or clock.now()
    row = change(connection, case.id, state="accepted", accepted_at=moment, deemed=deemed)
    trail.record(connection, case.number, actor, "case.accepted", accepted_at=moment.isoformat(), deemed=deemed)
    return row


def set_state(connection: Connection, actor: audit.Actor, case: sa.Row[Any], state: str) -> sa.Row[Any]:
    """Say where the case stands.

    Raises
    ------
    CaseStateUnknown
        If a process may not set this state by itself.
    CaseStateWrong
        If the case is closed or archived.
    """
    if state not in standing.SETTABLE:
        raise errors.CaseStateUnknown(state=state)
    if case.closed_at is not None and state != "archiving":
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed=", ".join(standing.SETTABLE))
    if case.state == state:
        return case
    row = change(connection, case.id, state=state)
    trail.record(connection, case.number, actor, "case.state", before=case.state, after=state)
    return row


def count_visit(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> sa.Row[Any]:
    """Count that the applicant had to come once more."""
    row = change(connection, case.id, visits=case_file.c.visits + 1)
    trail.record(connection, case.number, actor, "case.visited", visits=row.visits, reason=reason)
    return row


def require_state(case: sa.Row[Any], *allowed: str) -> None:
    """Refuse unless the case is in one of the states.

    Raises
    ------
    CaseStateWrong
        If it is in another one.
    """
    if case.state not in allowed:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed=", ".join(allowed))


def track(connection: Connection, number: str, phone: str) -> sa.Row[Any]:
    """Return the case for the applicant's tracking page: number and the telephone number given must both fit.

    Raises
    ------
    CaseNotFound
        If either does not; which one is not told.
    """
    people = sa.select(party.party.c.id).where(party.party.c.phone == phone, party.party.c.phone != "")
    found = connection.execute(
        sa.select(case_file).where(
            case_file.c.number == number,
            sa.or_(case_file.c.applicant_id.in_(people), case_file.c.agent_id.in_(people)),
        )
    ).one_or_none()
    if found is None:
        raise errors.CaseNotFound(number=number)
    return found


def _check_channel(opening: Opening) -> None:
    item, ways = opening.item, standing.WAYS_OF[opening.kind]
    if opening.channel not in ways:
        raise errors.ChannelUnknown(channel=opening.channel, channels=", ".join(ways))
    if opening.kind != standing.APPROVAL:
        return
    if opening.channel not in channels_of(item):
        raise errors.ChannelNotOffered(item=item["name"], channel=opening.channel)
    needs_power = opening.channel == "代理" or opening.agent is not None
    if needs_power and not (opening.agent and opening.agent.get("name")):
        raise errors.AgentPowerMissing
