"""Reconsideration and lawsuit against a penalty (flow E16): what stops, what goes on, what must be undone.

Execution is not stopped by it (行政处罚法73(1)) unless the organ or court says so; the late fee is (73(3)). What is
changed, annulled or found unlawful or void is no longer published (48(2)), paid back (行政强制法41) and told to whoever
was told of the penalty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import case as cases
from engine.cases import deadline, decision, given_day, remedy
from engine.cases.enforcement import on_the_spot
from engine.cases.enforcement.execution import payment, route, surcharge, windows
from engine.cases.papers import publicity, push
from engine.cases.reading import trail

WITHDRAWAL = "publicity_withdrawal"
COPY = "reconsideration_copy"
"""Until when the copy of what was forwarded comes at the latest: five and seven working days (复议法30, 48, 88(2))."""
FORWARDED = "forward"
SET_RIGHT = ("changed", "annulled")
"""What the town may do itself with a decision it does not maintain (复议法32(2), 行政处罚法75(2))."""
CORRECTED = "penalty.corrected"
RESULTS = {name: title for name, title in remedy.RESULTS.items() if name not in ("ordered", *remedy.UNTAKEN)}
"""How a challenge of a penalty may end that was taken up; nobody can be ordered to punish."""
ENDING = ("annulled", "void")
"""Results after which the decision is in force no longer; one found unlawful stays in force (行政诉讼法74)."""
LAPSING = (payment.PERIOD, "penalty_publicity")
"""Periods that ask for nothing any more once the decision is out of force."""

fine_refund = sa.Table(
    "fine_refund",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("fine_id", db.Id, sa.ForeignKey("fine.id"), nullable=False, unique=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("ordered_on", sa.Date, nullable=False),
    sa.Column("paid_on", sa.Date),
    sa.Column("reference", sa.String(80), nullable=False),
    sa.CheckConstraint("amount > 0", name="amount_positive"),
    sa.CheckConstraint("paid_on IS NULL OR reference <> ''", name="paid_with_reference"),
)


def receive(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], kind: str, given: Mapping[str, Any]
) -> sa.Row[Any]:
    """Record that the party has challenged the decision in force; the town's clock to answer begins.

    Parameters
    ----------
    given
        As for :func:`engine.cases.remedy.record`; ``applied_on`` is the day from which the late fee pauses.

    Raises
    ------
    NoDecisionInForce, ExecutionBeforeService
        If there is nothing to challenge yet.
    RemedyKindUnknown
        If it is neither.
    RemedyDayWrong
        If a day lies ahead, the copy came before the party applied, or the party before there was a decision.
    """
    decided_on = clock.day(windows.require_in_force(connection, case).decided_at)
    received_on = given_day.or_today(given.get("received_on"))
    applied_on = given_day.read(given.get("applied_on")) or received_on
    for field, day in (("received_on", received_on), ("applied_on", applied_on)):
        if not decided_on <= day <= min(received_on, clock.today()):
            raise errors.RemedyDayWrong(field=field)
    days = {"received_on": received_on, "applied_on": applied_on}
    if kind == "reconsideration" and deadline.find(connection, case, COPY) is not None:
        deadline.meet(connection, actor, case, COPY)
    return remedy.record(connection, actor, case, kind, {**given, **days})


def untaken(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Note that no copy of what was forwarded will come: it was not accepted, or given up before (复议法30, 31(2)).

    What follows comes with :func:`close`.

    Parameters
    ----------
    given
        ``reply`` (of :data:`engine.cases.remedy.UNTAKEN`), ``result_on`` (ISO day on which the town learned it).

    Raises
    ------
    RemedyUnknown
        If no application was handed in at the town.
    DecisionResultUnknown
        If the reply is another.
    RemedyDayWrong
        If the day lies ahead, or before the application was handed in.
    """
    row, reply = remedy.handed_in(connection, case.id), str(given.get("reply") or "")
    if row is None:
        raise errors.RemedyUnknown(remedy_id="—")
    if reply not in remedy.UNTAKEN:
        raise errors.DecisionResultUnknown(result=reply, results=", ".join(remedy.UNTAKEN))
    if _past(given, "result_on") < row.received_on:
        raise errors.RemedyDayWrong(field="result_on")
    deadline.end(connection, actor, case, COPY, "settled")
    return row


