"""The link: an event that goes on as something else, and what came of it there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, messages
from engine.cases import case as cases
from engine.cases import closing, deadline, standing
from engine.cases.enforcement import lead
from engine.cases.grid import alike, event, reporting
from engine.cases.papers import notice
from engine.cases.people import party as parties
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.together import Question
from engine.handling import reasons

TARGETS = {
    "enforcement": N_("enforcement lead"),
    "approval": N_("application"),
    "petition": N_("petition"),
    "emergency": N_("emergency services"),
    "event": N_("new event"),
}

grid_link = sa.Table(
    "grid_link",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("grid_event.case_id"), nullable=False),
    sa.Column("target", sa.String(12), nullable=False),
    sa.Column("number", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("sent_by", sa.String(80), nullable=False),
    sa.Column("sent_at", db.Utc, nullable=False),
    sa.Column("taken_at", db.Utc),
    sa.Column("returned_at", db.Utc),
    sa.Column("return_reason", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("result_at", db.Utc),
    sa.CheckConstraint(f"target IN {tuple(TARGETS)}", name="target_known"),
    sa.CheckConstraint("reason <> ''", name="reason_given"),
    sa.CheckConstraint("returned_at IS NULL OR return_reason <> ''", name="returned_with_reason"),
    sa.CheckConstraint("taken_at IS NULL OR returned_at IS NULL OR returned_at >= taken_at", name="returned_after"),
    sa.CheckConstraint("(result_at IS NULL) = (result = '')", name="result_at_a_moment"),
    sa.Index(None, "number"),
    sa.Index(None, "case_id"),
    sa.Index("uq_grid_link_waiting", "case_id", unique=True,
             sqlite_where=sa.text("taken_at IS NULL AND returned_at IS NULL"),
             postgresql_where=sa.text("taken_at IS NULL AND returned_at IS NULL")),
)  # fmt: skip
"""``number`` is the other side's: the case number of a lead or an application, the register number of a petition, the
call's number of an emergency. An event waits for one receipt at a time."""


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return what an event went on as, in the order it was sent."""
    query = sa.select(grid_link).where(grid_link.c.case_id == case_id)
    return connection.execute(query.order_by(grid_link.c.id)).all()


def to(connection: Connection, number: str) -> Sequence[sa.Row[Any]]:
    """Return the links that lead to a case or a register's number: from which events it came."""
    return connection.execute(sa.select(grid_link).where(grid_link.c.number == number).order_by(grid_link.c.id)).all()


RESULT = "event.result"
LEAD_SOURCE = "网格"
"""The source of a lead that an event turned into."""
GROUPS = {
    "enforcement": ["enforcement.intake"],
    "approval": ["bureau.approval.handler"],
    "petition": ["office.handler"],
    "emergency": ["command.intake"],
    "event": ["command.intake"],
}
"""The posts that take or return what is handed over."""
ELSEWHERE = ("petition", "emergency")
"""What is kept in a register outside of the town's: its number and its result come back by word of who answers here."""
RETURNED_LATER = ("enforcement", "approval", "petition")
"""What a department of the town took and may still return; the emergency services return nothing."""


def hand_over(connection: Connection, actor: audit.Actor, case: sa.Row[Any], target: str, reason: str) -> sa.Row[Any]:
    """Send an event another way and link both sides; it waits for the receipt.

    A lead of enforcement is opened at once and names the event as its source; a petition gets the periods of
    信访工作条例23.

    Raises
    ------
    HandOverTargetUnknown
        If there is no such way.
    ReasonMissing
        If no reason is given.
    """
    if target not in TARGETS:
        raise errors.HandOverTargetUnknown(target=target, targets=", ".join(TARGETS))
    reason = reasons.given(reason)
    number = _lead(connection, actor, case) if target == "enforcement" else ""
    if target == "petition":
        for key in ("petition_told", "petition_objection"):
            deadline.start(connection, actor, case, key)
    row = _insert(connection, actor, case, target, reason, number)
    trail.record(connection, case.number, actor, "event.handed_over", target=target, reason=reason, number=number)
    return row


def invitation(connection: Connection, number: str) -> sa.Row[Any]:
    """Return the link of an event that is to become an application, for which none has been handed in.

    It is the party who applies (行政许可法29): the event is handed over, and the application names it.

    Raises
    ------
    EventNotForApproval
        If there is no such event, or none that was handed over to approval and neither returned nor applied for.
    """
    table, case = grid_link.c, cases.case_file.c
    found = sa.select(grid_link).join(cases.case_file, case.id == table.case_id)
    wanted = (case.number == number, table.target == "approval", table.returned_at.is_(None))
    rows = connection.execute(found.where(*wanted).order_by(table.id.desc())).all()
    known = applications(connection, [row.number for row in rows])
    row = next((row for row in rows if row.number not in known), None)
    if row is None:
        raise errors.EventNotForApproval(number=number)
    return row


