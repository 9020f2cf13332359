"""The source: one of the systems that report events to the town, what it sent, and whether it is still heard.

A source is a person of the kind ``system`` with a post of its own, so that its access token, its pushes and its traces
work as everybody's do. What it sends under one external id becomes one event, however often it is sent and by whichever
way; what could not be taken in is kept with the reason, and taken in when it is sent again corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, jobs
from engine.cases import case as cases
from engine.cases.grid import reporting
from engine.ground.prepared import Prepared
from engine.organisation import person, unit

STREAM = "house:intake"

source = sa.Table(
    "intake_source",
    db.metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_en", sa.String(80), nullable=False),
    sa.Column("unit", sa.ForeignKey(unit.unit.c.code), nullable=False),
    sa.Column("person_id", sa.ForeignKey(person.person.c.id), nullable=False, unique=True),
    sa.Column("way_in", sa.String(8), nullable=False),
    sa.Column("transport", sa.String(4), nullable=False),
    sa.Column("class_code", sa.String(20), nullable=False),
    sa.Column("fields", db.Json, nullable=False),
    sa.Column("silence_minutes", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.CheckConstraint("transport IN ('REST', 'file')", name="transport_known"),
    sa.CheckConstraint("silence_minutes > 0", name="silence_counted"),
)
"""``class_code``: the class of what it reports, unless a report names another; ``fields``: what it says besides."""

hearing = sa.Table(
    "intake_hearing",
    db.metadata,
    sa.Column("source", sa.ForeignKey(source.c.code), primary_key=True),
    sa.Column("heard_at", db.Utc, nullable=False),
    sa.Column("silent_since", db.Utc),
    sa.CheckConstraint("silent_since IS NULL OR silent_since >= heard_at", name="silent_after_heard"),
)
"""When a source was last heard. It is watched from its first word on: one that was never connected is not silent."""

report = sa.Table(
    "intake_report",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("source", sa.ForeignKey(source.c.code), nullable=False),
    sa.Column("external_id", sa.String(120), nullable=False),
    sa.Column("transport", sa.String(4), nullable=False),
    sa.Column("came_at", db.Utc, nullable=False),
    sa.Column("body", db.Json, nullable=False),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id")),
    sa.Column("refused", sa.String(60)),
    sa.Column("facts", db.Json),
    sa.Column("repeats", sa.Integer, nullable=False),
    sa.CheckConstraint("transport IN ('REST', 'file')", name="transport_known"),
    sa.CheckConstraint("(case_id IS NULL) <> (refused IS NULL)", name="taken_in_or_refused"),
    sa.CheckConstraint("(refused IS NULL) = (facts IS NULL)", name="refused_with_facts"),
    sa.CheckConstraint("repeats >= 0", name="repeats_counted"),
    sa.UniqueConstraint("source", "external_id"),
    sa.Index(None, "source", "id"),
)
"""``repeats``: how often the same id came again after it was taken in; ``refused``: the error, ``facts`` its facts."""


@dataclass(frozen=True)
class Given:
    """One report. ``fields`` are the source's own fields by name, ``body`` the report as it came, which is kept."""

    external_id: str
    lon: float
    lat: float
    body: Mapping[str, Any]
    occurred_at: datetime | None = None
    class_code: str = ""
    description: str = ""
    address: str = ""
    urgency: int | None = None
    reporter: Mapping[str, Any] | None = None
    fields: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a report: its ``case``, and whether it is ``fresh``; or the ``problem`` that refused it."""

    case: sa.Row[Any] | None
    fresh: bool = False
    problem: errors.EngineError | None = None


def get(connection: Connection, code: str) -> sa.Row[Any]:
    """Return a source.

    Raises
    ------
    SourceUnknown
        If none has this code.
    """
    found = connection.execute(sa.select(source).where(source.c.code == code)).one_or_none()
    if found is None:
        raise errors.SourceUnknown(code=code)
    return found


def require_own(connection: Connection, code: str, person_id: str) -> sa.Row[Any]:
    """Return the source a system speaks for; no system speaks for another.

    Raises
    ------
    SourceUnknown
        If there is none with this code, or it is another system's; which of the two is not told.
    """
    found = get(connection, code)
    if found.person_id != person_id:
        raise errors.SourceUnknown(code=code)
    return found


def take(connection: Connection, actor: audit.Actor, one: sa.Row[Any], given: Given, *, transport: str) -> Taken:
    """Take a report of a source in, once; a report that is refused is kept with its reason, and nothing else of it.

    The source counts as heard either way.
    """
    # Two deliveries of one source wait for each other here, so that the second finds what the first took in.
    connection.execute(sa.select(source.c.code).where(source.c.code == one.code).with_for_update())
    _hear(connection, one)
    before = _sent_before(connection, one.code, given.external_id)
    if before is not None and before.case_id is not None:
        connection.execute(sa.update(report).where(report.c.id == before.id).values(repeats=report.c.repeats + 1))
        return Taken(cases.by_id(connection, before.case_id))
    try:
        with connection.begin_nested():
            case = reporting.report(connection, actor, _event(one, given))[0]
    except errors.EngineError as problem:
        _keep(connection, one.code, given, transport, refused=problem.code, facts=_told(problem))
        audit.record(connection, STREAM, audit.Event("intake.refused", actor, details=_trace(one, given, problem.code)))
        return Taken(None, problem=problem)
    _keep(connection, one.code, given, transport, case_id=case.id)
    return Taken(case, fresh=True)


def overview(connection: Connection, since: datetime) -> Sequence[sa.Row[Any]]:
    """Return every source with when it was ``heard_at``, ``silent_since`` when, and its counts since a moment.

    ``taken``, ``refused`` and ``repeated`` count reports that came since then.
    """
    mine = sa.and_(report.c.source == source.c.code, report.c.came_at >= since)
    query = (
        sa.select(
            source,
            hearing.c.heard_at,
            hearing.c.silent_since,
            sa.func.count(report.c.case_id).label("taken"),
            sa.func.count(report.c.refused).label("refused"),
            sa.func.coalesce(sa.func.sum(report.c.repeats), 0).label("repeated"),
        )
        .select_from(source.outerjoin(hearing).outerjoin(report, mine))
        .group_by(*source.c, hearing.c.heard_at, hearing.c.silent_since)
        .order_by(source.c.position)
    )
    return connection.execute(query).all()


def silent(connection: Connection) -> Sequence[sa.Row[Any]]:
    """Return the sources that are silent for longer than they may: ``code``, ``name``, ``name_en``, ``heard_at``."""
    return _SILENT.all(connection)


def reports(
    connection: Connection, code: str, *, refused: bool = False, before: int | None = None, limit: int = 20
) -> Sequence[sa.Row[Any]]:
    """Return what a source sent, the newest first, with the ``number`` of its case; only what was refused, if asked."""
    query = (
        sa.select(report, cases.case_file.c.number)
        .outerjoin(cases.case_file, cases.case_file.c.id == report.c.case_id)
        .where(report.c.source == code)
        .order_by(report.c.id.desc())
        .limit(limit)
    )
    if refused:
        query = query.where(report.c.refused.is_not(None))
    return connection.execute(query.where(report.c.id < before) if before else query).all()


_SILENT = Prepared(
    sa.select(source.c.code, source.c.name, source.c.name_en, hearing.c.heard_at)
    .join(hearing)
    .where(hearing.c.silent_since.is_not(None))
    .order_by(source.c.position)
)


def _sent_before(connection: Connection, code: str, external_id: str) -> sa.Row[Any] | None:
    same = (report.c.source == code, report.c.external_id == external_id)
    return connection.execute(sa.select(report).where(*same)).one_or_none()


def _keep(connection: Connection, code: str, given: Given, transport: str, **outcome: Any) -> None:
    values = {
        "transport": transport,
        "came_at": clock.now(),
        "body": dict(given.body),
        "case_id": None,
        "refused": None,
        "facts": None,
        **outcome,
    }
    same = (report.c.source == code, report.c.external_id == given.external_id)
    if not connection.execute(sa.update(report).where(*same).values(**values)).rowcount:
        row = {"source": code, "external_id": given.external_id, "repeats": 0, **values}
        connection.execute(sa.insert(report).values(**row))


def _event(one: sa.Row[Any], given: Given) -> reporting.Report:
    said = given.fields or {}
    labelled = [f"{field['label']}：{said[field['name']]}" for field in one.fields if said.get(field["name"])]
    return reporting.Report(
        source=one.way_in,
        source_code=one.code,
        external_id=given.external_id,
        class_code=given.class_code or one.class_code,
        lon=given.lon,
        lat=given.lat,
        description="；".join(filter(None, [given.description.strip(), *labelled])) or one.name,
        address=given.address,
        urgency=given.urgency,
        captured_at=given.occurred_at,
        reporter=given.reporter or {},
    )


def _told(problem: errors.EngineError) -> dict[str, str]:
    return {name: str(value) for name, value in problem.facts.items()}


def _trace(one: sa.Row[Any], given: Given, code: str) -> dict[str, Any]:
    return {"source": one.code, "external_id": given.external_id, "reason": code}


def _hear(connection: Connection, one: sa.Row[Any]) -> None:
    """Note that a source was heard, and watch it from now on if nobody does."""
    here = hearing.c.source == one.code
    before = connection.execute(sa.select(hearing).where(here)).one_or_none()
    now = clock.now()
    if before is None:
        connection.execute(sa.insert(hearing).values(source=one.code, heard_at=now))
    else:
        connection.execute(sa.update(hearing).where(here).values(heard_at=now, silent_since=None))
    if before is None or before.silent_since is not None:
        jobs.add(connection, "silence", now + timedelta(minutes=one.silence_minutes), {"source": one.code})
    if before is not None and before.silent_since is not None:
        audit.record(connection, STREAM, audit.Event("intake.heard_again", audit.SYSTEM, details={"source": one.code}))


@jobs.runs("silence")
def _listen(connection: Connection, job: sa.Row[Any]) -> None:
    """Mark a source that has been silent for too long; look again later at one that has been heard meanwhile."""
    one = get(connection, job.payload["source"])
    here = hearing.c.source == one.code
    row = connection.execute(sa.select(hearing).where(here).with_for_update()).one()
    late_at = row.heard_at + timedelta(minutes=one.silence_minutes)
    if late_at > clock.now():
        jobs.add(connection, "silence", late_at, {"source": one.code})
        return
    connection.execute(sa.update(hearing).where(here).values(silent_since=clock.now()))
    details = {"source": one.code, "heard_at": row.heard_at.isoformat()}
    audit.record(connection, STREAM, audit.Event("intake.fell_silent", audit.SYSTEM, details=details))
