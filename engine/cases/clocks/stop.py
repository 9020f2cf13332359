"""The stop: a special procedure whose time does not count (行政许可法45, 行政强制法25(3)), told in writing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, db, errors
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.counting import Stop
from engine.ground.together import Question

KINDS = ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审")
"""The closed list of article 45; anything else is shown but the clock runs."""

POSTPONED = "缓办"
"""A kind that is no special procedure: a grid event put off to a day, with approval."""

WITH_POLICE = "移送公安"
"""A kind that is none either: the file is with the police, where setting ``cf60_criminal`` stops the ninety days."""

CALLED = {
    "听证": N_("hearing"),
    "招标": N_("tender"),
    "拍卖": N_("auction"),
    "检验": N_("inspection"),
    "检测": N_("testing"),
    "检疫": N_("quarantine"),
    "鉴定": N_("appraisal"),
    "专家评审": N_("expert review"),
    POSTPONED: N_("postponed"),
    WITH_POLICE: N_("with the police"),
}
"""What each kind is called; marked for translation."""

deadline_stop = sa.Table(
    "deadline_stop",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("subject", sa.String(20), nullable=False, default=""),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("procedure", sa.String(200), nullable=False),
    sa.Column("started_on", sa.Date, nullable=False),
    sa.Column("days_needed", sa.Integer),
    sa.Column("notice_on", sa.Date),
    sa.Column("effective_on", sa.Date),
    sa.Column("resumed_on", sa.Date),
    sa.CheckConstraint(f"kind IN {(*KINDS, POSTPONED, WITH_POLICE)}", name="kind_known"),
    sa.CheckConstraint("resumed_on IS NULL OR resumed_on >= started_on", name="ends_after_start"),
    sa.Index(None, "case_id"),
)


def check_kind(kind: str) -> str:
    """Return the kind if article 45 names it.

    Raises
    ------
    StopKindNotInLaw
        If it does not.
    """
    if kind not in KINDS:
        raise errors.StopKindNotInLaw(kind=kind, kinds="、".join(KINDS))
    return kind


def effective_on(started_on: date, notice_on: date | None, values: Any) -> date | None:
    """Return from which day a procedure stops the clock under the settings, or None while it does not."""
    if notice_on is None:
        return started_on if values["stop_unwritten"] == "stops" else None
    late = notice_on > started_on and values["stop_late_notice"] == "from_notice"
    return notice_on if late else started_on


def effective(connection: Connection, case_id: int, subject: str = "", *, police: bool = False) -> tuple[Stop, ...]:
    """Return the stretches that do not count on a case, or of the one thing of it that a period is about.

    ``police``: those alone in which the file was with the police; else all others.
    """
    mine = (row for row in of(connection, case_id) if (row.kind == WITH_POLICE) is police)
    rows = (row for row in mine if row.effective_on is not None and row.subject == subject)
    return tuple(
        Stop(row.effective_on, row.resumed_on)
        for row in rows
        if row.resumed_on is None or row.resumed_on >= row.effective_on
    )


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the case's stops in the order they began."""
    return OF_CASE.all(connection, case=case_id)


OF_CASE = Question(
    sa.select(deadline_stop).where(deadline_stop.c.case_id == sa.bindparam("case", type_=db.Id)),
    deadline_stop.c.started_on,
    deadline_stop.c.id,
)


def insert(connection: Connection, actor: audit.Actor, case: sa.Row[Any], **values: Any) -> sa.Row[Any]:
    """Write a stop and its event."""
    row = connection.execute(sa.insert(deadline_stop).values(case_id=case.id, **values).returning(deadline_stop)).one()
    trail.record(connection, case.number, actor, "deadline.stopped", **_facts(row))
    return row


def change(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], stop_id: int, action: str, **values: Any
) -> sa.Row[Any]:
    """Change a running stop of a case and write its event.

    Raises
    ------
    StopUnknown
        If it does not run on this case.
    """
    row = connection.execute(
        sa.update(deadline_stop)
        .where(deadline_stop.c.id == stop_id, deadline_stop.c.case_id == case.id, deadline_stop.c.resumed_on.is_(None))
        .values(**values)
        .returning(deadline_stop)
    ).one_or_none()
    if row is None:
        raise errors.StopUnknown(stop_id=stop_id)
    trail.record(connection, case.number, actor, action, **_facts(row))
    return row


def running(connection: Connection, case: sa.Row[Any], stop_id: int) -> sa.Row[Any]:
    """Return a stop that still runs.

    Raises
    ------
    StopUnknown
        If it does not run on this case.
    """
    for row in of(connection, case.id):
        if row.id == stop_id and row.resumed_on is None:
            return row
    raise errors.StopUnknown(stop_id=stop_id)


def _facts(row: sa.Row[Any]) -> dict[str, Any]:
    days = {name: getattr(row, name) for name in ("started_on", "notice_on", "effective_on", "resumed_on")}
    return {
        "stop": row.id,
        "kind": row.kind,
        "procedure": row.procedure,
        "days_needed": row.days_needed,
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }
