"""The events of a tenant's folder: closed ones become history, open ones have to be gone through again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.grid import reporting
from engine.cases.grid.items import item_class
from engine.cases.grid.past import event_check, history
from engine.cases.grid.past.history import Past, Step
from engine.organisation import tenant
from engine.organisation.tenant_files import Files, Findings

FILE = "grid/events.json"
PART = "grid_events"
LEVELS = {"格内": "grid", "二级": "level2", "镇级": "town", "联动": "joint"}
URGENCIES = {"紧急": item_class.URGENT, "较急": item_class.PRESSING, "一般": item_class.ORDINARY}
OUTCOMES = {
    "格内办结": "in_grid", "二级办结": "level2", "部门办结": "department", "联动办结": "joint", "已合并": "merged",
    "不予立案": "not_filed", "已撤回": "withdrawn", "已转执法": "to_enforcement", "已转审批": "to_approval",
    "已转信访": "to_petition",
}  # fmt: skip
SATISFACTIONS = {"满意": "satisfied", "基本满意": "fair", "不满意": "dissatisfied", "未联系上": "not_reached"}
LEAD = "主办"
TARGETS = {"E0": "enforcement", "A0": "approval"}
GRADES = {None: "remind", "提醒": "remind", "督办": "supervise", "挂牌": "listed", "约谈": "summon"}
POSTS = {"承办人": "handler", "科长": "grid.center.lead", "分管领导": "town.leader", "镇长": "town.mayor"}

_WORDS: Mapping[str, Collection[str]] = {
    "level": LEVELS, "level_initial": LEVELS, "urgency": URGENCIES, "outcome": OUTCOMES, "satisfaction": SATISFACTIONS,
}  # fmt: skip


@dataclass(frozen=True)
class Month:
    """The events of a file: those that are closed, those still ``open`` with whoever follows them, and the last moment.

    A ``known`` one was taken over before.
    """

    closed: Sequence[Mapping[str, Any]]
    open: Sequence[Mapping[str, Any]]
    until: datetime
    known: bool


def load(connection: Connection, actor: audit.Actor, folder: Path) -> Month:
    """Take the closed events of a tenant's folder over, unless this very file was taken over before.

    Organisation, grid, item list and the process must have been loaded. What is open is for
    :mod:`web.scenarios.replaying`.

    Raises
    ------
    TenantFileUnreadable
        If the file is missing or no list of events.
    TenantRefused
        If rows break a rule (:mod:`.event_check`); the error names each, and nothing is written.
    """
    files = Files(folder)
    digest = files.digest(FILE)
    raw = files.read(FILE)
    if not isinstance(raw, dict) or not isinstance(raw.get("events"), list):
        raise errors.TenantFileUnreadable(file=FILE, reason="it is no list of events")
    known = tenant.loaded(connection, PART) == digest
    if not known:
        findings = Findings()
        event_check.check(connection, FILE, raw["events"], _WORDS, findings)
        findings.refuse()
    rows = sorted(raw["events"], key=lambda row: (row["reported_at"], row["id"]))
    open_ = _open(rows)
    closed = [row for row in rows if row["id"] not in open_]
    if not known:
        history.write(connection, actor, past(connection, closed))
        tenant.remember(connection, actor, PART, digest, {"events": len(closed)})
    return Month(closed, [row for row in rows if row["id"] in open_], _moment(raw["snapshot_at"]), known)


def past(connection: Connection, rows: list[Mapping[str, Any]]) -> Iterator[Past]:
    """Yield the closed events of a file, as history keeps them."""
    versions = {row.label: row.version for row in item_class.versions(connection)}
    for row in rows:
        yield Past(
            key=row["id"],
            values=_values(row, versions[row["list_version"]]),
            outcome=OUTCOMES[row["outcome"]],
            steps=[_step(one) for one in row["history"]],
            handlings=_handlings(row),
            links=_links(row),
            supervisions=_supervisions(row),
            parent=row["merged_into"],
            facts={"photos": row["photos"], "party": row["party_uscc"]},
        )


def reported(row: Mapping[str, Any]) -> reporting.Report:
    """Return what was reported of an event that is still open."""
    return reporting.Report(
        source=row["source"],
        class_code=row["class_code"],
        lon=float(row["lon"]),
        lat=float(row["lat"]),
        description=row["description"],
        source_code=row["source_code"] or "",
        external_id=row["external_id"],
        client_uuid=row["client_uuid"],
        urgency=URGENCIES[row["urgency"]],
        accuracy_m=row["accuracy_m"],
        address=row["address"],
        captured_at=_moment(row["reported_at"]),
        on_behalf_of=row["on_behalf_of"],
    )


def _open(rows: list[Mapping[str, Any]]) -> set[str]:
    """Return the events that are still open, and those that follow one of them."""
    found = {row["id"] for row in rows if row["closed_at"] is None}
    return found | {row["id"] for row in rows if row["merged_into"] in found}


def _values(row: Mapping[str, Any], version: int) -> dict[str, Any]:
    done = [one for one in row["history"] if one["node"] in ("G5", "G6", "G9", "G10") and "完成" in one["action"]]
    checks = [one for one in row["history"] if one["node"] == "G11"]
    filed = next((one["at"] for one in row["history"] if one["action"] == "立案"), None)
    handler = done[-1]["actor"] if done else None
    checker = checks[-1]["actor"] if checks else None
    started = row["clock_start_at"]
    return {
        "source": row["source"],
        "source_code": row["source_code"] or "",
        "external_id": row["external_id"],
        "client_uuid": row["client_uuid"],
        "class_code": row["class_code"],
        "class_name": row["class_name"],
        "list_version": version,
        "kind": row["kind"],
        "level_initial": LEVELS[row["level_initial"]],
        "level": LEVELS[row["level"]],
        "urgency": URGENCIES[row["urgency"]],
        "lon": float(row["lon"]),
        "lat": float(row["lat"]),
        "accuracy_m": row["accuracy_m"],
        "address": row["address"],
        "grid_code": row["grid"],
        "level2_code": row["grid"].rpartition("-")[0],
        "description": row["description"],
        "reported_by": row["reported_by"],
        "on_behalf_of": row["on_behalf_of"],
        "reporter_known": row["reporter_known"],
        "captured_at": _moment(row["reported_at"]),
        "reported_at": _moment(row["reported_at"]),
        "received_at": _moment(row["received_at"]),
        "unit": row["lead_unit"] if row["joint"] else None,
        "helpers": row["helper_units"],
        "due_at": _end(row["due_at"]) if started else None,
        "extended": row["extension"] is not None,
        "verified": row["verified"],
        "filed_at": _moment(filed) if filed else None,
        "rework_count": row["rework_count"],
        "returns": row["returns"],
        "satisfaction": SATISFACTIONS.get(row["satisfaction"]),
        "handler": handler,
        "checker": checker if checker != handler else None,
        "finished_at": _moment(row["finished_at"]) if row["finished_at"] else None,
        "closed_at": _moment(row["closed_at"]),
    }


def _handlings(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    sent = next((one for one in reversed(row["history"]) if one["action"].startswith(("派遣", "指定承办"))), None)
    return [
        {
            "round": 1,
            "unit": one["unit"],
            "role": "lead" if one["role"] == LEAD else "helper",
            "designated": bool(sent and sent["action"].startswith("指定承办")),
            "dispatched_by": sent["actor"] if sent else "system",
            "dispatched_at": _moment(sent["at"] if sent else row["received_at"]),
            "signed_by": one["person"] if one["signed_at"] else None,
            "signed_at": _moment(one["signed_at"]) if one["signed_at"] else None,
            "return_reason": "",
            "done_by": one["person"] if one["done_at"] else None,
            "done_at": _moment(one["done_at"]) if one["done_at"] else None,
            "measure": "处置完成" if one["done_at"] else "",
        }
        for one in row["joint"]
    ]


def _links(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    handed = row["handover"]
    if not handed:
        return []
    target = TARGETS.get(handed["target"], "petition")
    taken = _moment(handed["receipt_at"]) if handed["receipt_at"] else None
    return [
        {
            "target": target, "number": "", "reason": handed["reason"], "sent_by": "system",
            "sent_at": _moment(handed["sent_at"]), "taken_at": taken, "return_reason": "", "result": "",
        }
    ]  # fmt: skip


def _supervisions(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "level": GRADES[one["order"]],
            "target": POSTS[one["to"]],
            "reason": "eighty" if one["order"] is None else "rework" if "返工" in one["kind"] else "overdue",
            "facts": {"title": "事件时钟", "title_en": "Case clock of an event", "due_on": str(row["due_at"])[:10],
                      "count": row["rework_count"]},
            "opened_by": "system",
            "opened_at": _moment(one["at"]),
            "closed_at": _moment(row["closed_at"]),
            "answer": "",
        }
        for one in row["supervision"]
    ]  # fmt: skip


def _step(one: Mapping[str, Any]) -> Step:
    text = f"{one['action']} {one.get('note') or ''}".strip()
    return Step(_moment(one["at"]), str(one["actor"]), str(one["node"]), text)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _end(text: str) -> datetime:
    """Return a due moment as ours: a day ends at midnight, not a second before."""
    found = _moment(text)
    return found + timedelta(seconds=1) if (found.hour, found.minute, found.second) == (23, 59, 59) else found
