"""The codes that decision tables answer with and diagrams branch on, in the reader's words.

A code means the same in every shipped table, but under a column of :data:`COLUMNS`, which has codes of its own. What a
town's own table answers with and nobody has named here is shown as it is. Sentences are no codes: a table keeps their
English itself, in a column of the answer's name and ``_en``.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.cases.clocks import supervision
from engine.cases.enforcement.execution import route
from engine.cases.grid import commanding, link
from engine.cases.grid.assessment import line, score
from engine.cases.grid.items import item_class
from engine.errors import N_
from engine.organisation.grid import node
from web import i18n
from web.shown import lexicon

CODES: Mapping[str, str] = {
    **commanding.TARGETS, **supervision.LEVELS, **item_class.LEVELS, **link.TARGETS, **score.GRADES, **node.CATEGORIES,
    "": N_("none"), "yes": N_("yes"), "no": N_("no"), "unknown": N_("not known yet"), "none": N_("none"),
    "case": N_("the clock of the case"), "step": N_("the clock of the step"), "rework": N_("work done again"),
    "minor": N_("minor"), "life_health_finance": N_("to life, health or financial safety"),
    "R_FIRST": N_("reconsideration first"), "R_FREE": N_("reconsideration or the court, at choice"),
    "age_lt_14": N_("under fourteen"), "no_capacity": N_("could not tell or control the own acts"),
    "minor_corrected_no_harm": N_("minor, corrected in time, no harm"),
    "first_minor_harm_corrected": N_("first time, minor harm, corrected in time"),
    "no_fault": N_("no fault, proved by the party"), "past_limitation": N_("out of time"),
    "first": N_("first time"), "minor_harm": N_("minor harm"), "corrected": N_("corrected in time"),
    "no_harm": N_("no harm"),
}  # fmt: skip
"""Marked for translation; nothing at all is an answer too."""

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "route": {
        **route.ROUTES, "town": N_("the town"), "other": N_("another authority"), "ask_legal": N_("the legal office"),
    },
}  # fmt: skip
"""By column: what its codes mean there; marked for translation."""


def word(column: str, value: str) -> str:
    """Return an answer of a column in the reader's language; one that is not known is returned as it is."""
    if column == "pair.indicator" and value in line.INDICATORS:
        return i18n.named(line.INDICATORS[value])
    known = COLUMNS.get(column, CODES).get(value)
    return lexicon.word(value) if known is None else i18n.message(known)
