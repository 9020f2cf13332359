"""What interrupts an execution: an agreement with the party, a stay, its end (行政强制法39, 40, 42).

An agreement that is not kept and a stay whose ground is gone lead back to the execution (42(2), 39(2)). Three years
after a stay because the party cannot perform, nothing more is carried out if no obvious harm is done (39(2)).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline
from engine.cases.enforcement.execution import route
from engine.cases.enforcement.investigation import acting
from engine.cases.reading import trail
from engine.errors import N_

HEADS = ("town.leader", "town.mayor")
PERIOD = "execution_stay"
STAYS = {
    "unable": N_("the party has real difficulty or cannot perform for the time being"),
    "third_party": N_("a third party claims the thing, with good reason"),
    "damage": N_("damage that is hard to mend, and a stay harms no public interest"),
    "other": N_("other circumstances in which the organ finds a stay needed"),
}
"""The grounds of a stay, in the order of 行政强制法39(1)."""
BY_COURT = "court"
"""The ground of a stay that the court has ruled while it carries the decision out (行政诉讼法101)."""
ENDS = {
    "person_died": N_("the citizen died, without estate and without anybody who takes over the duty"),
    "entity_ended": N_("the organisation ended, without property and without anybody who takes over the duty"),
    "object_gone": N_("the object of the execution is gone"),
    "annulled": N_("the decision was annulled"),
    "other": N_("other circumstances in which the organ finds the end needed"),
}
"""The grounds on which an execution ends without success, in the order of 行政强制法40."""

interruption = sa.Table(
    "execution_interruption",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("execution_id", db.Id, sa.ForeignKey("execution.id"), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("ground", sa.String(12), nullable=False),
    sa.Column("terms", sa.Text, nullable=False),
    sa.Column("decided_by", sa.String(80), nullable=False),
    sa.Column("begun_on", sa.Date, nullable=False),
    sa.Column("result", sa.String(8)),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("ended_on", sa.Date),
    sa.CheckConstraint("kind IN ('agreement', 'stay')", name="kind_known"),
    sa.CheckConstraint(f"kind <> 'stay' OR ground IN {(*STAYS, BY_COURT)}", name="stay_on_ground"),
    sa.CheckConstraint("terms <> ''", name="terms_given"),
    sa.CheckConstraint("kind = 'agreement' AND result IN ('kept', 'broken') OR kind = 'stay' AND "
                       "result IN ('resumed', 'lapsed') OR result IS NULL", name="result_of_kind"),
    sa.CheckConstraint("(result IS NULL) = (ended_on IS NULL)", name="ended_with_result"),
    sa.Index("uq_execution_interruption_open", "execution_id", unique=True,
             sqlite_where=sa.text("result IS NULL"), postgresql_where=sa.text("result IS NULL")),
)  # fmt: skip
"""``terms`` is what was agreed, or the reason of the stay."""


def begin(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Agree with the party, or stay the execution, as the head.

    Parameters
    ----------
    given
        ``subject``, ``kind`` (agreement, stay), ``ground`` of a stay (of :data:`STAYS`), ``terms``.

    Raises
    ------
    ExecutionUnknown
        If none runs.
    NotTheHead
        If somebody else decides.
    ExecutionContentMissing
        If kind, ground or terms are missing.
    ExecutionPaused
        If it is interrupted already.
    """
    running = route.require(connection, case, _subject(given))
    acting.require_head(connection, actor.id, *HEADS)
    kind, ground = _kind(given), str(given.get("ground") or "")
    if kind == "stay" and ground not in STAYS:
        raise errors.ExecutionContentMissing(field="pause.ground")
    row = _add(connection, actor, case, running, kind, ground, _terms(given))
    trail.record(connection, case.number, actor, f"execution.{_BEGUN[kind]}", terms=row.terms, ground=row.ground)
    if kind == "stay":
        deadline.start(connection, actor, case, PERIOD)
    return row


