"""What pages and programs see of the evidence of a case: the register, facts and proofs, records, what is lacking.

What identifies a witness is shown to nobody without their having asked for it, with a reason (行政处罚法50).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock, db
from engine.cases.docket import gaps, recorded
from engine.cases.enforcement.investigation import (
    act,
    acting,
    checks,
    custody,
    evidence,
    fact,
    keeping,
    kinds,
    recording,
    recusal,
    register,
)
from engine.cases.people import access
from engine.ground.together import Together
from engine.organisation import person, post, qualification
from web import i18n, security

SEALED = "••••••"


@dataclass(frozen=True)
class Said:
    """One thing that a record of evidence says, in the reader's language."""

    label: str
    value: str
    sealed: bool = False


@dataclass(frozen=True)
class Proof:
    """Evidence in its present version with its kind, takers and file, and the numbers of the facts it proves."""

    row: sa.Row[Any]
    kind: sa.Row[Any]
    takers: Sequence[sa.Row[Any]]
    file: sa.Row[Any] | None
    facts: Sequence[int]

    @property
    def state(self) -> str:
        """``excluded``, ``verified`` or ``open``."""
        return "excluded" if self.row.excluded_at else "verified" if self.row.verified_at else "open"


def tab(connection: Connection, case: sa.Row[Any]) -> dict[str, Any]:
    """Return what the tab shows."""
    _WHOLE.ask(connection, case=case.id)
    officers = act.officers_of(connection, case.id)
    return {
        "proofs": every(connection, case),
        "case_facts": fact.of(connection, case.id),
        "links": fact.proofs(connection, case.id),
        "findings": [*checks.ahead(connection, case), *_unrecorded(connection, case)],
        "records": [(row, officers.get(row.id, ())) for row in act.of(connection, case.id)],
        "recordings": recording.of(connection, case.id),
        "recorded": {},
        "recorded_files": (),
        "recorded_wrong": (),
        "recording_steps": recording.steps_of(connection),
        "may_investigate": access.allowed(security.reader(), "investigate"),
    }


def _unrecorded(connection: Connection, case: sa.Row[Any]) -> Iterator[checks.Finding]:
    """Yield what is to be recorded by sound or pictures and is not; its fact ``step`` says where to add it."""
    for one in gaps.unrecorded(connection, case):
        yield checks.Finding("AV", "行政处罚法47", one.text, one.facts, "E19")


_WHOLE = Together(
    *(act.OF_CASE, act.OFFICERS_OF_CASE, recording.OF_CASE, kinds.EVERY, kinds.STEPS, recusal.OF_CASE, keeping.OF_CASE),
    *(evidence.OF_CASE, evidence.TAKERS_OF_CASE, register.FILES_OF_CASE, register.CHAINS_OF_CASE),
    *(fact.OF_CASE, fact.PROOFS_OF_CASE, recorded.HAPPENED),
)
"""What the tab asks in one statement."""


def every(connection: Connection, case: sa.Row[Any]) -> list[Proof]:
    """Return the register of a case, by number."""
    known = {row.code: row for row in kinds.every(connection)}
    takers, links = evidence.takers_of(connection, case.id), fact.proofs(connection, case.id)
    stored = register.files_of(connection, case.id)
    return [
        Proof(
            row,
            known[row.kind],
            takers.get(row.version_id, ()),
            stored.get(row.file_id or 0),
            sorted(number for number, proof in links if proof == row.number),
        )
        for row in evidence.of(connection, case.id)
    ]


def one(connection: Connection, case: sa.Row[Any], number: int, *, unsealed: bool = False) -> dict[str, Any]:
    """Return what the page of one piece of evidence shows."""
    evidence.get(connection, case.id, number)
    proof = next(each for each in every(connection, case) if each.row.number == number)
    chain = custody.of(connection, proof.row.id)
    names = person.names(connection, {link.holder for link in chain} | {link.holder_before for link in chain})
    by = {proof.row.verified_by, proof.row.excluded_by, proof.row.registered_by} - {None}
    return {
        "proof": proof,
        "said": list(said(proof.kind, proof.row.said, unsealed=unsealed)),
        "unsealed": unsealed,
        "intact": evidence.intact(proof.row, proof.file),
        "chain": chain,
        "whole": custody.whole(chain),
        "names": {**names, **person.names(connection, by)},
        "versions": [row for row in evidence.versions(connection, case.id) if row.number == number],
        "may_investigate": access.can(connection, security.reader(), "investigate", case),
        "may_exclude": access.can(connection, security.reader(), "exclude", case),
    }


def said(kind: sa.Row[Any], values: Mapping[str, Any], *, unsealed: bool = False) -> Iterator[Said]:
    """Yield what a record says, with sealed words hidden unless they have been asked for."""
    english = i18n.locale_name() == "en"
    for field in kind.fields:
        if field["key"] in values:
            label = field["label_en"] if english else field["label"]
            hidden = bool(field.get("sealed")) and not unsealed
            yield Said(label, SEALED if hidden else _word(field, values[field["key"]], english), hidden)


def colleagues(connection: Connection) -> list[tuple[str, str]]:
    """Return the officers of the reader's teams who hold a licence today, as ids and names."""
    groups = [group for group in security.reader().groups if access.investigates(group)]
    teams = {post.code_of(group).rpartition(".")[0] for group in groups}
    found = {
        row.id: row.display_name
        for team in sorted(teams)
        for held in ("leader", "officer")
        for row in person.holders(connection, f"{team}.{held}")
        if qualification.valid(connection, row.id, acting.LICENCE, on=clock.today()) is not None
    }
    return sorted(found.items())


def _word(field: Mapping[str, Any], value: Any, english: bool) -> str:
    if field["type"] == "choice":
        return next((str(one[2 if english else 1]) for one in field["choices"] if one[0] == value), str(value))
    if field["type"] == "confirmed":
        return "✓"
    if field["type"] == "moment":
        return f"{db.moment(str(value)).astimezone(clock.TOWN):%Y-%m-%d %H:%M}"
    return str(value)
