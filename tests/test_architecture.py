"""The import rule of the house: which room may know which."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import __main__ as benchmarks

ROOT = Path(__file__).parents[1]

ROOMS = ("engine", "forms", "web", "workflows")
MAY_IMPORT = {
    "engine": {"engine"},
    "forms": {"forms", "engine.feel", "engine.errors"},
    "workflows": {"workflows", "engine"},
    "web": {"web", "forms", "engine"},
}
ONLY_IN = {
    "SpiffWorkflow": ("engine/bpmn/",),
    "apscheduler": ("engine/scheduler/embedded.py",),
    "procrastinate": ("engine/scheduler/distributed.py",),
    "flask": ("web/",),
    "wtforms": ("forms/", "web/"),
}
CORE_MUST_NOT_KNOW = ("engine.cases", "engine.organisation")


def imports_of(source: str) -> Iterator[str]:
    """Yield the dotted name of every module or member that the source imports, wherever in the file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def violations(path: str, source: str) -> list[str]:
    """Return what the file at ``path`` (relative, with slashes) imports against the rule."""
    room = path.split("/", 1)[0]
    found = []
    for name in imports_of(source):
        top = name.split(".", 1)[0]
        if top in ROOMS and not _allowed(name, MAY_IMPORT[room]):
            found.append(f"{path}: {room} must not import {name}")
        if top in ONLY_IN and not path.startswith(ONLY_IN[top]):
            found.append(f"{path}: only {', '.join(ONLY_IN[top])} may import {top}")
        found.extend(
            f"{path}: {name} is above it" for above in _above(path) if name == above or name.startswith(f"{above}.")
        )
    return found


def _allowed(name: str, allowed: set[str]) -> bool:
    return any(name == entry or name.startswith(f"{entry}.") for entry in allowed)


def _above(path: str) -> tuple[str, ...]:
    if path.startswith("engine/cases/") or not path.startswith("engine/"):
        return ()
    if path.startswith("engine/organisation/"):
        return ("engine.cases",)
    return CORE_MUST_NOT_KNOW


def test_every_file_keeps_the_import_rule() -> None:
    broken = [
        line
        for room in ROOMS
        for file in sorted((ROOT / room).rglob("*.py"))
        if "node_modules" not in file.parts
        for line in violations(file.relative_to(ROOT).as_posix(), file.read_text())
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("engine/tasks/claiming.py", "import flask"),
        ("engine/tasks/claiming.py", "from web import create_app"),
        ("engine/tasks/claiming.py", "from engine.cases import case"),
        ("engine/organisation/unit.py", "import engine.cases.case"),
        ("engine/instances.py", "from SpiffWorkflow.task import Task"),
        ("engine/jobs.py", "def later():\n    import apscheduler.schedulers"),
        ("forms/compile.py", "from engine import tasks"),
        ("workflows/one/handlers.py", "import web"),
    ],
)
def test_the_rule_notices_when_it_is_broken(path: str, source: str) -> None:
    assert violations(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("engine/cases/case.py", "from engine.organisation import unit"),
        ("forms/compile.py", "from engine import feel"),
        ("web/shown/inbox.py", "from engine import tasks\nimport flask"),
        ("engine/bpmn/drawn/build.py", "import SpiffWorkflow"),
    ],
)
def test_the_rule_lets_pass_what_it_should(path: str, source: str) -> None:
    assert violations(path, source) == []


@pytest.mark.parametrize("name", benchmarks.WORKLOADS)
def test_a_benchmark_finds_what_it_measures(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").run)
