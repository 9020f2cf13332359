"""What goes into each part of a file (案卷), in its order, and what stands around it: cover, lists and gaps.

The main part (正卷) is open to the party, the secondary part (副卷) stays in the house. Each document goes in as it was
issued, after it was compared with its hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases import standing
from engine.cases.clocks import setting
from engine.cases.docket import binding, picture
from engine.cases.enforcement import officer
from engine.cases.enforcement.investigation import evidence, kinds, recording
from engine.cases.items import directory
from engine.cases.papers import attachment, document, material
from engine.cases.people import party
from engine.ground import files

PARTS = {"main": "正卷", "secondary": "副卷"}
"""The parts as the cover of the file names them."""
NAMED = {standing.APPROVAL: "行政审批案卷", standing.ENFORCEMENT: "行政执法案卷", standing.GRID: "网格事件案卷"}
BEGAN = {standing.APPROVAL: "受理日期", standing.ENFORCEMENT: "立案日期"}
"""What the cover calls a file and the day on which its case began, by the kind of case."""
FOREVER = 9999
"""The years that stand for a paper which is kept for ever."""

Make = Callable[[], binding.Sheet]


@dataclass(frozen=True)
class Told:
    """What only the pages can put in words: the trail as ``{at, who, what}`` for each event, gaps, the outcome."""

    trail: Sequence[dict[str, str]]
    lacking: Sequence[str]
    outcome: str = ""


def sheets(connection: Connection, case: sa.Row[Any], part: str) -> list[Make]:
    """Return what reads each entry of a part, in the order of the file."""
    return [*_papers(connection, case, part), *_enclosed(connection, case, part)]


def lists(connection: Connection, case: sa.Row[Any], row: sa.Row[Any], told: Told) -> binding.Lists:
    """Return what stands around the sheets of the part that is bound."""
    last = audit.head_now(connection, case.number)
    builder = f"person:{row.ordered_by}"
    return binding.Lists(
        organ=setting.load(connection)["organ_name"],
        name=NAMED[case.kind],
        part_name=PARTS[row.part],
        title=f"{PARTS[row.part]} {case.number} {case.title}",
        cover=[(name, value or "—") for name, value in _cover(connection, case, told.outcome)],
        built_by=directory.names(directory.Asking(connection), [builder])[builder],
        built_at=clock.minute(clock.now()),
        evidence=_evidence_list(connection, case, row.part),
        recordings=_recordings(connection, case) if row.part == "main" else [],
        trail=told.trail,
        trail_head=f"{last.seq} {last.hash}",
        gaps=told.lacking,
    )


def _papers(connection: Connection, case: sa.Row[Any], part: str) -> Iterator[Make]:
    papers = [row for row in document.of(connection, case.id) if row.part == part]
    for paper in sorted(papers, key=lambda row: (row.place, row.id)):
        about = paper.title, document.number_of(paper), _on(paper.issued_at)
        yield _reader(files.get(connection, paper.file_id), *about)
        if paper.proof_file_id is not None:
            proof = files.get(connection, paper.proof_file_id)
            yield _reader(proof, f"{paper.title} · {proof.name}", "", _on(proof.stored_at), foreign=True)


def _enclosed(connection: Connection, case: sa.Row[Any], part: str) -> Iterator[Make]:
    """Yield what others made: materials, evidence, and what came with a form, each file once.

    What came with the forms of officials stays in the house; an event of a grid has no party to keep it from.
    """
    given = material.files_of(connection, case.id)
    proofs = [row for row in evidence.of(connection, case.id) if row.file_id is not None]
    if part == "main":
        for file in given:
            yield _reader(file, file.name, "", _on(file.stored_at), foreign=True)
    for proof in proofs:
        if proof.sealed == (part == "secondary"):
            file, title = files.get(connection, proof.file_id), f"证据{proof.number} {proof.title}"
            yield _reader(file, title, "", _on(proof.obtained_at), foreign=True)
    if part == ("main" if case.kind == standing.GRID else "secondary"):
        seen = {file.id for file in given} | {proof.file_id for proof in proofs}
        for file in attachment.of(connection, case.id):
            if file.id not in seen:
                yield _reader(file, f"附件 {file.name}", "", _on(file.stored_at), foreign=True)


def _reader(file: sa.Row[Any], title: str, number: str, on: str, *, foreign: bool = False) -> Make:
    """Return what reads a file and compares it with its hash; a PDF that others made need not be PDF/A: no page."""
    kind = "foreign" if foreign and file.kind not in picture.KINDS else file.kind

    def make() -> binding.Sheet:
        files.verify(file)
        return binding.Sheet(title, number, on, file.sha256, kind, files.serve(file).path)

    return make


def _cover(connection: Connection, case: sa.Row[Any], outcome: str) -> Iterator[tuple[str, str]]:
    yield "案号", case.number
    yield "题名", case.title
    if case.kind != standing.GRID:
        yield "当事人" if case.kind == standing.ENFORCEMENT else "申请人", party.get(connection, case.applicant_id).name
    if case.kind == standing.ENFORCEMENT:
        yield "承办人", _officers(connection, case)
    yield "收到日期", _on(case.received_at)
    if case.kind in BEGAN:
        yield BEGAN[case.kind], _on(case.accepted_at)
        yield "决定日期", _on(case.decided_at)
    yield "办理结果", outcome
    yield "结案日期", _on(case.closed_at)
    yield "归档号", case.archive_no or "未归档"
    years = max((paper.keep_years or FOREVER for paper in document.of(connection, case.id)), default=10)
    yield "保管期限", "永久" if years == FOREVER else f"{years}年"


def _officers(connection: Connection, case: sa.Row[Any]) -> str:
    """Return those who acted, each once, with the number of the licence."""
    rows = {row.person: row.licence for row in officer.of(connection, case.id)}
    names = directory.names(directory.Asking(connection), [f"person:{person}" for person in rows])
    return "、".join(f"{names[f'person:{person}']}（{licence}）" for person, licence in rows.items())


def _evidence_list(connection: Connection, case: sa.Row[Any], part: str) -> list[dict[str, str]]:
    """Tell of the evidence of a part: what names somebody to be protected stays in the house (行政处罚法50)."""
    called = {known.code: known.name for known in kinds.every(connection)}
    takers = evidence.takers_of(connection, case.id)
    return [
        {
            "number": str(row.number),
            "title": row.title,
            "kind": called[row.kind],
            "obtained": f"{_on(row.obtained_at)} {row.place}",
            "takers": "、".join(taker.name for taker in takers.get(row.version_id, ())),
            "state": "排除" if row.excluded_at else "已核实" if row.verified_at else "未核实",
            "sha256": row.sha256,
        }
        for row in evidence.of(connection, case.id)
        if row.sealed == (part == "secondary")
    ]


def _recordings(connection: Connection, case: sa.Row[Any]) -> list[dict[str, str]]:
    """Tell of sound and pictures (行政处罚法47), which lie beside the file under their hashes."""
    return [
        {
            "title": row.title,
            "taken": f"{clock.minute(row.started_at)} 至 {clock.minute(row.ended_at)}",
            "place": f"{row.place} {row.officers}",
            "sha256": row.sha256,
        }
        for row in recording.of(connection, case.id)
    ]


def _on(moment: Any) -> str:
    return clock.day(moment).isoformat() if moment is not None else ""