def applications(connection: Connection, numbers: Collection[str]) -> frozenset[str]:
    """Return which of the other sides' numbers are those of applications."""
    case = cases.case_file.c
    query = sa.select(case.number).where(case.number.in_(list(numbers)), case.kind == standing.APPROVAL)
    return frozenset(connection.execute(query).scalars())


def apply(connection: Connection, actor: audit.Actor, number: str, application: str) -> None:
    """Link an application to the event it was handed in for, both ways.

    Raises
    ------
    EventNotForApproval
        See :func:`invitation`.
    """
    row = invitation(connection, number)
    _change(connection, row.id, number=application)
    trail.record(connection, number, actor, "event.applied", number=application)
    trail.record(connection, application, actor, "case.from_event", number=number)


def sources(connection: Connection, number: str) -> Sequence[sa.Row[Any]]:
    """Return the cases of the events from which a case came."""
    return SOURCES.all(connection, number=number)


SOURCES = Question(
    sa.select(cases.case_file)
    .join(grid_link, grid_link.c.case_id == cases.case_file.c.id)
    .where(grid_link.c.number == sa.bindparam("number", type_=sa.String())),
    grid_link.c.id,
)


def call(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record the call of 110, 119 or 120 that was made before; ``taken`` = yes: they have taken it over entirely.

    Raises
    ------
    ReasonMissing
        If nothing says what happened.
    """
    reasons.given(str(given.get("note") or ""))
    service, number = str(given.get("service") or ""), str(given.get("number") or "")
    row = _insert(connection, actor, case, "emergency", f"{service} {given['note']}", f"{service} {number}".strip())
    take(connection, actor, case, row)
    if given.get("taken") == "yes":
        event.change(connection, case.id, result="to_emergency")
    trail.record(connection, case.number, actor, "event.called", service=service, number=number)
    return row


def take(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], number: str = "", *,
    settles: bool = False,
) -> None:  # fmt: skip
    """Note the receipt of the other side, with its number there.

    ``settles``: the petition is one of 信访工作条例31(六), for which its sixty days begin (34).

    Raises
    ------
    LinkAnswered
        If it was taken or returned before.
    """
    _require_waiting(row)
    number = row.number if applications(connection, [row.number]) else number or row.number
    _change(connection, row.id, taken_at=clock.now(), number=number)
    if deadline.find(connection, case, "petition_told") is not None:
        deadline.meet(connection, actor, case, "petition_told")
    if settles and row.target == "petition":
        deadline.start(connection, actor, case, "petition_settled")
    trail.record(connection, case.number, actor, "event.taken", target=row.target, number=number)


def give_back(connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], reason: str) -> None:
    """Return what was handed over: it goes to the command centre.

    Raises
    ------
    LinkAnswered
        If it was taken or returned before.
    ReasonMissing
        If no reason is given.
    """
    _require_waiting(row)
    reason = reasons.given(reason)
    _change(connection, row.id, returned_at=clock.now(), return_reason=reason)
    trail.record(connection, case.number, actor, "event.not_taken", target=row.target, reason=reason)


def tell_result(connection: Connection, actor: audit.Actor, number: str, text: str) -> int:
    """Keep what came of everything that led to a number, and tell the events that still run; return how many."""
    rows = [row for row in to(connection, number) if row.result_at is None]
    for row in rows:
        _keep_result(connection, actor, row, text)
    return len(rows)


def _keep_result(connection: Connection, actor: audit.Actor, row: sa.Row[Any], text: str) -> None:
    _change(connection, row.id, result=text, result_at=clock.now())
    case = cases.by_id(connection, row.case_id)
    trail.record(connection, case.number, actor, "event.result", target=row.target, number=row.number, text=text)
    messages.publish(connection, actor, RESULT, case.number, {"result": {"number": row.number, "text": text}})
    for told in (case, *alike.children(connection, case.id)):
        _tell(connection, actor, told, row, text)


def _tell(connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], text: str) -> None:
    """Tell the source and the reporter of an event, as they were told of its end: that was only the handing over."""
    me = event.of(connection, case.id)
    event.tell_source(connection, case.number, me, "result", target=row.target, reference=row.number, result=text)
    if me.reporter_known:
        notice.tell(connection, actor, case, "event_result", {"result": text})


def ended_elsewhere(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the latest link of an event that another register took and has said nothing of yet, if there is one."""
    rows = [row for row in of(connection, case_id) if row.target in ELSEWHERE and row.taken_at]
    return next((row for row in reversed(rows) if row.returned_at is None and row.result_at is None), None)


def note_result(connection: Connection, actor: audit.Actor, case: sa.Row[Any], text: str) -> None:
    """Keep what came of a petition or an emergency, as whoever answers for it here has been told.

    Raises
    ------
    ReasonMissing
        If nothing is said.
    LinkAnswered
        If no register that took the event owes its result.
    """
    text, row = reasons.given(text), ended_elsewhere(connection, case.id)
    if row is None:
        raise errors.LinkAnswered(number=case.number)
    if deadline.find(connection, case, "petition_settled") is not None:
        deadline.meet(connection, actor, case, "petition_settled")
    _keep_result(connection, actor, row, text)


@closing.follows
def _tell_events(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Let the outcome of a lead that came from an event, or of an application handed in for one, go back to it."""
    if case.kind == standing.APPROVAL or (case.kind == standing.ENFORCEMENT and case.channel == LEAD_SOURCE):
        tell_result(connection, actor, case.number, case.outcome)


def return_later(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> sa.Row[Any]:
    """Return what was taken after its event was closed: a new event is reported in its place, linked to it.

    Returns the case of the new event.

    Raises
    ------
    ReasonMissing
        If no reason is given.
    EventStillOpen
        If its event is open: then the receipt is the place to return it.
    LinkAnswered
        If nothing is left that was taken.
    """
    me, row = event.of(connection, case.id), taken(connection, case.id)
    reason = reasons.given(reason)
    if case.closed_at is None:
        raise errors.EventStillOpen(number=case.number)
    if row is None:
        raise errors.LinkAnswered(number=case.number)
    _change(connection, row.id, returned_at=clock.now(), return_reason=reason)
    again = reporting.Report(
        source="领导交办", class_code=me.class_code, lon=me.lon, lat=me.lat, address=me.address,
        description=me.description, urgency=me.urgency,
    )  # fmt: skip
    opened, _step = reporting.report(connection, actor, again)
    _insert(connection, actor, case, "event", reason, opened.number, answered=True)
    trail.record(connection, case.number, actor, "event.followed", number=opened.number, reason=reason)
    trail.record(connection, opened.number, actor, "event.follows", number=case.number, reason=reason)
    return opened


def taken(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the latest link of an event that another side of the town took and has not returned, if there is one."""
    rows = [row for row in of(connection, case_id) if row.target in RETURNED_LATER and row.taken_at]
    return next((row for row in reversed(rows) if row.returned_at is None), None)


def answers(row: sa.Row[Any], groups: Collection[str]) -> bool:
    """Tell whether somebody who acts for the groups answers for what was handed over."""
    return any(group in groups for group in GROUPS[row.target])


def waiting(connection: Connection, case_id: int) -> sa.Row[Any]:
    """Return the link whose receipt an event waits for, else its latest."""
    return sorted(of(connection, case_id), key=lambda row: (row.taken_at is None and row.returned_at is None, row.id))[
        -1
    ]


def _lead(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> str:
    me = event.of(connection, case.id)
    who = parties.get(connection, me.party_id) if me.party_id else None
    party = {"name": who.name, "kind": "entity" if who.kind == "organisation" else "citizen"} if who else {}
    given = lead.Lead(
        LEAD_SOURCE, me.description, me.address, discovered_at=me.reported_at, party=party, external_id=case.number,
        start_event="E0_message",
    )  # fmt: skip
    opened, _step = lead.take_in(connection, actor, given)
    return str(opened.number)


def _insert(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], target: str, reason: str, number: str, *,
    answered: bool = False,
) -> sa.Row[Any]:  # fmt: skip
    now = clock.now()
    values = {"target": target, "number": number, "reason": reason.strip(), "sent_by": actor.id, "sent_at": now}
    empty = {"return_reason": "", "result": "", "taken_at": now if answered else None}
    return connection.execute(
        sa.insert(grid_link).values(case_id=case.id, **values, **empty).returning(grid_link)
    ).one()


def _change(connection: Connection, link_id: int, **values: Any) -> None:
    connection.execute(sa.update(grid_link).where(grid_link.c.id == link_id).values(**values))


def _require_waiting(row: sa.Row[Any]) -> None:
    if row.taken_at is not None or row.returned_at is not None:
        raise errors.LinkAnswered(number=row.number)
