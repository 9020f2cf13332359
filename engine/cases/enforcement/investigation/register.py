"""The register of a case as a whole: the files of its evidence and the chains of custody, each read at once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db
from engine.cases.enforcement.investigation import custody, evidence
from engine.ground import files
from engine.ground.together import Question


def files_of(connection: Connection, case_id: int) -> dict[int, sa.Row[Any]]:
    """Return the files of a case's evidence in its present versions, by their ids."""
    return {row.id: row for row in FILES_OF_CASE.all(connection, case=case_id)}


FILES_OF_CASE = Question(
    sa.select(files.stored_file)
    .join(evidence.evidence_version, evidence.evidence_version.c.file_id == files.stored_file.c.id)
    .join(evidence.evidence, evidence.evidence.c.id == evidence.evidence_version.c.evidence_id)
    .where(evidence.evidence.c.case_id == sa.bindparam("case", type_=db.Id), evidence.evidence_version.c.current),
    files.stored_file.c.id,
)


def chains_of(connection: Connection, case_id: int) -> dict[int, list[sa.Row[Any]]]:
    """Return the chains of all evidence of a case, each in order, by the evidence's id."""
    found: dict[int, list[sa.Row[Any]]] = {}
    for row in CHAINS_OF_CASE.all(connection, case=case_id):
        found.setdefault(row.evidence_id, []).append(row)
    return found


CHAINS_OF_CASE = Question(
    sa.select(custody.custody)
    .join(evidence.evidence, evidence.evidence.c.id == custody.custody.c.evidence_id)
    .where(evidence.evidence.c.case_id == sa.bindparam("case", type_=db.Id)),
    custody.custody.c.evidence_id,
    custody.custody.c.seq,
)
