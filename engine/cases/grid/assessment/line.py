"""The line: one indicator of one worker's month, with its figures, its formula and what it is worth.

Whoever has the line can count it again: the formula over the figures, the target and the cap gives ``points``
(0 to 100), the weight gives its share of the score. The events behind the figures are its basis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from typing import Any

import sqlalchemy as sa

from engine import db, errors, feel


@dataclass(frozen=True)
class Named:
    """An indicator or a figure; ``figures`` are what an indicator's formula reads beside target and cap."""

    code: str
    name: str
    name_en: str
    figures: tuple[str, ...] = ()


def _read(part: str) -> Mapping[str, Named]:
    rows = db.loads(resources.files("engine.cases").joinpath("data/assessment.json").read_text("utf-8"))[part]
    return {row["code"]: Named(**{**row, "figures": tuple(row.get("figures", ()))}) for row in rows}


INDICATORS, FIGURES = _read("indicators"), _read("figures")
"""By code, in the order of the rule: a figure is counted from events (:data:`.basis.FIGURES`) or a raw value."""

FOUR_PLACES = Decimal("0.0001")

assessment_line = sa.Table(
    "assessment_line",
    db.metadata,
    sa.Column("score_id", db.Id, sa.ForeignKey("assessment_score.id"), primary_key=True),
    sa.Column("indicator", sa.String(20), primary_key=True),
    sa.Column("figures", db.Json, nullable=False),
    sa.Column("corrected", db.Json, nullable=False),
    sa.Column("formula", sa.String(200), nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("target", db.Json),
    sa.Column("cap", db.Json),
    sa.Column("points_e4", sa.Integer, nullable=False),
    sa.CheckConstraint(f"indicator IN {tuple(INDICATORS)}", name="indicator_known"),
    sa.CheckConstraint("weight BETWEEN 0 AND 100", name="weight_of_hundred"),
    sa.CheckConstraint("points_e4 BETWEEN 0 AND 1000000", name="points_of_hundred"),
)
"""``points_e4`` are ten-thousandths of a point; ``corrected`` names the figures that an accepted appeal changed."""


@dataclass(frozen=True)
class Line:
    """A line before it is kept; ``points`` has four places."""

    indicator: str
    figures: Mapping[str, int]
    rule: Mapping[str, Any]
    points: Decimal
    corrected: tuple[str, ...] = ()

    @property
    def share(self) -> Decimal:
        """What the line adds to the score."""
        return self.points * int(self.rule["weight"]) / 100


def count(
    indicator: str, rule: Mapping[str, Any], known: Mapping[str, int], corrections: Mapping[str, int] | None = None
) -> Line:
    """Count a line from what is known of the worker's month; a figure that no event counts is 0.

    Raises
    ------
    FormulaWrong
        If the formula gives no number.
    """
    wanted = INDICATORS[indicator].figures
    changed = {name: value for name, value in (corrections or {}).items() if name in wanted}
    figures = {name: int(changed.get(name, known.get(name, 0))) for name in wanted}
    return Line(indicator, figures, rule, points(rule["formula"], figures, rule["target"], rule["cap"]), tuple(changed))


def points(formula: str, figures: Mapping[str, int], target: Any, cap: Any) -> Decimal:
    """Return what a formula gives over figures, target and cap: 0 to 100, four places, halves rounded up.

    Raises
    ------
    FormulaWrong
        If it gives no number.
    """
    context = {**{name: Decimal(value) for name, value in figures.items()}, "target": _number(target)}
    found = feel.evaluate(formula, {**context, "cap": _number(cap)})
    if not isinstance(found, Decimal):
        raise errors.FormulaWrong(formula=formula)
    return min(max(found, Decimal(0)), Decimal(100)).quantize(FOUR_PLACES, ROUND_HALF_UP)


def row(score_id: int, line: Line) -> dict[str, Any]:
    """Return a line as it is kept."""
    return {
        "score_id": score_id,
        "indicator": line.indicator,
        "figures": dict(line.figures),
        "corrected": list(line.corrected),
        "formula": line.rule["formula"],
        "weight": int(line.rule["weight"]),
        "target": line.rule["target"],
        "cap": line.rule["cap"],
        "points_e4": int(line.points.scaleb(4)),
    }


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
