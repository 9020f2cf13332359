"""Publishing a penalty (行政处罚法48; 45号令): masked, for as long as the table says, withdrawn once it falls.

What is public is a summary (45号令4): number, party, breach, penalty, basis, organ, day. Persons are named by their
family name only, and nothing of what was said about them appears (行政处罚法50).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import deadline, remedy
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import challenge, rule45, windows
from engine.cases.papers import document, publicity
from engine.cases.reading import trail
from engine.ground.counting import corresponding_day

PERIOD, CORRECTION = "penalty_publicity", "publicity_correction"
CORRECTIONS = ("corrected", "right")
"""How a correction may end: put right, or found right as it was."""


def publish(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Publish the penalty that is in force; published once, it stays as it is.

    Parameters
    ----------
    given
        ``months`` for how long it is shown (none: until it is taken back), ``restricted_months`` for how long the
        party may not pursue its business or trade: where that is longer, it is shown as long (45号令13(3)).

    Raises
    ------
    NoDecisionInForce
        If it was annulled: it is never published again (行政处罚法48(2)).
    ExecutionBeforeService
        If the party does not know it yet.
    """
    made = windows.require_in_force(connection, case)
    paper = document.find(connection, case.id, "penalty_decision")
    summary = {
        "decision_no": document.number_of(paper) if paper is not None else "",
        "penalty": "；".join(_said(one) for one in rule45.kinds(connection, case)),
        "organ": setting.load(connection)["organ_name"],
        "basis": made.basis or str(case.item.get("basis") or ""),
    }
    months = int(given.get("months") or 0)
    months = max(months, int(given.get("restricted_months") or 0)) if months else 0
    until = corresponding_day(clock.today(), months) if months else None
    row = publicity.publish(connection, actor, case, kind=publicity.PENALTY, until_on=until, summary=summary)
    assert row is not None  # only a refusal may stay unpublished
    if deadline.find(connection, case, PERIOD) is not None:
        deadline.meet(connection, actor, case, PERIOD)
    return row


def keep_back(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> None:
    """Note why a penalty is not made public.

    Raises
    ------
    DecisionIncomplete
        If no reason is given.
    """
    if not reason.strip():
        raise errors.DecisionIncomplete(field="reason")
    trail.record(connection, case.number, actor, "publicity.not_published", kind=publicity.PENALTY, reason=reason)
    if deadline.find(connection, case, PERIOD) is not None:
        deadline.meet(connection, actor, case, PERIOD)


def ask_correction(connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, by: str, why: str) -> sa.Row[Any]:
    """Note that what is public is said to be wrong, by the party or whoever found it; it is put right at once.

    Raises
    ------
    PublicityUnknown
        If nothing of the case is public, or was taken down too early.
    DecisionIncomplete
        If it is not said what is wrong.
    """
    if not why.strip():
        raise errors.DecisionIncomplete(field="reason")
    shown = _correctable(connection, case)
    if shown is None:
        raise errors.PublicityUnknown(publicity_id="—")
    deadline.start(connection, actor, case, CORRECTION)
    facts = {"publicity": shown.id, "asked_by": by.strip(), "why": why.strip()}
    trail.record(connection, case.number, actor, "publicity.correction_asked", **facts)
    return shown


def correct(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], publicity_id: int, given: Mapping[str, Any]
) -> sa.Row[Any]:
    """Put right what is public, or say why it is right as it is.

    Parameters
    ----------
    given
        ``result`` corrected or right, ``reason``, and what is right as for
        :func:`engine.cases.papers.publicity.correct`.

    Raises
    ------
    DecisionIncomplete
        If result or reason are missing.
    PublicityUnknown, PublicityOver, CorrectionEmpty
        See :func:`engine.cases.papers.publicity.correct`.
    PublicityEndWrong, PublicityEndUnlawful
        If its last day cannot be right, see :func:`engine.cases.enforcement.execution.rule45.require_end`.
    """
    result, reason = str(given.get("result") or ""), str(given.get("reason") or "").strip()
    for field, right in (("result", result in CORRECTIONS), ("reason", bool(reason))):
        if not right:
            raise errors.DecisionIncomplete(field=field)
    row = publicity.get(connection, publicity_id)
    if result == "corrected":
        until = publicity.last_day(given)
        if until is not None:
            rule45.require_end(connection, case, clock.day(row.published_at), until)
        row = publicity.correct(connection, actor, case, publicity_id, record=given, reason=reason)
    else:
        trail.record(connection, case.number, actor, "publicity.found_right", publicity=row.id, reason=reason)
    deadline.meet(connection, actor, case, CORRECTION)
    return row


def correctable(connection: Connection, case: sa.Row[Any]) -> bool:
    """Tell whether what is public of the case, or was taken down perhaps too early, may be put right now."""
    being = any(row.period == CORRECTION for row in deadline.of(connection, case.id, *deadline.RUNNING))
    return not being and _correctable(connection, case) is not None


def _correctable(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any] | None:
    row = publicity.correctable(connection, case.id)
    if row is None or not publicity.over(row):
        return row
    later = rule45.may_end_later(connection, case, clock.day(row.published_at), row.until_on)
    return row if later else None


def withdraw(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reason: str) -> sa.Row[Any] | None:
    """Take the publication back and say publicly why; None where nothing was ever published.

    One whose time was over is stated all the same if setting ``unpublish_ended`` says so.

    Raises
    ------
    DecisionIncomplete
        If no reason is given (行政处罚法48(2)).
    PublicityStands
        If the decision was upheld.
    """
    shown = [row for row in publicity.of(connection, case.id) if row.kind == publicity.PENALTY]
    row = next((one for one in shown if one.withdrawn_at is None), None)
    if row is None:
        return None
    again = publicity.over(row) and setting.load(connection)["unpublish_ended"] == "state"
    taken = publicity.withdraw(connection, actor, case, row.id, reason=reason, state_again=again)
    if deadline.find(connection, case, challenge.WITHDRAWAL) is not None:
        deadline.meet(connection, actor, case, challenge.WITHDRAWAL)
    return taken


def due(connection: Connection, case: sa.Row[Any]) -> date | None:
    """Return until when a publication must be taken back, while it must."""
    running = deadline.find(connection, case, challenge.WITHDRAWAL)
    return running.due_on if running is not None else None


def undone(connection: Connection, case: sa.Row[Any]) -> bool:
    """Tell whether what was published must be taken back."""
    return remedy.undone(connection, case.id)


def _said(kind: Mapping[str, Any]) -> str:
    return f"{kind['kind']}{kind['amount']}元" if kind["amount"] is not None else str(kind["kind"])
