"""Whatever the check of a file finds says at which element, why, and what the designer can do about it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
TELLERS = {"problem": 2, "warning": 2, "Finding": 2, "Obstacle": 2}
"""What notes a finding, and the place of its hint among the arguments."""
OTHERS = ("engine/organisation", "engine/cases")
"""Rooms whose findings are of data files, with lines in place of elements."""


def notes(path: Path) -> Iterator[ast.Call]:
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in TELLERS and not any(isinstance(each, ast.Starred) for each in call.args):
                yield call


def paths() -> list[Path]:
    rooms = sorted((ROOT / "engine").rglob("*.py"))
    return [path for path in rooms if not path.relative_to(ROOT).as_posix().startswith(OTHERS) and any(notes(path))]


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_finding_says_what_to_do(path: Path) -> None:
    for call in notes(path):
        hint = call.args[2] if len(call.args) > 2 else next((k.value for k in call.keywords if k.arg == "hint"), None)
        assert hint is not None, f"line {call.lineno}"
        assert not (isinstance(hint, ast.Constant) and not hint.value), f"line {call.lineno}"


def test_the_findings_are_found() -> None:
    assert sum(1 for path in paths() for _ in notes(path)) > 100
