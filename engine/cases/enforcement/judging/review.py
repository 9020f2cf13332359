"""The legal review (法制审核, 行政处罚法58): bound to one draft by its hash; whatever changes afterwards voids it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline
from engine.cases.enforcement.judging import draft, investigators
from engine.cases.reading import trail
from engine.errors import N_
from engine.organisation import qualification

CHECKLIST = {
    "subject": N_("Organ and officers: competent and licensed"),
    "power": N_("Power: within the list, not out of time"),
    "procedure": N_("Procedure: lawful, nothing left out"),
    "evidence": N_("Facts: clear, evidence certain and sufficient"),
    "law": N_("Law: rightly applied"),
    "discretion": N_("Discretion: within the table, deviation with reason"),
    "documents": N_("Documents: complete and in order"),
    "crime": N_("No suspicion of a crime left aside"),
}
"""The eight points that every review answers."""
RESULTS = {"passed": N_("passed"), "supplement": N_("to be supplemented"), "disagreed": N_("disagreed")}
QUALIFICATION, PERIOD = "qualification.legal", "legal_review"

legal_review = sa.Table(
    "legal_review",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("draft_id", db.Id, sa.ForeignKey("penalty_draft.id"), nullable=False),
    sa.Column("draft_hash", db.Digest, nullable=False),
    sa.Column("result", sa.String(12), nullable=False),
    sa.Column("checklist", db.Json, nullable=False),
    sa.Column("opinion", sa.Text, nullable=False),
    sa.Column("reviewer", sa.String(80), nullable=False),
    sa.Column("reviewed_at", db.Utc, nullable=False),
    sa.CheckConstraint("result IN ('passed', 'supplement', 'disagreed')", name="result_known"),
    sa.CheckConstraint("result = 'passed' OR opinion <> ''", name="opinion_unless_passed"),
    sa.Index(None, "case_id", "id"),
    sa.Index(None, "reviewer"),
)


def review(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Review the present draft of a case.

    Parameters
    ----------
    given
        ``result``, ``checklist`` {point: {holds, note}} with all eight points, ``opinion``.

    Raises
    ------
    DraftMissing
        If there is nothing to review.
    ReviewerInvestigated, ReviewerNotQualified
        If the reviewer has investigated the case, or reviews for the first time without a legal qualification.
    ReviewChecklistIncomplete, ReviewNotPassable
        If a point is not answered, or does not hold though the review is to be passed.
    DraftIncomplete
        If the result is unknown, or no opinion says why it is not passed.
    """
    reviewed = draft.require(connection, case)
    require_reviewer(connection, actor, case)
    result, checklist = str(given.get("result") or ""), _answered(given.get("checklist") or {})
    opinion = str(given.get("opinion") or "").strip()
    if result not in RESULTS or (result != "passed" and not opinion):
        raise errors.DraftIncomplete(field="review.result" if result not in RESULTS else "review.opinion")
    failing = next((point for point, answer in checklist.items() if not answer["holds"]), None)
    if result == "passed" and failing is not None:
        raise errors.ReviewNotPassable(point=CHECKLIST[failing])
    row = connection.execute(
        sa.insert(legal_review)
        .values(
            case_id=case.id,
            draft_id=reviewed.id,
            draft_hash=reviewed.content_hash,
            result=result,
            checklist=checklist,
            opinion=opinion,
            reviewer=actor.id,
            reviewed_at=clock.now(),
        )
        .returning(legal_review)
    ).one()
    if deadline.find(connection, case, PERIOD) is not None:
        deadline.meet(connection, actor, case, PERIOD)
    details = {"review": row.id, "result": result, "draft": reviewed.version, "hash": reviewed.content_hash}
    trail.record(connection, case.number, actor, "penalty.reviewed", **details, opinion=opinion)
    return row


def require_reviewer(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Refuse whoever may not review this case.

    Raises
    ------
    ReviewerInvestigated, ReviewerNotQualified
    """
    involved = investigators.of(connection, case).intersection({actor.id, actor.on_behalf_of or actor.id})
    if involved:
        raise errors.ReviewerInvestigated(person=min(involved))
    if qualification.valid(connection, actor.id, QUALIFICATION) is None and not _has_reviewed(connection, actor.id):
        raise errors.ReviewerNotQualified(person=actor.id)


def require_passed(
    connection: Connection, case: sa.Row[Any], content: Mapping[str, Any], heard_at: Any = None
) -> sa.Row[Any]:
    """Return the passed review of just this content, given after ``heard_at``.

    Raises
    ------
    ReviewMissing
        If the case was never reviewed, or the last review did not pass.
    ReviewVoid
        If the content has changed since, with every changed field.
    ReviewBeforeHearing
        If a hearing has been held since (行政处罚法58(1)(二)).
    """
    row = last(connection, case.id)
    if row is None or row.result != "passed":
        raise errors.ReviewMissing
    if row.draft_hash != draft.hash_of(content):
        changes = draft.differences(draft.get(connection, row.draft_id).content, content)
        raise errors.ReviewVoid(changes="; ".join(map(str, changes)))
    if heard_at is not None and row.reviewed_at <= heard_at:
        raise errors.ReviewBeforeHearing
    return row


def last(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the case's last review, if it has been reviewed."""
    return next(iter(of(connection, case_id)), None)


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the reviews of a case, the last first."""
    return connection.execute(
        sa.select(legal_review).where(legal_review.c.case_id == case_id).order_by(legal_review.c.id.desc())
    ).all()


def changes_since(connection: Connection, row: sa.Row[Any], content: Mapping[str, Any]) -> list[draft.Change]:
    """Return in which fields a content differs from what a review was given on."""
    return draft.differences(draft.get(connection, row.draft_id).content, content)


def _answered(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for point, called in CHECKLIST.items():
        answer = given.get(point)
        if not isinstance(answer, Mapping) or answer.get("holds") is None:
            raise errors.ReviewChecklistIncomplete(point=called)
        found[point] = {"holds": answer["holds"] in (True, "yes"), "note": str(answer.get("note") or "").strip()}
    return found


def _has_reviewed(connection: Connection, person: str) -> bool:
    return bool(connection.scalar(sa.select(sa.exists().where(legal_review.c.reviewer == person))))
