"""What keeps a closed case out of the archive: each gap with the place where it is put right, and who may do that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.engine import Connection

from engine.cases.docket import gaps
from engine.cases.enforcement import officer
from engine.cases.people import access
from engine.errors import N_
from engine.organisation import person
from web import i18n, security
from web.shown import casefile

_EVIDENCE: Mapping[str, Any] = {"tab": "evidence"}
_PLACES: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "recording": (_EVIDENCE, N_("Add a recording")),
    "check": (_EVIDENCE, N_("Evidence")),
    "document": ({"tab": "documents"}, N_("Documents")),
    "deadline": ({}, N_("Clocks")),
    "case": ({}, N_("Open the case")),
}
"""By the kind of a gap, the tab of the case where it is put right and what the link is called."""


@dataclass(frozen=True)
class Lacking:
    """One gap in the reader's language, the address where it is put right and what the link to it is called."""

    said: str
    address: str
    link: str


def of(connection: Connection, case: sa.Row[Any]) -> dict[str, Any]:
    """Return ``lacking``, the gaps of a case that waits for the archive, and ``menders``, who may add a recording.

    There are none of a case that is open or archived; nobody is named to a reader who may add it.
    """
    if case.closed_at is None or case.archived_at is not None:
        return {"lacking": (), "menders": ()}
    found = gaps.of(connection, case)
    unrecorded = any(_kind(gap) == "recording" for gap in found)
    told = unrecorded and not access.allowed(security.reader(), "investigate")
    return {
        "lacking": [_placed(case, gap) for gap in found],
        "menders": _officers(connection, case) if told else (),
    }


def _kind(gap: gaps.Gap) -> str:
    return gap.code.partition(":")[0].partition(".")[0]


def _placed(case: sa.Row[Any], gap: gaps.Gap) -> Lacking:
    tab, link = _PLACES[_kind(gap)]
    step: dict[str, Any] = {"step": gap.facts["step"], "_anchor": "add-recording"} if "step" in gap.facts else {}
    return Lacking(
        casefile.gap(gap.as_json()), url_for("cases.one", number=case.number, **tab, **step), i18n.message(link)
    )


def _officers(connection: Connection, case: sa.Row[Any]) -> list[str]:
    acting = [row.person for row in officer.acting(connection, case.id)]
    names = person.names(connection, acting)
    return [names[one] for one in acting]
