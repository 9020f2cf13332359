"""The applicant as the registers know them: asked for before a case is opened, and filled into the form on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from engine import errors
from engine.cases.items import register
from engine.errors import N_
from forms import Fault
from web import database, security

PREFILL, OPENING = "prefill", "opening"
"""Why a register is asked."""
_FILLED = {"name": "applicant.name", "address": "applicant.address"}
_FILLED_OF_FIRMS = {"legal_representative": "applicant.legal_representative"}


@dataclass(frozen=True)
class Answer:
    """What the registers said, or why they could not be asked."""

    known: register.Known | None = None
    fault: Fault | None = None


def ask(typed: MultiDict[str, str], item: str, why: str) -> Answer:
    """Ask the registers for the applicant that was typed."""
    firm = typed.get("applicant.kind") == "organisation"
    number = typed.get("applicant.uscc" if firm else "applicant.id_number", "").strip()
    if not number:
        return Answer(fault=Fault(N_("Type the identity number or credit code first, then look it up.")))
    try:
        known = register.ask(database.connection(), security.actor(), number, firm=firm, why=why, item=item)
    except (errors.ResidentIdWrong, errors.CreditCodeWrong) as problem:
        return Answer(fault=Fault(problem.template, problem.facts))
    return Answer(known)


def fill(typed: MultiDict[str, str], answer: Answer) -> None:
    """Fill in what the register knows of the applicant."""
    entry: Any = answer.known.entry if answer.known else None
    if entry is None:
        return
    firm = typed.get("applicant.kind") == "organisation"
    for field, name in {**_FILLED, **(_FILLED_OF_FIRMS if firm else {})}.items():
        if entry.get(field):
            typed.setlist(name, [str(entry[field])])
