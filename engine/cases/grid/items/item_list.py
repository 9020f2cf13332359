"""Publishing a version of the list of grid items: checked first, and every fault named by class and field."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from engine import audit, db, errors
from engine.cases.grid.items import item_class
from engine.errors import N_
from engine.organisation import tenant, tenant_files, unit
from engine.organisation.grid import domain
from engine.organisation.tenant_files import Files, Finding, Row

FOLDER = "grid/items"
PART = "item_list"

HEAD = ("label", "name", "effective_on", "step_limits")
MAJOR = ("code", "name", "name_en", "kind")
CLASS = (
    "code", "name", "name_en", "major", "domain", "level", "lead_unit", "escalate_to", "helper_units", "limit",
    "evidence", "closing_condition", "closing_condition_en", "merge", "to_enforcement", "urgency", "allow_self_close",
    "emergency", "sensitive",
)  # fmt: skip
STEP_LIMITS = (
    "verify_hours", "accept_hours", "dispatch_hours", "sign_hours", "return_hours", "level2_accept_hours",
    "check_hours", "callback_workdays", "close_hours",
)  # fmt: skip
"""How long each step of an event may take; the list must say all of them."""

Said = Iterator[tuple[str, str, dict[str, Any]]]


@dataclass(frozen=True)
class Draft:
    """A version as its files say it."""

    head: Mapping[str, Any]
    majors: Sequence[Row]
    classes: Sequence[Row]

    @property
    def hash(self) -> str:
        """The fingerprint of what would be published."""
        return hashlib.sha256(db.canonical([dict(self.head), [*self.majors], [*self.classes]])).hexdigest()


@dataclass(frozen=True)
class Known:
    """What classes may name."""

    units: Collection[str]
    domains: Collection[str]
    majors: Mapping[str, Row]


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Publish the list of a tenant's folder; return False if this very list was loaded before.

    Organisation and grid must have been loaded.

    Raises
    ------
    TenantFileUnreadable
        If a file is missing or is not what it should be.
    ItemListRefused
        If rows break a rule; the error names class and field of each, and nothing is written.
    """
    files = Files(folder)
    digest = files.digest(f"{FOLDER}/*.json")
    if tenant.loaded(connection, PART) == digest:
        return False
    parts = [files.read(f"{FOLDER}/{name}.json") for name in ("list", "majors", "classes")]
    number = publish(connection, actor, draft(*parts))
    tenant.remember(connection, actor, PART, digest, {"item_class": len(parts[2]), "version": number})
    return True


def draft(head: Any, majors: Any, classes: Any) -> Draft:
    """Return a version to be checked.

    Raises
    ------
    TenantFileUnreadable
        If one of the parts is not what it should be: an object and two lists of objects.
    """
    rows = all(isinstance(part, list) and all(isinstance(row, dict) for row in part) for part in (majors, classes))
    if not isinstance(head, dict) or not rows:
        raise errors.TenantFileUnreadable(file=FOLDER, reason="it is no list of grid items")
    return Draft(head, majors, classes)


def publish(connection: Connection, actor: audit.Actor, wanted: Draft) -> int:
    """Publish a version and return its number; it is in force from its first day.

    Raises
    ------
    ItemListRefused
        If it breaks a rule: the number of findings, the first five in words and all as ``findings``.
    """
    found = list(check(connection, wanted))
    if found:
        summary = " · ".join(str(finding) for finding in found[:5])
        raise errors.ItemListRefused(count=len(found), summary=summary, findings=found)
    majors = {row["code"]: row for row in wanted.majors}
    content = item_class.Content(
        label=wanted.head["label"],
        name=wanted.head["name"],
        effective_on=date.fromisoformat(wanted.head["effective_on"]),
        hash=wanted.hash,
        step_limits=wanted.head["step_limits"],
        facts=tenant_files.facts(wanted.head, HEAD),
        majors=[
            {**{key: row[key] for key in MAJOR}, "position": position}
            for position, row in enumerate(wanted.majors, start=1)
        ],
        classes=[_row(row, majors[row["major"]]) for row in wanted.classes],
    )
    return item_class.write(connection, actor, content)


