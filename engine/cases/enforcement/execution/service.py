"""Serving a decision (行政处罚法61; 民事诉讼法87–95): which mode is open, what proves it, and when it takes effect.

The seven working days are for starting the right mode; a public notice could not end in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock, db, errors
from engine.cases import deadline, given_day
from engine.cases.clocks import setting
from engine.cases.papers import document
from engine.cases.people import party
from engine.cases.reading import trail
from engine.errors import N_

PERIOD = "cf_service"
MODES = ("direct", "left", "entrusted", "mail", "electronic", "public")
DIFFICULT = ("entrusted", "mail")
"""Only where handing over directly is difficult (民事诉讼法91)."""
RECEIVERS = {
    "person": {
        "party": N_("the party"),
        "family": N_("an adult of the family who lives there"),
        "agent": N_("the agent"),
        "appointed": N_("whom the party has named to receive"),
    },
    "organisation": {
        "representative": N_("the legal representative or head"),
        "clerk": N_("whoever takes in its mail"),
        "agent": N_("the agent"),
        "appointed": N_("whom the party has named to receive"),
    },
}
"""Who may sign for a party of each kind (民事诉讼法88)."""
ANSWERS = ("publicity_early_end", "publicity_early_refusal", "publicity_correction", "publicity_unchanged",
           "decision_set_right")  # fmt: skip
"""Answers on what is public (45号令12, 14) and on what was handed in (复议法32): served as a decision is, but the
remedies against the decision do not run anew by it."""

service_attempt = sa.Table(
    "service_attempt",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("document_id", db.Id, sa.ForeignKey("document.id"), nullable=False),
    sa.Column("mode", sa.String(12), nullable=False),
    sa.Column("handed_on", sa.Date, nullable=False),
    sa.Column("effective_on", sa.Date),
    sa.Column("receiver", sa.String(200), nullable=False),
    sa.Column("receiver_is", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("witness", sa.String(200), nullable=False),
    sa.Column("recording", sa.String(200), nullable=False),
    sa.Column("confirmation", sa.String(200), nullable=False),
    sa.Column("readings", db.Json, nullable=False),
    sa.Column("recorded_by", sa.String(80), nullable=False),
    sa.Column("recorded_at", db.Utc, nullable=False),
    sa.CheckConstraint(f"mode IN {MODES}", name="mode_known"),
    sa.CheckConstraint("effective_on IS NULL OR effective_on >= handed_on", name="effective_after_handing"),
    sa.CheckConstraint("effective_on IS NOT NULL OR reason <> ''", name="failed_with_reason"),
    sa.CheckConstraint(
        "mode <> 'left' OR effective_on IS NULL OR witness <> '' OR recording <> ''", name="left_is_proven"
    ),
    sa.CheckConstraint("mode <> 'electronic' OR confirmation <> ''", name="electronic_was_agreed"),
    sa.CheckConstraint("mode NOT IN ('left', 'entrusted', 'mail', 'public') OR reason <> ''", name="mode_with_reason"),
    sa.Index(None, "case_id"),
    sa.Index("uq_service_attempt_done", "document_id", unique=True,
             sqlite_where=sa.text("effective_on IS NOT NULL"), postgresql_where=sa.text("effective_on IS NOT NULL")),
)  # fmt: skip
"""``handed_on`` is the day it was handed over, posted, sent or published; ``effective_on`` is empty if it failed."""


def attempt(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], kind: str, given: Mapping[str, Any]
) -> sa.Row[Any]:
    """Record that a document was served, put up as a public notice, or could not be served in a mode.

    Parameters
    ----------
    kind
        The document's kind; the one issued last is served, which has not been served yet.
    given
        ``mode``, ``handed_on`` (ISO day, else today), ``arrived_on`` (the day on the mail receipt, or on which it
        arrived in the party's system), ``receiver``, ``receiver_is``, ``reason``, ``witness``, ``recording``,
        ``confirmation`` (the signed 送达地址确认书), ``unknown`` (whereabouts unknown), ``failed``.

    Raises
    ------
    DocumentUnknown, ServiceDone, ServiceModeUnknown
        If there is nothing to serve, or no such mode.
    ServiceProofMissing
        If something is missing that art. 87 to 95 ask for.
    PublicServiceForbidden
        If the party can still be reached otherwise (95).
    """
    paper = document.last(connection, case.id, kind)
    if paper is None:
        raise errors.DocumentUnknown(number=case.number, kind=kind)
    if done(connection, paper.id) is not None:
        raise errors.ServiceDone(title=paper.title)
    found = _read(connection, case, paper, given) | {"recorded_by": actor.id}
    failed = bool(given.get("failed"))
    if not failed:
        _require_proof(connection, case, found, given)
        found["effective_on"] = _effective_on(connection, found, given)
    elif not found["reason"]:
        raise errors.ServiceProofMissing(field="reason", article="民事诉讼法95(2)")
    row = connection.execute(sa.insert(service_attempt).values(**found).returning(service_attempt)).one()
    _tell(connection, actor, case, row, kind)
    if kind_starts_clock(kind) and deadline.find(connection, case, PERIOD) is not None:
        deadline.meet(connection, actor, case, PERIOD)
    if row.effective_on is not None and row.effective_on <= clock.today():
        settle(connection, actor, case, kind)
    return row


def kind_starts_clock(kind: str) -> bool:
    """Tell whether the seven working days of 行政处罚法61 are about this kind of document."""
    return kind in ("penalty_decision", "no_penalty_decision")


def settle(connection: Connection, actor: audit.Actor, case: sa.Row[Any], kind: str) -> sa.Row[Any]:
    """Record that the document counts as served: the day of effect of its mode has come.

    Raises
    ------
    ServicePending
        If it has not been served, or the thirty days of a public notice are not over.
    """
    paper = document.last(connection, case.id, kind)
    row = done(connection, paper.id) if paper is not None else None
    if paper is None or row is None or row.effective_on > clock.today():
        raise errors.ServicePending(kind=kind, day=row.effective_on.isoformat() if row is not None else "—")
    served = document.Service(mode=row.mode, recipient=row.receiver, served_at=row.effective_on)
    return document.serve(connection, actor, case, served, kind=kind, variant=paper.variant)


def done(connection: Connection, document_id: int) -> sa.Row[Any] | None:
    """Return the attempt by which a document is or will be served, if there is one."""
    wanted = service_attempt.c.document_id == document_id, service_attempt.c.effective_on.is_not(None)
    return connection.execute(sa.select(service_attempt).where(*wanted)).one_or_none()


def of(connection: Connection, case_id: int, document_id: int | None = None) -> Sequence[sa.Row[Any]]:
    """Return the attempts to serve in a case, or one document of it, in order."""
    wanted = [service_attempt.c.case_id == case_id]
    if document_id is not None:
        wanted.append(service_attempt.c.document_id == document_id)
    return connection.execute(sa.select(service_attempt).where(*wanted).order_by(service_attempt.c.id)).all()


def effective_on(connection: Connection, case: sa.Row[Any], *kinds: str) -> date | None:
    """Return since when one of these documents has been served; None while it has not."""
    for kind in kinds:
        paper = document.find(connection, case.id, kind)
        if paper is not None and paper.served_at is not None:
            return clock.day(paper.served_at)
    return None


def shown(connection: Connection, row: sa.Row[Any]) -> dict[str, Any]:
    """Return what process variables and papers may know of an attempt."""
    paper = document.get(connection, row.document_id)
    return {
        "paper": f"《{paper.title}》{document.number_of(paper)}",
        "mode": row.mode,
        "mode_text": document.MODES[row.mode],
        "receiver": row.receiver,
        "reason": row.reason,
        "confirmation": row.confirmation,
        "at": row.handed_on.isoformat(),
        "effective_on": row.effective_on.isoformat() if row.effective_on else None,
        "done": row.effective_on is not None,
        "waiting": row.effective_on is not None and row.effective_on > clock.today(),
    }


def _read(connection: Connection, case: sa.Row[Any], paper: sa.Row[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    mode = str(given.get("mode") or "")
    if mode not in MODES:
        raise errors.ServiceModeUnknown(mode=mode, modes=", ".join(MODES))
    handed_on = given_day.or_today(given.get("handed_on"))
    issued_on = clock.day(paper.issued_at)
    if not issued_on <= handed_on <= clock.today():
        raise errors.ServiceProofMissing(field="handed_on", article="民事诉讼法87")
    names = ("receiver", "receiver_is", "reason", "witness", "recording", "confirmation")
    texts = {name: str(given.get(name) or "").strip() for name in names}
    if not texts["receiver"]:
        texts["receiver"] = party.get(connection, case.applicant_id).name
    values = setting.load(connection)
    readings = {key: values[key] for key in ("publication_day", "publication_roll")} if mode == "public" else {}
    return {
        "case_id": case.id, "document_id": paper.id, "mode": mode, "handed_on": handed_on, "effective_on": None,
        "readings": readings, "recorded_at": clock.now(), **texts,
    }  # fmt: skip


def _require_proof(
    connection: Connection, case: sa.Row[Any], found: Mapping[str, Any], given: Mapping[str, Any]
) -> None:
    mode, kind = found["mode"], party.get(connection, case.applicant_id).kind
    if mode in ("direct", "entrusted") and found["receiver_is"] not in RECEIVERS[kind]:
        raise errors.ServiceProofMissing(field="receiver_is", article="民事诉讼法88")
    if mode == "left":
        if not found["reason"]:
            raise errors.ServiceProofMissing(field="reason", article="民事诉讼法89")
        if not found["witness"] and not found["recording"]:
            raise errors.ServiceProofMissing(field="witness", article="民事诉讼法89")
    if mode in DIFFICULT and not found["reason"]:
        raise errors.ServiceProofMissing(field="reason", article="民事诉讼法91")
    if mode == "electronic" and not found["confirmation"]:
        raise errors.ServiceProofMissing(field="confirmation", article="行政处罚法61(2)；民事诉讼法90")
    if mode == "public":
        _require_unreachable(connection, case, found, unknown=bool(given.get("unknown")))


def _require_unreachable(connection: Connection, case: sa.Row[Any], found: Mapping[str, Any], *, unknown: bool) -> None:
    """Art. 95: whereabouts unknown, or handing over and mail have both failed; why stands in the file."""
    if not found["reason"]:
        raise errors.ServiceProofMissing(field="reason", article="民事诉讼法95(2)")
    tried = {row.mode for row in of(connection, case.id, found["document_id"])}
    if not unknown and not ("direct" in tried and tried & set(DIFFICULT)):
        raise errors.PublicServiceForbidden


def _effective_on(connection: Connection, found: Mapping[str, Any], given: Mapping[str, Any]) -> date:
    mode, handed_on = found["mode"], found["handed_on"]
    if mode in ("mail", "electronic"):
        arrived = given_day.read(given.get("arrived_on"))
        if arrived is None or not handed_on <= arrived <= clock.today():
            raise errors.ServiceProofMissing(field="arrived_on", article="民事诉讼法90(2)、91")
        return arrived
    if mode != "public":
        return handed_on  # type: ignore[no-any-return]  # a day
    last = handed_on + timedelta(days=int(found["readings"]["publication_day"]))
    if found["readings"]["publication_roll"] == "next":
        calendar = calendars.load(connection)
        while not calendar.is_working(last):
            last += timedelta(days=1)
    return last  # type: ignore[no-any-return]  # a day


def _tell(connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], kind: str) -> None:
    facts = {"kind": kind, "mode": row.mode, "handed_on": row.handed_on.isoformat(), "receiver": row.receiver}
    if row.effective_on is None:
        trail.record(connection, case.number, actor, "service.failed_mode", **facts, reason=row.reason)
    else:
        day = row.effective_on.isoformat()
        trail.record(connection, case.number, actor, "service.started", **facts, effective_on=day, reason=row.reason)
