"""Publicity that ends early on the party's application (45号令14): asked for, checked, decided in writing.

From what time on it may be asked for, and how long the decision may take, the rule leaves to another one (14(2)): both
are settings, empty until the legal office fills them in, and no application is decided before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import case as cases
from engine.cases import deadline, given_day, standing
from engine.cases.clocks import period as periods
from engine.cases.clocks import setting
from engine.cases.enforcement.execution import payment, rule45
from engine.cases.papers import publicity
from engine.cases.people import party
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.counting import Unit, corresponding_day
from engine.ground.together import Question

PERIOD, MONTHS, DAYS = "publicity_early_end", "publicity_early_months", "publicity_early_days"
NEVER = ("责令停产停业", "限制开展生产经营活动", "限制从业", "降低资质等级", "吊销许可证件", "吊销营业执照")
"""Penalties whose publicity never ends early (14(3))."""
CONDITIONS = {
    "performed": N_("the duties of the decision were performed of the party's own accord"),
    "remedied": N_("harm and bad effects were removed of the party's own accord"),
    "not_again": N_("not punished again for a like act"),
    "not_listed": N_("on no list of abnormal operation or of serious breach of law and trust"),
}
"""The conditions of 14(1), all of which must hold; marked for translation."""
RESULTS = {"granted": N_("publicity ends early"), "refused": N_("stays public")}

_ALL_HOLD = " AND ".join((*CONDITIONS, "NOT severe", "applied_on >= open_on"))

publicity_early_end = sa.Table(
    "publicity_early_end",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("publicity_id", db.Id, sa.ForeignKey("publicity.id"), nullable=False),
    sa.Column("applied_on", sa.Date, nullable=False),
    sa.Column("applied_by", sa.String(200), nullable=False),
    sa.Column("grounds", sa.Text, nullable=False),
    sa.Column("open_on", sa.Date),
    *(sa.Column(name, sa.Boolean) for name in CONDITIONS),
    sa.Column("severe", sa.Boolean),
    sa.Column("findings", sa.Text),
    sa.Column("checked_by", sa.String(80)),
    sa.Column("checked_at", db.Utc),
    sa.Column("result", sa.String(10)),
    sa.Column("reason", sa.Text),
    sa.Column("decided_by", sa.String(80)),
    sa.Column("decided_at", db.Utc),
    sa.CheckConstraint("applied_by <> '' AND grounds <> ''", name="asked_by_somebody_with_grounds"),
    sa.CheckConstraint(
        "checked_at IS NULL OR (checked_by IS NOT NULL AND findings IS NOT NULL AND open_on IS NOT NULL AND"
        f" severe IS NOT NULL AND {' AND '.join(f'{name} IS NOT NULL' for name in CONDITIONS)})",
        name="checked_whole",
    ),
    sa.CheckConstraint(f"result IN {tuple(RESULTS)}", name="result_known"),
    sa.CheckConstraint(
        "(result IS NULL) = (decided_at IS NULL) AND (result IS NULL) = (decided_by IS NULL)"
        " AND (result IS NULL OR (reason IS NOT NULL AND reason <> ''))",
        name="decided_with_reason",
    ),
    sa.CheckConstraint("result IS NULL OR checked_at IS NOT NULL", name="checked_before_decided"),
    sa.CheckConstraint(f"result IS NULL OR result <> 'granted' OR ({_ALL_HOLD})", name="granted_where_all_holds"),
    sa.Index("uq_publicity_early_end_open", "publicity_id", unique=True,
             sqlite_where=sa.text("decided_at IS NULL"), postgresql_where=sa.text("decided_at IS NULL")),
)  # fmt: skip
"""``open_on`` is the first day on which it may be asked for; ``severe`` what the General Administration counts so."""


def offered(connection: Connection, case: sa.Row[Any]) -> bool:
    """Tell whether an application is possible: a penalty under 45号令 is public, and none is being decided.

    The rule is about decisions of the ordinary procedure (45号令2): what was decided on the spot is not under it.
    """
    return _public(connection, case) is not None


def applied_on(given: Mapping[str, Any]) -> date:
    """Return the day of an application as it is given, else today.

    Raises
    ------
    EarlyEndIncomplete
        If it lies ahead.
    """
    return given_day.past(given.get("applied_on"), errors.EarlyEndIncomplete(field="early.applied_on"))


def apply(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Take an application in.

    Parameters
    ----------
    given
        ``applied_on`` (ISO day it came, else today), ``applied_by`` (else the party), ``grounds``.

    Raises
    ------
    EarlyEndNotOffered
        If nothing is public that could end early, or an application is being decided.
    EarlyEndIncomplete
        If it says nothing, or its day lies ahead.
    """
    shown, on = _public(connection, case), applied_on(given)
    if shown is None:
        raise errors.EarlyEndNotOffered(number=case.number)
    grounds = str(given.get("grounds") or "").strip()
    if not grounds:
        raise errors.EarlyEndIncomplete(field="early.grounds")
    by = str(given.get("applied_by") or "").strip() or party.get(connection, case.applicant_id).name
    values = {"publicity_id": shown.id, "applied_on": on, "applied_by": by, "grounds": grounds}
    row = connection.execute(sa.insert(publicity_early_end).values(**values).returning(publicity_early_end)).one()
    facts = {"application": row.id, "publicity": shown.id, "applied_on": on.isoformat(), "grounds": grounds}
    trail.record(connection, case.number, actor, "publicity.early_end_asked", **facts)
    return row


