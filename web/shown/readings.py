"""How the open points of the law were read for a period: the stored readings in words, each with its origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask

from engine.cases.clocks import setting
from engine.errors import N_
from web import i18n
from web.shown import lexicon

ORIGINS = {"default": N_("default · {origin}"), "chosen": N_("chosen here · {origin}")}
"""Where a reading comes from: nobody has chosen another one, or the house has."""


@dataclass(frozen=True)
class Point:
    """An open point of the law, how it was read, and where that reading comes from."""

    title: str
    reading: str
    origin: str


def init_app(app: Flask) -> None:
    """Offer the readings to templates."""
    app.add_template_global(readings_of)


def readings_of(row: sa.Row[Any]) -> list[Point]:
    """Return how the open points of the law were read when a period was computed."""
    known = setting.register()
    return [_point(known[key], value) for key, value in row.readings.items() if key in known and _matters(key, row)]


def _matters(key: str, row: sa.Row[Any]) -> bool:
    """Tell whether a point could have changed the day; what decides nothing only hides what does."""
    days, reasons = [step[0] for step in row.derivation], {step[2] for step in row.derivation}
    if key in ("roll_organ", "roll_party"):
        return row.unit in ("calendar", "month", "year")
    if key == "year_end":
        return row.unit == "working" and any(day[5:] >= "12-24" for day in days)
    return key != "stop_days" or not reasons.isdisjoint({"stopped", "given_back", "running"})


def _point(known: setting.Setting, value: Any) -> Point:
    chosen = next((reading for reading in known.readings if reading.value == value), None)
    origin = ORIGINS["default" if value == known.default else "chosen"]
    return Point(
        i18n.named(known, "title"),
        i18n.named(chosen, "label") if chosen else str(value),
        i18n.message(origin, {"origin": lexicon.cited(i18n.named(known, "origin"))}),
    )
