"""Publicity: decisions that everybody may read (行政许可法40, 行政处罚法48), masked, taken back with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, jobs
from engine.cases import decision as decisions
from engine.cases import given_day, remedy
from engine.cases.clocks import setting
from engine.cases.people import identity, party
from engine.cases.reading import trail
from engine.ground.together import Question

PENALTY, WITHDRAWN = "penalty", "withdrawn"
OVER = "unpublish"
"""The job that takes down what has been public for its time."""
CORRECTABLE = ("applicant", "item", "decision_no", "penalty", "organ", "basis", "decided_on")
"""What may be corrected of the words of a published penalty, besides its last day (45号令4, 12, 13)."""
KINDS = ("granted", "refused", "notice", PENALTY)
_TITLE = 300

publicity = sa.Table(
    "publicity",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("decision_id", db.Id, sa.ForeignKey("case_decision.id")),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("title", sa.String(_TITLE), nullable=False),
    sa.Column("content", db.Json, nullable=False),
    sa.Column("published_at", db.Utc, nullable=False),
    sa.Column("until_on", sa.Date),
    sa.Column("withdrawn_at", db.Utc),
    sa.Column("withdrawn_reason", sa.Text),
    sa.Column("ended_at", db.Utc),
    sa.Column("corrected_at", db.Utc),
    sa.CheckConstraint(f"kind IN {KINDS}", name="kind_known"),
    sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_with_reason"),
    sa.CheckConstraint("ended_at IS NULL OR until_on IS NOT NULL", name="ended_with_its_time"),
    sa.CheckConstraint("corrected_at IS NULL OR corrected_at >= published_at", name="corrected_after_published"),
    sa.Index(None, "published_at"),
    sa.Index(None, "case_id"),
)


def publish(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    *,
    kind: str = "",
    days: int | None = None,
    until_on: date | None = None,
    summary: Mapping[str, Any] | None = None,
) -> sa.Row[Any] | None:
    """Publish the case's decision or a notice; a refusal only where setting ``publish_refusal`` allows it.

    Publishing the same decision again returns what is public already. A notice names the item and stands open for
    whoever is concerned; it needs no decision. ``summary`` is what else may be read of it.

    Raises
    ------
    DecisionIncomplete
        If there is no decision to publish.
    """
    made = decisions.effective(connection, case.id)
    kind = kind or (made.result if made is not None and made.result in KINDS else "notice")
    if kind != "notice" and made is None:
        raise errors.DecisionIncomplete(field="result")
    if kind == "refused" and setting.load(connection)["publish_refusal"] != "yes":
        trail.record(connection, case.number, actor, "publicity.not_published", kind=kind, setting="publish_refusal")
        return None
    said = made if kind != "notice" else None
    public = _public(connection, case.id, kind, said.id if said is not None else None)
    if public is not None:
        return public
    until = until_on or (clock.today() + timedelta(days=days) if days else None)
    row = _write(connection, case, said, summary or {}, kind=kind, until_on=until)
    trail.record(connection, case.number, actor, "publicity.published", publicity=row.id, content=row.content)
    if until is not None:
        _take_down_after(connection, until)
    return row


def _write(
    connection: Connection, case: sa.Row[Any], made: sa.Row[Any] | None, summary: Mapping[str, Any], **values: Any
) -> sa.Row[Any]:
    applicant = party.get(connection, case.applicant_id)
    query = sa.insert(publicity).values(
        case_id=case.id,
        decision_id=made.id if made is not None else None,
        title=_title(party.public_name(applicant), case.item_name),
        content={**_content(case, applicant, made), **summary},
        published_at=clock.now(),
        **values,
    )
    return connection.execute(query.returning(publicity)).one()


def take_down(connection: Connection, actor: audit.Actor = audit.SYSTEM) -> int:
    """Take down what has been public for its time, also of closed and archived cases; return how many (45号令13).

    What was withdrawn is no decision any more that is public: its reason stays where it stands.
    """
    over = (publicity.c.until_on < clock.today(), publicity.c.ended_at.is_(None), publicity.c.withdrawn_at.is_(None))
    ended = sa.update(publicity).where(*over).values(ended_at=clock.now()).returning(publicity)
    rows = connection.execute(ended).all()
    for row in rows:
        number = str(row.content["number"])
        trail.record(connection, number, actor, "publicity.ended", publicity=row.id, until=row.until_on.isoformat())
    return len(rows)


def end_early(connection: Connection, actor: audit.Actor, case: sa.Row[Any], publicity_id: int) -> sa.Row[Any]:
    """End a publication before its time: from this moment nobody reads it any more (45号令14).

    Raises
    ------
    PublicityUnknown
        If it is public no more, or of another case.
    """
    row = _require_shown(connection, case, publicity_id)
    values = {"ended_at": clock.now(), "until_on": row.until_on or clock.today()}
    ended = _change(connection, row, **values)
    until = ended.until_on.isoformat()
    trail.record(connection, case.number, actor, "publicity.ended_early", publicity=row.id, until=until)
    return ended


def correct(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    publicity_id: int,
    *,
    record: Mapping[str, Any],
    reason: str,
) -> sa.Row[Any]:
    """Put what is wrong in a publication right at once (45号令12); the trail keeps what it said before and says now.

    Parameters
    ----------
    record
        The right words by :data:`CORRECTABLE` and ``until_on``, the right last day; what is not there or empty stays.
        One whose right last day is over is taken down; one that was taken down on a wrong day, too early, is public
        again until the right one (45号令13).

    Raises
    ------
    PublicityUnknown
        If it was taken back or ended early, or is of another case.
    PublicityOver
        If it is public no more, and its right last day is over too.
    DecisionIncomplete
        If no reason is given.
    CorrectionEmpty
        If nothing would change.
    """
    if not reason.strip():
        raise errors.DecisionIncomplete(field="reason")
    asked = _penalty(case.id).where(publicity.c.id == publicity_id).with_for_update()
    row = connection.execute(asked).one_or_none()
    if row is None or _ended_early(row):
        raise errors.PublicityUnknown(publicity_id=publicity_id)
    given = {name: str(record.get(name) or "").strip() for name in CORRECTABLE}
    after = {name: _fit(connection, case, name, text) for name, text in given.items() if text}
    changed = {name: text for name, text in after.items() if text != row.content.get(name)}
    until = last_day(record) or row.until_on
    if not changed and until == row.until_on:
        raise errors.CorrectionEmpty
    again = over(row)
    if again and until < clock.today():
        raise errors.PublicityOver(day=row.until_on)
    content = {**row.content, **changed}
    title = _title(content["applicant"], content["item"])
    values = {"content": content, "title": title, "until_on": until, **({"ended_at": None} if again else {})}
    corrected = _change(connection, row, **values, corrected_at=clock.now())
    if until != row.until_on:
        changed["until_on"] = until.isoformat()
        _take_down_after(connection, until)
    before = {name: said(row)[name] for name in changed}
    facts = {"publicity": row.id, "before": before, "after": changed, "reason": reason.strip()}
    trail.record(connection, case.number, actor, "publicity.corrected", **facts)
    if again:
        shown = {"publicity": row.id, "until": until.isoformat()}
        trail.record(connection, case.number, actor, "publicity.shown_again", **shown)
    return corrected


def said(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what may be corrected of a publication, as it stands: :data:`CORRECTABLE` and its last day."""
    words = {name: row.content.get(name) for name in CORRECTABLE}
    return {**words, "until_on": row.until_on.isoformat() if row.until_on else None}


