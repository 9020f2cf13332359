"""The description is valid, complete, and the guide calls only what is described."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from engine import audit, db
from engine.organisation import token
from web.cli import main

GUIDE = Path(__file__).parents[3] / "docs/api.md"


@pytest.fixture
def description(town_app: Flask) -> dict[str, Any]:
    answer = town_app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json)


def test_every_call_is_described_with_a_sentence_and_how_it_fails(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.")
    assert description["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for path, calls in description["paths"].items():
        for method, call in calls.items():
            if method == "parameters":
                continue
            assert call["summary"].endswith("."), (method, path)
            assert "application/problem+json" in call["responses"]["default"]["content"], (method, path)
            keyed = any(each.get("name") == "Idempotency-Key" for each in call.get("parameters", ()))
            assert keyed is (method != "get"), (method, path)


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    wanted = set(re.findall(r"'#/components/schemas/([A-Za-z0-9]+)'", str(description)))
    assert wanted
    assert wanted <= set(description["components"]["schemas"])


def calls_of(guide: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return method, path and headers of every curl call in the guide."""
    found = []
    for block in re.findall(r"```sh\n(.*?)```", guide, re.DOTALL):
        for line in re.sub(r"\\\n", " ", block).splitlines():
            if line.startswith("curl"):
                words = shlex.split(line)
                method = words[words.index("-X") + 1] if "-X" in words else "GET"
                headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
                found.append((method.lower(), words[-1].partition("/api/v1")[2].partition("?")[0], headers))
    return found


def test_the_guide_calls_what_is_described(description: dict[str, Any]) -> None:
    shapes = {
        re.compile(re.sub(r"\{[a-z_]+\}", "[^/]+", path.removeprefix("/api/v1")) + r"\Z"): calls
        for path, calls in description["paths"].items()
    }
    called = set()
    for method, path, headers in calls_of(GUIDE.read_text("utf-8")):
        described = [shape.pattern for shape, calls in shapes.items() if shape.match(path) and method in calls]
        assert described, f"{method} {path}"
        assert headers["Authorization"].startswith("Bearer ")
        assert ("Idempotency-Key" in headers) is (method != "get"), path
        called.add((method, described[0]))
    every = {(method, shape.pattern) for shape, calls in shapes.items() for method in calls if method != "parameters"}
    assert every - called == set(), "the guide shows each call once"


def test_tokens_are_made_listed_and_revoked_from_the_command_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/town.db"

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, words, env={"ONEWINDOW_DATABASE_URL": url})
        return result.exit_code, result.output.strip()

    assert run("db", "upgrade")[0] == 0
    assert run("demo", "load")[0] == 0
    code, secret = run("token", "create", "demo029", "--name", "queue screen", "--days", "30")
    assert code == 0
    database = db.connect(url)
    with db.reading(database) as connection:
        holder = token.holder(connection, secret, demo=True)
        made = token.of(connection, holder.id)[0]
        assert audit.trail(connection, "house:organisation")[-1].action == "token.created"
    assert f"{made.id}  queue screen" in run("token", "list", "demo029")[1]
    assert run("token", "revoke", str(made.id)) == (0, f"token {made.id} is revoked")
    assert run("token", "revoke", str(made.id))[0] == 1
    assert "revoked" in run("token", "list", "demo029")[1]
    assert run("token", "create", "nobody-here", "--name", "x")[0] == 1
    with db.reading(database) as connection, pytest.raises(token.errors.TokenWrong):
        token.holder(connection, secret, demo=True)
    database.dispose()


def test_calls_stand_under_titles_that_people_read(description: dict[str, Any]) -> None:
    titles = {tag["name"]: tag["description"] for tag in description["tags"]}
    assert {"Cases", "Tasks", "Process packages", "Pushes"} <= set(titles)
    assert [name for name, said in titles.items() if "_" in name or not said.endswith(".")] == []
    used = {tag for calls in description["paths"].values() for call in calls.values() if "tags" in call
            for tag in call["tags"]}  # fmt: skip
    assert used == set(titles)


def test_people_read_the_same_description_as_programs(town_app: Flask, description: dict[str, Any]) -> None:
    page = town_app.test_client().get("/api").text
    for path, calls in description["paths"].items():
        for method in calls.keys() - {"parameters"}:
            assert f"<strong>{method.upper()}</strong> {path}</code>" in page
    targets = set(re.findall(r'href="#(schema-[A-Za-z0-9]+)"', page))
    assert targets
    assert [target for target in targets if f'id="{target}"' not in page] == []
    assert "script src=" not in page.replace('<script type="module" src="/assets/', "")
