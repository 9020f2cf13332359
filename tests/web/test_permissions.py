"""Every address is tried as every role and as nobody, for an own and a foreign case, against the declared rights."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection, Engine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine import audit, clock, db, definitions, incidents, outbox, tasks
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.items import item
from engine.cases.papers import material, push
from engine.cases.people import access
from engine.ground import files, inspection
from engine.organisation import account, demo, person
from tests.conftest import MORNING
from tests.web import rights
from tests.web.conftest import Visit, Visitor
from tests.web.rights import NOBODY, OK, PEOPLE, RIGHTS
from web import security

APPLICANT = {"kind": "person", "name": "王小明", "phone": "13800138000", "address": "官林镇东虹路1号"}
FIXED = {
    "name": "onewindow.css",
    "code": "zh_CN",
    "kind": "supervise",
    "key": "storage_day7",
    "link": "nobody-gave-this",
    "form": "csv",
    "package": "one_window_approval",
    "version": 1,
    "before": 1,
    "no": "EQ-001-1",
    "month": "2026-07",
    "worker": "P132",
    "expert": "EX01",
    "after": 1,
    "path": "package.toml",
    "filename": "none.js",
    "view_id": 1,
    **dict.fromkeys(("proof", "said", "record", "record_no"), 1),
}
MADE_BY_OTHERS = (
    *(
        "signer_id",
        "draw_no",
        "modification_id",
        "notice_id",
        "document_id",
        "job_id",
        "draft_id",
        "plan_id",
        "finding_id",
        "patrol_id",
    ),
)
ABSENT = {*MADE_BY_OTHERS, "filename", "view_id", "link", "month"}
"""What the test does not make: an address with one of these may answer 404 to those it lets in."""
OF_A_CASE = {"number", "business_key", "task_id", "file_id", "push_id", "key"}
"""What differs between an own case and a foreign one."""

CODES = {
    "/branch-ranking/": "PB-001",
    "/powers/": "GL-CF1-116",
    "/grids/": "GL-01-01",
    "/grid-items/": "C0101",
    "/report/": "GL-01-01",
    "/api/v1/grids/": "GL-01-01",
    "/api/v1/intake/": "zajt",
    "/admin/sources/": "zajt",
}
"""What a code names where it names no item."""

SURE = {"reason": "试一试"}
RECORD = {
    "kind": "inspection",
    "started_at": "2026-03-02T08:00:00+08:00",
    "ended_at": "2026-03-02T08:30:00+08:00",
    "place": "东虹路",
}
PROOF = {
    "kind": "doc",
    "title": "台账",
    "source": "party",
    "takers": ["P070", "P071"],
    "place": "东虹路",
    "obtained_at": "2026-03-02T08:00:00+08:00",
}
BODIES: dict[str, dict[str, Any]] = {
    "messages": {"name": "ping", "key": "nothing"},
    **dict.fromkeys(("recall", "reminders", "removal"), SURE),
    **{name: {**SURE, "to": "P030"} for name in ("transfer", "delegation", "step-back")},
    "signers": {**SURE, "people": ["P031"]},
    "dockets": {"part": "main"},
    FIXED["kind"]: {"file": 1},
    "closing": {**SURE, "state": "explained"},
    "copies": {"people": ["P031"]},
    FIXED["key"]: {"text": "an event is asked"},
    "activities": {"process": "nothing", "token": 1, "activity": "nothing"},
    "evidence": PROOF,
    "corrections": {"asked_by": "某商店", "reason": "x"},
    "early-end": {"applied_on": "2026-03-01", "applied_by": "某商店", "reason": "x"},
    "challenges": {
        "kind": "reconsideration",
        "applied_on": "2026-03-02",
        "received_on": "2026-03-02",
        "authority": "x",
        "number": "1",
        "reason": "x",
    },
    "outcome": {"result": "upheld", "result_on": "2026-03-02", "reason": "x"},
    "versions": {**PROOF, **SURE},
    "verification": {"how": "核对"},
    **dict.fromkeys(("exclusion", "withdrawal"), SURE),
    "custody": {"giver": "P070", "taker": "P071", "at": "2026-03-02T08:00:00+08:00", **SURE},
    "facts": {"text": "无证经营"},
    "proofs": {"evidence": [1]},
    "acts": {**RECORD, "officers": ["P070", "P071"], "licences_shown": True},
}
"""What is sent to the API so that it says whether the call is allowed and not what is wrong with it."""


@dataclass(frozen=True)
class Thing:
    """A case with its first task and a file in it."""

    number: str
    task_id: int
    file_id: int


def named(app: Flask) -> dict[str, Rule]:
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def test_every_address_is_declared(town_app: Flask) -> None:
    assert sorted(set(named(town_app)) - set(RIGHTS)) == [], "say in tests/web/rights.py who may call these"
    assert sorted(set(RIGHTS) - set(named(town_app))) == [], "these addresses are no more"


def pair(town: Engine) -> tuple[Thing, Thing]:
    """Return a case of everybody, whose first task the clerk has claimed, and a foreign one of another window."""
    return make(town, "W03", list(PEOPLE)), make(town, "W04", [])


@pytest.fixture(scope="module")
def things(town: Engine, _application: Flask) -> tuple[Thing, Thing]:
    """The two cases that are only read."""
    with clock.frozen(MORNING):
        return pair(town)


@pytest.fixture(scope="module")
def kept(town: Engine) -> dict[str, Visitor]:
    """The visitors so far, by role, each signed in once."""
    return {}


def make(town: Engine, window: str, readers: list[str]) -> Thing:
    with db.transaction(town) as connection:
        row = item.get(connection, "GL-MZZ-008")
        context = opening.item_context(row.body)
        case, _step = opening.open_case(
            connection,
            audit.Actor("test"),
            cases.Opening(context, row.version, channel="窗口", applicant=APPLICANT, window=window),
        )
        stored = files.store(connection, _stream(case.number), "说明.txt", audit.SYSTEM)
        paper = {"code": "M002", "name": "居民身份证", "received": True, "files": [stored.id]}
        material.register(connection, audit.SYSTEM, case, [paper])
        access.grant(connection, case.id, [f"person:{_id(connection, PEOPLE[role])}" for role in readers])
        task = connection.execute(sa.select(tasks.task).where(tasks.task.c.business_key == case.number)).one()
        if readers:
            clerk, _acting = person.candidate(connection, _id(connection, PEOPLE["clerk"]))
            tasks.claim(connection, audit.Actor(clerk.id), clerk, task.id)
        return Thing(case.number, task.id, stored.id)


def _stream(text: str) -> Any:
    return io.BytesIO(f"{text} 的材料".encode())


def _id(connection: Connection, login: str) -> str:
    return str(connection.scalar(sa.select(account.account.c.person_id).where(account.account.c.login == login)))


def arguments(town: Engine, rule: Rule, thing: Thing) -> dict[str, Any]:
    with db.transaction(town) as connection:
        asked = rule.arguments
        known: dict[str, Any] = {
            **FIXED,
            "number": thing.number,
            "business_key": thing.number,
            "definition_id": definitions.current(connection, "one_window_approval").id,
            "task_id": thing.task_id,
            "file_id": thing.file_id,
            "event_id": _export(connection) if "event_id" in asked else 0,
            "incident_id": incident(connection) if "incident_id" in asked else 0,
            "push_id": _push(connection, thing.number) if "push_id" in asked else 0,
            "person_id": _id(connection, PEOPLE["clerk"]),
            **dict.fromkeys(MADE_BY_OTHERS, 999_999),
        }
    if rule.rule.endswith("/<process>.bpmn"):
        known |= {"key": thing.number, "process": "one_window_approval"}
    if "<code>" in rule.rule and "language" not in rule.rule:
        begins = next((start for start in CODES if rule.rule.startswith(start)), "")
        known["code"] = CODES.get(begins, "GL-MZZ-008")
    return {name: known[name] for name in asked}


def _export(connection: Connection) -> int:
    return inspection.export(connection, audit.SYSTEM, inspection.Query(stream="nothing"), "csv")


def _push(connection: Connection, number: str) -> int:
    """Push something about a case to a post that none of the people holds, and let it arrive."""
    case = cases.get(connection, number)
    key = push.send(connection, audit.SYSTEM, case, receiver="grid", kind="grant", purpose="grant", content={})
    connection.execute(sa.update(outbox.outbox).where(outbox.outbox.c.id == key).values(sent_at=clock.now()))
    return key


def incident(connection: Connection) -> int:
    found = incidents.search(connection)
    if found:
        return int(found[0].id)
    instance = connection.execute(sa.text("SELECT max(id) FROM instance")).scalar_one()
    row = {"instance_id": instance, "token": 1, "element": "A1", "kind": "TEST", "message": "m", "facts": {}}
    made = sa.insert(incidents.incident).values(row | {"raised_at": clock.now(), "resolved_at": clock.now()})
    return int(connection.execute(made.returning(incidents.incident.c.id)).scalar_one())


def _kept(kept: dict[str, Visitor], role: str, visit: Visit) -> Visitor:
    if role not in kept:
        kept[role] = visit(None if role == NOBODY else PEOPLE[role])
    return kept[role]


def call(kept: dict[str, Visitor], visit: Visit, role: str, method: str, path: str) -> TestResponse:
    login = None if role == NOBODY else PEOPLE[role]
    visitor = visit(login) if path == "/logout" else _kept(kept, role, visit)
    if path.startswith("/api/"):
        headers = {"Idempotency-Key": security.new_key()}
        if login:
            headers["Authorization"] = f"Bearer {demo.bearer(login)}"
        body = BODIES.get(path.rpartition("/")[2], {"values": {}})
        sent: dict[str, Any] = {} if method == "GET" else {"json": body}
        if path.endswith(("/files", "/packages")) and method == "POST":
            sent = {"data": {"nothing": "1"}, "content_type": "multipart/form-data"}
        return visitor.client.open(path, method=method, headers=headers, **sent)
    if method == "GET":
        return visitor.get(path)
    guard = {"csrf_token": visitor.token(), security.KEY_FIELD: security.new_key()}
    typed = {"login": security.new_key()} if path == "/login" else {}
    return visitor.client.open(path, method=method, data={**guard, **typed})


def said(answer: TestResponse, *, absent: bool) -> rights.Answer:
    """Say whether a call was let in, or the status with which it was refused."""
    text = answer.get_data(as_text=False)
    answer.close()
    if answer.status_code in (401, 403):
        return answer.status_code
    if answer.status_code == 404:
        return OK if absent else 404
    if answer.status_code == 303 and answer.headers["Location"].startswith("/login?next="):
        return 401
    assert answer.status_code < 500, text.decode()
    return OK


@pytest.mark.parametrize("address", sorted(RIGHTS))
def test_an_address_lets_in_whom_it_should(
    town: Engine,
    visit: Visit,
    town_app: Flask,
    things: tuple[Thing, Thing],
    kept: dict[str, Visitor],
    address: str,
) -> None:
    rule = named(town_app).get(address)
    if rule is None:
        pytest.fail(f"{address} is no more")
    right, method = RIGHTS[address], address.partition(" ")[0]
    absent = bool(ABSENT & rule.arguments)
    own, foreign = things if method == "GET" or not OF_A_CASE & rule.arguments else pair(town)
    paths = {"foreign": at(town, town_app, rule, method, foreign), "own": at(town, town_app, rule, method, own)}
    found, wanted = {}, {}
    for role in trying(town, right):
        answers = {
            path: said(call(kept, visit, role, method, path), absent=absent) for path in dict.fromkeys(paths.values())
        }
        for whose, path in paths.items():
            found[role, whose] = answers[path]
            wanted[role, whose] = _wanted(right, role, own=whose == "own")
    assert {place: found[place] for place in wanted if found[place] != wanted[place]} == {}


def trying(town: Engine, right: rights.Right) -> list[str]:
    """Return who tries an address: everybody; on PostgreSQL, where nothing else decides, one for each way to end."""
    every = [NOBODY, *reversed(PEOPLE)]
    if town.dialect.name == "sqlite":
        return every
    ends = {(_wanted(right, role, own=True), _wanted(right, role, own=False)): role for role in every}
    return [role for role in every if role in ends.values()]


def at(town: Engine, town_app: Flask, rule: Rule, method: str, thing: Thing) -> str:
    """Return the path of an address for a thing; one that speaks of no case has a single path, which is called once."""
    values = arguments(town, rule, thing)
    with town_app.test_request_context():
        return town_app.url_for(rule.endpoint, _method=method, **values)


def _wanted(right: rights.Right, role: str, *, own: bool) -> rights.Answer:
    if role == NOBODY:
        return right.nobody
    return right.rule(role, own)
