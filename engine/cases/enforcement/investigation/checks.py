"""What an investigation must have before it goes on: the eight checks of a case's evidence, each with its article.

``V1`` facts and evidence belong together · ``V2`` only what was verified is used · ``V3`` nothing illegal is used ·
``V4`` two officers, each of whom has signed · ``V5`` unchanged since it was taken in · ``V6`` obtained within the
procedure · ``V7`` measures have their decisions · ``V8`` whoever is to be protected is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock
from engine.cases.clocks import setting
from engine.cases.enforcement.investigation import (
    act,
    custody,
    evidence,
    fact,
    judged,
    keeping,
    kinds,
    recusal,
    register,
)
from engine.cases.papers import document
from engine.errors import N_

NOTICES = ("penalty_notice", "hearing_right")
SAMPLES = "sampling_certificate"


@dataclass(frozen=True)
class Finding:
    """One thing that is not right; ``stops`` is the node it keeps the case from, empty for a mark only."""

    check: str
    law: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    stops: str = ""


_Check = Callable[[Connection, sa.Row[Any]], Iterator[Finding]]


def findings(connection: Connection, case: sa.Row[Any], *checks: str) -> list[Finding]:
    """Return what the checks find in a case, all of them or those named, in their order."""
    wanted = checks or tuple(_CHECKS)
    return [found for name in wanted for found in _CHECKS[name](connection, case)]


def ahead(connection: Connection, case: sa.Row[Any]) -> list[Finding]:
    """Return what the checks find that still matters: nothing keeps a decided case from its review (E7) any more."""
    over = case.decided_at is not None or case.closed_at is not None
    return [found for found in findings(connection, case) if not (over and found.stops == "E7")]


def stopping(connection: Connection, case: sa.Row[Any], node: str) -> list[Finding]:
    """Return what keeps a case from a node."""
    return [found for found in findings(connection, case) if found.stops == node]


def _paired(connection: Connection, case: sa.Row[Any]) -> Iterator[Finding]:
    proofs, law = fact.proofs(connection, case.id), "行政处罚法40、46(2)"
    known = {row.number: row for row in evidence.of(connection, case.id)}
    facts = fact.of(connection, case.id)
    if not facts:
        yield Finding("V1", law, N_("no fact has been said yet"), stops="E7")
    used = {pair for pair in proofs if known[pair[1]].excluded_at is None}
    for row in facts:
        if row.number not in {pair[0] for pair in used}:
            yield Finding("V1", law, N_("fact {number} is proved by nothing"), {"number": row.number}, "E7")
    for number, row in known.items():
        if row.excluded_at is None and number not in {pair[1] for pair in used}:
            yield Finding("V1", law, N_("evidence {number} proves no fact"), {"number": number}, "E7")


def _verified(connection: Connection, case: sa.Row[Any]) -> Iterator[Finding]:
    used = {pair[1] for pair in fact.proofs(connection, case.id)}
    for row in evidence.of(connection, case.id):
        if row.number in used and row.excluded_at is None and row.verified_at is None:
            text = N_("evidence {number} is used and has not been verified")
            yield Finding("V2", "行政处罚法46(2)", text, {"number": row.number}, "E7")


def _lawful(connection: Connection, case: sa.Row[Any]) -> Iterator[Finding]:
    used = {pair[1] for pair in fact.proofs(connection, case.id)}
    for row in evidence.of(connection, case.id):
        if row.number in used and row.excluded_at is not None:
            text = N_("evidence {number} is excluded and still named as a proof")
            yield Finding("V3", "行政处罚法46(3)", text, {"number": row.number}, "E7")


def _by_two(connection: Connection, case: sa.Row[Any]) -> Iterator[Finding]:
    law, void = "行政处罚法42、43", setting.load(connection)["recusal_prior_acts"] == "void"
    recused = {row.person_id for row in recusal.of(connection, case.id) if row.granted}
    officers = act.officers_of(connection, case.id)
    for row in act.of(connection, case.id):
        if row.superseded:
            continue
        for officer in officers.get(row.id, ()):
            facts = {"number": row.number, "person": officer.name}
            if officer.signed_at is None:
                yield Finding("V4", law, N_("record {number} is not signed by {person}"), facts, "E7")
            if officer.person_id in recused:
                text = N_("record {number} is of an officer who was recused afterwards: {person}")
                yield Finding("V4", law, text, facts, "E7" if void else "")


def _unchanged(connection: Connection, case: sa.Row[Any]) -> Iterator[Finding]:
    stored, chains = register.files_of(connection, case.id), register.chains_of(connection, case.id)
    for row in evidence.of(connection, case.id):
        if not evidence.intact(row, stored.get(row.file_id or 0)):
            text = N_("evidence {number} is not what was taken in any more")
            yield Finding("V5", "行政处罚法47", text, {"number": row.number}, "E19")
        if row.kind == custody.THING and not custody.whole(chains.get(row.id, ())):
            text = N_("the chain of custody of evidence {number} has a gap")
            yield Finding("V5", "行政处罚法47", text, {"number": row.number}, "E19")


def _in_time(connection: Connection, case: sa.Row[Any]) -> Iterator[Finding]:
    told = [
        row.served_at for row in document.of(connection, case.id) if row.kind in NOTICES and row.served_at is not None
    ]
    for row in evidence.of(connection, case.id):
        facts = {"number": row.number}
        if row.obtained_at < case.received_at:
            text = N_("evidence {number} was obtained before the lead came in")
            yield Finding("V6", "行政处罚法44", text, facts, "E12")
        if told and row.registered_at > max(told) and row.excluded_at is None:
            text = N_("evidence {number} came in after the notice; the party must be told anew")
            yield Finding("V6", "行政处罚法44", text, facts, "E12")


def _decided(connection: Connection, case: sa.Row[Any]) -> Iterator[Finding]:
    for row in keeping.of(connection, case.id):
        due = keeping.due(connection, case, row)
        if row.state == "running" and due is not None:
            late = due.due_at is not None and due.due_at <= clock.now()
            text = (
                N_("kept things have no decision, due on {day}")
                if late
                else N_("kept things await a decision by {day}")
            )
            yield Finding("V7", "行政处罚法56", text, {"day": due.due_on.isoformat()}, "E17")
    issued = {row.kind for row in document.of(connection, case.id)}
    for row in act.of(connection, case.id):
        if row.kind == "sampling" and not row.superseded and SAMPLES not in issued:
            text = N_("record {number} tells of samples and no certificate was given")
            yield Finding("V7", "行政处罚法56", text, {"number": row.number}, "E17")


def _protected(connection: Connection, case: sa.Row[Any]) -> Iterator[Finding]:
    known = {row.code: row for row in kinds.every(connection)}
    for row in evidence.of(connection, case.id):
        if judged.identifies(known[row.kind]) and not row.sealed:
            text = N_("evidence {number} names somebody to be protected and is not sealed")
            yield Finding("V8", "行政处罚法50", text, {"number": row.number}, "E18")


_CHECKS: Mapping[str, _Check] = {
    "V1": _paired,
    "V2": _verified,
    "V3": _lawful,
    "V4": _by_two,
    "V5": _unchanged,
    "V6": _in_time,
    "V7": _decided,
    "V8": _protected,
}
