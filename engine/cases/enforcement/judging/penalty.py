"""The decision on a penalty (行政处罚法57): what must have happened before it may be made, and what it must say.

Everything is asked here, of the database and of the content that is to be decided, whatever a diagram or a form let
through: notice and plea (44, 45, 62), hearing (63), review of just this draft (58), collective discussion (57(2)), the
six contents (59), ninety days (60), no second fine for the same act (29).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, errors
from engine.cases import case as cases
from engine.cases import deadline, decision
from engine.cases.clocks import period, setting, supervision
from engine.cases.enforcement import lead, on_the_spot
from engine.cases.enforcement.investigation import seizure, transfer
from engine.cases.enforcement.judging import (
    collective,
    draft,
    fine_elsewhere,
    hearing,
    no_penalty,
    notification,
    plea,
    recheck,
    review,
)
from engine.cases.people import party
from engine.cases.reading import trail

OUTCOMES = {
    "penalty": "penalised",
    "no_penalty": "not_penalised",
    "not_established": "not_established",
    "transfer": "transferred",
}
"""The four decisions of art. 57(1) and the case's outcome that each leads to."""
PERIOD = "cf_decision"
"""Ninety days since the case was filed."""

penalty_decision = sa.Table(
    "penalty_decision",
    db.metadata,
    sa.Column("decision_id", db.Id, sa.ForeignKey("case_decision.id"), primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("draft_id", db.Id, sa.ForeignKey("penalty_draft.id"), nullable=False),
    sa.Column("draft_hash", db.Digest, nullable=False),
    sa.Column("notice_id", db.Id, sa.ForeignKey("penalty_notice.id")),
    sa.Column("review_id", db.Id, sa.ForeignKey("legal_review.id")),
    sa.Column("discussion_id", db.Id, sa.ForeignKey("collective_discussion.id")),
    sa.Column("fine", sa.BigInteger, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("overdue_reason", sa.Text, nullable=False),
    sa.CheckConstraint("fine >= 0", name="fine_counted"),
    sa.CheckConstraint("fine = 0 OR notice_id IS NOT NULL", name="fine_after_notice"),
    sa.Index(None, "case_id"),
)
"""What a row of ``case_decision`` rests on; ``due_on`` is the last of the ninety days, or what a law allows beyond."""


@dataclass(frozen=True)
class Wanted:
    """What is to be decided.

    ``suspected``: suspicion of a crime stands. ``review_required`` and ``collective_required`` are what the tables say;
    where they say nothing, both are. ``extension`` {basis, until} names a law, regulation or rule that allows more than
    ninety days.
    """

    result: str
    reason: str
    content: Mapping[str, Any]
    performance: str = ""
    remedies: str = ""
    education: str = ""
    grounds: Sequence[Mapping[str, Any]] = ()
    review_required: bool = True
    collective_required: bool = True
    suspected: bool = False
    overdue_reason: str = ""
    extension: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class _Based:
    """The rows a decision rests on."""

    notice_id: int | None = None
    review_id: int | None = None
    discussion_id: int | None = None


def decide(connection: Connection, actor: audit.Actor, case: sa.Row[Any], wanted: Wanted) -> sa.Row[Any]:
    """Make the decision and return its row of ``case_decision``.

    Raises
    ------
    PenaltyResultUnknown, PenaltyDecided, DraftMissing, PenaltyInsteadOfTransfer, SuspicionStands
        If there is nothing to decide like this, or suspicion of a crime stands (移送规定11(1)).
    NoticeMissing, PleaPeriodOpen, PleaUnheard, HearingPending, PenaltyHeavierAfterPlea, NoticeOutdated
        If the party was not told and heard as art. 44, 45, 62, 63 demand.
    ReviewMissing, ReviewVoid, ReviewBeforeHearing
        If the review is missing, or is one of something else.
    CollectiveMissing, CollectiveOther
        If the heads have not agreed on this penalty.
    PenaltyContentMissing, NoPenaltyWithoutGround, NoPenaltyWithoutEducation
        If the decision does not say what it must.
    PenaltySecondFine
        If a fine was imposed for this act already, by the town, on the spot too, or by another organ.
    PenaltyOverdue
        If the ninety days are over and neither a reason nor a law is given.
    """
    if wanted.result not in OUTCOMES:
        raise errors.PenaltyResultUnknown(result=wanted.result, results=", ".join(OUTCOMES))
    if decision.effective(connection, case.id) is not None:
        raise errors.PenaltyDecided(number=case.number)
    if wanted.result != "transfer":
        transfer.require_no_suspicion(connection, case)
        if wanted.suspected:
            raise errors.PenaltyInsteadOfTransfer
    present, based = draft.require(connection, case), _Based()
    if wanted.result == "penalty":
        based.notice_id = _require_told_and_heard(connection, case)
    _require_reviewed(connection, case, wanted, present, based)
    if wanted.result == "penalty":
        recheck.require_told(connection, case, wanted.content)
    if wanted.collective_required or present.discretion.get("collective_required"):
        based.discussion_id = collective.require(connection, case, wanted.content).id
    _require_contents(connection, case, wanted)
    due_on = _require_in_time(connection, case, wanted)
    seizure.decided(connection, actor, case)
    return _write(connection, actor, case, wanted, based, draft.require(connection, case), due_on)


def due_on(connection: Connection, case: sa.Row[Any]) -> date:
    """Return the last of the ninety days since the case was filed (行政处罚法60; setting ``roll_organ``)."""
    running = deadline.find(connection, case, PERIOD)
    if running is not None and running.due_on is not None:
        return running.due_on  # type: ignore[no-any-return]  # a column of dates
    known, values = period.get(PERIOD), setting.load(connection)
    length, used = period.length_of(known, values, case.item), period.readings(known, values)
    calendar, filed_at = calendars.load(connection), case.accepted_at or case.received_at
    return period.compute(calendar, known, length, filed_at, used).day or clock.today()


def of(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return what the decision in force rests on, with its result and day; None before it is made."""
    made = decision.decision.c
    return connection.execute(
        sa.select(penalty_decision, made.result, made.reasons, made.decided_by, made.decided_at)
        .join(decision.decision, made.id == penalty_decision.c.decision_id)
        .where(penalty_decision.c.case_id == case_id, made.effective)
    ).one_or_none()


def like(connection: Connection, case: sa.Row[Any], power: str, step: str, limit: int = 10) -> Sequence[Any]:
    """Return the latest fines for the same power on the same step, other cases only: ``number, fine, decided_at``."""
    made, found = decision.decision.c, sa.type_coerce(draft.penalty_draft.c.discretion, sa.Text)
    alike = (
        found.contains(f'"{name}":"{value}"', autoescape=True) for name, value in (("power", power), ("step", step))
    )
    return connection.execute(
        sa.select(cases.case_file.c.number, penalty_decision.c.fine, made.decided_at)
        .join(cases.case_file, cases.case_file.c.id == penalty_decision.c.case_id)
        .join(decision.decision, made.id == penalty_decision.c.decision_id)
        .join(draft.penalty_draft, draft.penalty_draft.c.id == penalty_decision.c.draft_id)
        .where(made.effective, penalty_decision.c.fine > 0, penalty_decision.c.case_id != case.id, *alike)
        .order_by(made.id.desc())
        .limit(limit)
    ).all()


def _require_told_and_heard(connection: Connection, case: sa.Row[Any]) -> int:
    """Art. 44, 45, 62, 63: told, the time run out, every plea heard, every hearing over; return the notice."""
    notice_id: int = notification.require_over(connection, case).id
    plea.require_heard(connection, case)
    hearing.require_done(connection, case)
    return notice_id


def _require_reviewed(
    connection: Connection, case: sa.Row[Any], wanted: Wanted, present: sa.Row[Any], based: _Based
) -> None:
    """Art. 58: a hearing makes a review necessary whatever a table says, and one after it."""
    heard_at = hearing.require_done(connection, case)
    required = wanted.review_required or heard_at is not None or present.discretion.get("review_required")
    known = review.last(connection, case.id)
    if required:
        based.review_id = review.require_passed(connection, case, wanted.content, heard_at).id
    elif known is not None and known.result == "passed" and known.draft_hash != draft.hash_of(wanted.content):
        changes = review.changes_since(connection, known, wanted.content)
        raise errors.ReviewVoid(changes="; ".join(map(str, changes)))
    if draft.hash_of(wanted.content) != present.content_hash:
        changes = draft.differences(present.content, wanted.content)
        raise errors.ReviewVoid(changes="; ".join(map(str, changes)))


def _require_contents(connection: Connection, case: sa.Row[Any], wanted: Wanted) -> None:
    if not wanted.reason.strip():
        raise errors.PenaltyContentMissing(field="decision.reason")
    if wanted.result == "no_penalty":
        no_penalty.require(connection, case, wanted.grounds, wanted.education)
    if wanted.result != "penalty":
        return
    about, content = party.get(connection, case.applicant_id), wanted.content
    six = {
        "party.name": about.name,
        "party.address": about.address,
        "act.facts": content["facts"]["facts"],
        "evidence": content["evidence"],
        "penalty.kinds": content["penalty"],
        "item.basis": content["clauses"]["basis"],
        "decision.performance": wanted.performance.strip(),
        "decision.remedies": wanted.remedies.strip(),
        "organ.name": setting.load(connection)["organ_name"],
    }
    missing = next((name for name, value in six.items() if not value), None)
    if missing:
        raise errors.PenaltyContentMissing(field=missing)
    if draft.fine_of(content):
        _refuse_second_fine(connection, case, content)


def _refuse_second_fine(connection: Connection, case: sa.Row[Any], content: Mapping[str, Any]) -> None:
    """Art. 29: a fine in force for the same party, day and place of the act, also on the spot or by another organ."""
    fine_elsewhere.require_none(connection, case)
    act = content["facts"]["date"], content["facts"]["place"]
    for number, *fined in (*_fined(connection, case), *_fined_on_the_spot(connection, case)):
        if tuple(fined) == act:
            raise errors.PenaltySecondFine(number=number)


def _fined(connection: Connection, case: sa.Row[Any]) -> Iterator[tuple[str, str, str]]:
    """Yield number, day and place of what the party was fined for in the ordinary procedure."""
    rows = connection.execute(
        sa.select(cases.case_file.c.number, draft.penalty_draft.c.content)
        .join(penalty_decision, penalty_decision.c.case_id == cases.case_file.c.id)
        .join(decision.decision, decision.decision.c.id == penalty_decision.c.decision_id)
        .join(draft.penalty_draft, draft.penalty_draft.c.id == penalty_decision.c.draft_id)
        .where(penalty_decision.c.fine > 0, *_of_party(connection, case))
    )
    yield from ((row.number, row.content["facts"]["date"], row.content["facts"]["place"]) for row in rows)


def _fined_on_the_spot(connection: Connection, case: sa.Row[Any]) -> Iterator[tuple[str, str, str]]:
    """Yield number, day and place of what the party was fined for on the spot."""
    spot = on_the_spot.spot_penalty.c
    rows = connection.execute(
        sa.select(cases.case_file.c.number, lead.lead.c.act_on, lead.lead.c.place)
        .join(on_the_spot.spot_penalty, spot.case_id == cases.case_file.c.id)
        .join(decision.decision, decision.decision.c.id == spot.decision_id)
        .join(lead.lead, lead.lead.c.case_id == cases.case_file.c.id)
        .where(spot.fine > 0, lead.lead.c.act_on.is_not(None), *_of_party(connection, case))
    )
    yield from ((row.number, row.act_on.isoformat(), row.place) for row in rows)


def _of_party(connection: Connection, case: sa.Row[Any]) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what holds of the other cases of the same party whose decision is in force."""
    same = sa.select(party.party.c.id).where(party.same(party.get(connection, case.applicant_id)))
    table = cases.case_file.c
    return decision.decision.c.effective, table.id != case.id, table.applicant_id.in_(same)


def _require_in_time(connection: Connection, case: sa.Row[Any], wanted: Wanted) -> date:
    last = due_on(connection, case)
    basis, until = str(wanted.extension.get("basis") or "").strip(), wanted.extension.get("until")
    if basis and until:
        last = max(last, date.fromisoformat(str(until)))
    if clock.today() > last and not wanted.overdue_reason.strip():
        raise errors.PenaltyOverdue(due_on=last)
    return last


def _write(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    wanted: Wanted,
    based: _Based,
    present: sa.Row[Any],
    last: date,
) -> sa.Row[Any]:
    given = {
        "result": OUTCOMES[wanted.result],
        "reasons": wanted.reason,
        "basis": wanted.content["clauses"]["basis"],
        "remedies": wanted.remedies,
        "conditions": wanted.education,
    }
    made = decision.write(connection, actor, case, given)
    notification.end_periods(connection, actor, case)
    if deadline.find(connection, case, PERIOD) is not None:
        deadline.meet(connection, actor, case, PERIOD)
    late = clock.today() > last
    connection.execute(
        sa.insert(penalty_decision).values(
            decision_id=made.id,
            case_id=case.id,
            draft_id=present.id,
            draft_hash=present.content_hash,
            fine=draft.fine_of(present.content) if wanted.result == "penalty" else 0,
            due_on=last,
            overdue_reason=wanted.overdue_reason.strip() if late else "",
            **vars(based),
        )
    )
    if late:
        why, target = wanted.overdue_reason.strip(), setting.load(connection)["supervise_overdue"]
        supervision.open_(connection, actor, case, level="supervise", target=target, reason="person", text=why)
    trail.record(
        connection, case.number, actor, "penalty.decided", decision=made.id, result=wanted.result,
        draft=present.version, hash=present.content_hash, due_on=last.isoformat(), overdue=late,
        grounds=[str(ground.get("id")) for ground in wanted.grounds], **vars(based),
    )  # fmt: skip
    return made