def hand_in(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record that the application for reconsideration was handed in at the town, which forwards it (复议法32).

    Parameters
    ----------
    given
        ``applied_on`` (ISO day on which it was handed in, else today), ``authority`` to which it goes, ``device``
        (whether the decision rests on what technical devices recorded).

    Raises
    ------
    NoDecisionInForce, ExecutionBeforeService
        If there is nothing to challenge yet.
    HandedInElsewhere
        If the decision was neither made on the spot nor on what technical devices recorded.
    ChallengeOpen
        If one was handed in already.
    RemedyDayWrong
        If the day lies ahead, or before there was a decision.
    """
    decided_on = clock.day(windows.require_in_force(connection, case).decided_at)
    if on_the_spot.of(connection, case.id) is None and given.get("device") is not True:
        raise errors.HandedInElsewhere
    if remedy.handed_in(connection, case.id) is not None:
        raise errors.ChallengeOpen(number=case.number)
    handed_on = _past(given, "applied_on")
    if handed_on < decided_on:
        raise errors.RemedyDayWrong(field="applied_on")
    return remedy.hand_in(connection, actor, case, handed_on, given)


def forward(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> None:
    """Record that the application was forwarded with the town's view; its copy is recorded when it comes.

    Parameters
    ----------
    given
        ``forwarded_on`` (ISO day, else today), ``authority``, ``standpoint``.

    Raises
    ------
    RemedyUnknown
        If no application was handed in at the town.
    RemedyDayWrong
        If the day lies ahead, or before the application was handed in.
    """
    row, forwarded_on = remedy.handed_in(connection, case.id), _past(given, "forwarded_on")
    if row is None:
        raise errors.RemedyUnknown(remedy_id="—")
    if forwarded_on < row.received_on:
        raise errors.RemedyDayWrong(field="forwarded_on")
    deadline.meet(connection, actor, case, remedy.FORWARDING)
    deadline.start(connection, actor, case, COPY, started_at=clock.midnight(forwarded_on))
    texts = {name: str(given.get(name) or "") for name in ("authority", "standpoint")}
    facts = {"forwarded_on": forwarded_on.isoformat(), **texts}
    trail.record(connection, case.number, actor, "remedy.forwarded", **facts)


def set_right(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> None:
    """Record that the town does not maintain its decision and changes or annuls it itself (复议法32(2)).

    The application is then not forwarded. What follows comes with :func:`close`, once the party has been told.

    Parameters
    ----------
    given
        ``view`` (of :data:`SET_RIGHT`), ``standpoint`` (why), ``fine`` (what remains of it, where it is changed).

    Raises
    ------
    DecisionResultUnknown
        If it is neither changed nor annulled.
    DecisionIncomplete
        If nothing says why.
    ChangeHeavier
        If the fine would become heavier.
    """
    result, reason = str(given.get("view") or ""), str(given.get("standpoint") or "").strip()
    if result not in SET_RIGHT:
        raise errors.DecisionResultUnknown(result=result, results=", ".join((FORWARDED, *SET_RIGHT)))
    if not reason:
        raise errors.DecisionIncomplete(field="recon.standpoint")
    remains = _remains(connection, case, result, {"fine": given.get("fine")})
    deadline.meet(connection, actor, case, remedy.FORWARDING)
    facts = {"result": result, "fine": remains, "reason": reason}
    trail.record(connection, case.number, actor, "remedy.set_right", **facts)


def answer(connection: Connection, actor: audit.Actor, case: sa.Row[Any], remedy_id: int) -> bool:
    """Note that the written answer with the evidence has been handed in; return whether it came too late.

    What comes late counts as no evidence (复议法70, 行诉法34).

    Raises
    ------
    RemedyUnknown
        If the case has no such challenge.
    """
    row = next((one for one in remedy.of(connection, case.id) if one.id == remedy_id), None)
    if row is None:
        raise errors.RemedyUnknown(remedy_id=remedy_id)
    if deadline.find(connection, case, row.period) is None:
        return False
    return deadline.overdue(deadline.meet(connection, actor, case, row.period))


def close(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], remedy_id: int, given: Mapping[str, Any]
) -> sa.Row[Any]:
    """Record the result and what follows from it; the withdrawal of a publication has three working days.

    Parameters
    ----------
    given
        ``result`` (of :data:`engine.cases.remedy.RESULTS`), ``result_on`` (ISO day it was received, else today; not
        before the challenge itself was),
        ``fine`` (the fine that remains, where it was changed), ``third_party`` (whether one has asked for more).

    Raises
    ------
    DecisionResultUnknown, RemedyUnknown
        If there is no such result, or no such remedy is open.
    RemedyDayWrong
        If its day lies ahead, or before the challenge was received.
    ChangeHeavier
        If a change would make the fine heavier although no third party asked for it.
    """
    result, result_on = str(given.get("result") or ""), _past(given, "result_on")
    row = remedy.close(connection, actor, case, remedy_id, result, result_on)
    if result_on < row.received_on:
        raise errors.RemedyDayWrong(field="result_on")
    deadline.end(connection, actor, case, row.period, "settled")
    if result in remedy.UNDOING:
        _undo(connection, actor, case, result, result_on, given)
    if result not in ENDING:
        _let_challenge(connection, actor, case, row)
    return row


def _let_challenge(connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any]) -> None:
    """Let the party's way to the court run (行诉法45); what the town has changed itself may be challenged anew.

    What was given up before it was accepted leaves the party's periods as they are.
    """
    if row.result == "given_up":
        return
    if row.period == remedy.FORWARDING and row.result in SET_RIGHT:
        simple = on_the_spot.of(connection, case.id) is not None
        windows.open_anew(connection, actor, case, row.result_on, simple=simple)
    elif row.kind == "reconsideration":
        deadline.start(connection, actor, case, windows.AFTER, started_at=clock.midnight(row.result_on))


def refund(connection: Connection, actor: audit.Actor, case: sa.Row[Any], reference: str) -> sa.Row[Any]:
    """Record that the treasury has paid back what was ordered to be paid back.

    Raises
    ------
    RefundUnknown
        If nothing was ordered, or it was paid already.
    PaymentWrong
        If the order has no reference.
    """
    row = refund_of(connection, case.id)
    if row is None or row.paid_on is not None:
        raise errors.RefundUnknown(number=case.number)
    if not reference.strip():
        raise errors.PaymentWrong(field="reference")
    values = {"paid_on": clock.today(), "reference": reference.strip()}
    changed = connection.execute(
        sa.update(fine_refund).where(fine_refund.c.id == row.id).values(**values).returning(fine_refund)
    ).one()
    trail.record(connection, case.number, actor, "fine.refunded", amount=row.amount, reference=changed.reference)
    return changed


def refund_of(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return what was ordered to be paid back in a case."""
    wanted = sa.select(fine_refund).join(payment.fine, payment.fine.c.id == fine_refund.c.fine_id)
    return connection.execute(wanted.where(payment.fine.c.case_id == case_id)).one_or_none()


def _undo(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], result: str, on: date, given: Mapping[str, Any]
) -> None:
    remains = _remains(connection, case, result, given)
    if any(row.kind == publicity.PENALTY and row.withdrawn_at is None for row in publicity.of(connection, case.id)):
        deadline.start(connection, actor, case, WITHDRAWAL, started_at=clock.midnight(on))
    _order_refund(connection, actor, case, remains)
    if result == "changed":
        payment.change(connection, actor, case, remains)
        surcharge.recount(connection, actor, case)
        route.follow(connection, actor, case)
    if result in ENDING:
        decision.annul(connection, actor, case, result)
        cases.change(connection, case.id, outcome="annulled")
        for period in LAPSING:
            deadline.end(connection, actor, case, period, "annulled")
    _correct(connection, actor, case, result, remains)


