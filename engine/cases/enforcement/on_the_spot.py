"""The penalty on the spot (行政处罚法51, 52): a warning or a small fine, decided, told and handed over at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases import deadline, decision
from engine.cases.clocks import setting
from engine.cases.enforcement import filing, lead, officer, pushes
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground.together import Question

FINE, WARNING = "罚款", "警告"
CEILINGS = {"citizen": 200, "entity": 3000}
"""The highest fine for each kind of party, the figure included (行政处罚法51)."""

ACTS = {
    "licence_shown": N_("showing the licences"),
    "facts_told": N_("telling facts, reasons and basis"),
    "rights_told": N_("telling the right to plead"),
    "plea_heard": N_("hearing the plea"),
    "form_filled": N_("filling in the numbered form"),
    "officers_signed": N_("the officers' signatures"),
    "handed_over": N_("handing the decision over"),
}
"""What must be done on the spot, in this order (行政处罚法44, 45, 52(1), 52(2))."""

REMEDY = "reconsideration_first"
"""Against a decision made on the spot reconsideration comes before the court (行政复议法23(1)(一))."""

spot_penalty = sa.Table(
    "spot_penalty",
    db.metadata,
    sa.Column("decision_id", db.Id, sa.ForeignKey("case_decision.id"), primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("warning", sa.Boolean, nullable=False),
    sa.Column("fine", sa.Integer, nullable=False),
    sa.Column("officers", db.Json, nullable=False),
    sa.Column("place", sa.String(300), nullable=False),
    sa.Column("signed", sa.Boolean, nullable=False),
    sa.CheckConstraint("warning OR fine > 0", name="warning_or_fine"),
    sa.CheckConstraint("fine BETWEEN 0 AND 3000", name="fine_small"),
    sa.CheckConstraint("place <> ''", name="place_given"),
    sa.Index(None, "case_id"),
)
"""``signed``: the party has signed for it; a refusal is noted on the form (行政处罚法52(1))."""


@dataclass(frozen=True)
class Wanted:
    """What the officers decide: kinds of penalty, the fine in yuan, who they are, and which of the acts were done."""

    kinds: Sequence[str]
    fine: int
    officers: Sequence[str]
    done: Sequence[str]
    place: str
    reason: str
    signed: bool = True
    remedy: str = REMEDY


def decide(connection: Connection, actor: audit.Actor, case: sa.Row[Any], wanted: Wanted) -> sa.Row[Any]:
    """Decide on the spot; handed over it is served, and three pushes go out with it (C2.3 I12).

    Raises
    ------
    SpotKindForbidden, SpotFineTooHigh, SpotFineTooLow
        If it is more than art. 51 allows on the spot, or less than the law the power rests on.
    SpotActMissing
        If one of the acts of art. 52 was not done.
    SpotRemedyWrong
        If another remedy is told than reconsideration first.
    OfficersTooFew, OfficerUnlicensed, OfficerRecused, OfficerReviews
        See :func:`engine.cases.enforcement.officer.shown`.
    SameActFiled
        If another case is about the same act (行政处罚法29).
    CaseStateWrong
        If the case was decided or filed before.
    """
    if case.decided_at is not None or case.closed_at is not None or case.accepted_at is not None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="on_the_spot")
    require_allowed(connection, case, wanted.kinds, wanted.fine)
    _require_done(wanted)
    filing.require_no_other(connection, case)
    officers = officer.shown(connection, case, wanted.officers)
    officer.appoint(connection, actor, case, wanted.officers)
    remedies = _remedy_told(connection)
    given = {"result": "penalised", "reasons": wanted.reason, "basis": case.item.get("basis"), "remedies": remedies}
    row = _write(connection, decision.write(connection, actor, case, given), wanted, officers)
    details = {"decision": row.decision_id, "fine": row.fine, "kinds": list(wanted.kinds), "signed": row.signed}
    trail.record(connection, case.number, actor, "penalty.on_the_spot", **details, **officers)
    pushes.send(connection, actor, case.number, text=penalty_text(wanted.kinds, wanted.fine), officers=officers)
    return row


def _write(
    connection: Connection, made: sa.Row[Any], wanted: Wanted, officers: Mapping[str, Any]
) -> sa.Row[Any]:  # fmt: skip
    values = {"warning": WARNING in wanted.kinds, "fine": wanted.fine, "place": wanted.place, "signed": wanted.signed}
    new = sa.insert(spot_penalty).values(decision_id=made.id, case_id=made.case_id, officers=officers, **values)
    return connection.execute(new.returning(spot_penalty)).one()


def _require_done(wanted: Wanted) -> None:
    for name, label in ACTS.items():
        if name not in wanted.done:
            raise errors.SpotActMissing(act=label)
    if wanted.remedy != REMEDY:
        raise errors.SpotRemedyWrong


def require_allowed(connection: Connection, case: sa.Row[Any], kinds: Sequence[str], fine: int) -> None:
    """Refuse what art. 51 does not allow on the spot.

    Raises
    ------
    SpotKindForbidden, SpotFineTooHigh, SpotFineTooLow
    """
    others = sorted(set(kinds) - {FINE, WARNING})
    if others or not kinds or (FINE in kinds) != (fine > 0):
        raise errors.SpotKindForbidden(kinds="、".join(others) or "—")
    kind = _treated_as(connection, lead.of(connection, case.id).party_kind)
    if fine > CEILINGS[kind]:
        raise errors.SpotFineTooHigh(fine=fine, ceiling=CEILINGS[kind])
    lowest = lowest_fine(case.item, kind)
    if fine and lowest is not None and fine < lowest:
        raise errors.SpotFineTooLow(fine=fine, lowest=lowest)


def lowest_fine(item: Mapping[str, Any], kind: str) -> int | None:
    """Return the lowest lawful fine of a power for a kind of party, None where the law has no figure."""
    lows = [
        bracket["min"]
        for bracket in item.get("fine") or ()
        if bracket["applies_to"] in ("any", kind) and bracket["stage"] == "first" and bracket["min"] is not None
    ]
    return min(lows, default=None)


def penalty_text(kinds: Sequence[str], fine: int) -> str:
    """Return the penalty as papers say it."""
    return "；".join(f"{kind}{fine}元" if kind == FINE else kind for kind in kinds)


def of(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return what was decided on the spot in a case, or None."""
    return next(iter(OF_CASE.all(connection, case=case_id)), None)


