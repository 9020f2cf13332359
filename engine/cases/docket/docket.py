"""The docket: one order to bind a part of a case's file, built by a job outside any transaction, with its progress.

The main part (正卷) is open to the party, the secondary part (副卷) stays in the house. Each document goes in as it was
issued, after it was compared with its hash; a file that is not what was stored stops the building and is named.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, errors, jobs
from engine.cases import case as cases
from engine.cases.clocks import setting
from engine.cases.docket import binding, gaps
from engine.cases.enforcement.investigation import evidence, kinds
from engine.cases.items import directory
from engine.cases.papers import document, material
from engine.cases.people import party
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground import files

PARTS = {"main": N_("main part"), "secondary": N_("secondary part")}
PRINTED = {"main": "正卷", "secondary": "副卷"}
"""The parts as the cover of the file names them."""

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


@dataclass(frozen=True)
class Told:
    """What only the pages can put in words: the trail as ``{at, who, what}`` for each event, and what is lacking."""

    trail: Sequence[Mapping[str, str]]
    lacking: Sequence[str]


def order(connection: Connection, actor: audit.Actor, case: sa.Row[Any], part: str, told: Told) -> sa.Row[Any]:
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
        "gaps": [gap.as_json() for gap in gaps.of(connection, case)],
    }
    row = connection.execute(
        sa.insert(docket)
        .values(**values, sheets=_count(connection, case, part), ordered_by=actor.id, ordered_at=clock.now())
        .returning(docket)
    ).one()
    payload = {"docket": row.id, "actor": [actor.id, actor.on_behalf_of], "told": asdict(told)}
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
    sheets, lists = _sheets(connection, case, row.part), _lists(connection, case, row, job.payload["told"])
    database = connection.engine

    def build() -> jobs.Finish:
        bound = binding.bind([make() for make in sheets], lists, lambda done: _tell_progress(database, row.id, done))
        return lambda writing: _keep(writing, job, row, case, bound)

    return build


def _of_job(connection: Connection, job: sa.Row[Any]) -> tuple[sa.Row[Any], sa.Row[Any]]:
    row = _get(connection, job.payload["docket"])
    return row, connection.execute(sa.select(cases.case_file).where(cases.case_file.c.id == row.case_id)).one()


def _tell_progress(database: Engine, docket_id: int, done: int) -> None:
    with db.transaction(database) as connection:
        _change(connection, docket_id, done=done)


def _change(connection: Connection, docket_id: int, **values: Any) -> None:
    connection.execute(sa.update(docket).where(docket.c.id == docket_id).values(**values))


def _keep(connection: Connection, job: sa.Row[Any], row: sa.Row[Any], case: sa.Row[Any], bound: binding.Bound) -> None:
    if not jobs.finish(connection, job):
        return
    actor = audit.Actor(*job.payload["actor"])
    name = f"{PRINTED[row.part]}-{case.number}.pdf"
    stored = files.store(connection, io.BytesIO(bound.content), name, actor)
    kept = {"file_id": stored.id, "pages": bound.pages, "built_at": clock.now()}
    _change(connection, row.id, state="built", done=row.sheets, **kept)
    trail.record(
        connection, case.number, actor, "docket.built",
        docket=row.id, part=row.part, pages=bound.pages, sha256=stored.sha256,
    )  # fmt: skip


# -- what goes in

Make = Callable[[], binding.Sheet]


def _count(connection: Connection, case: sa.Row[Any], part: str) -> int:
    return len(_sheets(connection, case, part))


def _sheets(connection: Connection, case: sa.Row[Any], part: str) -> list[Make]:
    """Return what reads each entry of a part, in the order of the file."""
    papers = [row for row in document.of(connection, case.id) if row.part == part]
    papers.sort(key=lambda row: (row.place, row.id))
    made: list[Make] = []
    for paper in papers:
        about = paper.title, document.number_of(paper), _on(paper.issued_at)
        made.append(_reader(files.get(connection, paper.file_id), *about))
        if paper.proof_file_id is not None:
            proof = files.get(connection, paper.proof_file_id)
            made.append(_reader(proof, f"{paper.title} · {proof.name}", "", _on(proof.stored_at), foreign=True))
    if part == "main":
        made += [
            _reader(file, file.name, "", _on(file.stored_at), foreign=True)
            for file in material.files_of(connection, case.id)
        ]
    for proof in _evidence(connection, case, part):
        if proof.file_id is not None:
            file = files.get(connection, proof.file_id)
            made.append(_reader(file, f"证据{proof.number} {proof.title}", "", _on(proof.obtained_at), foreign=True))
    return made


def _evidence(connection: Connection, case: sa.Row[Any], part: str) -> list[sa.Row[Any]]:
    """Return the evidence of a part: what names somebody to be protected stays in the house (行政处罚法50)."""
    return [row for row in evidence.of(connection, case.id) if row.sealed == (part == "secondary")]


def _reader(file: sa.Row[Any], title: str, number: str, on: str, *, foreign: bool = False) -> Make:
    """Return what reads a file and compares it with its hash; a PDF that others made need not be PDF/A: no page."""
    kind = "foreign" if foreign and file.kind not in binding.PICTURES else file.kind

    def make() -> binding.Sheet:
        files.verify(file)
        content = files.serve(file).path.read_bytes() if kind != "foreign" else b""
        return binding.Sheet(title, number, on, file.sha256, kind, content)

    return make


def _lists(connection: Connection, case: sa.Row[Any], row: sa.Row[Any], told: Mapping[str, Any]) -> binding.Lists:
    organ = setting.load(connection)["organ_name"]
    applicant = party.get(connection, case.applicant_id)
    days = {"立案（受理）": case.accepted_at, "决定": case.decided_at, "结案": case.closed_at}
    years = max((paper.keep_years or FOREVER for paper in document.of(connection, case.id)), default=10)
    keep = "永久" if years == FOREVER else f"{years}年"
    cover = [
        ("案号", case.number),
        ("题名", case.title),
        ("当事人", applicant.name),
        *((name, _on(moment)) for name, moment in days.items()),
        ("归档号", case.archive_no or "未归档"),
        ("保管期限", keep),
    ]
    names = {known.code: known.name for known in kinds.every(connection)}
    last = audit.head_now(connection, case.number)
    return binding.Lists(
        organ=organ,
        part_name=PRINTED[row.part],
        title=f"{PRINTED[row.part]} {case.number} {case.title}",
        cover=[(name, value or "—") for name, value in cover],
        built_by=directory.names(directory.Asking(connection), [f"person:{row.ordered_by}"])[
            f"person:{row.ordered_by}"
        ],
        built_at=clock.now().astimezone(clock.TOWN).strftime("%Y-%m-%d %H:%M"),
        evidence=[
            {
                "title": f"{proof.number} {proof.title}",
                "kind": names[proof.kind],
                "obtained": f"{_on(proof.obtained_at)} {proof.place}",
                "sha256": proof.sha256,
            }
            for proof in _evidence(connection, case, row.part)
        ],
        trail=told["trail"],
        trail_head=f"{last.seq} {last.hash}",
        gaps=told["lacking"],
    )


FOREVER = 9999


def _on(moment: Any) -> str:
    return moment.astimezone(clock.TOWN).date().isoformat() if moment is not None else ""
