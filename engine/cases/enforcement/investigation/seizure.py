"""Sealing and seizure (查封、扣押): only where a clause of law empowers this organ, for thirty days and thirty more.

行政强制法16-28. Whether and by which clause the organ may is entered by the legal office for each item; setting
``seizure_power`` says whether the clause that the list proposes is enough. Testing does not count where the party was
told its time in writing. What it costs is never the party's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline
from engine.cases.clocks import setting, special
from engine.cases.enforcement.investigation import act, acting, empowered, keeping, measure, things
from engine.errors import N_
from engine.handling import reasons

PERIOD, REPORT = "seizure", "urgent_seizure_report"
MOST_MORE = 30
"""By so many days at most a seizure is extended, once (行政强制法25(1)); the period itself is in ``periods.json``."""
MARKS = ("family_belonging", "unrelated", "seized_by_others")
"""What a list says of a thing that may not be sealed or seized (行政强制法23)."""

GROUNDS = {
    "no_breach": N_("the party committed no breach"),
    "unrelated": N_("the things have nothing to do with the breach"),
    "decided": N_("a decision was made and they are not needed any more"),
    "expired": N_("the time is over"),
    "not_approved": N_("the head did not approve the urgent seizure"),
    "not_needed": N_("they are not needed any more"),
    "confiscated": N_("confiscated or destroyed by a decision"),
    "handed_over": N_("handed over with the case"),
    "kept": N_("they stay until it is decided, to be set off against the fine"),
    "set_off": N_("sold by auction and set off against the fine"),
}
"""How a seizure ends (行政强制法19, 21, 27, 28, 46(3)).

