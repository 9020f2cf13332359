"""The docket: one order to bind a part of a case's file, built by a job outside any transaction, with its progress.

A file that is not what was stored stops the building and is named. What goes in: :mod:`engine.cases.docket.contents`.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, errors, jobs
from engine.cases import case as cases
from engine.cases.docket import binding, contents, gaps
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground import files

PARTS = {"main": N_("main part"), "secondary": N_("secondary part")}
TRIES = 2
"""Somebody waits for the file: what a second try does not mend is told at once, not after a quarter of an hour."""
LIMIT_MB = 2000
"""What the house binds may be larger than what people send."""

docket = sa.Table(
    "docket",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("part", sa.String(10), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("sheets", sa.Integer, nullable=False),
    sa.Column("pages", sa.Integer),
    sa.Column("file_id", db.Id, sa.ForeignKey("stored_file.id")),
    sa.Column("gaps", db.Json, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("ordered_by", sa.String(80), nullable=False),
    sa.Column("ordered_at", db.Utc, nullable=False),
    sa.Column("built_at", db.Utc),
    sa.CheckConstraint("part IN ('main', 'secondary')", name="part_known"),
    sa.CheckConstraint("state IN ('building', 'built', 'failed')", name="state_known"),
    sa.CheckConstraint("(state = 'built') = (file_id IS NOT NULL AND pages IS NOT NULL)", name="built_with_file"),
    sa.CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name="failed_with_error"),
    sa.CheckConstraint("done BETWEEN 0 AND sheets", name="done_counted"),
    sa.Index("uq_docket_building", "case_id", "part", unique=True, sqlite_where=sa.text("state = 'building'"),
             postgresql_where=sa.text("state = 'building'")),
    sa.Index(None, "case_id", "id"),
    sa.Index(None, "file_id"),
)  # fmt: skip


def order(connection: Connection, actor: audit.Actor, case: sa.Row[Any], part: str, told: contents.Told) -> sa.Row[Any]:
    """Let a part of the file be bound; while one is being bound, that one is returned.

    Raises
    ------
    DocketPartUnknown
        If there is no such part.
    """
    if part not in PARTS:
        raise errors.DocketPartUnknown(part=part, parts=", ".join(PARTS))
    mine = docket.c.case_id == case.id, docket.c.part == part
    running = connection.execute(sa.select(docket).where(*mine, docket.c.state == "building")).one_or_none()
    if running is not None:
        return running
    values = {
        "case_id": case.id,
        "part": part,
        "state": "building",
        "done": 0,
        "sheets": len(contents.sheets(connection, case, part)),
        "gaps": [gap.as_json() for gap in gaps.of(connection, case)],
    }
    row = connection.execute(
        sa.insert(docket).values(**values, ordered_by=actor.id, ordered_at=clock.now()).returning(docket)
    ).one()
    payload = {"docket": row.id, "actor": [actor.id, actor.on_behalf_of], "told": asdict(told), "retries": TRIES}
    jobs.add(connection, "docket", clock.now(), payload)
    trail.record(connection, case.number, actor, "docket.ordered", docket=row.id, part=part)
    return row


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return what was bound or is being bound of a case, the newest first, with the file's ``sha256`` and ``size``."""
    file = files.stored_file.c
    return connection.execute(
        sa.select(docket, file.sha256, file.size)
        .outerjoin(files.stored_file, file.id == docket.c.file_id)
        .where(docket.c.case_id == case_id)
        .order_by(docket.c.id.desc())
        .limit(20)
    ).all()


def _get(connection: Connection, docket_id: int) -> sa.Row[Any]:
    return connection.execute(sa.select(docket).where(docket.c.id == docket_id)).one()


def _give_up(connection: Connection, job: sa.Row[Any], reason: str) -> None:
    if jobs.finish(connection, job):
        row, case = _of_job(connection, job)
        _change(connection, row.id, state="failed", error=reason)
        trail.record(connection, case.number, audit.SYSTEM, "docket.failed", docket=row.id, part=row.part, error=reason)


@jobs.calls("docket", _give_up)
def _build(connection: Connection, job: sa.Row[Any]) -> Callable[[], jobs.Finish]:
    row, case = _of_job(connection, job)
    sheets = contents.sheets(connection, case, row.part)
    lists = contents.lists(connection, case, row, contents.Told(**job.payload["told"]))
    database = connection.engine

    def build() -> jobs.Finish:
        told = functools.partial(_tell_progress, database, row.id, len(sheets))
        bound = binding.bind((make() for make in sheets), lists, told)
        return lambda writing: _keep(writing, job, row, case, bound)

    return build


def _of_job(connection: Connection, job: sa.Row[Any]) -> tuple[sa.Row[Any], sa.Row[Any]]:
    row = _get(connection, job.payload["docket"])
    return row, cases.by_id(connection, row.case_id)


def _tell_progress(database: Engine, docket_id: int, sheets: int, done: int) -> None:
    """Say how far the binding is; what came into the case after the order is bound, too, and counted."""
    with db.transaction(database) as connection:
        _change(connection, docket_id, done=done, sheets=sheets)


def _change(connection: Connection, docket_id: int, **values: Any) -> None:
    connection.execute(sa.update(docket).where(docket.c.id == docket_id).values(**values))


def _keep(connection: Connection, job: sa.Row[Any], row: sa.Row[Any], case: sa.Row[Any], bound: binding.Bound) -> None:
    if not jobs.finish(connection, job):
        return
    actor = audit.Actor(*job.payload["actor"])
    name = f"{contents.PARTS[row.part]}-{case.number}.pdf"
    stored = files.store(connection, io.BytesIO(bound.content), name, actor, limit_mb=LIMIT_MB)
    kept = {"file_id": stored.id, "pages": bound.pages, "built_at": clock.now()}
    _change(connection, row.id, state="built", **kept)
    trail.record(
        connection, case.number, actor, "docket.built",
        docket=row.id, part=row.part, pages=bound.pages, sha256=stored.sha256,
    )  # fmt: skip