def limits(connection: Connection) -> tuple[int, int]:
    """Return how many months a penalty is public at least and in how many working days it is decided; 0: not known."""
    values = setting.load(connection)
    return int(values[MONTHS]), int(values[DAYS])


def begin(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> sa.Row[Any]:
    """Start the period to decide from the day of the application, and say from when it may be asked for.

    Raises
    ------
    EarlyEndUnknown
        If no application is open.
    EarlyEndLimitsEmpty
        If the legal office has not filled both limits in.
    """
    row, (months, days) = _require(connection, case), limits(connection)
    if not months or not days:
        raise errors.EarlyEndLimitsEmpty
    shown = publicity.get(connection, row.publicity_id)
    length = periods.Length(days, Unit.WORKING)
    deadline.start(connection, actor, case, PERIOD, started_at=clock.midnight(row.applied_on), length=length)
    return _change(connection, row, open_on=corresponding_day(clock.day(shown.published_at), months))


def check(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Record what was found of each condition.

    Parameters
    ----------
    given
        ``yes`` or ``no`` for each of :data:`CONDITIONS` and for ``severe``; ``findings``, what it rests on.

    Raises
    ------
    EarlyEndUnknown
        If no application is open.
    EarlyEndIncomplete
        If an answer or the findings are missing.
    EarlyEndContradicted
        If a condition is said to hold though the register says otherwise.
    """
    row, answers = _require(connection, case), {}
    for name in (*CONDITIONS, "severe"):
        if given.get(name) not in ("yes", "no"):
            raise errors.EarlyEndIncomplete(field=f"early.{name}")
        answers[name] = given[name] == "yes"
    findings = str(given.get("findings") or "").strip()
    if not findings:
        raise errors.EarlyEndIncomplete(field="early.findings")
    if answers["performed"] and unpaid(connection, case):
        raise errors.EarlyEndContradicted(condition=_said("performed"), why=str(unpaid(connection, case)))
    again = punished_again(connection, case)
    if answers["not_again"] and again:
        raise errors.EarlyEndContradicted(condition=_said("not_again"), why="、".join(again))
    checked = _change(connection, row, **answers, findings=findings, checked_by=actor.id, checked_at=clock.now())
    facts = {"application": row.id, **answers, "findings": findings}
    trail.record(connection, case.number, actor, "publicity.early_end_checked", **facts)
    return checked


def decide(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Decide; granted, the penalty is public no more from this moment. A refusal leaves it and says why.

    Parameters
    ----------
    given
        ``result`` granted or refused, ``reason``.

    Raises
    ------
    EarlyEndUnknown, EarlyEndIncomplete
        If no application is open and checked, or result or reason are missing.
    EarlyEndForbidden
        If it is granted for a penalty whose publicity never ends early (14(3)).
    EarlyEndTooSoon, EarlyEndConditions
        If it is granted though the time or a condition is wanting.
    PublicityUnknown
        If it is granted for what is public no more.
    """
    row = _require(connection, case)
    result, reason = str(given.get("result") or ""), str(given.get("reason") or "").strip()
    for field, right in (("result", result in RESULTS), ("reason", bool(reason)), ("findings", bool(row.checked_at))):
        if not right:
            raise errors.EarlyEndIncomplete(field=f"early.{field}")
    if result == "granted":
        _require_conditions(connection, case, row)
        publicity.end_early(connection, actor, case, row.publicity_id)
    decided = _change(connection, row, result=result, reason=reason, decided_by=actor.id, decided_at=clock.now())
    deadline.meet(connection, actor, case, PERIOD)
    facts = {"application": row.id, "decided": result, "reason": reason}
    trail.record(connection, case.number, actor, "publicity.early_end_decided", **facts)
    return decided


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the applications of a case in the order they came."""
    shown = sa.select(publicity.publicity.c.id).where(publicity.publicity.c.case_id == case_id)
    query = sa.select(publicity_early_end).where(publicity_early_end.c.publicity_id.in_(shown))
    return connection.execute(query.order_by(publicity_early_end.c.id)).all()


def barred(connection: Connection, case: sa.Row[Any]) -> list[str]:
    """Return the penalties of the case whose publicity never ends early."""
    return [kind["kind"] for kind in rule45.kinds(connection, case) if kind["kind"] in NEVER]


def unpaid(connection: Connection, case: sa.Row[Any]) -> int:
    """Return what is left of the fine, in yuan."""
    debt = payment.of(connection, case.id)
    return max(0, int(debt.amount) - payment.paid(connection, debt)) if debt is not None else 0


def punished_again(connection: Connection, case: sa.Row[Any]) -> list[str]:
    """Return the numbers of later cases in which the same party was punished for the same item."""
    known, other = party.get(connection, case.applicant_id), cases.case_file.c
    query = sa.select(other.number).where(
        other.applicant_id.in_(sa.select(party.party.c.id).where(party.same(known))),
        other.kind == standing.ENFORCEMENT,
        other.item_code == case.item_code,
        other.outcome == "penalised",
        other.decided_at > case.decided_at,
    )
    return list(connection.scalars(query.order_by(other.id)))


def _public(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any] | None:
    """Return what is public of a penalty under 45号令, unless its early end is being decided."""
    if not rule45.binds(connection, case):
        return None
    shown = publicity.standing_penalty(connection, case.id)
    asked = {row.publicity_id for row in OPEN_OF_CASE.all(connection, case=case.id)}
    return shown if shown is not None and shown.id not in asked else None


OPEN_OF_CASE = Question(
    sa.select(publicity_early_end.c.publicity_id)
    .join(publicity.publicity, publicity.publicity.c.id == publicity_early_end.c.publicity_id)
    .where(
        publicity.publicity.c.case_id == sa.bindparam("case", type_=db.Id), publicity_early_end.c.decided_at.is_(None)
    ),
    publicity_early_end.c.id,
)
"""Applications of a case that are not decided yet."""


def _require_conditions(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> None:
    never = barred(connection, case)
    if never or row.severe:
        raise errors.EarlyEndForbidden(kinds="、".join(never) or "其他较为严重行政处罚")
    if row.applied_on < row.open_on:
        raise errors.EarlyEndTooSoon(day=row.open_on)
    wanting = [name for name in CONDITIONS if not getattr(row, name)]
    if wanting:
        raise errors.EarlyEndConditions(condition=_said(wanting[0]))


def _said(condition: str) -> list[dict[str, str]]:
    return [{"text": CONDITIONS[condition]}]


def _require(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    row = next((one for one in of(connection, case.id) if one.decided_at is None), None)
    if row is None:
        raise errors.EarlyEndUnknown(number=case.number)
    return row


def _change(connection: Connection, row: sa.Row[Any], **values: Any) -> sa.Row[Any]:
    table = publicity_early_end
    return connection.execute(sa.update(table).where(table.c.id == row.id).values(**values).returning(table)).one()
