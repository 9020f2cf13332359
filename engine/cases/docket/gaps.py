"""What keeps a case out of the archive: what is open, what was not recorded, what the checks of the evidence find.

处罚法47 asks that every step be recorded, in writing and where the town's list wants it by sound or pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases import deadline
from engine.cases.clocks import period
from engine.cases.docket import recorded
from engine.cases.enforcement.investigation import checks
from engine.cases.papers import document
from engine.errors import N_

AFTER_ARCHIVING = ("archive", "rating_contact", "rating_fix", "cf_archive")
"""Periods that may run while the file goes into the archive."""
STOPPED_NODES = ("E17", "E19")
"""The nodes of closing and archiving, at which the checks of the evidence are read."""


@dataclass(frozen=True)
class Gap:
    """One thing that is lacking: its code, the text to translate, and the facts in it."""

    code: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the gap as it is stored with a bound file."""
        return {"code": self.code, "text": self.text, "facts": dict(self.facts)}


def of(connection: Connection, case: sa.Row[Any]) -> list[Gap]:
    """Return every gap of a case, the case itself first."""
    found = [] if case.closed_at is not None else [Gap("case.open", N_("the case is open"))]
    found += _periods(connection, case)
    if case.outcome == "granted" and not document.of(connection, case.id):
        found.append(Gap("document:decision", N_("no decision has been issued")))
    found += unrecorded(connection, case)
    found += [
        Gap(f"check:{row.check}", row.text, row.facts)
        for node in STOPPED_NODES
        for row in checks.stopping(connection, case, node)
    ]
    return found


def _periods(connection: Connection, case: sa.Row[Any]) -> Iterator[Gap]:
    for row in deadline.of(connection, case.id, *deadline.RUNNING):
        if row.period not in AFTER_ARCHIVING:
            known = period.get(row.period)
            facts = {"title": known.title, "title_en": known.title_en}
            yield Gap(f"deadline:{row.period}", N_("the period “{title}” still runs"), facts)


def unrecorded(connection: Connection, case: sa.Row[Any]) -> Iterator[Gap]:
    """Tell of what the town's list wants recorded and that has no recording; ``step`` is its code in the list."""
    for row, step in recorded.acts_lacking(connection, case):
        facts = {"number": row.number, "title": step.step, "title_en": step.step_en, "step": step.code}
        yield Gap(f"recording:{row.number}", N_("record {number} ({title}) has neither sound nor pictures"), facts)
    for step in recorded.lacking(connection, case):
        facts = {"node": step.node, "title": step.step, "title_en": step.step_en, "step": step.code}
        text = N_("{node} “{title}” must be recorded by sound or pictures and is not")
        yield Gap(f"recording:{step.code}", text, facts)
