"""The rules that the files of an organisation must keep before anything of them is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from engine.errors import N_
from engine.organisation import post, role, separation, tenant_files, unit
from engine.organisation.tenant_files import Files, Findings, Row

FOLDER = "organisation"

REQUIRED = {
    "units": ("code", "name", "name_en", "kind", "parent"),
    "branches": ("code", "name", "grid", "secretary"),
    "departments": ("code", "name", "name_en"),
    "posts": ("code", "name", "name_en", "unit", "scope", "min_holders", "max_holders", "requires"),
    "separation": ("id", "posts_a", "posts_b", "scope", "reason", "basis"),
    "roles": ("role", "posts"),
    "receivers": ("code", "name", "name_en", "post", "outside"),
    "persons": ("id", "login", "name", "unit", "on_duty", "substitutes"),
    "appointments": ("person", "post", "scope", "since", "until"),
    "absences": ("person", "from", "until", "kind"),
    "experts": ("id", "name", "field", "valid_from", "valid_until", "status"),
}
"""The files of an organisation and what each row must say."""

QUALIFICATIONS = {
    "行政执法证": "licence.enforcement",
    "行政执法证(核查)": "licence.site_check",
    "法律职业资格": "qualification.legal",
}
"""What a licence is called on its cover, and by which name posts ask for it."""


@dataclass
class Raw:
    """The rows of the files as they stand, by file, and what the checks look up in them."""

    town: Mapping[str, Any]
    rows: dict[str, list[Row]]
    units: dict[str, Row] = field(default_factory=dict)
    places: dict[str, set[str]] = field(default_factory=dict)
    posts: dict[str, Row] = field(default_factory=dict)
    persons: dict[str, Row] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        """The day for which the files say who is there."""
        return date.fromisoformat(self.town["as_of"])


def name(file: str) -> str:
    """Return the path of one of the files."""
    return f"{FOLDER}/{file}.json"


def read(files: Files, findings: Findings) -> Raw:
    """Return the rows of all files; rows that lack a field are noted and left out.

    Raises
    ------
    TenantFileUnreadable
        If a file is missing or is no list of JSON objects.
    """
    rows = {file: files.rows(name(file), required, findings) for file, required in REQUIRED.items()}
    return Raw(files.read("town.json"), rows)


def check(raw: Raw, findings: Findings) -> None:
    """Note every row that breaks a rule."""
    _units(raw, findings)
    _posts(raw, findings)
    _persons(raw, findings)
    _appointments(raw, findings)
    _absences(raw, findings)
    _separation_kept(raw, findings)
    _places_filled(raw, findings)


def unit_rows(raw: Raw) -> Iterator[Row]:
    """Yield the units with the party branches and the departments outside the town, which are units too."""
    yield from raw.rows["units"]
    for row in raw.rows["branches"]:
        yield {"kind": "branch", "parent": "party", "name_en": f"Party Branch {row['code']}", **row}
    for row in raw.rows["departments"]:
        code = row["code"]
        yield {**row, "kind": "department", "parent": None, "code": unit.EXTERNAL + code, "channel_code": code}


def scope_of(row: Row) -> str | None:
    """Return the code by which posts name a unit, or None if posts are not held for such units."""
    if row["kind"] not in unit.SCOPES:
        return None
    return str(row.get("channel_code", row["code"]))


def person_rows(raw: Raw) -> Iterator[Row]:
    """Yield the persons with the experts, who sign in too."""
    yield from raw.rows["persons"]
    for row in raw.rows["experts"]:
        login = row["id"].lower().replace("ex", "expert")
        yield {**row, "login": login, "unit": "experts", "on_duty": True, "substitutes": []}


def appointment_rows(raw: Raw) -> Iterator[Row]:
    """Yield the appointments with those of the experts, for the time of their contract."""
    yield from raw.rows["appointments"]
    for row in raw.rows["experts"]:
        if row["status"] == "active":
            days = {"since": row["valid_from"], "until": row["valid_until"]}
            yield {"person": row["id"], "post": "expert.pool", "scope": None, **days}


def _units(raw: Raw, findings: Findings) -> None:
    file = name("units")
    raw.units = tenant_files.unique(findings, file, list(unit_rows(raw)), "code")
    places: dict[str, set[str]] = defaultdict(set)
    for code, row in raw.units.items():
        scope = scope_of(row)
        if scope is not None and scope in places[row["kind"]]:
            findings.add(file, code, N_("another {kind} has the code {scope}"), kind=row["kind"], scope=scope)
        if scope is not None:
            places[row["kind"]].add(scope)
        if row["parent"] is not None and row["parent"] not in raw.units:
            findings.add(file, code, N_("there is no unit {unit}"), unit=row["parent"])
        elif _circular(raw.units, code):
            findings.add(file, code, N_("this unit is above itself"))
        for member in row.get("member_units", ()):
            if member not in raw.units:
                findings.add(file, code, N_("there is no unit {unit}"), unit=member)
    raw.places = dict(places)
    for row in raw.rows["branches"]:
        if row.get("alliance") and row["alliance"] not in raw.places.get("alliance", ()):
            findings.add(name("branches"), row["code"], N_("there is no alliance {unit}"), unit=row["alliance"])


def _circular(units: Mapping[str, Row], code: str) -> bool:
    seen, at = {code}, units[code]["parent"]
    while at in units:
        if at in seen:
            return True
        seen.add(at)
        at = units[at]["parent"]
    return False


def _posts(raw: Raw, findings: Findings) -> None:
    file = name("posts")
    raw.posts = tenant_files.unique(findings, file, raw.rows["posts"], "code")
    for code, row in raw.posts.items():
        if row["unit"] not in raw.units:
            findings.add(file, code, N_("there is no unit {unit}"), unit=row["unit"])
        if row["scope"] not in post.SCOPES:
            findings.add(file, code, N_("there are no places of the kind {kind}"), kind=row["scope"])
        for kind in set(row["requires"]) - set(QUALIFICATIONS.values()):
            findings.add(file, code, N_("there is no qualification {kind}"), kind=kind)
    tenant_files.unique(findings, name("separation"), raw.rows["separation"], "id")
    for row in raw.rows["separation"]:
        if row["scope"] not in ("same_person", "same_case"):
            findings.add(name("separation"), row["id"], N_("there is no scope {scope}"), scope=row["scope"])
        _patterns(raw, findings, name("separation"), row["id"], [*row["posts_a"], *row["posts_b"]])
    tenant_files.unique(findings, name("receivers"), raw.rows["receivers"], "code")
    for row in raw.rows["receivers"]:
        if row["post"] not in raw.posts:
            findings.add(name("receivers"), row["code"], N_("there is no post {post}"), post=row["post"])
    for row in raw.rows["roles"]:
        if row["role"] not in role.ROLES:
            findings.add(name("roles"), row["role"], N_("there is no role {role}"), role=row["role"])
        _patterns(raw, findings, name("roles"), row["role"], row["posts"])


def _patterns(raw: Raw, findings: Findings, file: str, row: str, patterns: list[str]) -> None:
    for pattern in patterns:
        if not any(separation.matches((pattern,), code) for code in raw.posts):
            findings.add(file, row, N_("no post fits {pattern}"), pattern=pattern)


def _persons(raw: Raw, findings: Findings) -> None:
    file = name("persons")
    everybody = list(person_rows(raw))
    raw.persons = tenant_files.unique(findings, file, everybody, "id")
    for key in ("login", "phone"):
        tenant_files.unique(findings, file, everybody, key)
    for code, row in raw.persons.items():
        if row["unit"] not in raw.units:
            findings.add(file, code, N_("there is no unit {unit}"), unit=row["unit"])
        for other in row["substitutes"]:
            if other not in raw.persons or other == code:
                findings.add(file, code, N_("{person} cannot be the substitute"), person=other)
        licence = row.get("licence")
        if licence and licence["kind"] not in QUALIFICATIONS:
            findings.add(file, code, N_("there is no qualification {kind}"), kind=licence["kind"])
    for row in raw.rows["branches"]:
        if row["secretary"] not in raw.persons:
            findings.add(name("branches"), row["code"], N_("there is no person {person}"), person=row["secretary"])


def qualifications(row: Row) -> Iterator[dict[str, Any]]:
    """Yield what a person's row says of licences and certificates."""
    licence, legal = row.get("licence"), row.get("legal_qualification")
    if licence:
        yield {"suspended": False, **licence}
    if legal:
        certificate: dict[str, Any] = {"kind": "法律职业资格", "domains": [], "valid_until": None, "suspended": False}
        yield {**certificate, "number": legal["number"], "issued_on": legal["granted_on"]}


