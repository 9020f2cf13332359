"""Whatever somebody typed, drew or named is shown as text: no page runs it, and no page could."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection, Engine

from engine import audit, bpmn, db, definitions, instances, tasks
from engine.cases import case as cases
from engine.cases.papers import material
from engine.design import packages
from engine.flow import handlers
from engine.ground import files
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from tests.web import desk
from tests.web.conftest import Visit
from web import security

EVIL = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"
TEMPLATES = Path(security.__file__).parent / "templates"
HANDLER = re.compile(
    r"\bon(?:abort|blur|change|click|error|focus|input|key\w+|load|mouse\w+|pointer\w+|reset|submit|toggle)="
)
AUDITOR, DESIGNER, STRANGER = "demo092", "demo094", "demo030"


def shown(text: str) -> None:
    """Hold that a page shows the words and nothing of them as markup."""
    assert "<img src=x" not in text
    assert ESCAPED in text


@pytest.fixture
def case(town: Engine) -> cases.Opening | Any:
    """A case of a person, with a file and a material, all of them named like markup."""
    number = desk.take_in(town, name=EVIL).business_key
    with db.transaction(town) as connection:
        row = cases.get(connection, number)
        stored = files.store(connection, io.BytesIO(b"plain words"), f"{EVIL}.txt", audit.SYSTEM)
        paper = {"code": "M002", "name": EVIL, "received": True, "files": [stored.id]}
        material.register(connection, audit.SYSTEM, row, [paper])
        audit.record(connection, number, audit.Event("case.asked", audit.Actor("chen"), details={"reason": EVIL}))
        return row._asdict() | {"file": stored.id, "phone": _phone(connection, row)}


def _phone(connection: Connection, row: Any) -> str:
    return str(connection.scalar(sa.text("SELECT phone FROM party WHERE id = :id"), {"id": row.applicant_id}))


@pytest.mark.parametrize("page", ["?tab=materials", "?tab=story", "?tab=overview", "/print"])
def test_names_of_persons_materials_and_files_are_words(visit: Visit, case: Any, page: str) -> None:
    shown(visit(desk.CLERK).get(f"/cases/{case['number']}{page}").text)


def test_a_file_goes_out_under_a_harmless_header(visit: Visit, case: Any) -> None:
    for place in ("", "/view"):
        answer = visit(desk.CLERK).get(f"/files/{case['file']}{place}", buffered=True)
        assert "\n" not in answer.headers.get("Content-Disposition", "")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_the_trail_shows_what_was_typed_as_words(visit: Visit, case: Any) -> None:
    auditor = visit(AUDITOR)
    listed = auditor.get(f"/audit?stream={case['number']}").text
    assert "<img src=x" not in listed
    shown("".join(auditor.get(f"/audit/events/{key}").text for key in re.findall(r"/audit/events/(\d+)", listed)))


def test_the_applicants_page_shows_words(visit: Visit, case: Any) -> None:
    visitor = visit()
    assert visitor.post("/track", {"number": case["number"], "phone": case["phone"]}).status_code == 303
    assert "<img src=x" not in visitor.get("/track/case").text


@pytest.fixture
def drawn(town: Engine) -> int:
    """An open task of a process whose names, documentation and form are written like markup; return its id."""
    offered = zeebe("userTask", 'formDefinition formId="evil"', 'assignmentDefinition candidateGroups="hall.window"')
    step = node("userTask", "ask", f"<bpmn:documentation>{ESCAPED}</bpmn:documentation>{offered}", name=ESCAPED)
    source = drawing(node("startEvent", "s") + step + flows("s>ask"), process="evil_names")
    form = {"type": "default", "id": "evil", "components": [
        {"type": "textfield", "key": "said", "id": "said", "label": EVIL, "description": EVIL},
        {"type": "text", "id": "told", "text": EVIL},
        {"type": "html", "id": "drawn", "content": f"<p>{EVIL}</p>"},
    ]}  # fmt: skip
    package = packages.Package(
        {"package.toml": b'name = "evil_names"\n', "evil.bpmn": source, "forms/evil.form": db.dumps(form).encode()}
    )
    with db.transaction(town) as connection:
        known = bpmn.Environment(handlers=handlers.types(), forms={"evil"}, groups={"hall.window"})
        definitions.deploy(connection, audit.SYSTEM, package, known)
        key = f"EVIL-{security.new_key()[:12]}"
        instances.start(connection, audit.SYSTEM, "evil_names", business_key=key, variables={})
        found = connection.execute(sa.select(tasks.task.c.id).where(tasks.task.c.business_key == key))
        return int(found.scalar_one())


def test_names_of_steps_and_labels_of_forms_are_words(visit: Visit, drawn: int) -> None:
    clerk = visit(desk.CLERK)
    shown(clerk.get("/inbox?view=claimable&q=onerror").text)
    answer = clerk.get(f"/tasks/{drawn}")
    assert answer.status_code == 200, re.sub(r"<[^>]+>", " ", answer.text)[-600:]
    page = answer.text
    shown(page)
    assert "onerror=alert(1)>" not in page


def test_the_designer_shows_words(visit: Visit, drawn: int) -> None:
    designer = visit(DESIGNER)
    for path in ("/designer", "/designer/packages/evil_names", "/designer/packages/evil_names/1"):
        assert "<img src=x" not in designer.get(path).text, (path, drawn)


@pytest.mark.parametrize("path", ["/login", "/track", "/apply", "/api", "/nowhere", "/catalogue"])
def test_every_page_forbids_scripts_that_are_not_ours(town_app: Flask, path: str) -> None:
    policy = town_app.test_client().get(path).headers["Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["default-src"] == ["'self'"]
    assert rules["object-src"] == ["'none'"]
    assert rules["base-uri"] == ["'none'"]
    assert rules.get("script-src", ["'self'"]) == ["'self'"]
    assert "unsafe-eval" not in policy


def test_no_template_carries_a_script_or_an_inline_handler() -> None:
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text("utf-8")
        found += [(path.name, tag) for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag]
        found += [(path.name, attribute) for attribute in HANDLER.findall(text)]
    assert found == []


def test_a_foreign_case_is_nowhere(town: Engine, visit: Visit, case: Any) -> None:
    other, number = visit(STRANGER), case["number"]
    for path in ("", "?tab=documents", "?tab=story", "/print", f"/diagrams/{number}/one_window_approval.bpmn"):
        assert other.get(f"/cases/{number}{path}").status_code == 404, path
    for path in (f"/files/{case['file']}", f"/files/{case['file']}/view"):
        assert other.get(path, buffered=True).status_code == 404
    for path in ("/cases/export.csv", "/inbox.csv"):
        assert number not in other.get(f"{path}?text={number}", buffered=True).text
    for path in (f"/cases?text={number}", f"/search?q={number}", f"/inbox?view=all&q={number}"):
        assert f'href="/cases/{number}"' not in other.get(path, follow_redirects=True).text
    assert visit(desk.CLERK).get(f"/cases/{number}").status_code == 200