What is ``kept`` must be decided on within the time of the seizure (27), which runs on until then; afterwards it waits
for its auction or goes back.
"""

seizure = sa.Table(
    "seizure",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("things", db.Json, nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("clause", sa.String(300), nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("asked_by", sa.String(80), nullable=False),
    sa.Column("asked_at", db.Utc, nullable=False),
    sa.Column("approved", sa.Boolean),
    sa.Column("approved_by", sa.String(80)),
    sa.Column("approved_at", db.Utc),
    sa.Column("act_id", db.Id, sa.ForeignKey("investigative_act.id")),
    sa.Column("started_at", db.Utc),
    sa.Column("ended_at", db.Utc),
    sa.Column("ended_by", sa.String(80)),
    sa.Column("ground", sa.String(14)),
    sa.Column("ended_why", sa.Text),
    sa.CheckConstraint("state IN ('asked', 'approved', 'refused', 'running', 'ended')", name="state_known"),
    sa.CheckConstraint("clause <> ''", name="a_clause_empowers"),
    sa.CheckConstraint("(approved IS NULL) = (approved_at IS NULL)", name="approved_at_if_answered"),
    sa.CheckConstraint("urgent OR started_at IS NULL OR (approved_at IS NOT NULL AND approved "
                       "AND started_at >= approved_at)",
                       name="approved_before_unless_urgent"),
    sa.CheckConstraint("(state IN ('running', 'ended')) = (started_at IS NOT NULL)", name="began_if_running"),
    sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at_if_ended"),
    sa.CheckConstraint(f"ground IS NULL OR ground IN {tuple(GROUNDS)}", name="ground_known"),
    sa.CheckConstraint("(ground IS NULL) = (ended_at IS NULL)", name="ground_if_ended"),
    sa.Index(None, "case_id"),
)  # fmt: skip


def ask(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    *,
    given: Any,
    place: str,
    reason: str,
    urgent: bool = False,
) -> sa.Row[Any]:
    """Ask the head to let things be sealed or seized; ``urgent``: it is done at once and reported within 24 hours.

    Raises
    ------
    SeizureNotEmpowered
        If no clause empowers the organ for the item of the case.
    SeizureOfBelongings, SeizureUnrelated
        If the list names what may not be seized (行政强制法23).
    ThingsMissing, ReasonMissing
        If nothing is listed, or nothing says why.
    """
    more = {"clause": empowered.clause_of(connection, case), "urgent": urgent}
    reason, listed = reasons.given(reason), check(given)
    return measure.ask(
        connection, actor, seizure, case, "seizure.asked", listed=listed, place=place, reason=reason, **more
    )


def check(given: Any) -> list[dict[str, Any]]:
    """Return the list of things if all of them may be sealed or seized.

    Raises
    ------
    SeizureOfBelongings, SeizureUnrelated
        If it names what may not be (行政强制法23).
    ThingsMissing
        If nothing is listed.
    """
    listed = things.listed(given, *MARKS)
    _refuse(errors.SeizureOfBelongings, [row for row in listed if row["family_belonging"]])
    _refuse(errors.SeizureUnrelated, [row for row in listed if row["unrelated"] or row["seized_by_others"]])
    return listed


def answer(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], seizure_id: int, *, approved: bool
) -> sa.Row[Any]:
    """Approve or refuse it as the head; what was seized in urgency and is not approved is freed at once (19).

    Raises
    ------
    MeasureUnknown
        If nothing of the kind waits for an answer.
    NotTheHead
        If the person is no head.
    """
    row = get(connection, case, seizure_id)
    if row.approved is not None:
        raise errors.MeasureUnknown
    acting.require_head(connection, actor.id, *keeping.HEADS)
    waits = "approved" if approved else "refused"
    state = row.state if row.state == "running" else waits
    changed = measure.change(
        connection,
        actor,
        seizure,
        case,
        row,
        f"seizure.{waits}",
        state=state,
        approved=approved,
        approved_by=actor.id,
        approved_at=clock.now(),
    )
    if row.state == "running":
        deadline.meet(connection, actor, case, REPORT, subject=measure.subject(seizure, row))
        if not approved:
            return end(connection, actor, case, seizure_id, "not_approved", "负责人未批准")
    return changed


def begin(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], seizure_id: int, act_number: int
) -> sa.Row[Any]:
    """Seal or seize: two officers, a record, decision and list handed over; thirty days run from the end of the act.

    Raises
    ------
    ApprovalMissing
        If the head has not approved it and it is not urgent (行政强制法18(一)).
    MeasureUnknown, ActUnknown
        If there is no such seizure that waits, or no record of two officers.
    """
    row = get(connection, case, seizure_id)
    if row.state == "refused" or (row.state == "asked" and not row.urgent):
        raise errors.ApprovalMissing(article="行政强制法18(一)")
    if row.state not in ("asked", "approved"):
        raise errors.MeasureUnknown
    recorded = act.get(connection, case.id, act_number)
    taken = measure.taken_at(row, recorded)
    begun = measure.change(
        connection, actor, seizure, case, row, "seizure.began", state="running", started_at=taken, act_id=recorded.id
    )
    deadline.start(connection, actor, case, PERIOD, started_at=taken, subject=measure.subject(seizure, begun))
    if begun.approved is None:
        deadline.start(connection, actor, case, REPORT, started_at=taken, subject=measure.subject(seizure, begun))
    return begun


def extend(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], seizure_id: int, *, reason: str
) -> sa.Row[Any]:
    """Extend it once, by at most thirty days, as the head, before it ends; the party is told with reasons (25).

    Raises
    ------
    MeasureUnknown, NotTheHead, SeizureReasonMissing
        If it does not run, the person is no head, or nothing says why.
    SeizureExtendedBefore, SeizureOver
        If it is the second time, or too late.
    """
    row = measure.in_state(connection, seizure, case, seizure_id, "running")
    acting.require_head(connection, actor.id, *keeping.HEADS)
    if not reason.strip():
        raise errors.SeizureReasonMissing
    subject = measure.subject(seizure, row)
    try:
        return deadline.extend(connection, actor, case, PERIOD, reason=reason, approved_by=actor.id, subject=subject)
    except errors.ExtensionAgain:
        raise errors.SeizureExtendedBefore(days=MOST_MORE) from None
    except errors.ExtensionLate as late:
        raise errors.SeizureOver(due_on=late.facts["due_on"]) from None


def send_for_testing(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    seizure_id: int,
    *,
    what: str,
    days: int | None,
    told_on: date | None,
    paid_by: str = "organ",
) -> sa.Row[Any]:
    """Send seized things for testing; its time does not count where the party was told it in writing (25(3)).

    Raises
    ------
    CostOnTheOrgan
        If somebody else is to pay.
    MeasureUnknown
        If the seizure does not run.
    StopKindNotInLaw
        If it is no testing of article 25(3).
    """
    row = measure.in_state(connection, seizure, case, seizure_id, "running")
    if paid_by != "organ":
        raise errors.CostOnTheOrgan
    notice = told_on if days else None
    return special.begin(
        connection, actor, case, kind=what, notice_on=notice, days_needed=days, subject=measure.subject(seizure, row)
    )


def take_result(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], stop_id: int, *, ended_on: date | None = None
) -> sa.Row[Any]:
    """Let the time run again: the result is in.

    Raises
    ------
    StopUnknown, StopImpossible
        If no such test is under way, or the day cannot be.
    """
    return special.end(connection, actor, case, stop_id, ended_on=ended_on)


def end(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], seizure_id: int, ground: str, why: str
) -> sa.Row[Any]:
    """End it: things that are freed go back at once (28), others go where a decision sends them.

    Raises
    ------
    MeasureUnknown, ReasonMissing
        If it does not run, or the ground is none of the law's or nothing says why.
    SeizureNotKept
        If things are to stay until it is decided, and setting ``seizure_kept`` says that they go back.
    """
    row = measure.in_state(connection, seizure, case, seizure_id, "running")
    if ground not in GROUNDS:
        raise errors.ReasonMissing
    why = reasons.given(why)
    if ground == "kept" and setting.load(connection)["seizure_kept"] != "yes":
        raise errors.SeizureNotKept
    ended = measure.change(
        connection,
        actor,
        seizure,
        case,
        row,
        "seizure.ended",
        state="ended",
        ended_at=clock.now(),
        ended_by=actor.id,
        ground=ground,
        ended_why=why,
    )
    for period in (REPORT,) if ground == "kept" else (PERIOD, REPORT):
        if deadline.find(connection, case, period, subject=measure.subject(seizure, row)) is not None:
            deadline.meet(connection, actor, case, period, subject=measure.subject(seizure, row))
    return ended


def kept(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the seizures whose things still wait for an auction."""
    return [row for row in of(connection, case_id) if row.ground == "kept"]


