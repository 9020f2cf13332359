"""The end of a case: not accepted, withdrawn or closed, and the archive that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.clocks import special, supervision
from engine.cases.docket import gaps
from engine.cases.enforcement.investigation import transfer
from engine.cases.papers import document, material, numbering
from engine.cases.reading import trail

REFUSALS = ("not_needed", "not_competent", "barred", "not_accepted")
AFTERWARDS = (
    "archive", "publicity", "delivery", "rating_contact", "rating_fix",
    "remedy_reconsideration", "remedy_reconsideration_simple", "remedy_litigation", "publicity_withdrawal",
    "publicity_early_end", "publicity_correction", "petition_settled",
)  # fmt: skip
"""Periods that run on when the matter itself has come to its end."""

Follower = Callable[[Connection, audit.Actor, sa.Row[Any]], None]
_followers: list[Follower] = []


def follows(follower: Follower) -> Follower:
    """Register what is called, in the same transaction, with every case that was closed."""
    _followers.append(follower)
    return follower


def refuse(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, outcome: str, reason: str, **facts: Any
) -> sa.Row[Any]:
    """Do not accept an application, with the reason (行政许可法32); the short file still goes to the archive.

    Raises
    ------
    DecisionResultUnknown
        If ``outcome`` is none of :data:`REFUSALS`.
    DecisionIncomplete
        If no reason is given.
    CaseStateWrong
        If the application has been accepted, or ended already.
    """
    if outcome not in REFUSALS:
        raise errors.DecisionResultUnknown(result=outcome, results=", ".join(REFUSALS))
    if not reason.strip():
        raise errors.DecisionIncomplete(field="reason")
    cases.require_state(case, "received", "correcting")
    row = _end(connection, actor, case, "not_accepted", outcome)
    trail.record(connection, case.number, actor, "case.not_accepted", outcome=outcome, reason=reason, **facts)
    return row


def withdraw(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, reason: str, by: str = ""
) -> sa.Row[Any]:
    """End the case because its applicant takes the application back before the decision.

    Raises
    ------
    CaseStateWrong
        If it has been decided or has ended.
    """
    if case.decided_at is not None or case.closed_at is not None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="received, accepted, reviewing")
    row = _end(connection, actor, case, "withdrawn", "withdrawn")
    trail.record(connection, case.number, actor, "case.withdrawn", reason=reason, by=by)
    return row


def close(connection: Connection, actor: audit.Actor, case: sa.Row[Any], outcome: str = "") -> sa.Row[Any]:
    """Close a case whose matter is done; closing what has ended changes nothing, and what was annulled stays so.

    Raises
    ------
    CaseStateWrong
        If nothing was decided and no outcome is given.
    ReturnedCaseUnhandled
        If the police sent it back and nobody has gone on with it (移送规定10).
    """
    if case.closed_at is not None:
        return case
    outcome = "annulled" if case.outcome == "annulled" else outcome or case.outcome or ""
    if not outcome:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="decided")
    transfer.require_handled(connection, case)
    row = _end(connection, actor, case, "closed", outcome)
    trail.record(connection, case.number, actor, "case.closed", outcome=outcome)
    for follower in _followers:
        follower(connection, actor, row)
    return row


def archive(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Put the case into the archive under a number, with the catalogue of what it holds; done once.

    Parameters
    ----------
    given
        ``shelf``, ``pages``, ``volumes``, ``keep_years`` of the paper file.

    Raises
    ------
    ArchiveIncomplete
        Naming every gap.
    """
    if case.archived_at is not None:
        return case
    missing = gaps.of(connection, case)
    if missing:
        raise errors.ArchiveIncomplete(number=case.number, gaps=[gap.as_json() for gap in missing])
    year = clock.today().year
    place = case.number.partition("-")[0]
    number = f"{place}-A-{year}-{numbering.take(connection, f'archive:{place}', year):05}"
    kept = {name: given.get(name) for name in ("shelf", "pages", "volumes", "keep_years")}
    row = cases.change(
        connection,
        case.id,
        state="archived",
        archived_at=clock.now(),
        archive_no=number,
        archive={**kept, "catalogue": catalogue(connection, case)},
    )
    if deadline.find(connection, case, "archive") is not None:
        deadline.meet(connection, actor, case, "archive")
    trail.record(connection, case.number, actor, "case.archived", archive_no=number, **kept)
    return row


def supplement(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Add to an archived file what came since, such as a revocation; its number stays, its catalogue is written anew.

    Parameters
    ----------
    given
        As for :func:`archive`, of the added papers.

    Raises
    ------
    CaseStateWrong
        If the file is not in the archive yet.
    """
    if case.archived_at is None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="archived")
    added = {name: given.get(name) for name in ("shelf", "pages", "volumes")}
    entry = {**added, "added_on": clock.today().isoformat()}
    kept = {**case.archive, "supplements": [*case.archive.get("supplements", ()), entry]}
    row = cases.change(connection, case.id, archive={**kept, "catalogue": catalogue(connection, case)})
    for period in ("archive", "cf_archive"):
        if deadline.find(connection, case, period) is not None:
            deadline.meet(connection, actor, case, period)
    trail.record(connection, case.number, actor, "case.archive_supplemented", archive_no=case.archive_no, **added)
    return row


def catalogue(connection: Connection, case: sa.Row[Any]) -> list[dict[str, Any]]:
    """List what the file holds, documents first, each with its hash."""
    entries = [
        {"title": row.title, "number": document.number_of(row), "sha256": row.sha256}
        for row in document.of(connection, case.id)
    ]
    names = {row.id: row.name for row in material.of(connection, case.id, every_version=True)}
    entries += [
        {"title": f"{names[row.material_id]} v{row.version}", "number": row.name, "sha256": row.sha256}
        for row in material.files_of(connection, case.id)
    ]
    return [{"no": number, **entry} for number, entry in enumerate(entries, 1)]


def _end(connection: Connection, actor: audit.Actor, case: sa.Row[Any], state: str, outcome: str) -> sa.Row[Any]:
    special.end_all(connection, actor, case)
    deadline.end_all(connection, actor, case, *AFTERWARDS)
    supervision.close_all(connection, actor, case)
    return cases.change(connection, case.id, state=state, outcome=outcome, closed_at=clock.now())
