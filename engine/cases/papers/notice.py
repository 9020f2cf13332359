"""The notice: what an applicant is told, shown on the tracking page and handed to the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, outbox
from engine.cases.people import party
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.together import Question

MESSAGES = {
    "received": N_("Your application {number} for {item} has been received."),
    "correction": N_("Application {number}: please supplement {missing}."),
    "supplement_reminder": N_("Application {number} still waits for {missing}."),
    "accepted": N_("Application {number} has been accepted; a decision is due by {due_on}."),
    "not_accepted": N_("Application {number} has not been accepted: {reason}"),
    "special_procedure": N_("Application {number}: {kind} takes {days_needed} working days, which do not count."),
    "hearing_right": N_("Application {number}: you may ask for a hearing until {due_on}."),
    "extended": N_("Application {number}: the period to decide has been extended to {due_on}: {reason}"),
    "decided": N_("Application {number} has been decided: {outcome}."),
    "ready_for_collection": N_("The result of application {number} is ready for collection."),
    "renewal_reminder": N_("The licence of {number} ends on {valid_until}; apply for renewal 30 days before."),
    "promise_rectification": N_("Licence of {number}: keep your promise by {promise_fix_on}: {check_facts}"),
    "rating_invited": N_("How were you served in {number}? Please rate us."),
    "rectified": N_("Your complaint about {number} has been dealt with: {measure}"),
    "event_result": N_("What you reported ({number}) was handed over; what came of it there: {result}."),
    "event_closed": N_("What you reported ({number}) has been dealt with: {outcome}."),
    "publicity_granted": N_("What was published about {number} has been taken down, as you asked: {reason}"),
    "publicity_refused": N_("Your application to end the publicity of {number} early was refused: {reason}"),
    "publicity_corrected": N_("What is published about {number} has been corrected: {reason}"),
    "publicity_right": N_("What is published about {number} stays as it is: {reason}"),
    "decision_set_right": N_("The penalty of {number} is not maintained: {reason}"),
    "withdrawn": N_("Application {number} has been withdrawn."),
}
"""What is told, with its facts; marked for translation."""

notice = sa.Table(
    "notice",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("message", sa.String(30), nullable=False),
    sa.Column("facts", db.Json, nullable=False),
    sa.Column("document_id", db.Id, sa.ForeignKey("document.id")),
    sa.Column("at", db.Utc, nullable=False),
    sa.Index(None, "case_id"),
)


def tell(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    message: str,
    facts: Mapping[str, Any],
    document_id: int | None = None,
) -> sa.Row[Any]:
    """Tell the applicant (or the agent who acts for the applicant) and keep what was told.

    Raises
    ------
    NoticeUnknown
        If there is no such message.
    """
    if message not in MESSAGES:
        raise errors.NoticeUnknown(message=message)
    body = {"number": case.number, "item": case.item_name, **facts}
    row = connection.execute(
        sa.insert(notice)
        .values(case_id=case.id, message=message, facts=body, document_id=document_id, at=clock.now())
        .returning(notice)
    ).one()
    addressee = party.get(connection, case.agent_id or case.applicant_id)
    payload = {"notice": row.id, "phone": addressee.phone, "message": message, "facts": body}
    outbox.push(connection, "applicant", message, payload, case.number)
    trail.record(connection, case.number, actor, "applicant.notified", message=message, facts=body)
    return row


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return what the applicant was told, latest first."""
    return OF_CASE.all(connection, case=case_id)


OF_CASE = Question(sa.select(notice).where(notice.c.case_id == sa.bindparam("case", type_=db.Id)), notice.c.id.desc())
