"""The radar: findings with their evidence, what becomes of them, and a look at once."""

from __future__ import annotations

from typing import Any

from engine.cases.radar import finding, look
from web import database, security
from web.api import paging
from web.api.guard import Resource
from web.api.shapes import radar as shapes
from web.shown import radar as shown

blueprint = Resource("radar", "Radar", "What the rules for risks to integrity have found; for auditors.")
auditors = security.requires("auditor")


@blueprint.get("/radar")
@auditors
@blueprint.arguments(shapes.FindingQuery, location="query")
@blueprint.response(200, shapes.RadarFindings)
def every(query: dict[str, Any]) -> dict[str, Any]:
    """List the findings, the newest first."""
    connection, start = database.connection(), paging.place(query.get("after"))
    wanted = finding.Filter(query["rule"], query["state"], query["person"])
    barred = security.reader().barred
    rows = finding.page(connection, wanted, barred, below=start[1] if start else None, limit=query["limit"] + 1)
    kept = rows[: query["limit"]]
    items = [_told(found) for found in shown.shown(connection, kept)]
    return paging.page(items, f"finding~{kept[-1].id}" if len(rows) > len(kept) else None)


@blueprint.get("/radar/<int:finding_id>")
@auditors
@blueprint.response(200, shapes.FindingWithProofs)
def one(finding_id: int) -> dict[str, Any]:
    """Read a finding with the cases and events behind it."""
    return _whole(finding_id)


@blueprint.post("/radar/<int:finding_id>/closing")
@auditors
@blueprint.arguments(shapes.FindingClosing)
@blueprint.response(200, shapes.FindingWithProofs)
def close(sent: dict[str, Any], finding_id: int) -> dict[str, Any]:
    """Say what explains a finding, or hand it to discipline inspection; not for those whom it names."""
    barred = security.reader().barred
    finding.close(database.connection(), security.actor(), finding_id, sent["state"], sent["reason"], barred)
    return _whole(finding_id)


@blueprint.post("/radar/looks")
@auditors
@blueprint.response(200, shapes.Looked)
def look_now() -> dict[str, int]:
    """Let all rules look at once; what was found before is not found again."""
    return {"new": look.look(database.connection(), security.actor())}


def _whole(finding_id: int) -> dict[str, Any]:
    connection = database.connection()
    row = finding.get(connection, finding_id, security.reader().barred)
    proofs = [
        {"case": proof.number, "event": proof.event_id, "action": proof.action, "facts": proof.facts}
        for proof in finding.proofs(connection, row.id)
    ]
    found = _told(shown.shown(connection, [row])[0])
    return {**found, "persons": finding.persons(connection, row.id), "proofs": proofs}


def _told(found: shown.Shown) -> dict[str, Any]:
    return {**found.row._mapping, "law": found.rule.law, "sentence": found.sentence}
