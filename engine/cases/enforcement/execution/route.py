"""Which way a penalty that is not performed is carried out (行政强制法13, 34, 46, 50, 53; flow E15a).

Usually the court: a town has power of its own only where a law (法律) gives it, and the clause must be named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline
from engine.cases.enforcement.execution import payment, windows
from engine.cases.reading import trail
from engine.errors import N_

ROUTES = {
    "court": N_("by the court"),
    "own": N_("by the town itself"),
    "substitute": N_("by somebody else at the party's cost"),
    "auction": N_("by auction of what was seized"),
}
SUBJECTS = ("fine", "late_fee", "duty")
RESULTS = ("performed", "executed", "agreement_kept", "refused", "ended", "decision_dropped")
"""How an execution may end."""
COURT = ("court_urging", "court_application", "court_acceptance", "court_ruling")
"""The periods of an application to the court; none of them runs on when the execution has ended."""
WITHOUT_SUCCESS = ("refused", "ended", "decision_dropped")

execution = sa.Table(
    "execution",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("subject", sa.String(10), nullable=False),
    sa.Column("route", sa.String(12), nullable=False),
    sa.Column("clause", sa.Text, nullable=False),
    sa.Column("duty", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("chosen_by", sa.String(80), nullable=False),
    sa.Column("chosen_at", db.Utc, nullable=False),
    sa.Column("result", sa.String(20)),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("ended_at", db.Utc),
    sa.CheckConstraint(f"route IN {tuple(ROUTES)}", name="route_known"),
    sa.CheckConstraint(f"subject IN {SUBJECTS}", name="subject_known"),
    sa.CheckConstraint("route = 'court' OR clause <> ''", name="own_power_has_clause"),
    sa.CheckConstraint("subject = 'duty' OR amount > 0", name="amount_of_money"),
    sa.CheckConstraint(f"result IS NULL OR result IN {RESULTS}", name="result_known"),
    sa.CheckConstraint("(result IS NULL) = (ended_at IS NULL)", name="ended_with_result"),
    sa.CheckConstraint(f"result NOT IN {WITHOUT_SUCCESS} OR ground <> ''", name="ended_on_ground"),
    sa.Index("uq_execution_running", "case_id", "subject", unique=True,
             sqlite_where=sa.text("result IS NULL"), postgresql_where=sa.text("result IS NULL")),
)  # fmt: skip


def choose(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Take a way to carry out what the party has not performed in time.

    Parameters
    ----------
    given
        ``subject`` (of :data:`SUBJECTS`, else ``fine``), ``route`` (of :data:`ROUTES`), ``clause`` (the law that gives
        the power), ``duty``, ``amount``, ``harm`` (of 行政强制法50).

    Raises
    ------
    NoDecisionInForce, ExecutionBeforeService
        If there is no decision to carry out (I11).
    ExecutionRouteUnknown, ExecutionRunning
        If there is no such way, or one is taken already.
    PaymentNotDue
        If the party still has time.
    OwnPowerMissing, SubstituteForbidden, AuctionForbidden
        If the law does not open this way.
    """
    windows.require_in_force(connection, case)
    way, subject = str(given.get("route") or ""), str(given.get("subject") or "fine")
    if way not in ROUTES or subject not in SUBJECTS:
        raise errors.ExecutionRouteUnknown(route=way, routes=", ".join(ROUTES))
    if running(connection, case.id, subject) is not None:
        raise errors.ExecutionRunning(number=case.number)
    _require_due(connection, case, subject)
    _require_open(connection, case, way, given)
    amount = int(given.get("amount") or 0) if subject != "fine" else _open_rest(connection, case)
    texts = {name: str(given.get(name) or "").strip() for name in ("clause", "duty")}
    row = connection.execute(
        sa.insert(execution)
        .values(case_id=case.id, subject=subject, route=way, amount=amount, ground="", chosen_by=actor.id,
                chosen_at=clock.now(), **texts)
        .returning(execution)
    ).one()  # fmt: skip
    trail.record(connection, case.number, actor, "execution.begun", subject=subject, route=way, amount=amount, **texts)
    return row


def end(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], result: str, *, ground: str = "",
    subject: str = "fine",
) -> sa.Row[Any]:  # fmt: skip
    """Say how an execution ended; one without success needs its ground (I11: no closing without either).

    Raises
    ------
    ExecutionUnknown
        If none runs.
    ExecutionResultWrong
        If there is no such result, or a ground is missing.
    """
    row = require(connection, case, subject)
    if result not in RESULTS or (result in WITHOUT_SUCCESS and not ground.strip()):
        raise errors.ExecutionResultWrong(result=result, results=", ".join(RESULTS))
    changed = connection.execute(
        sa.update(execution)
        .where(execution.c.id == row.id)
        .values(result=result, ground=ground.strip(), ended_at=clock.now())
        .returning(execution)
    ).one()
    trail.record(connection, case.number, actor, "execution.ended", subject=subject, result=result, ground=ground)
    for key in COURT:
        deadline.end(connection, actor, case, key, "settled", subject=about(subject))
    return changed


def about(subject: str) -> str:
    """Return of what the periods of an execution are: a late fee has remedies and a court of its own."""
    return subject if subject == "late_fee" else ""


def follow(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Let a running execution of the fine follow what is left to pay."""
    row, debt = running(connection, case.id), payment.of(connection, case.id)
    if row is None or debt is None:
        return
    rest = int(debt.amount) - payment.paid(connection, debt)
    if rest > 0:
        connection.execute(sa.update(execution).where(execution.c.id == row.id).values(amount=rest))
        trail.record(connection, case.number, actor, "execution.changed", before=row.amount, after=rest)


def running(connection: Connection, case_id: int, subject: str = "fine") -> sa.Row[Any] | None:
    """Return the execution of a subject that runs, if one does."""
    about = (execution.c.case_id == case_id, execution.c.subject == subject, execution.c.result.is_(None))
    return connection.execute(sa.select(execution).where(*about)).one_or_none()


def require(connection: Connection, case: sa.Row[Any], subject: str = "fine", *routes: str) -> sa.Row[Any]:
    """Return the running execution, on one of the routes if any are named.

    Raises
    ------
    ExecutionUnknown
        If none runs there.
    """
    row = running(connection, case.id, subject)
    if row is None or (routes and row.route not in routes):
        raise errors.ExecutionUnknown(number=case.number)
    return row


def _require_due(connection: Connection, case: sa.Row[Any], subject: str) -> None:
    debt = payment.of(connection, case.id)
    if subject != "fine" or debt is None:
        return
    planned = payment.plan(connection, debt.id)
    last = planned.ends_on if planned is not None else debt.due_on
    if clock.today() <= last:
        raise errors.PaymentNotDue(day=last.isoformat())


def _open_rest(connection: Connection, case: sa.Row[Any]) -> int:
    debt = payment.require(connection, case)
    return int(debt.amount) - payment.paid(connection, debt)


def _require_open(connection: Connection, case: sa.Row[Any], way: str, given: Mapping[str, Any]) -> None:
    clause = str(given.get("clause") or "").strip()
    if way == "own" and not clause:
        raise errors.OwnPowerMissing
    if way == "substitute" and not (given.get("harm") and clause and given.get("subject") == "duty"):
        raise errors.SubstituteForbidden
    if way == "auction":
        if not clause or given.get("subject", "fine") != "fine":
            raise errors.AuctionForbidden
        windows.require_remedies_over(connection, case)
