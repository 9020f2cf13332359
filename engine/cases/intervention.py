"""The intervention: what staff ask of a running case besides its tasks, and the message its process hears it by.

It is refused when the process does not listen for it any more (a decided case cannot be withdrawn), so that nobody
believes to have asked what nobody will answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, instances, messages
from engine.cases import deadline, standing
from engine.cases.clocks import period as periods
from engine.cases.enforcement.execution import early_end, penalty_publicity
from engine.cases.papers import attachment
from engine.cases.reading import trail, way
from engine.errors import N_
from engine.ground.together import Question


@dataclass(frozen=True)
class Kind:
    """One kind of intervention; ``key`` is also the right of :data:`engine.cases.people.access.ACTIONS`.

    ``of`` is the kind of case it is asked of. ``beside`` names the process and start event that take it up once the
    case itself listens no more.
    """

    key: str
    message: str
    title: str
    explained: str
    beside: tuple[str, str | None] | None = None
    of: str = standing.APPROVAL


CHALLENGED = "decision.challenged"
"""What a penalty case hears from its beginning on, though only a decision can be challenged."""
KINDS = {
    kind.key: kind
    for kind in (
        Kind("supervise", "case.supervised", N_("Supervise"),
             N_("Those who handle the case must answer in writing; the work goes on meanwhile.")),
        Kind("withdraw", "application.withdrawn", N_("Withdraw for the applicant"),
             N_("Work in hand stops at once; the window then confirms the withdrawal and gives the materials back.")),
        Kind("extend", "extension.requested", N_("Ask for an extension"),
             N_("The head of the organ decides; once only, before the period ends (行政许可法42).")),
        Kind("special", "special_procedure.ordered", N_("Order a special procedure"),
             N_("Only the eight kinds of article 45 stop the clock, from the written notice to the result.")),
        Kind("correct", "document.correction", N_("Report a clerical error"),
             N_("Who decides confirms it; the corrected words are told with a notice of their own.")),
        Kind("complain", "complaint.filed", N_("Record a complaint"),
             N_("The applicant is contacted within one working day and the matter mended within five."),
             ("approval_rectification", None)),
        Kind("remedy", "remedy.filed", N_("Record reconsideration or lawsuit"),
             N_("The legal office registers it and answers in time (行政复议法48, 行政诉讼法67)."),
             ("licence_remedy", "licence_remedy_start_message")),
        Kind("plead", "party.answered", N_("Register a plea"),
             N_("Whatever the party says before the decision is heard and rechecked first (行政处罚法45, 62)."),
             of=standing.ENFORCEMENT),
        Kind("challenge", CHALLENGED, N_("Record a copy of a challenge"),
             N_("The copy of an application for reconsideration or of a claim has come. The legal office answers in "
                "time (行政复议法48, 行政诉讼法67); an application handed in at the town is forwarded in time "
                "(行政复议法32): it has neither day nor number of a copy. A file in the archive stays there and gets "
                "what follows added."),
             ("challenge", None), standing.ENFORCEMENT),
        Kind("outcome", "challenge.decided", N_("Record the outcome of a challenge"),
             N_("Where the decision was changed, annulled or found unlawful or void, its publication is taken back "
                "within three working days (行政处罚法48) and what was paid is paid back (行政强制法41)."),
             of=standing.ENFORCEMENT),
        Kind("end_early", "publicity.early_end_asked", N_("Take up: end publicity early"),
             N_("The party asks that its penalty be public no more. The conditions are checked and the head decides in "
                "time, with a written answer (45号令14)."),
             ("publicity_early_end", None), standing.ENFORCEMENT),
        Kind("rectify", "publicity.correction_asked", N_("Correct what is public"),
             N_("What is published is wrong. It is put right at once, and the party is told (45号令12)."),
             ("publicity_correction", None), standing.ENFORCEMENT),
        Kind("review", "licence.review", N_("Review the licence"),
             N_("Change, withdrawal, revocation or cancellation: the holder is heard first, then the decider decides."),
             ("licence_change", "licence_change_start_message")),
    )
}  # fmt: skip
"""Every kind by its key; titles and explanations are marked for translation."""

PUBLIC = {"end_early": early_end.offered, "rectify": penalty_publicity.correctable}
"""What is asked about what is public of a penalty, each with when it may be asked."""
JUDGED = {"end_early": lambda given: early_end.applied_on(given.get("early") or {})}
"""By kind: what refuses a request at once that its process would only stumble over."""


def listened_for(connection: Connection, case: sa.Row[Any]) -> frozenset[str]:
    """Return the keys of the interventions that the case takes now."""
    heard = {row.name for row in HEARD.all(connection, number=case.number)}
    asked = [kind for kind in KINDS.values() if kind.of == case.kind]
    found = {kind.key for kind in asked if kind.message in heard and kind.message != CHALLENGED}
    if case.decided_at is not None or case.closed_at is not None:
        found |= {kind.key for kind in asked if kind.beside}
    if case.outcome == "annulled":
        found.discard("challenge")
    for key, possible in PUBLIC.items():
        if key in found and not possible(connection, case):
            found.discard(key)
    if case.outcome != "granted":
        found.discard("review")
    if not _extensible(connection, case):
        found.discard("extend")
    return frozenset(found)


_table = messages.subscription.c
HEARD = Question(
    sa.select(_table.name).where(
        _table.kind == "message",
        _table.name.in_([sa.literal(kind.message) for kind in KINDS.values()]),
        _table.key == sa.bindparam("number", type_=sa.String()),
    ),
    _table.name,
)


def ask(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    key: str,
    reason: str,
    given: Mapping[str, Any],
    files: Sequence[int] = (),
) -> None:
    """Ask it of the case: publish the message, or start the process beside; write the request into the trail.

    Parameters
    ----------
    given
        What else the request says, by the variable names of the process.
    files
        What came with it; it lies in the case from now on.

    Raises
    ------
    RequestUnknown
        If there is no such kind.
    RequestWithoutReason
        If nothing says why.
    RequestNotPossible
        If the case does not listen for it (any more).
    EarlyEndIncomplete
        If the day of an application lies ahead.
    """
    if key not in KINDS:
        raise errors.RequestUnknown(kind=key)
    kind, reason = KINDS[key], reason.strip()
    if not reason:
        raise errors.RequestWithoutReason
    if key not in listened_for(connection, case):
        raise errors.RequestNotPossible(number=case.number, kind=kind.title)
    if key in JUDGED:
        JUDGED[key](given)
    attachment.lay(connection, case.id, files)
    variables = _with_reason(key, reason, given)
    came = {"files": list(files)} if files else {}
    facts = {"message": kind.message, "reason": reason, "values": dict(given), **came}
    trail.record(connection, case.number, actor, "case.asked", **facts)
    if _hears(connection, case.number, kind.message):
        messages.publish(connection, actor, kind.message, case.number, variables)
    elif kind.beside:
        _start_beside(connection, actor, case, kind.beside, variables)


def _with_reason(key: str, reason: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given with the reason under the name by which the process of each kind reads it.

    A complaint is no rating: one that the case has had before is not taken up again with it.
    """
    named: dict[str, dict[str, Any]] = {
        "extend": {"extension_reason": reason},
        "withdraw": {"withdrawal": {"reason": reason}},
        "complain": {"complaint": reason, "rating_id": None},
        "plead": {"answer": {"kind": "plea", "received_on": clock.today().isoformat(), "text": reason}},
        "end_early": {"early": {**given.get("early", {}), "grounds": reason}, "reason": reason},
        "review": {"change": {**given.get("change", {}), "facts": reason}},
    }
    return {**given, **named.get(key, {"reason": reason})}


def _hears(connection: Connection, number: str, message: str) -> bool:
    table = messages.subscription.c
    query = sa.exists().where(table.kind == "message", table.name == message, table.key == number)
    return bool(connection.scalar(sa.select(query)))


def _extensible(connection: Connection, case: sa.Row[Any]) -> bool:
    running = deadline.of(connection, case.id, *deadline.RUNNING)
    return any(periods.get(row.period).extension is not None and not row.extended for row in running)


def _start_beside(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    beside: tuple[str, str | None],
    variables: Mapping[str, Any],
) -> None:
    process, event = beside
    own = instances.get(connection, case.number)
    known: Mapping[str, Any] = next(iter(db.loads(own.variables).values()), {})
    count = len(way.instances(connection, case.number))
    instances.start(
        connection,
        actor,
        process,
        business_key=f"{case.number}{way.BESIDE}{count}",
        variables={**known, **variables},
        start_event=event,
    )