def _appointments(raw: Raw, findings: Findings) -> None:
    file = name("appointments")
    seen = set()
    for row in appointment_rows(raw):
        where = f"{row['person']} {row['post']}"
        if row["person"] not in raw.persons:
            findings.add(file, where, N_("there is no person {person}"), person=row["person"])
            continue
        if row["post"] not in raw.posts:
            findings.add(file, where, N_("there is no post {post}"), post=row["post"])
            continue
        _place(raw, findings, where, row)
        since, until = (tenant_files.day(findings, file, where, row[key]) for key in ("since", "until"))
        if since is None or (until is not None and until < since):
            findings.add(file, where, N_("it ends before it begins"))
        key = (row["person"], row["post"], row["scope"], row["since"])
        if key in seen:
            findings.add(file, where, N_("{key} stands here twice"), key="appointment")
        seen.add(key)
        has = {QUALIFICATIONS.get(one["kind"]) for one in qualifications(raw.persons[row["person"]])}
        for kind in set(raw.posts[row["post"]]["requires"]) - has:
            findings.add(file, where, N_("the person lacks {kind}"), kind=kind)


def _place(raw: Raw, findings: Findings, where: str, row: Row) -> None:
    kind, scope = raw.posts[row["post"]]["scope"], row["scope"]
    known = raw.places.get(kind, ())
    if (kind == "none") != (scope is None) or (kind in unit.SCOPES and scope not in known):
        findings.add(name("appointments"), where, N_("{scope} is no place of the kind {kind}"), scope=scope, kind=kind)


