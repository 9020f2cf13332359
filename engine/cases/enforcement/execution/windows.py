"""How long the remedies against a decision stay open, and how long the court may be asked (行政强制法53).

A decision may be carried out by the court, or a building pulled down (44), only after reconsideration and lawsuit have
both run out unused; then three months remain.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import deadline, decision, remedy
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import service

RECONSIDERATION, SUIT, AFTER = "reconsideration_window", "suit_window", "suit_after_reconsideration"
COURT = "court_application"
DECISIONS = ("penalty_decision", "on_the_spot_decision")


def open_(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], served_on: date, *, simple: bool = False,
    subject: str = "",
) -> None:  # fmt: skip
    """Let the party's periods run from the day of service: 60 days, and six months unless reconsideration is first.

    复议法20, 23(1)(一); 行诉法46. After a decision made on the spot the way to the court is shut without
    reconsideration; whether the town must wait six months all the same is setting ``xz53_simple``, and whether a late
    fee has remedies of its own ``surcharge_remedy``.
    """
    values = setting.load(connection)
    if subject and values["surcharge_remedy"] == "follows":
        return
    alone = simple and values["xz53_simple"] == "reconsideration_end"
    for key in (RECONSIDERATION,) if alone else (RECONSIDERATION, SUIT):
        deadline.start(connection, actor, case, key, started_at=clock.midnight(served_on), subject=subject)


def open_anew(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], served_on: date, *, simple: bool = False
) -> None:
    """Let the party's periods run from the day on which a decision that the town changed itself was served."""
    for key in (RECONSIDERATION, SUIT):
        deadline.end(connection, actor, case, key, "settled")
    open_(connection, actor, case, served_on, simple=simple)


def require_in_force(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    """Return the decision that may be carried out: in force and served (I11).

    Raises
    ------
    NoDecisionInForce
        If there is none, or it was annulled.
    ExecutionBeforeService
        If it has not been served yet.
    """
    made = decision.effective(connection, case.id)
    if made is None:
        raise errors.NoDecisionInForce(number=case.number)
    if service.effective_on(connection, case, *DECISIONS) is None:
        raise errors.ExecutionBeforeService(number=case.number)
    return made


def require_remedies_over(connection: Connection, case: sa.Row[Any], subject: str = "") -> date:
    """Return the last day of the remedies, which must be over and unused, or have ended for the town (I11).

    Raises
    ------
    ChallengeOpen
        If reconsideration or a lawsuit is open.
    RemediesStillOpen
        If the party may still ask for one.
    """
    last = remedies_end(connection, case, subject)
    if clock.today() <= last:
        raise errors.RemediesStillOpen(day=last.isoformat())
    return last


def remedies_end(connection: Connection, case: sa.Row[Any], subject: str = "") -> date:
    """Return the last day on which the party may still challenge; errors as :func:`require_remedies_over`."""
    if subject and not _last(connection, case, RECONSIDERATION, subject):
        subject = ""  # it follows the main decision
    challenged = list(remedy.of(connection, case.id)) if not subject else []
    if any(row.result is None for row in challenged):
        raise errors.ChallengeOpen(number=case.number)
    taken_up = [row for row in challenged if row.result not in remedy.UNTAKEN]
    ended = [last for last in (_last(connection, case, AFTER, subject), *map(_result_of_suit, challenged)) if last]
    if taken_up and ended:
        return max(ended)
    found = [last for key in (RECONSIDERATION, SUIT, AFTER) if (last := _last(connection, case, key, subject))]
    if not found:
        raise errors.ExecutionBeforeService(number=case.number)
    return max(found)


def _result_of_suit(row: sa.Row[Any]) -> date | None:
    if row.kind != "litigation" or row.closed_at is None:
        return None
    return row.result_on or clock.day(row.closed_at)


def _last(connection: Connection, case: sa.Row[Any], key: str, subject: str) -> date | None:
    rows = [row for row in deadline.of(connection, case.id) if (row.period, row.subject) == (key, subject)]
    return rows[-1].due_on if rows else None
