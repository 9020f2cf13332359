"""Discretion: which step of the table a case stands on, between which amounts the fine lies, and why.

The way is that of the town's rule (``demo/guanlin/README.md``): find the table; a mandatory ground of no penalty ends
it; the heaviest criterion that is proved gives the base step; circumstances move it by one step each, never below 较轻
nor above 严重; below the least fine of the statute only as an explicit 减轻 under 行政处罚法30-32.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_DOWN, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import db, errors
from engine.cases.clocks import setting
from engine.cases.enforcement.judging import discretion_table as tables
from engine.cases.enforcement.judging.discretion_table import STEPS, Table

LIGHTEST, HEAVIEST = 1, len(STEPS) - 1
"""No lighter circumstance leads to 轻微, which is no penalty, and no heavier one beyond the last step."""
HEAVIER, LIGHTER = ("heavier_one_step", "heavier"), ("lighter_or_reduced",)

REASONS = {
    "table": "适用裁量基准{table}（{statute}）",
    "no_table": "没有相应裁量基准，由承办人提出幅度，必须经法制审核",
    "no_penalty": "{law}：依法不予行政处罚，并进行教育（处罚法33(3)）",
    "may_no_penalty": "{law}：可以不予行政处罚，理由：{reason}",
    "base": "已查证情形“{criteria}”，基准档次{step}",
    "not_minor": "不符合处罚法33(1)的全部条件，按{step}处罚",
    "heavier": "{law}（{circumstance}）：加重一档至{step}",
    "lighter": "{law}（{circumstance}）：从轻一档至{step}",
    "at_most": "已是最高档次，不再加重",
    "at_least": "从轻不低于{step}和法定下限",
    "reduced": "{law}（{circumstance}）：减轻处罚，可以低于法定下限{min}元，须经集体讨论，理由：{reason}",
    "both": "同时有从轻和从重情形，在{min}元至{max}元之间选择，必须经法制审核",
    "higher_fine": "同一违法行为违反多个规定，按罚款数额高的{table}处罚（处罚法29）",
}
"""What a rule of the algorithm writes down, in the words of the notice to the party."""


@dataclass(frozen=True)
class Found:
    """What discretion is exercised on: the powers the act falls under, the party, and what has been proved.

    ``criteria`` are the steps whose criteria are proved; ``circumstances`` have ``id``, ``proved`` and where chosen
    ``reason``; ``reduce`` is the explicit choice of 减轻, ``spare`` that of 可以不予处罚; ``base`` is the amount that
    a multiple is taken of.
    """

    powers: Sequence[str]
    party: str
    criteria: Sequence[str]
    circumstances: Sequence[Mapping[str, Any]] = ()
    stage: str = "first"
    base: Decimal | None = None
    reduce: bool = False
    spare: bool = False


@dataclass
class _Way:
    """The result while it is being found."""

    reasons: list[dict[str, Any]] = field(default_factory=list)
    review_required: bool = False
    collective_required: bool = False

    def say(self, rule: str, **facts: Any) -> None:
        self.reasons.append({"rule": rule, **facts, "text": REASONS[rule].format_map(facts)})


def propose(connection: Connection, found: Found) -> dict[str, Any]:
    """Return ``table``, ``outcome``, ``step``, ``min``, ``max``, ``suggested``, ``reasons`` (text) and ``rules``.

    ``outcome`` is ``fine``, ``no_penalty`` or, without a table, ``propose``; ``rules`` are the reasons one by one with
    their facts. ``review_required`` and ``collective_required`` tell what this way of arriving at it demands.

    Raises
    ------
    DiscretionCriterionMissing
        If no criterion of the table is proved.
    DiscretionBaseMissing
        If the table is a multiple and nothing to multiply is given.
    DiscretionReasonMissing
        If 减轻 or 可以不予处罚 is chosen without a ground of the law or a reason.
    CircumstanceUnknown
        If a circumstance is not on the list.
    """
    way, known = _Way(), _known(connection, found.circumstances)
    table = _table(connection, found, way)
    spared = _spared(known, found, way)
    if spared:
        return _result(way, table, outcome="no_penalty")
    if table is None:
        way.review_required = True
        way.say("no_table")
        return _result(way, None, outcome="propose")
    step = _base(table, found, way)
    low, high = _moved(table, step, known, way)
    return _weigh(table, found, known, way, low, high)


def require(result: Mapping[str, Any], amount: int, reason: str) -> bool:
    """Tell whether a fine lies outside what was found; it then needs its reason, and legal review.

    Raises
    ------
    DeviationWithoutReason
        If it does and none is given.
    """
    low, high = result.get("min"), result.get("max")
    if low is None or high is None:
        return False
    most = high if result.get("last") else high - 1  # where the next step begins; fines are whole yuan
    if low <= amount <= most:
        return False
    if not reason.strip():
        raise errors.DeviationWithoutReason(amount=amount, min=low, max=most)
    return True


def party_of(connection: Connection, kind: str) -> str:
    """Return whether a kind of party is a ``citizen`` or an ``entity``; a sole trader: setting ``sole_trader``."""
    if kind == "sole_trader":
        return str(setting.load(connection)["sole_trader"])
    return "citizen" if kind == "citizen" else "entity"


def _known(connection: Connection, given: Iterable[Mapping[str, Any]]) -> list[tuple[sa.Row[Any], Mapping[str, Any]]]:
    """Return the proved circumstances as the list knows them, each with what is said of it."""
    proved = {str(entry["id"]): entry for entry in given if entry.get("proved")}
    rows = tables.circumstances(connection, proved)
    unknown = proved.keys() - {row.id for row in rows}
    if unknown:
        raise errors.CircumstanceUnknown(circumstance=min(unknown))
    return [(row, proved[row.id]) for row in rows]


def _table(connection: Connection, found: Found, way: _Way) -> Table | None:
    party = party_of(connection, found.party)
    those = [tables.find(connection, power, party, found.stage) for power in found.powers]
    there = [table for table in those if table is not None]
    if not there:
        return None
    table = max(there, key=lambda one: one.high)
    if len(there) > 1:
        way.say("higher_fine", table=table.code)
    way.say("table", table=table.code, statute="、".join(table.statute))
    return table


def _spared(known: Sequence[tuple[sa.Row[Any], Mapping[str, Any]]], found: Found, way: _Way) -> bool:
    for row, given in known:
        if row.effect == "no_penalty":
            way.say("no_penalty", law=row.law)
            return True
        if row.effect == "may_no_penalty" and found.spare:
            way.say("may_no_penalty", law=row.law, reason=_reason(given))
            return True
    if found.spare:
        raise errors.DiscretionReasonMissing(choice="可以不予处罚")
    return False


def _reason(given: Mapping[str, Any]) -> str:
    reason = str(given.get("reason") or "").strip()
    if not reason:
        raise errors.DiscretionReasonMissing(choice=given["id"])
    return reason


def _base(table: Table, found: Found, way: _Way) -> int:
    proved = [STEPS.index(step) for step in found.criteria if step in table.criteria]
    if not proved:
        raise errors.DiscretionCriterionMissing(table=table.code)
    step = max(proved)
    way.say("base", criteria=table.criteria[STEPS[step]], step=STEPS[step])
    if step < LIGHTEST:
        way.say("not_minor", step=STEPS[LIGHTEST])
    return max(step, LIGHTEST)


def _moved(table: Table, base: int, known: Sequence[tuple[sa.Row[Any], Any]], way: _Way) -> tuple[int, int]:
    """Return the steps to which the lighter and the heavier circumstances lead; both are the base without any."""
    low = high = base
    for row, _given in known:
        about = {"law": row.law or "裁量基准", "circumstance": row.name}
        if row.effect in HEAVIER:
            if high == HEAVIEST:
                way.say("at_most")
                continue
            high += 1
            way.say("heavier", step=STEPS[high], **about)
        elif row.effect in LIGHTER:
            if low == LIGHTEST:
                way.say("at_least", step=STEPS[LIGHTEST])
                continue
            low -= 1
            way.say("lighter", step=STEPS[low], **about)
    return low, high


def _weigh(
    table: Table, found: Found, known: Sequence[tuple[sa.Row[Any], Mapping[str, Any]]], way: _Way, low: int, high: int
) -> dict[str, Any]:
    moves = {row.effect in HEAVIER for row, _given in known if row.effect in (*HEAVIER, *LIGHTER)}
    both = len(moves) == 2
    one = high if moves == {True} else low
    first, last = table.row(STEPS[low if both else one]), table.row(STEPS[high if both else one])
    least, most = _yuan(table, found, first.low), _yuan(table, found, last.high)
    suggested = _yuan(table, found, (first.low + last.high) / 2 if both else first.suggested)
    if both:
        way.review_required = True
        way.say("both", min=least, max=most)
    if found.reduce:
        least, most, suggested = _reduce(table, found, known, way)
    step = STEPS[one] if not both else f"{first.step}—{last.step}"
    ends = last is table.rows[-1] and not found.reduce
    return _result(way, table, outcome="fine", step=step, min=least, max=most, suggested=suggested, last=ends)


def _reduce(
    table: Table, found: Found, known: Sequence[tuple[sa.Row[Any], Mapping[str, Any]]], way: _Way
) -> tuple[int, int, int]:
    """Go below the least fine of the statute: an explicit choice on a ground of 30-32, with reason and discussion."""
    ground = next(((row, given) for row, given in known if row.effect in LIGHTER), None)
    if ground is None:
        raise errors.DiscretionReasonMissing(choice="减轻")
    row, given = ground
    statutory = _yuan(table, found, table.low)
    way.collective_required = way.review_required = True
    way.say("reduced", law=row.law, circumstance=row.name, min=statutory, reason=_reason(given))
    return 0, statutory, statutory // 2


def _yuan(table: Table, found: Found, figure: Decimal) -> int:
    if not table.multiple:
        return int(figure)
    if found.base is None:
        raise errors.DiscretionBaseMissing(table=table.code, unit=table.unit)
    return int((db.number(found.base) * figure).quantize(Decimal(1), rounding=ROUND_HALF_DOWN))


def _result(way: _Way, table: Table | None, *, outcome: str, **figures: Any) -> dict[str, Any]:
    nothing = {"step": None, "min": None, "max": None, "suggested": None, "last": False}
    return {
        "table": table.code if table else None,
        "power": table.power if table else None,
        "outcome": outcome,
        **nothing,
        **figures,
        "special": table.special if table else "",
        "reasons": "；".join(reason["text"] for reason in way.reasons),
        "rules": way.reasons,
        "review_required": way.review_required,
        "collective_required": way.collective_required,
    }
