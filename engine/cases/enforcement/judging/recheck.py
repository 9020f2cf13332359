"""The recheck (复核, 行政处罚法45): what the party said is weighed, and nothing becomes heavier because it was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.enforcement.judging import draft, hearing, notification, plea
from engine.cases.reading import trail
from engine.errors import N_

RESULTS = {
    "unchanged": N_("as it was told"),
    "lighter": N_("lighter than it was told"),
    "new_notice": N_("something new: to be told anew"),
    "dropped": N_("no penalty"),
}

penalty_recheck = sa.Table(
    "penalty_recheck",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("notice_id", db.Id, sa.ForeignKey("penalty_notice.id"), nullable=False),
    sa.Column("draft_id", db.Id, sa.ForeignKey("penalty_draft.id"), nullable=False),
    sa.Column("result", sa.String(12), nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("rechecked_by", sa.String(80), nullable=False),
    sa.Column("rechecked_at", db.Utc, nullable=False),
    sa.CheckConstraint("result IN ('unchanged', 'lighter', 'new_notice', 'dropped')", name="result_known"),
    sa.CheckConstraint("reasons <> ''", name="reasons_given"),
    sa.Index(None, "case_id", "id"),
)


def recheck(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Weigh what the party said against the present draft; every open plea of the case has then been heard.

    Parameters
    ----------
    given
        ``result`` of :data:`RESULTS` and ``reasons``.

    Raises
    ------
    NoticeMissing, DraftMissing
        If there is nothing to compare.
    HearingPending
        If a hearing asked for in time has not been held.
    PenaltyHeavierAfterPlea
        If the draft is heavier in kind or amount without a new fact, piece of evidence or clause.
    NoticeOutdated
        If clauses or facts are new and the result does not say that they are told anew.
    RecheckContradicts
        If the draft is not what the result says.
    DraftIncomplete
        If result or reasons are missing.
    """
    notice, present = notification.require(connection, case), draft.require(connection, case)
    hearing.require_done(connection, case)
    result, reasons = str(given.get("result") or ""), str(given.get("reasons") or "").strip()
    if result not in RESULTS or not reasons:
        raise errors.DraftIncomplete(field="recheck.reasons" if result in RESULTS else "recheck.result")
    told = draft.get(connection, notice.draft_id).content
    _compare(told, present.content, result)
    row = connection.execute(
        sa.insert(penalty_recheck)
        .values(
            case_id=case.id,
            notice_id=notice.id,
            draft_id=present.id,
            result=result,
            reasons=reasons,
            rechecked_by=actor.id,
            rechecked_at=clock.now(),
        )
        .returning(penalty_recheck)
    ).one()
    heard = plea.hear(connection, case.id)
    changes = [str(change) for change in draft.differences(told, present.content)]
    trail.record(
        connection, case.number, actor, "penalty.rechecked", recheck=row.id, result=result, reasons=reasons,
        pleas=heard, changes=changes, draft=present.version,
    )  # fmt: skip
    return row


def last(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the case's last recheck, if there was one."""
    return connection.execute(
        sa.select(penalty_recheck)
        .where(penalty_recheck.c.case_id == case_id)
        .order_by(penalty_recheck.c.id.desc())
        .limit(1)
    ).one_or_none()


def require_told(connection: Connection, case: sa.Row[Any], content: Mapping[str, Any]) -> None:
    """Refuse a content that the notice in force does not cover: the same, or made lighter by a recheck.

    Raises
    ------
    NoticeMissing
        If the party was told nothing.
    PenaltyHeavierAfterPlea
        If it is heavier than what was told.
    NoticeOutdated
        If clauses or facts are others and no recheck made it lighter.
    """
    notice = notification.require(connection, case)
    told = draft.get(connection, notice.draft_id).content
    _refuse_heavier(told, content)
    new = _new(told, content)
    checked = last(connection, case.id)
    eased = checked is not None and checked.notice_id == notice.id and checked.result in ("lighter", "dropped")
    if new and not (eased and draft.lighter(told, content) and told["clauses"] == content["clauses"]):
        raise errors.NoticeOutdated(changes=_said(new))


def is_told(connection: Connection, case: sa.Row[Any], content: Mapping[str, Any]) -> bool:
    """Tell whether the notice in force covers a content; see :func:`require_told`."""
    try:
        require_told(connection, case, content)
    except errors.LawForbids:
        return False
    return True


def _compare(told: Mapping[str, Any], present: Mapping[str, Any], result: str) -> None:
    new, changes = _new(told, present), draft.differences(told, present)
    if result == "new_notice":
        if not new:
            _refuse_heavier(told, present)
            raise errors.RecheckContradicts(result=result, changes="—")
        return
    _refuse_heavier(told, present)
    if result == "dropped":
        if present["penalty"]:
            raise errors.RecheckContradicts(result=result, changes=_said(changes))
        return
    if told["clauses"] != present["clauses"]:
        raise errors.NoticeOutdated(changes=_said(new))
    if result == "lighter" and not draft.lighter(told, present):
        raise errors.RecheckContradicts(result=result, changes=_said(changes))
    if result == "unchanged" and told["penalty"] != present["penalty"]:
        raise errors.RecheckContradicts(result=result, changes=_said(changes))
    if result == "unchanged" and told["facts"] != present["facts"]:
        raise errors.NoticeOutdated(changes=_said(new))


def _new(told: Mapping[str, Any], present: Mapping[str, Any]) -> list[draft.Change]:
    """Return what the party was not told: other facts and clauses; a piece of evidence alone is no new fact."""
    changes = draft.differences(told, present)
    return [change for change in changes if change.field.startswith(("act.", "item."))]


def _refuse_heavier(told: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    heavier = draft.heavier(told, present)
    if heavier:
        raise errors.PenaltyHeavierAfterPlea(changes=_said(heavier))


def _said(changes: list[draft.Change]) -> str:
    return "; ".join(map(str, changes)) or "—"