OF_CASE = Question(
    sa.select(spot_penalty).where(spot_penalty.c.case_id == sa.bindparam("case", type_=db.Id)),
    spot_penalty.c.decision_id,
)


def record(connection: Connection, actor: audit.Actor, case: sa.Row[Any], recording: str) -> None:
    """Report the decision to the organ for its record (行政处罚法52(3)), with the recording made of it (47).

    Raises
    ------
    CaseStateWrong
        If nothing was decided on the spot.
    """
    if of(connection, case.id) is None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="decided")
    if deadline.find(connection, case, "spot_record") is not None:
        deadline.meet(connection, actor, case, "spot_record")
    trail.record(connection, case.number, actor, "penalty.recorded", recording=recording, on=clock.today().isoformat())


def _remedy_told(connection: Connection) -> str:
    """Return what the party is told: reconsideration first, then the court (复议法23(1)(一)、34；行诉法45)."""
    values = setting.load(connection)
    return (
        f"如不服本决定，应当先自收到本决定书之日起六十日内向{values['reconsideration_organ']}申请行政复议；"
        f"对行政复议决定不服的，可以自收到行政复议决定书之日起十五日内向{values['court_name']}提起行政诉讼。"
    )


def _treated_as(connection: Connection, kind: str) -> str:
    if kind == "sole_trader":
        return str(setting.load(connection)["sole_trader"])
    return kind