def _absences(raw: Raw, findings: Findings) -> None:
    file = name("absences")
    for row in raw.rows["absences"]:
        where = f"{row['person']} {row['from']}"
        since, until = (tenant_files.day(findings, file, where, row[key]) for key in ("from", "until"))
        if since is None or until is None or until < since:
            findings.add(file, where, N_("it ends before it begins"))
        for person in (row["person"], row.get("substitute")):
            if person is not None and person not in raw.persons:
                findings.add(file, where, N_("there is no person {person}"), person=person)
        if row.get("substitute") == row["person"]:
            findings.add(file, where, N_("{person} cannot be the substitute"), person=row["person"])


def _separation_kept(raw: Raw, findings: Findings) -> None:
    rules = [
        separation.Rule(row["id"], tuple(row["posts_a"]), tuple(row["posts_b"]), row["scope"], "", "")
        for row in raw.rows["separation"]
        if row["scope"] == "same_person"
    ]
    held: dict[str, list[Row]] = defaultdict(list)
    for row in appointment_rows(raw):
        held[row["person"]].append(row)
    for person, rows in held.items():
        for one, other in combinations(rows, 2):
            found = separation.conflict(rules, [one["post"]], other["post"])
            if found and one["since"] <= (other["until"] or "9") and other["since"] <= (one["until"] or "9"):
                text = N_("{one} excludes {other} by the rule {rule}")
                posts = {"one": one["post"], "other": other["post"], "rule": found[0].id}
                findings.add(name("appointments"), person, text, **posts)


def _places_filled(raw: Raw, findings: Findings) -> None:
    """Count the holders on the day of the files: a post that nobody holds would stop every case that needs it."""
    holders: dict[str, int] = defaultdict(int)
    today = raw.as_of.isoformat()
    for row in appointment_rows(raw):
        holders[row["post"]] += row["since"] <= today <= (row["until"] or "9")
    for code, row in raw.posts.items():
        least, most, count = row["min_holders"], row["max_holders"], holders[code]
        if count < least or (most is not None and count > most):
            numbers = {"count": count, "least": least, "most": most or "∞"}
            findings.add(name("posts"), code, N_("{count} persons hold it, allowed are {least} to {most}"), **numbers)