def written(connection: Connection, number: int) -> dict[str, Any]:
    """Return a version as one file says it: ``list``, ``majors`` and ``classes``.

    Raises
    ------
    ItemListUnknown
        If there is none with this number.
    """
    head = item_class.version(connection, number)
    said = {"label": head.label, "name": head.name, "effective_on": str(head.effective_on)}
    return {
        "list": {**said, "step_limits": head.step_limits, **head.facts},
        "majors": [{key: getattr(row, key) for key in MAJOR} for row in item_class.majors(connection, number)],
        "classes": [row.body for row in item_class.every(connection, number)],
    }


def _row(row: Row, major: Row) -> dict[str, Any]:
    columns = ("code", "name", "name_en", "major", "domain", "level", "lead_unit")
    merge = row["merge"] or {"distance_m": None, "days": None}
    return {
        **{key: row[key] for key in columns},
        "kind": major["kind"],
        "limit_amount": row["limit"]["amount"],
        "limit_unit": row["limit"]["unit"],
        "merge_m": merge["distance_m"],
        "merge_days": merge["days"],
        "body": dict(row),
        "words": " ".join((row["code"], row["name"], row["name_en"], major["name"], major["kind"])),
    }


def check(connection: Connection, wanted: Draft) -> Iterator[Finding]:
    """Yield what keeps a version from being published; ``file`` names the part and ``row`` class and field."""
    yield from _head(connection, wanted.head)
    yield from _twice("majors", wanted.majors)
    yield from _twice("classes", wanted.classes)
    complete = {row["code"]: row for row in wanted.majors if not _missing(row, MAJOR)}
    for row in wanted.majors:
        for name in _missing(row, MAJOR):
            yield Finding("majors", f"{row.get('code')}, {name}", N_("it is empty"))
    units = {row.code for row in unit.every(connection)}
    known = Known(units, {row.code for row in domain.every(connection)}, complete)
    if not wanted.classes:
        yield Finding("classes", "–", N_("it is empty"))
    for row in wanted.classes:
        missing = [name for name in CLASS if name not in row]
        for name in missing:
            yield Finding("classes", f"{row.get('code')}, {name}", N_("it is empty"))
        for field, message, facts in () if missing else _wrong(row, known):
            yield Finding("classes", f"{row['code']}, {field}", message, facts)


def _missing(row: Row, names: Sequence[str]) -> list[str]:
    return [name for name in names if not isinstance(row.get(name), str) or not row[name].strip()]


def _twice(part: str, rows: Sequence[Row]) -> Iterator[Finding]:
    seen: set[Any] = set()
    for row in rows:
        if row.get("code") in seen:
            yield Finding(part, f"{row['code']}, code", N_("{key} stands here twice"), {"key": "code"})
        seen.add(row.get("code"))


def _head(connection: Connection, head: Mapping[str, Any]) -> Iterator[Finding]:
    for name in _missing(head, ("label", "name")):
        yield Finding("list", name, N_("it is empty"))
    if head.get("label") in {row.label for row in item_class.versions(connection)}:
        yield Finding("list", "label", N_("there is a version {label} already"), {"label": head["label"]})
    try:
        date.fromisoformat(str(head.get("effective_on")))
    except ValueError:
        yield Finding("list", "effective_on", N_("{value} is no date"), {"value": head.get("effective_on")})
    limits = head.get("step_limits")
    for name in STEP_LIMITS:
        if not isinstance(limits, dict) or not _counts(limits.get(name)):
            yield Finding("list", f"step_limits, {name}", N_("it is no whole number above 0"))


