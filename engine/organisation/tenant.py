"""The tenant: loading a town's organisation from its files. Loading the same files again changes nothing.

What people have changed since stays: units, posts, rules and names follow the files, but appointments, absences,
accounts and tokens are only added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db
from engine.organisation import (
    account,
    demo,
    person,
    post,
    qualification,
    receiver,
    role,
    separation,
    substitution,
    tenant_check,
    token,
    trail,
    unit,
)
from engine.organisation.tenant_check import Raw
from engine.organisation.tenant_files import Files, Findings, facts

Rows = list[dict[str, Any]]

tenant_load = sa.Table(
    "tenant_load",
    db.metadata,
    sa.Column("part", sa.String(20), primary_key=True),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("loaded_at", db.Utc, nullable=False),
)
"""Which files were loaded last, by part of the tenant."""


@dataclass(frozen=True)
class Batch:
    """Rows for a table: those with a new ``key`` are added, others overwritten only if ``renew``."""

    table: sa.Table
    key: tuple[str, ...]
    rows: Rows
    renew: bool = True

    def write(self, connection: Connection) -> int:
        """Write what is new or differs and return how many rows that were; nothing is ever deleted."""
        there = [row._asdict() for row in connection.execute(sa.select(self.table))]
        known = {self._of(row): row for row in there}
        new = [row for row in self.rows if self._of(row) not in known]
        if new:
            connection.execute(sa.insert(self.table), new)
        stale = [row for row in self.rows if self.renew and _differs(known.get(self._of(row)), row)]
        for row in stale:
            here = sa.and_(*(self.table.c[name] == row[name] for name in self.key))
            connection.execute(sa.update(self.table).where(here).values(**row))
        return len(new) + len(stale)

    def _of(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in self.key)


def _differs(old: Mapping[str, Any] | None, row: Mapping[str, Any]) -> bool:
    return old is not None and any(old[name] != row[name] for name in row)


def load(connection: Connection, actor: audit.Actor, folder: Path) -> bool:
    """Load the organisation of a tenant's folder; return False if these very files were loaded before.

    Persons get public passwords and tokens if the town calls itself a demo, else none until somebody sets them.

    Raises
    ------
    TenantFileUnreadable
        If a file is missing or is no list of JSON objects.
    TenantRefused
        If rows break a rule; the error names file, row and rule of each, and nothing is written.
    """
    files = Files(folder)
    digest = files.digest("town.json", f"{tenant_check.FOLDER}/*.json")
    if loaded(connection, "organisation") == digest:
        return False
    findings = Findings()
    raw = tenant_check.read(files, findings)
    findings.refuse()
    tenant_check.check(raw, findings)
    findings.refuse()
    written = {batch.table.name: batch.write(connection) for batch in _batches(raw)}
    remember(connection, actor, "organisation", digest, written)
    return True


def loaded(connection: Connection, part: str) -> str | None:
    """Return the hash of the files of a part that were loaded last."""
    return connection.execute(sa.select(tenant_load.c.hash).where(tenant_load.c.part == part)).scalar_one_or_none()


def remember(connection: Connection, actor: audit.Actor, part: str, digest: str, written: Mapping[str, int]) -> None:
    """Note which files of a part have been loaded, and how many rows of which table were written."""
    Batch(tenant_load, ("part",), [{"part": part, "hash": digest, "loaded_at": clock.now()}]).write(connection)
    trail.record(connection, actor, "tenant.loaded", part=part, hash=digest, written=dict(written))


def _batches(raw: Raw) -> Iterator[Batch]:
    """Yield what the files say, in the order in which the tables refer to each other."""
    yield Batch(unit.unit, ("code",), _units(raw))
    members = [
        {"unit": row["code"], "member": member} for row in raw.rows["units"] for member in row.get("member_units", ())
    ]
    yield Batch(unit.unit_member, ("unit", "member"), members)
    yield Batch(post.post, ("code",), _posts(raw))
    rules = [{"certainty": "demo", **row} for row in raw.rows["separation"]]
    yield Batch(separation.separation_rule, ("id",), rules)
    grants = [{"role": row["role"], "post": pattern} for row in raw.rows["roles"] for pattern in row["posts"]]
    yield Batch(role.role_grant, ("role", "post"), grants)
    told = [{**row, "position": position} for position, row in enumerate(raw.rows["receivers"], start=1)]
    yield Batch(receiver.receiver, ("code",), told)
    yield Batch(person.person, ("id",), _persons(raw))
    yield Batch(qualification.qualification, ("number",), _qualifications(raw))
    yield Batch(person.appointment, ("person_id", "post", "scope", "since"), _appointments(raw), renew=False)
    yield Batch(substitution.substitute, ("person_id", "position"), _substitutes(raw), renew=False)
    yield Batch(substitution.absence, ("person_id", "since"), _absences(raw), renew=False)
    yield from _accounts(raw)


def _units(raw: Raw) -> Rows:
    """Return the units with parents before children, as the foreign key wants them."""
    taken = ("code", "name", "name_en", "kind", "parent", "certainty", "member_units")
    placed: dict[str | None, None] = {None: None}
    rows: Rows = []
    while len(rows) < len(raw.units):
        for code, row in raw.units.items():
            if code not in placed and row["parent"] in placed:
                placed[code] = None
                rows.append(
                    {
                        **{name: row[name] for name in ("code", "name", "name_en", "kind", "parent")},
                        "scope": tenant_check.scope_of(row),
                        "position": 0,
                        "certainty": row.get("certainty", "demo"),
                        "facts": facts(row, taken),
                    }
                )
    order = {code: position for position, code in enumerate(raw.units, start=1)}
    return [{**row, "position": order[row["code"]]} for row in rows]


def _posts(raw: Raw) -> Rows:
    columns = ("code", "name", "name_en", "unit", "scope", "min_holders", "max_holders", "requires")
    return [
        {
            **{name: row[name] for name in columns},
            "position": position,
            "certainty": row.get("certainty", "demo"),
            "facts": facts(row, (*columns, "certainty")),
        }
        for position, row in enumerate(raw.posts.values(), start=1)
    ]


def _persons(raw: Raw) -> Rows:
    taken = ("id", "name", "unit", "phone", "on_duty", "certainty", "login", "substitutes", "licence")
    mark = "(演示)" if raw.town["demo"] else ""
    return [
        {
            **{name: row[name] for name in ("id", "name", "unit", "on_duty")},
            "kind": "person",
            "display_name": row["name"] + mark,
            "phone": row.get("phone"),
            "certainty": row.get("certainty", "demo"),
            "facts": facts(row, (*taken, "legal_qualification")),
        }
        for row in raw.persons.values()
    ]


def _qualifications(raw: Raw) -> Rows:
    return [
        {
            "number": one["number"],
            "person_id": person_id,
            "kind": tenant_check.QUALIFICATIONS[one["kind"]],
            "name": one["kind"],
            "domains": one["domains"],
            "issued_on": date.fromisoformat(one["issued_on"]),
            "valid_until": date.fromisoformat(one["valid_until"]) if one["valid_until"] else None,
            "suspended": one["suspended"],
        }
        for person_id, row in raw.persons.items()
        for one in tenant_check.qualifications(row)
    ]


def _appointments(raw: Raw) -> Rows:
    return [
        {
            "person_id": row["person"],
            "post": row["post"],
            "scope": row["scope"] or "",
            "since": date.fromisoformat(row["since"]),
            "until": date.fromisoformat(row["until"]) if row["until"] else None,
        }
        for row in tenant_check.appointment_rows(raw)
    ]


def _substitutes(raw: Raw) -> Rows:
    return [
        {"person_id": person_id, "position": position, "substitute_id": other}
        for person_id, row in raw.persons.items()
        for position, other in enumerate(row["substitutes"], start=1)
    ]


def _absences(raw: Raw) -> Rows:
    return [
        {
            "person_id": row["person"],
            "since": date.fromisoformat(row["from"]),
            "until": date.fromisoformat(row["until"]),
            "kind": row["kind"],
            "substitute_id": row.get("substitute"),
        }
        for row in raw.rows["absences"]
    ]


def _accounts(raw: Raw) -> Iterator[Batch]:
    logins = {person_id: row["login"] for person_id, row in raw.persons.items() if row["on_duty"]}
    if not raw.town["demo"]:
        rows: Rows = [{"person_id": code, "login": login, "demo": False} for code, login in logins.items()]
        yield Batch(account.account, ("person_id",), rows, renew=False)
        return
    rows = [demo.account_row(code, login) for code, login in logins.items()]
    yield Batch(account.account, ("person_id",), rows, renew=False)
    tokens = [demo.token_row(code, login) for code, login in logins.items()]
    yield Batch(token.access_token, ("hash",), tokens, renew=False)
