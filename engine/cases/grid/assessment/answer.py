"""The answer: a worker confirms the lines of the month, or appeals some of them; whoever says nothing has no appeal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, errors, messages
from engine.cases.clocks import setting
from engine.cases.grid.assessment import doubt, score, window
from engine.errors import N_
from engine.ground import counting
from engine.ground.together import Question

ANSWERS = {"confirmed": N_("confirmed"), "appealed": N_("appealed"), "silent": N_("said nothing")}
ANSWERED, OBJECTED = "assessment.answered", "assessment.objected"
"""What the process waits for: everybody has answered; somebody objects."""

assessment_answer = sa.Table(
    "assessment_answer",
    db.metadata,
    sa.Column("month", sa.ForeignKey(window.assessment_window.c.month), primary_key=True),
    sa.Column("worker", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("answer", sa.String(10)),
    sa.Column("answered_at", db.Utc),
    sa.Index(None, "worker"),
    sa.CheckConstraint(f"answer IN {tuple(ANSWERS)}", name="answer_known"),
    sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_a_moment"),
)


def ask(connection: Connection, actor: audit.Actor, month: str) -> datetime:
    """Ask every worker of the month; return until when they may answer."""
    row = window.get(connection, month)
    asked = [{"month": month, "worker": one.worker} for one in score.current(connection, month)]
    if asked:
        connection.execute(sa.insert(assessment_answer), asked)
    until = _until(connection, "assessment_answer_days")
    window.change(connection, month, state="answering", answer_until=until)
    window.record(connection, row, actor, "assessment.asked", until=_town(until), workers=len(asked))
    return until


def answer(
    connection: Connection, actor: audit.Actor, month: str, worker: str, appeals: Mapping[str, str]
) -> sa.Row[Any]:
    """Confirm one's month (no ``appeals``), or appeal lines: the reason by indicator. The last answer ends the waiting.

    Raises
    ------
    AssessmentNotAsked
        If the month is not waiting for answers, or not for this worker's.
    AssessmentAnswered
        If the worker has answered.
    ReasonMissing, IndicatorUnknown
        See :func:`engine.cases.grid.assessment.doubt.raise_`.
    """
    month_row = window.get(connection, month)
    mine = _of(connection, month, worker)
    if month_row.state != "answering" or mine is None or month_row.answer_until <= clock.now():
        raise errors.AssessmentNotAsked(month=month)
    if mine.answer is not None:
        raise errors.AssessmentAnswered(month=month)
    for indicator, reason in appeals.items():
        doubt.raise_(connection, actor, month, worker, indicator, "appeal", reason)
    said = "appealed" if appeals else "confirmed"
    row = _write(connection, month, worker, said)
    window.record(connection, month_row, actor, "assessment.answered", worker=worker, answer=said)
    if not any(one.answer is None for one in of(connection, month)):
        messages.publish(connection, actor, ANSWERED, month_row.business_key, {})
    return row


def wanted(connection: Connection, worker: str) -> sa.Row[Any] | None:
    """Return the month whose score a worker has still to confirm or appeal, and its ``answer_until``, or None."""
    now = clock.now()
    return next((row for row in ASKED.all(connection, person=worker) if row.answer_until > now), None)


_asked = window.assessment_window.c
ASKED = Question(
    sa.select(_asked.month, _asked.answer_until)
    .join(assessment_answer, assessment_answer.c.month == _asked.month)
    .where(
        assessment_answer.c.worker == sa.bindparam("person"),
        assessment_answer.c.answer.is_(None),
        _asked.state == "answering",
    ),
    _asked.month,
)
"""The months of which a person was asked and has said nothing; the last one's time may be over."""


def close(connection: Connection, actor: audit.Actor, month: str) -> None:
    """End the waiting: whoever has said nothing has no appeal."""
    silent = [row.worker for row in of(connection, month) if row.answer is None]
    for worker in silent:
        _write(connection, month, worker, "silent")
    row = window.change(connection, month, state="checking")
    window.record(connection, row, actor, "assessment.answers_closed", silent=silent)


def of(connection: Connection, month: str) -> Sequence[sa.Row[Any]]:
    """Return who was asked in a month, with the answers."""
    table = assessment_answer
    return connection.execute(sa.select(table).where(table.c.month == month).order_by(table.c.worker)).all()


def publish(connection: Connection, actor: audit.Actor, month: str) -> datetime:
    """Publish the scores and return until when anybody may object; figures already published keep their end."""
    row, figures = window.get(connection, month), score.digest(connection, month)
    again = row.published_digest != figures
    until = _until(connection, "assessment_publicity_days") if again else row.publicity_until
    row = window.change(connection, month, state="published", publicity_until=until, published_digest=figures)
    window.record(connection, row, actor, "assessment.published", until=_town(until), again=again, digest=figures)
    return until


def object_(
    connection: Connection, actor: audit.Actor, month: str, worker: str, indicator: str, reason: str
) -> sa.Row[Any]:
    """Object to a published line.

    Raises
    ------
    AssessmentNotPublished
        If the month is not published for objections, or no longer.
    ReasonMissing, IndicatorUnknown, ScoreUnknown
        See :func:`engine.cases.grid.assessment.doubt.raise_`.
    """
    month_row = window.get(connection, month)
    until = month_row.publicity_until
    if until is None or until <= clock.now() or month_row.state not in ("published", "checking"):
        raise errors.AssessmentNotPublished(month=month)
    row = doubt.raise_(connection, actor, month, worker, indicator, "objection", reason)
    messages.publish(connection, actor, OBJECTED, month_row.business_key, {})
    return row


def _of(connection: Connection, month: str, worker: str) -> sa.Row[Any] | None:
    table = assessment_answer.c
    query = sa.select(assessment_answer).where(table.month == month, table.worker == worker)
    return connection.execute(query).one_or_none()


def _write(connection: Connection, month: str, worker: str, said: str) -> sa.Row[Any]:
    table = assessment_answer
    return connection.execute(
        sa.update(table)
        .where(table.c.month == month, table.c.worker == worker)
        .values(answer=said, answered_at=clock.now())
        .returning(table)
    ).one()


def _until(connection: Connection, key: str) -> datetime:
    """Return the end of the last working day; counting begins on the day after today."""
    days = int(setting.load(connection)[key])
    today, calendar = clock.today(), calendars.load(connection)
    return counting.midnight_after(calendar.working_days_after(today, days).day or today)


def _town(moment: datetime) -> str:
    return moment.astimezone(clock.TOWN).isoformat()