def note(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Note that the court has stayed what it carries out, or that the party and the town have settled it there.

    The court rules on it, so no head decides, and the three years of 行政强制法39(2) do not run.

    Parameters
    ----------
    given
        ``subject``, ``kind`` (agreement, stay), ``number`` of the court's ruling on a stay, ``terms``.

    Raises
    ------
    ExecutionUnknown
        If the court carries nothing out.
    ExecutionContentMissing
        If kind, number or terms are missing.
    ExecutionPaused
        If it is interrupted already.
    """
    running = route.require(connection, case, _subject(given), "court")
    kind, number = _kind(given), str(given.get("number") or "").strip()
    if kind == "stay" and not number:
        raise errors.ExecutionContentMissing(field="pause.number")
    row = _add(connection, actor, case, running, kind, BY_COURT, f"{number} {_terms(given)}".strip())
    trail.record(connection, case.number, actor, f"court.{_BEGUN[kind]}", terms=row.terms)
    return row


def finish(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], result: str, given: Mapping[str, Any]
) -> sa.Row[Any]:
    """Say what became of it: ``kept`` or ``broken``, ``resumed`` or ``lapsed``.

    Parameters
    ----------
    given
        ``subject``, ``why``; for ``lapsed`` also ``no_harm`` and ``unable``, which the head confirms.

    Raises
    ------
    ExecutionUnknown
        If no execution is interrupted.
    ExecutionResultWrong
        If such an interruption does not end so.
    ExecutionContentMissing
        If nothing says why.
    NotTheHead, StayNotOver
        For ``lapsed``: if somebody else decides, it was stayed on another ground, the three years are not over, harm is
        done, or the party can perform (39(2)).
    """
    row = _open(connection, route.require(connection, case, _subject(given)).id)
    if row is None:
        raise errors.ExecutionUnknown(number=case.number)
    why = str(given.get("why") or "").strip()
    if result not in _RESULTS[row.kind]:
        raise errors.ExecutionResultWrong(result=result, results=", ".join(_RESULTS[row.kind]))
    if not why:
        raise errors.ExecutionContentMissing(field="pause.why")
    if result == "lapsed":
        _require_lapsed(connection, actor, case, row, given)
    changed = connection.execute(
        sa.update(interruption)
        .where(interruption.c.id == row.id)
        .values(result=result, why=why, ended_on=clock.today())
        .returning(interruption)
    ).one()
    deadline.end(connection, actor, case, PERIOD, "settled")
    trail.record(connection, case.number, actor, f"execution.{result}", why=why)
    return changed


def terminate(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """End the execution without success, as the head, on a ground of 行政强制法40.

    Parameters
    ----------
    given
        ``subject``, ``ground`` (of :data:`ENDS`), ``terms`` (the facts).

    Raises
    ------
    ExecutionUnknown, NotTheHead, ExecutionContentMissing
        As for :func:`begin`.
    """
    acting.require_head(connection, actor.id, *HEADS)
    ground, facts = str(given.get("ground") or ""), str(given.get("terms") or "").strip()
    for field, right in {"ground": ground in ENDS, "terms": bool(facts)}.items():
        if not right:
            raise errors.ExecutionContentMissing(field=f"pause.{field}")
    numbered = f"行政强制法40({'一二三四五'[list(ENDS).index(ground)]})"
    return route.end(connection, actor, case, "ended", ground=f"{numbered} {facts}", subject=_subject(given))


def require_none(connection: Connection, case: sa.Row[Any], execution_id: int) -> None:
    """Refuse while an agreement is open or the execution is stayed.

    Raises
    ------
    ExecutionPaused
    """
    if _open(connection, execution_id) is not None:
        raise errors.ExecutionPaused(number=case.number)


_BEGUN = {"agreement": "agreed", "stay": "stayed"}
_RESULTS = {"agreement": ("kept", "broken"), "stay": ("resumed", "lapsed")}


def _kind(given: Mapping[str, Any]) -> str:
    kind = str(given.get("kind") or "")
    if kind not in _BEGUN:
        raise errors.ExecutionContentMissing(field="pause.kind")
    return kind


def _terms(given: Mapping[str, Any]) -> str:
    terms = str(given.get("terms") or "").strip()
    if not terms:
        raise errors.ExecutionContentMissing(field="pause.terms")
    return terms


def _add(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], running: sa.Row[Any], kind: str, ground: str,
    terms: str,
) -> sa.Row[Any]:  # fmt: skip
    require_none(connection, case, running.id)
    values = {"execution_id": running.id, "kind": kind, "ground": ground if kind == "stay" else "", "terms": terms,
              "decided_by": actor.id, "begun_on": clock.today(), "why": ""}  # fmt: skip
    return connection.execute(sa.insert(interruption).values(**values).returning(interruption)).one()


def _open(connection: Connection, execution_id: int) -> sa.Row[Any] | None:
    about = (interruption.c.execution_id == execution_id, interruption.c.result.is_(None))
    return connection.execute(sa.select(interruption).where(*about)).one_or_none()


def _require_lapsed(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], given: Mapping[str, Any]
) -> None:
    acting.require_head(connection, actor.id, *HEADS)
    running = deadline.find(connection, case, PERIOD)
    over = running is not None and running.due_on is not None and clock.today() > running.due_on
    if row.ground != "unable" or not over or given.get("no_harm") is not True or given.get("unable") is not True:
        raise errors.StayNotOver(day=running.due_on.isoformat() if running is not None and running.due_on else "—")


def _subject(given: Mapping[str, Any]) -> str:
    return str(given.get("subject") or "fine")