def _counts(value: object, least: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _wrong(row: Row, known: Known) -> Said:
    for rule in (_words, _places, _limit, _evidence, _merge, _urgency, _enforcement):
        yield from rule(row, known)


def _words(row: Row, known: Known) -> Said:
    for name in _missing(row, ("code", "name", "name_en", "closing_condition", "closing_condition_en")):
        yield name, N_("it is empty"), {}
    if row["major"] not in known.majors:
        yield "major", N_("there is no major class {major}"), {"major": row["major"]}
    if row["domain"] not in known.domains:
        yield "domain", N_("there is no domain {domain}"), {"domain": row["domain"]}


def _places(row: Row, known: Known) -> Said:
    """Who works on it exists, and who leads does not help itself."""
    named = [("lead_unit", row["lead_unit"]), ("escalate_to", row["escalate_to"])]
    helpers = row["helper_units"] if isinstance(row["helper_units"], list) else [row["helper_units"]]
    for name, code in [*named, *(("helper_units", code) for code in helpers)]:
        if code not in known.units:
            yield name, N_("there is no unit {unit}"), {"unit": code}
    if row["lead_unit"] in helpers or len(set(map(str, helpers))) < len(helpers):
        yield "helper_units", N_("a unit stands here twice"), {}
    if row["level"] not in item_class.LEVELS:
        yield "level", N_("there is no level {level}"), {"level": row["level"]}
    if row["level"] == "joint" and not helpers:
        yield "helper_units", N_("joint handling needs somebody who helps"), {}
    if row["allow_self_close"] and row["level"] != "grid":
        yield "allow_self_close", N_("only what is settled in the grid is closed by whoever found it"), {}


def _limit(row: Row, _known: Known) -> Said:
    limit = row["limit"] if isinstance(row["limit"], dict) else {}
    if not _counts(limit.get("amount")):
        yield "limit", N_("it is no whole number above 0"), {}
    if limit.get("unit") not in item_class.LIMIT_UNITS:
        yield "limit", N_("there is no unit of time {unit}"), {"unit": limit.get("unit")}


def _evidence(row: Row, _known: Known) -> Said:
    evidence = row["evidence"] if isinstance(row["evidence"], dict) else {}
    for name in ("photo_before", "photo_after"):
        if not _counts(evidence.get(name), 0):
            yield f"evidence.{name}", N_("it is no whole number"), {}
    if not isinstance(evidence.get("signature"), list) or not isinstance(evidence.get("record"), bool):
        yield "evidence", N_("it does not say who signs and whether there is a record"), {}


def _merge(row: Row, _known: Known) -> Said:
    merge = row["merge"]
    if merge is None:
        return
    if not isinstance(merge, dict) or not _counts(merge.get("distance_m"), 0) or not _counts(merge.get("days")):
        yield "merge", N_("it wants a distance in metres and a number of days"), {}


def _urgency(row: Row, _known: Known) -> Said:
    rule = row["urgency"] if isinstance(row["urgency"], dict) else {}
    for name in ("default", "raise_to"):
        if rule.get(name) not in item_class.URGENCIES.values():
            yield f"urgency.{name}", N_("there is no urgency {urgency}"), {"urgency": rule.get(name)}
    factor = rule.get("factor")
    if isinstance(factor, bool) or not isinstance(factor, int | float | Decimal) or not 0 < factor <= 1:
        yield "urgency.factor", N_("a time limit is multiplied by more than 0 and at most 1"), {}


def _enforcement(row: Row, known: Known) -> Said:
    turn = row["to_enforcement"]
    if turn is None:
        return
    if not isinstance(turn, dict) or turn.get("team") not in known.units:
        team = turn.get("team") if isinstance(turn, dict) else turn
        yield "to_enforcement", N_("there is no unit {unit}"), {"unit": team}
    elif not _counts(turn.get("repeat_count")) or not _counts(turn.get("repeat_days")):
        yield "to_enforcement", N_("it does not say how often within how many days"), {}