def last_day(record: Mapping[str, Any]) -> date | None:
    """Return the right last day of a publication as it is given, an ISO day; None where it stays."""
    return given_day.read(record.get("until_on"))


def _title(who: str, item: str) -> str:
    return f"{who} {item}"[:_TITLE]


def _take_down_after(connection: Connection, until: date) -> None:
    jobs.add(connection, OVER, clock.midnight(until + timedelta(days=1)), {})


def _fit(connection: Connection, case: sa.Row[Any], name: str, text: str) -> str:
    """Return a corrected word as everybody may read it: no number of a person, a person by the family name only."""
    known = party.get(connection, case.applicant_id)
    text = party.public_text(known, text)
    if name == "applicant" and party.public_name(known) != known.name:
        return identity.masked_name(text)
    return date.fromisoformat(text[:10]).isoformat() if name == "decided_on" else text


@jobs.runs(OVER)
def _over(connection: Connection, _job: sa.Row[Any]) -> None:
    take_down(connection)


def withdraw(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    publicity_id: int,
    *,
    reason: str,
    state_again: bool = False,
) -> sa.Row[Any]:
    """Take a publication back and say why; ``state_again`` shows the reason although its time was over.

    Raises
    ------
    PublicityUnknown
        If it is not public, or of another case.
    DecisionIncomplete
        If no reason is given.
    PublicityStands
        If it is a penalty that no reconsideration or court has changed, annulled or found unlawful or void.
    """
    if not reason.strip():
        raise errors.DecisionIncomplete(field="reason")
    about = (publicity.c.id == publicity_id, publicity.c.case_id == case.id, publicity.c.withdrawn_at.is_(None))
    kind = connection.scalar(sa.select(publicity.c.kind).where(*about))
    if kind == PENALTY and not remedy.undone(connection, case.id):
        raise errors.PublicityStands
    until = {"until_on": None, "ended_at": None} if state_again else {}
    told = party.public_text(party.get(connection, case.applicant_id), reason)
    row = connection.execute(
        sa.update(publicity)
        .where(*about)
        .values(withdrawn_at=clock.now(), withdrawn_reason=told, **until)
        .returning(publicity)
    ).one_or_none()
    if row is None:
        raise errors.PublicityUnknown(publicity_id=publicity_id)
    trail.record(connection, case.number, actor, "publicity.withdrawn", publicity=row.id, reason=reason)
    return row


