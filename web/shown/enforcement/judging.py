"""The draft of a penalty as reviewers and deciders see it: what it says, what changed since, discretion, like cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.engine import Connection

from engine.cases import standing
from engine.cases.enforcement.judging import draft, penalty, review
from engine.errors import N_
from web import i18n
from web.i18n import lazy_gettext as _l
from web.shown import formatting

FIELDS = {
    "act.facts": _l("Facts of the breach"),
    "act.date": _l("Day of the breach"),
    "act.place": _l("Place of the breach"),
    "item.violated": _l("Clause broken"),
    "item.basis": _l("Clause of the penalty"),
    "fine": _l("Kinds of penalty"),
    "fine.amount": _l("Amount of the fine"),
    "forfeit_gains": _l("Gains confiscated"),
    "forfeit_gains.amount": _l("Amount of the gains"),
    "forfeit_goods": _l("Goods confiscated"),
    "forfeit_goods.amount": _l("Value of the goods"),
}
"""What the fields of a draft are called; kinds of penalty without a field call themselves."""

EVIDENCE = "evidence "

RULES = {
    "table": N_("The table {table} applies ({statute})."),
    "no_table": N_("There is no table; the officer proposes, and legal review is needed."),
    "no_penalty": N_("{law}: not punished, but educated (33(3))."),
    "may_no_penalty": N_("{law}: may be left unpunished, because: {reason}"),
    "base": N_("Proved: “{criteria}”; base step {step}."),
    "not_minor": N_("Not every condition of 33(1) is met; punished as {step}."),
    "heavier": N_("{law} ({circumstance}): one step up, to {step}."),
    "lighter": N_("{law} ({circumstance}): one step down, to {step}."),
    "at_most": N_("It stands on the highest step already."),
    "at_least": N_("Not below {step} and the least fine of the statute."),
    "reduced": N_("{law} ({circumstance}): reduced below {min} yuan, after a collective discussion, because: {reason}"),
    "both": N_("Lighter and heavier together: between {min} and {max} yuan, with legal review."),
    "higher_fine": N_("Several rules are broken; the one with the higher fine applies: {table} (29)."),
}
"""Why discretion came out as it did, by the rule that held."""


@dataclass(frozen=True)
class Field:
    """One field of a draft; ``key`` is the name by which the change of it is told."""

    label: str
    key: str
    before: str
    after: str


@dataclass(frozen=True)
class Draft:
    """A draft with its last review, what differs from what was reviewed, its discretion, and like cases."""

    row: sa.Row[Any]
    said: Sequence[Field]
    pieces: Sequence[Field]
    review: sa.Row[Any] | None
    changes: Sequence[Field]
    void: str
    rules: Sequence[str]
    like: Sequence[Any]

    @property
    def reviewed(self) -> str:
        """What the result of the last review is called."""
        return str(_(review.RESULTS[self.review.result])) if self.review is not None else ""

    @property
    def hash(self) -> str:
        """The hash of the draft in groups that can be compared by eye."""
        text = str(self.row.content_hash)
        return " ".join(text[start : start + 8] for start in range(0, len(text), 8))


def of(connection: Connection, case: sa.Row[Any]) -> Draft | None:
    """Return the present draft of a case, or None where there is none: it is no enforcement, or not so far."""
    row = draft.current(connection, case.id) if case.kind == standing.ENFORCEMENT else None
    if row is None:
        return None
    known = review.last(connection, case.id)
    changed = review.changes_since(connection, known, row.content) if known is not None else []
    found = row.discretion or {}
    said = [_field(change) for change in draft.differences(_EMPTY, row.content)]
    return Draft(
        row=row,
        said=[field for field in said if not field.key.startswith(EVIDENCE)],
        pieces=[field for field in said if field.key.startswith(EVIDENCE)],
        review=known,
        changes=[_field(change) for change in changed],
        void=_void(known, changed),
        rules=[i18n.message(RULES[rule["rule"]], rule) for rule in found.get("rules") or () if rule["rule"] in RULES],
        like=penalty.like(connection, case, str(found.get("power")), str(found.get("step"))),
    )


_EMPTY: dict[str, Any] = {"facts": {}, "clauses": {}, "evidence": [], "penalty": []}


def _void(known: sa.Row[Any] | None, changed: Sequence[draft.Change]) -> str:
    """Say that a passed review does not hold any more, with every field and what it was and is."""
    if known is None or known.result != "passed" or not changed:
        return ""
    told = "; ".join(f"{change.field} {_said(change.before)} → {_said(change.after)}" for change in changed)
    return str(_("The review is void: %(changes)s", changes=told))


def _field(change: draft.Change) -> Field:
    key = change.field
    number = key.removeprefix(EVIDENCE)
    label = str(FIELDS.get(key, key)) if number == key else str(_("Evidence %(number)s", number=number))
    written = formatting.amount if key.endswith(".amount") else _said
    before, after = (written(value) if value is not None else "—" for value in (change.before, change.after))
    return Field(label, key, before, after)


def _said(value: Any) -> str:
    return "—" if value is None else str(value)
