"""Who may read a file: whoever sees a case in which it lies, or has stored it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors
from engine.cases import case as cases
from engine.cases.docket import docket
from engine.cases.enforcement.investigation import act, evidence, recording
from engine.cases.papers import attachment, document, material, word_copy
from engine.cases.people import access, expert_draw
from engine.ground import files


def require(connection: Connection, person: access.Reader, file_id: int) -> sa.Row[Any]:
    """Return a file that lies in a case the person sees, or that the person has stored for any but a barred one.

    Raises
    ------
    FileMissing
        If there is none or it is not the person's to read.
    """
    row = files.get(connection, file_id)
    opens = access.allowed(person, "exclude")
    holds = cases.case_file.c.id.in_(_holding(file_id, sealed=opens))
    if row.stored_by == person.id:
        barred = cases.case_file.c.number.in_(sorted(person.barred))
        if not person.barred or not connection.scalar(sa.select(sa.exists().where(holds, barred))):
            return row
    seen = sa.or_(sa.exists().where(holds, access.visible_cases(person)), expert_draw.shown_to(person.id, file_id))
    if not connection.scalar(sa.select(seen)):
        raise errors.FileMissing
    return row


def _holding(file_id: int, *, sealed: bool) -> sa.CompoundSelect[Any]:
    """Return the query of the cases in which a file lies, ``sealed`` evidence only for those who may open it."""
    in_documents = sa.select(document.document.c.case_id).where(
        sa.or_(document.document.c.file_id == file_id, document.document.c.proof_file_id == file_id)
    )
    in_materials = (
        sa.select(material.material.c.case_id)
        .join(material.material_file, material.material_file.c.material_id == material.material.c.id)
        .where(material.material_file.c.file_id == file_id)
    )
    attached = sa.select(attachment.attachment.c.case_id).where(attachment.attachment.c.file_id == file_id)
    proofs = evidence.evidence_version.c
    in_evidence = (
        sa.select(evidence.evidence.c.case_id)
        .join(evidence.evidence_version, proofs.evidence_id == evidence.evidence.c.id)
        .where(proofs.file_id == file_id, sa.true() if sealed else proofs.sealed.is_(False))
    )
    recorded = sa.select(act.investigative_act.c.case_id).where(act.investigative_act.c.recording_file_id == file_id)
    shown = recording.case_recording.c
    seen = sa.select(shown.case_id).where(shown.file_id == file_id)
    bound = sa.select(docket.docket.c.case_id).where(docket.docket.c.file_id == file_id)
    in_word = sa.select(word_copy.word_copy.c.case_id).where(word_copy.word_copy.c.file_id == file_id)
    return sa.union_all(in_documents, in_word, in_materials, attached, in_evidence, recorded, seen, bound)