def public(
    connection: Connection,
    *,
    text: str = "",
    kind: str = "",
    before: int | None = None,
    limit: int = 20,
    called: Mapping[str, str] | None = None,
) -> Sequence[sa.Row[Any]]:
    """Return a page of what is public today, newest first: what is in force, or why something was withdrawn.

    Parameters
    ----------
    kind
        One of :data:`KINDS`, or ``withdrawn`` for what was taken back, each with its reason (行政处罚法48(2)).
    called
        What matters are called in the reader's language by their names, so that both are found.
    """
    wanted = [_today(), *(_named(word, called or {}) for word in text.split())]
    back = publicity.c.withdrawn_at.is_not(None)
    wanted.append(back if kind == WITHDRAWN else sa.not_(back))
    if kind and kind != WITHDRAWN:
        wanted.append(publicity.c.kind == kind)
    if before is not None:
        wanted.append(publicity.c.id < before)
    return connection.execute(sa.select(publicity).where(*wanted).order_by(publicity.c.id.desc()).limit(limit)).all()


def _named(word: str, called: Mapping[str, str]) -> sa.ColumnElement[bool]:
    """Return the condition that a title has the word, or is of a matter whose other name has it."""
    meant = [name for name, other in called.items() if word.casefold() in other.casefold()]
    title = publicity.c.title
    return sa.or_(title.icontains(word, autoescape=True), *(title.endswith(name, autoescape=True) for name in meant))


def get_public(connection: Connection, publicity_id: int) -> sa.Row[Any]:
    """Return a publication that everybody may read today.

    Raises
    ------
    PublicityUnknown
        If there is none, or its time is over.
    """
    wanted = sa.select(publicity).where(publicity.c.id == publicity_id, _today())
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise errors.PublicityUnknown(publicity_id=publicity_id)
    return row


def _today() -> sa.ColumnElement[bool]:
    in_time = sa.or_(publicity.c.until_on.is_(None), publicity.c.until_on >= clock.today())
    return sa.and_(publicity.c.ended_at.is_(None), in_time)


def get(connection: Connection, publicity_id: int) -> sa.Row[Any]:
    """Return a publication, public or not."""
    return connection.execute(sa.select(publicity).where(publicity.c.id == publicity_id)).one()


def standing_penalty(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the penalty of a case that is public today and was not taken back."""
    return next((row for row in _penalties(connection, case_id) if not over(row)), None)


def correctable(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the penalty of a case that a correction may be about: public, or taken down because its time was over.

    What was taken back (行政处罚法48(2)) or ended early by a decision (45号令14) comes back by no correction.
    """
    row = next(iter(_penalties(connection, case_id)), None)
    return None if row is None or _ended_early(row) else row


def _penalties(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the penalties of a case that were published and not taken back."""
    return PENALTIES_OF_CASE.all(connection, case=case_id)


def _penalty(case_id: int | sa.ColumnElement[int]) -> sa.Select[Any]:
    about = (publicity.c.case_id == case_id, publicity.c.kind == PENALTY, publicity.c.withdrawn_at.is_(None))
    return sa.select(publicity).where(*about)


PENALTIES_OF_CASE = Question(_penalty(sa.bindparam("case", type_=db.Id)), publicity.c.id)


def _ended_early(row: sa.Row[Any]) -> bool:
    return row.ended_at is not None and clock.day(row.ended_at) <= row.until_on


def over(row: sa.Row[Any]) -> bool:
    """Tell whether the time of a publication is over, so that nobody reads it any more."""
    return row.ended_at is not None or (row.until_on is not None and row.until_on < clock.today())


def _require_shown(connection: Connection, case: sa.Row[Any], publicity_id: int) -> sa.Row[Any]:
    about = (publicity.c.id == publicity_id, publicity.c.case_id == case.id, publicity.c.withdrawn_at.is_(None))
    row = connection.execute(sa.select(publicity).where(*about, _today()).with_for_update()).one_or_none()
    if row is None:
        raise errors.PublicityUnknown(publicity_id=publicity_id)
    return row


def _change(connection: Connection, row: sa.Row[Any], **values: Any) -> sa.Row[Any]:
    changed = sa.update(publicity).where(publicity.c.id == row.id).values(**values).returning(publicity)
    return connection.execute(changed).one()


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the case's publications."""
    return connection.execute(sa.select(publicity).where(publicity.c.case_id == case_id).order_by(publicity.c.id)).all()


def _public(connection: Connection, case_id: int, kind: str, decision_id: int | None) -> sa.Row[Any] | None:
    return connection.execute(
        sa.select(publicity).where(
            publicity.c.case_id == case_id,
            publicity.c.kind == kind,
            publicity.c.decision_id == decision_id if decision_id else publicity.c.decision_id.is_(None),
            publicity.c.withdrawn_at.is_(None),
        )
    ).first()


def _content(case: sa.Row[Any], applicant: sa.Row[Any], made: sa.Row[Any] | None) -> dict[str, Any]:
    content = {
        "number": case.number,
        "item": case.item_name,
        "applicant": party.public_name(applicant),
        "applicant_number": party.shown(applicant)["id_masked"],
    }
    if made is not None:
        content |= {
            "result": made.result,
            "basis": made.basis,
            "decided_on": clock.day(made.decided_at).isoformat(),
            "valid_until": made.valid_until.isoformat() if made.valid_until else None,
        }
    return content
