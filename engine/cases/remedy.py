"""The remedy: reconsideration (复议) or litigation (诉讼) against what the town decided, and the town's own clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline, given_day
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.together import Question

PERIODS = {"reconsideration": "remedy_reconsideration", "litigation": "remedy_litigation"}
FORWARDING = "reconsideration_forward"
"""The period of an application that was handed in at the town and whose copy has not come back (复议法32)."""
KINDS = {"reconsideration": N_("reconsideration"), "litigation": N_("lawsuit")}
RESULTS = {
    "upheld": N_("upheld"),
    "changed": N_("changed"),
    "annulled": N_("annulled"),
    "unlawful": N_("found unlawful"),
    "void": N_("found void"),
    "ordered": N_("ordered to act"),
    "withdrawn": N_("withdrawn"),
    "not_accepted": N_("not accepted"),
    "given_up": N_("given up before it was accepted"),
}
"""How a remedy may end, with its name for translation."""
UNTAKEN = ("not_accepted", "given_up")
"""How one ends that its authority never took up (复议法30, 31(2), 34)."""
UNDOING = ("changed", "annulled", "unlawful", "void")
"""After these what was published is taken back (行政处罚法48(2))."""

remedy = sa.Table(
    "remedy",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("applied_on", sa.Date),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("result_on", sa.Date),
    sa.Column("authority", sa.String(200), nullable=False),
    sa.Column("filed_by", sa.String(200), nullable=False),
    sa.Column("number", sa.String(80), nullable=False),
    sa.Column("standpoint", sa.Text, nullable=False),
    sa.Column("period", sa.String(40), nullable=False),
    sa.Column("result", sa.String(12)),
    sa.Column("closed_at", db.Utc),
    sa.CheckConstraint("kind IN ('reconsideration', 'litigation')", name="kind_known"),
    sa.CheckConstraint("(result IS NULL) = (closed_at IS NULL)", name="closed_with_result"),
    sa.CheckConstraint("result_on IS NULL OR closed_at IS NOT NULL", name="result_day_if_closed"),
    sa.Index(None, "case_id"),
)
"""``applied_on`` is the day on which the party applied, ``received_on`` that on which the copy reached the town;
``result_on`` is the day on which the town received the result."""


def record(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], kind: str, given: Mapping[str, Any]
) -> sa.Row[Any]:
    """Keep that a remedy was sought and start the town's period to answer (复议法48, 54; 行诉法67).

    What was handed in at the town is the same remedy when its copy comes back.

    Parameters
    ----------
    given
        ``received_on`` (ISO day the copy came, else today), ``applied_on`` (ISO day of the party's application),
        ``authority``, ``filed_by``, ``number``, ``standpoint``, ``simplified`` (复议法54).

    Raises
    ------
    RemedyKindUnknown
        If it is neither.
    """
    if kind not in PERIODS:
        raise errors.RemedyKindUnknown(kind=kind)
    period = PERIODS[kind]
    if kind == "reconsideration" and given.get("simplified"):
        period = "remedy_reconsideration_simple"
    received_on, applied_on = given_day.or_today(given.get("received_on")), given_day.read(given.get("applied_on"))
    texts = {name: str(given.get(name) or "") for name in ("authority", "filed_by", "number", "standpoint")}
    values = {"applied_on": applied_on, "received_on": received_on, "period": period, **texts}
    handed = handed_in(connection, case.id) if kind == "reconsideration" else None
    if handed is None:
        row = _add(connection, case, kind=kind, **values)
    else:
        known = sa.update(remedy).where(remedy.c.id == handed.id)
        row = connection.execute(known.values(values).returning(remedy)).one()
    trail.record(connection, case.number, actor, "remedy.recorded", remedy=row.id, kind=kind, **texts)
    deadline.start(connection, actor, case, period, started_at=clock.midnight(received_on))
    return row


def hand_in(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], handed_on: date, given: Mapping[str, Any]
) -> sa.Row[Any]:
    """Keep that an application for reconsideration was handed in at the town, and start its period to forward it.

    Parameters
    ----------
    given
        ``authority`` to which it goes.
    """
    days, authority = {"applied_on": handed_on, "received_on": handed_on}, str(given.get("authority") or "")
    texts = {"authority": authority, "filed_by": "", "number": "", "standpoint": ""}
    row = _add(connection, case, kind="reconsideration", period=FORWARDING, **days, **texts)
    deadline.start(connection, actor, case, FORWARDING, started_at=clock.midnight(handed_on))
    facts = {"remedy": row.id, "handed_on": handed_on.isoformat(), "authority": authority}
    trail.record(connection, case.number, actor, "remedy.handed_in", **facts)
    return row


def handed_in(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the open application that was handed in at the town and whose copy has not come back."""
    open_ = (remedy.c.case_id == case_id, remedy.c.period == FORWARDING, remedy.c.closed_at.is_(None))
    return connection.execute(sa.select(remedy).where(*open_).order_by(remedy.c.id)).first()


def close(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    remedy_id: int,
    result: str,
    result_on: date | None = None,
) -> sa.Row[Any]:
    """Keep how a remedy ended, and on which day the town learned it.

    Raises
    ------
    DecisionResultUnknown
        If there is no such result.
    RemedyUnknown
        If it is not open on this case.
    """
    if result not in RESULTS:
        raise errors.DecisionResultUnknown(result=result, results=", ".join(RESULTS))
    row = connection.execute(
        sa.update(remedy)
        .where(remedy.c.id == remedy_id, remedy.c.case_id == case.id, remedy.c.closed_at.is_(None))
        .values(result=result, result_on=result_on, closed_at=clock.now())
        .returning(remedy)
    ).one_or_none()
    if row is None:
        raise errors.RemedyUnknown(remedy_id=remedy_id)
    trail.record(connection, case.number, actor, "remedy.closed", remedy=remedy_id, result=result)
    return row


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the case's remedies in the order they came."""
    return OF_CASE.all(connection, case=case_id)


def undone(connection: Connection, case_id: int) -> bool:
    """Tell whether a remedy of the case has changed or annulled the decision, or found it unlawful or void."""
    return any(row.result in UNDOING for row in of(connection, case_id))


def _add(connection: Connection, case: sa.Row[Any], **values: Any) -> sa.Row[Any]:
    return connection.execute(sa.insert(remedy).values(case_id=case.id, **values).returning(remedy)).one()


OF_CASE = Question(sa.select(remedy).where(remedy.c.case_id == sa.bindparam("case", type_=db.Id)), remedy.c.id)
