"""The transfer to the police (移送): suspicion of a crime, decided by the very head of the organ within three days.

行政执法机关移送涉嫌犯罪案件的规定5-12 (移送规定), 行政处罚法27, 57(1)(四). A team of two reports; once approved, the
case is with the police within 24 hours with its annexes; what they do not take up comes back and is handled (10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline
from engine.cases.clocks import special
from engine.cases.enforcement.investigation import acting
from engine.cases.reading import trail

HEAD = ("town.mayor",)
"""正职负责人或者主持工作的负责人 (移送规定5(1)); no deputy, and nobody who stands in."""

ANNEXES = {
    "police_transfer": "涉嫌犯罪案件移送书",
    "police_report": "涉嫌犯罪案件情况的调查报告",
    "police_items": "涉案物品清单",
    "test_result": "检验报告或者鉴定结论",
}
"""What a transfer carries (移送规定6(一)-(四)), by the kind of document."""

STATES = ("reported", "approved", "not_approved", "handed_over", "filed", "not_filed", "disputed", "handled", "ended")
OPEN = ("reported", "approved", "handed_over", "filed", "not_filed", "disputed")

police_transfer = sa.Table(
    "police_transfer",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("crime", sa.String(200), nullable=False),
    sa.Column("amount", sa.String(80), nullable=False),
    sa.Column("team", db.Json, nullable=False),
    sa.Column("reported_at", db.Utc, nullable=False),
    sa.Column("decided_by", sa.String(80)),
    sa.Column("decided_at", db.Utc),
    sa.Column("decided_why", sa.Text),
    sa.Column("handed_to", sa.String(120)),
    sa.Column("handed_at", db.Utc),
    sa.Column("receipt", sa.String(120)),
    sa.Column("answered_at", db.Utc),
    sa.Column("answer_no", sa.String(120)),
    sa.Column("dispute", db.Json),
    sa.Column("things_handed_at", db.Utc),
    sa.Column("handled_how", sa.Text),
    sa.CheckConstraint(f"state IN {STATES}", name="state_known"),
    sa.CheckConstraint("crime <> ''", name="crime_named"),
    sa.CheckConstraint("(state = 'reported') = (decided_at IS NULL)", name="decided_at_if_decided"),
    sa.CheckConstraint("state <> 'not_approved' OR (decided_why IS NOT NULL AND decided_why <> '')",
                       name="refusal_has_reasons"),
    sa.CheckConstraint("handed_at IS NULL OR (receipt IS NOT NULL AND receipt <> '')",
                       name="handed_over_against_receipt"),
    sa.CheckConstraint("answered_at IS NULL OR handed_at IS NOT NULL", name="answered_after_handing_over"),
    sa.CheckConstraint("state <> 'handled' OR (handled_how IS NOT NULL AND handled_how <> '')", name="handled_somehow"),
    sa.Index("uq_police_transfer_open", "case_id", unique=True, sqlite_where=sa.text(f"state IN {OPEN}"),
             postgresql_where=sa.text(f"state IN {OPEN}")),
)  # fmt: skip


def report(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, team: Sequence[str], crime: str, amount: str = ""
) -> sa.Row[Any]:
    """Hand the written report of a team of two or more to the head; the three days run (5).

    Raises
    ------
    TransferUnderWay
        If one is under way.
    OfficersTooFew, OfficerUnlicensed, OfficerRecused, OfficerReviews
        If the team may not act.
    TransferReasonMissing
        If no crime is named.
    """
    if not crime.strip():
        raise errors.TransferReasonMissing
    if open_of(connection, case.id) is not None:
        raise errors.TransferUnderWay
    officers = acting.require(connection, case, team, clock.today())
    row = connection.execute(
        sa.insert(police_transfer)
        .values(
            case_id=case.id,
            state="reported",
            crime=crime.strip(),
            amount=amount.strip(),
            team=[officer.person for officer in officers],
            reported_at=clock.now(),
        )
        .returning(police_transfer)
    ).one()
    deadline.start(connection, actor, case, "police_decision", started_at=row.reported_at)
    trail.record(connection, case.number, actor, "transfer.reported", crime=row.crime, team=row.team)
    return row


def decide(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, approved: bool, why: str = ""
) -> sa.Row[Any]:
    """Approve the transfer or not, as the head in person.

    Raises
    ------
    TransferUnknown, TransferStateWrong
        If none waits for it.
    NotTheHead
        If it is a deputy, or somebody who stands in (5(1)).
    TransferReasonMissing
        If it is not approved and nothing says why (5(2)).
    """
    row = _in(connection, case, "reported")
    acting.require_head(connection, actor.id, *HEAD)
    if not approved and not why.strip():
        raise errors.TransferReasonMissing
    state = "approved" if approved else "not_approved"
    deadline.meet(connection, actor, case, "police_decision")
    decided = _change(connection, actor, case, row, f"transfer.{state}", state=state, decided_by=actor.id,
                      decided_at=clock.now(), decided_why=why.strip())  # fmt: skip
    if approved:
        deadline.start(connection, actor, case, "police_hand_over", started_at=clock.now())
    return decided


def hand_over(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, to: str, receipt: str, annexes: Sequence[str]
) -> sa.Row[Any]:
    """Hand the case to the police against their receipt, with all annexes (5(2), 6, 7).

    Parameters
    ----------
    annexes
        Kinds of the documents that go along, of :data:`ANNEXES`.

    Raises
    ------
    TransferUnknown, TransferStateWrong
        If none is approved.
    TransferAnnexMissing
        If an annex is missing.
    TransferReasonMissing
        If nobody signed for it.
    """
    row = _in(connection, case, "approved")
    missing = [title for kind, title in ANNEXES.items() if kind not in annexes]
    if missing:
        raise errors.TransferAnnexMissing(annexes="、".join(missing))
    if not to.strip() or not receipt.strip():
        raise errors.TransferReasonMissing
    deadline.meet(connection, actor, case, "police_hand_over")
    handed = _change(connection, actor, case, row, "transfer.handed_over", state="handed_over", handed_to=to.strip(),
                     handed_at=clock.now(), receipt=receipt.strip())  # fmt: skip
    deadline.start(connection, actor, case, "police_answer", started_at=handed.handed_at)
    special.hand_to_police(connection, actor, case, to=handed.handed_to)
    return handed


def answer(connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, filed: bool, number: str) -> sa.Row[Any]:
    """Take in what the police decided: filed, things and papers follow; not filed, there are remedies, a duty (8-12).

    Raises
    ------
    TransferUnknown, TransferStateWrong
        If nothing is with the police.
    TransferReasonMissing
        If their document is not named.
    """
    row = _in(connection, case, "handed_over", "disputed")
    if not number.strip():
        raise errors.TransferReasonMissing
    for period in ("police_answer", "police_again"):
        if deadline.find(connection, case, period) is not None:
            deadline.meet(connection, actor, case, period)
    state = "filed" if filed else "not_filed"
    again = row.state == "disputed"
    changed = _change(connection, actor, case, row, f"transfer.{state}", state=state, answered_at=clock.now(),
                      answer_no=number.strip())  # fmt: skip
    if not filed:
        special.take_from_police(connection, actor, case)
    follows = "police_things" if filed else "police_supervision" if again else "police_reconsideration"
    deadline.start(connection, actor, case, follows, started_at=changed.answered_at)
    return changed


def dispute(connection: Connection, actor: audit.Actor, case: sa.Row[Any], *, how: str, why: str) -> sa.Row[Any]:
    """Ask the police to reconsider, or propose supervision to the procuratorate (9).

    Parameters
    ----------
    how : ``reconsideration`` or ``supervision``

    Raises
    ------
    TransferUnknown, TransferStateWrong
        If the police have not refused, or have reconsidered already.
    TransferReasonMissing
        If nothing says why.
    """
    row = _in(connection, case, "not_filed")
    before: list[Mapping[str, Any]] = list(row.dispute or [])
    if how not in ("reconsideration", "supervision") or not why.strip():
        raise errors.TransferReasonMissing
    if any(entry["how"] == how for entry in before) or (how == "reconsideration" and before):
        raise errors.TransferStateWrong(state=row.state)
    _end_remedies(connection, actor, case)
    entry = {"how": how, "why": why.strip(), "on": clock.today().isoformat()}
    changed = _change(connection, actor, case, row, f"transfer.{how}", state="disputed", dispute=[*before, entry])
    deadline.start(connection, actor, case, "police_again", started_at=clock.now())
    special.hand_to_police(connection, actor, case, to=str(row.handed_to))
    return changed


def hand_things(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> sa.Row[Any]:
    """Hand things and papers over to the police who have filed the case; the transfer has ended (12).

    Raises
    ------
    TransferUnknown, TransferStateWrong
        If the police have not filed it.
    """
    row = _in(connection, case, "filed")
    deadline.meet(connection, actor, case, "police_things")
    return _change(connection, actor, case, row, "transfer.things_handed", state="ended", things_handed_at=clock.now())


def handle(connection: Connection, actor: audit.Actor, case: sa.Row[Any], how: str) -> sa.Row[Any]:
    """Go on with a case that the police have not taken up: the investigation decides it (10).

    Raises
    ------
    TransferUnknown, TransferStateWrong
        If the police have not refused it.
    TransferReasonMissing
        If nothing says how it goes on.
    """
    row = _in(connection, case, "not_filed")
    if not how.strip():
        raise errors.TransferReasonMissing
    _end_remedies(connection, actor, case)
    return _change(connection, actor, case, row, "transfer.handled", state="handled", handled_how=how.strip())


def require_no_suspicion(connection: Connection, case: sa.Row[Any]) -> None:
    """Refuse a penalty while a transfer is under way: nothing replaces it (11(1)).

    Raises
    ------
    SuspicionStands
    """
    if open_of(connection, case.id) is not None:
        raise errors.SuspicionStands


def require_handled(connection: Connection, case: sa.Row[Any]) -> None:
    """Refuse to close a case that the police sent back and nobody has gone on with (10).

    Raises
    ------
    ReturnedCaseUnhandled
    """
    row = open_of(connection, case.id)
    if row is not None and row.state == "not_filed":
        raise errors.ReturnedCaseUnhandled


def due(connection: Connection, case: sa.Row[Any], period: str) -> sa.Row[Any] | None:
    """Return the running deadline of a step of the transfer, or None."""
    return deadline.find(connection, case, period)


def open_of(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the transfer of a case that is under way, if one is."""
    return connection.execute(
        sa.select(police_transfer).where(police_transfer.c.case_id == case_id, police_transfer.c.state.in_(OPEN))
    ).one_or_none()


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the transfers of a case in order."""
    return connection.execute(
        sa.select(police_transfer).where(police_transfer.c.case_id == case_id).order_by(police_transfer.c.id)
    ).all()


def _in(connection: Connection, case: sa.Row[Any], *states: str) -> sa.Row[Any]:
    row = open_of(connection, case.id)
    if row is None:
        raise errors.TransferUnknown
    if row.state not in states:
        raise errors.TransferStateWrong(state=row.state)
    return row


def _end_remedies(connection: Connection, actor: audit.Actor, case: sa.Row[Any]) -> None:
    for period in ("police_reconsideration", "police_supervision"):
        if deadline.find(connection, case, period) is not None:
            deadline.meet(connection, actor, case, period)


def _change(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], row: sa.Row[Any], action: str, **values: Any
) -> sa.Row[Any]:
    changed = connection.execute(
        sa.update(police_transfer).where(police_transfer.c.id == row.id).values(**values).returning(police_transfer)
    ).one()
    said = {name: value for name, value in values.items() if isinstance(value, str) and name != "state"}
    trail.record(connection, case.number, actor, action, crime=row.crime, **said)
    return changed
