"""Whatever the check of a file finds says at which element, why, and what the designer can do about it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

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


def rooms() -> Iterator[Path]:
    for path in sorted((ROOT / "engine").rglob("*.py")):
        if not path.relative_to(ROOT).as_posix().startswith(OTHERS):
            yield path


def test_every_finding_says_what_to_do() -> None:
    found = 0
    for path in rooms():
        for call in notes(path):
            found += 1
            place = f"{path.relative_to(ROOT)}, line {call.lineno}"
            named = next((keyword.value for keyword in call.keywords if keyword.arg == "hint"), None)
            hint = call.args[2] if len(call.args) > 2 else named
            assert hint is not None, place
            assert not (isinstance(hint, ast.Constant) and not hint.value), place
    assert found > 100