def _remains(connection: Connection, case: sa.Row[Any], result: str, given: Mapping[str, Any]) -> int:
    """Return the fine that is left; heavier it becomes only where a third party has asked for it."""
    made, debt = decision.effective(connection, case.id), payment.of(connection, case.id)
    imposed = payment.imposed(connection, case.id, made.id) if made is not None else 0
    imposed = int(debt.amount) if debt is not None else imposed
    remains = int(given.get("fine") or 0) if result == "changed" else 0
    if remains > imposed and given.get("third_party") is not True:
        raise errors.ChangeHeavier(fine=imposed, given=remains)
    return remains


def _order_refund(connection: Connection, actor: audit.Actor, case: sa.Row[Any], remains: int) -> None:
    debt = payment.of(connection, case.id)
    too_much = payment.paid(connection, debt) - remains if debt is not None else 0
    if debt is not None and too_much > 0 and refund_of(connection, case.id) is None:
        values = {"fine_id": debt.id, "amount": too_much, "ordered_on": clock.today(), "reference": ""}
        connection.execute(sa.insert(fine_refund).values(**values))
        trail.record(connection, case.number, actor, "fine.refund_ordered", amount=too_much)


def _correct(connection: Connection, actor: audit.Actor, case: sa.Row[Any], result: str, remains: int) -> None:
    """Tell everybody who was told of the penalty what has become of it."""
    told = {row.receiver for row in push.of(connection, case.id) if str(row.purpose).startswith("penalty")}
    content = {"outcome": result, "fine": remains, "decided_on": clock.today().isoformat(), "note": ""}
    for receiver in sorted(told):
        push.send(connection, actor, case, receiver=receiver, kind="correction", purpose=CORRECTED, content=content)


def _past(given: Mapping[str, Any], field: str) -> date:
    return given_day.past(given.get(field), errors.RemedyDayWrong(field=field))
