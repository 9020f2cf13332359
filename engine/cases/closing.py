"""The end of a case: not accepted, withdrawn or closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.clocks import special, supervision
from engine.cases.enforcement.investigation import transfer
from engine.cases.reading import trail

REFUSALS = ("not_needed", "not_competent", "barred", "not_accepted")
AFTERWARDS = (
    "archive", "publicity", "delivery", "rating_contact", "rating_fix",
    "remedy_reconsideration", "remedy_reconsideration_simple", "remedy_litigation", "publicity_withdrawal",
    "publicity_early_end", "publicity_correction", "petition_settled",
)  # fmt: skip
"""Periods that run on when the matter itself has come to its end."""

Follower = Callable[[Connection, audit.Actor, sa.Row[Any]], None]
_followers: list[Follower] = []


def follows(follower: Follower) -> Follower:
    """Register what is called, in the same transaction, with every case that was closed."""
    _followers.append(follower)
    return follower


def refuse(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, outcome: str, reason: str, **facts: Any
) -> sa.Row[Any]:
    """Do not accept an application, with the reason (行政许可法32); the short file still goes to the archive.

    Raises
    ------
    DecisionResultUnknown
        If ``outcome`` is none of :data:`REFUSALS`.
    DecisionIncomplete
        If no reason is given.
    CaseStateWrong
        If the application has been accepted, or ended already.
    """
    if outcome not in REFUSALS:
        raise errors.DecisionResultUnknown(result=outcome, results=", ".join(REFUSALS))
    if not reason.strip():
        raise errors.DecisionIncomplete(field="reason")
    cases.require_state(case, "received", "correcting")
    row = _end(connection, actor, case, "not_accepted", outcome)
    trail.record(connection, case.number, actor, "case.not_accepted", outcome=outcome, reason=reason, **facts)
    return row


def withdraw(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, reason: str, by: str = ""
) -> sa.Row[Any]:
    """End the case because its applicant takes the application back before the decision.

    Raises
    ------
    CaseStateWrong
        If it has been decided or has ended.
    """
    if case.decided_at is not None or case.closed_at is not None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="received, accepted, reviewing")
    row = _end(connection, actor, case, "withdrawn", "withdrawn")
    trail.record(connection, case.number, actor, "case.withdrawn", reason=reason, by=by)
    return row


def close(connection: Connection, actor: audit.Actor, case: sa.Row[Any], outcome: str = "") -> sa.Row[Any]:
    """Close a case whose matter is done; closing what has ended changes nothing, and what was annulled stays so.

    Raises
    ------
    CaseStateWrong
        If nothing was decided and no outcome is given.
    ReturnedCaseUnhandled
        If the police sent it back and nobody has gone on with it (移送规定10).
    """
    if case.closed_at is not None:
        return case
    outcome = "annulled" if case.outcome == "annulled" else outcome or case.outcome or ""
    if not outcome:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="decided")
    transfer.require_handled(connection, case)
    row = _end(connection, actor, case, "closed", outcome)
    trail.record(connection, case.number, actor, "case.closed", outcome=outcome)
    for follower in _followers:
        follower(connection, actor, row)
    return row


def _end(connection: Connection, actor: audit.Actor, case: sa.Row[Any], state: str, outcome: str) -> sa.Row[Any]:
    special.end_all(connection, actor, case)
    deadline.end_all(connection, actor, case, *AFTERWARDS)
    supervision.close_all(connection, actor, case)
    return cases.change(connection, case.id, state=state, outcome=outcome, closed_at=clock.now())
