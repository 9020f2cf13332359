"""Findings as auditors read them: the rule's sentence with names in it, and the picture of like cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.radar import finding, rule
from engine.organisation import person
from web import i18n

WIDTH, HEIGHT, MARGIN = 640, 124, 24


@dataclass(frozen=True)
class Shown:
    """A finding with its rule and its sentence."""

    row: sa.Row[Any]
    rule: rule.Rule
    sentence: str


@dataclass(frozen=True)
class Dot:
    """A fine in the picture: where it stands, its amount, the case, and whether it is the one that was found."""

    x: float
    y: float
    fine: int
    number: str
    own: bool


@dataclass(frozen=True)
class Picture:
    """The fines of like cases on one line, with the median."""

    dots: Sequence[Dot]
    middle: float
    median: int
    least: int
    most: int


def shown(connection: Connection, rows: Iterable[sa.Row[Any]]) -> list[Shown]:
    """Return findings with their sentences in the reader's language."""
    rows = list(rows)
    people = person.names(connection, {str(row.facts["person"]) for row in rows if "person" in row.facts})
    return [_shown(row, people) for row in rows]


def picture(row: sa.Row[Any], proofs: Sequence[sa.Row[Any]]) -> Picture | None:
    """Return the picture of a discretion outlier; equal fines stand above each other."""
    fines = [(int(proof.facts["fine"]), proof) for proof in proofs if "fine" in proof.facts]
    if not fines:
        return None
    least, most = min(fine for fine, _ in fines), max(fine for fine, _ in fines)

    def across(fine: float) -> float:
        return MARGIN + (fine - least) * (WIDTH - 2 * MARGIN) / float((most - least) or 1)

    heights: dict[int, int] = {}
    dots = []
    for fine, proof in fines:
        heights[fine] = heights.get(fine, 0) + 1
        y = HEIGHT - 37 - 9 * min(heights[fine] - 1, 6)
        dots.append(Dot(round(across(fine), 1), y, fine, proof.number, bool(proof.facts.get("own"))))
    return Picture(dots, round(across(row.facts["median"]), 1), row.facts["median"], least, most)


def _shown(row: sa.Row[Any], people: dict[str, str]) -> Shown:
    known = rule.every()[row.rule]
    told = known.told_en if i18n.locale_name() == "en" else known.told
    named = {"person": people.get(str(row.facts.get("person")), row.facts.get("person"))}
    return Shown(row, known, told.format(**{**row.facts, **named}))


def words() -> dict[str, Any]:
    """Return what every page of the radar needs."""
    return {"rules": rule.every(), "states": finding.STATES}