def decided(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    """Say that it was decided on what was kept until then (行政强制法27)."""
    for row in kept(connection, case.id):
        about = measure.subject(seizure, row)
        if deadline.find(connection, case, PERIOD, subject=about) is not None:
            deadline.meet(connection, actor, case, PERIOD, subject=about)


def give_back(connection: Connection, actor: audit.Actor, case: sa.Row[Any], why: str) -> None:
    """Give back what was kept for an auction: paid, annulled, or sold for more than was owed.

    Raises
    ------
    ThingsStillKept
        If something is kept and nothing says how it went back.
    """
    for row in kept(connection, case.id):
        if not why.strip():
            raise errors.ThingsStillKept(things=things.named(row.things))
        _let_go(connection, actor, case, row, "not_needed", why.strip())


def sell(connection: Connection, actor: audit.Actor, case: sa.Row[Any], why: str) -> None:
    """Say that what was kept was sold by auction."""
    for row in kept(connection, case.id):
        _let_go(connection, actor, case, row, "set_off", why)


def due(connection: Connection, case: sa.Row[Any], row: sa.Row[Any]) -> sa.Row[Any] | None:
    """Return the deadline by which a seizure ends, or None if it does not run."""
    return deadline.find(connection, case, PERIOD, subject=measure.subject(seizure, row))


def get(connection: Connection, case: sa.Row[Any], seizure_id: int) -> sa.Row[Any]:
    """Return a seizure of a case.

    Raises
    ------
    MeasureUnknown
    """
    return measure.get(connection, seizure, case, seizure_id)


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the seizures of a case in the order they were asked for."""
    return measure.of(connection, seizure, case_id)


def _let_go(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], ground: str, why: str
) -> None:
    action = "seizure.sold" if ground == "set_off" else "seizure.given_back"
    measure.change(connection, actor, seizure, case, row, action, ground=ground, ended_why=why)


def _refuse(error: type[errors.EngineError], rows: Sequence[Any]) -> None:
    if rows:
        raise error(things=things.named(rows))
