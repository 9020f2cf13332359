"""Publishing the list of powers from a tenant's file: the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.enforcement import power
from engine.errors import N_
from engine.organisation import tenant, tenant_files
from engine.organisation.post import post
from engine.organisation.tenant_files import Files, Finding, Findings, Row

FILE = "enforcement/powers.json"
PART = "powers"
REQUIRED = (
    "code", "cause", "cause_en", "domain", "team", "sector", "conduct", "power_source", "town_may_penalise",
    "legal_basis", "penalty_kinds", "fine", "fine_min", "fine_max", "simple_possible", "order_to_correct",
    "seizure_power", "licence_link", "hearing_hint", "certainty", "certainty_detail",
)  # fmt: skip
HEADS = ("name", "teams", "items", "transfer_decision")
APPLIES_TO = ("any", "citizen", "entity")
CEILINGS = {"citizen": 200, "entity": 3000}
"""The highest fine of the simple procedure (行政处罚法51)."""

Said = Iterator[tuple[str, dict[str, Any]]]


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Publish the list of a tenant's folder; return False if this very file was loaded before.

    The organisation must have been loaded.

    Raises
    ------
    TenantFileUnreadable
        If the file is missing or is not what it should be.
    TenantRefused
        If rows break a rule; the error names row and rule of each, and nothing is written.
    """
    files = Files(folder)
    digest = files.digest("town.json", FILE)
    if tenant.loaded(connection, PART) == digest:
        return False
    raw = files.read(FILE)
    if not isinstance(raw, dict) or any(name not in raw for name in HEADS):
        raise errors.TenantFileUnreadable(file=FILE, reason=f"it lacks {', '.join(HEADS)}")
    findings = Findings()
    teams = {team["id"]: str(team["unit"]) for team in raw["teams"]}
    rows = [row for row in raw["items"] if _complete(row, findings)]
    tenant_files.unique(findings, FILE, rows, "code")
    posts = set(connection.execute(sa.select(post.c.code)).scalars())
    for row in rows:
        for message, facts in _wrong(row, teams, posts):
            findings.append(Finding(FILE, str(row["code"]), message, facts))
    findings.refuse()
    version = power.publish(
        connection,
        actor,
        name=raw["name"],
        demo=bool(files.read("town.json").get("demo")),
        digest=digest,
        facts=tenant_files.facts(raw, ("name", "items")),
        rows=[_row(row, teams) for row in rows],
    )
    tenant.remember(connection, actor, PART, digest, {"powers": len(rows), "version": version})
    return True


def _complete(row: Row, findings: Findings) -> bool:
    missing = [name for name in REQUIRED if name not in row]
    if missing:
        findings.add(FILE, row.get("code"), "lacks {fields}", fields=", ".join(missing))
    return not missing


def _wrong(row: Row, teams: Mapping[str, str], posts: Collection[str]) -> Said:
    for rule in (_team, _clauses, _brackets, _span, _simple, _assistance):
        yield from rule(row, teams, posts)


def _team(row: Row, teams: Mapping[str, str], posts: Collection[str]) -> Said:
    unit = teams.get(row["domain"])
    for role in ("leader", "officer"):
        if f"enforcement.{unit}.{role}" not in posts:
            yield N_("there is no post {post}"), {"post": f"enforcement.{unit}.{role}"}


def _clauses(row: Row, _teams: Mapping[str, str], _posts: Collection[str]) -> Said:
    """No penalty without a clause (处罚法4, 16); what is said to be read shows the words."""
    if not row["legal_basis"]:
        yield N_("it states no legal basis"), {}
    for basis in row["legal_basis"]:
        if not basis.get("law"):
            yield N_("a legal basis names no law"), {}
        if basis["text_seen"] and not (basis["article"] and basis["quote"]):
            yield N_("{law} is said to be read and shows no article or words"), {"law": basis["law"]}
    seen = all(basis["text_seen"] for basis in row["legal_basis"])
    if row["certainty"] == "law" and not seen:
        yield N_("it is said to be certain, and not every clause was read"), {}


def _brackets(row: Row, _teams: Mapping[str, str], _posts: Collection[str]) -> Said:
    """A bracket has its ends or a formula; where a figure is open, the entry says that it is not the law's."""
    for bracket in row["fine"]:
        low, high = bracket["min"], bracket["max"]
        if bracket["applies_to"] not in APPLIES_TO:
            yield N_("a fine applies to {whom}"), {"whom": bracket["applies_to"]}
        if (low is None) != (high is None) or (low is not None and not 0 <= low <= high):
            yield N_("a fine runs from {low} to {high}"), {"low": low, "high": high}
        if low is None and not bracket["formula"] and row["certainty_detail"]["fine"] == "law":
            yield N_("a fine has neither amounts nor a formula"), {}


def _span(row: Row, _teams: Mapping[str, str], _posts: Collection[str]) -> Said:
    lows = [bracket["min"] for bracket in row["fine"] if bracket["min"] is not None]
    highs = [bracket["max"] for bracket in row["fine"] if bracket["max"] is not None]
    if (row["fine_min"], row["fine_max"]) != (min(lows, default=None), max(highs, default=None)):
        yield N_("lowest and highest fine are not those of its brackets"), {}
    if row["town_may_penalise"] and bool(row["fine"]) != ("罚款" in row["penalty_kinds"]):
        yield N_("its kinds and its fines do not fit"), {}


def _simple(row: Row, _teams: Mapping[str, str], _posts: Collection[str]) -> Said:
    """处罚法51: on the spot only a warning, or a fine whose lowest amount lies under the ceiling of the party."""
    for kind, ceiling in CEILINGS.items():
        lows = [one["min"] for one in row["fine"] if one["applies_to"] in ("any", kind) and one["min"] is not None]
        possible = "警告" in row["penalty_kinds"] or min(lows, default=ceiling + 1) <= ceiling
        if row["simple_possible"][kind] and not (possible and row["town_may_penalise"]):
            yield N_("it cannot be dealt with on the spot for {kind} (行政处罚法51)"), {"kind": kind}


def _assistance(row: Row, _teams: Mapping[str, str], _posts: Collection[str]) -> Said:
    if row["town_may_penalise"] == (row["power_source"] == "协助"):
        yield N_("who only assists does not penalise, and who does not only assist does"), {}
    if row["seizure_power"] and not row.get("seizure_clause"):
        yield N_("it seizes and names no clause (行政强制法16、17)"), {}


def _row(row: Row, teams: Mapping[str, str]) -> dict[str, Any]:
    words = (row["code"], row["cause"], row["cause_en"], row["sector"], row["team"], row["conduct"])
    return {
        "code": row["code"],
        "name": row["cause"],
        "name_en": row["cause_en"],
        "sector": row["sector"],
        "team": teams[row["domain"]],
        "source": row["power_source"],
        "town_may_penalise": row["town_may_penalise"],
        "words": " ".join([*words, *(basis["law"] for basis in row["legal_basis"])]),
        "body": dict(row),
    }
