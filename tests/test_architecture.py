"""The import rule of the house: which room may know which."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Collection, Iterator, Mapping
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


def known_by(path: Path, modules: Collection[str]) -> set[str]:
    """Return which of some modules a file imports, wherever in it.

    What it names for the eyes of the type checker alone is no import: a node moves tokens and a token stands at a node,
    each is said in the words of the other, and only one of them needs the other to run.
    """
    tree = _Running().visit(ast.parse(path.read_text("utf-8")))
    found = set()
    for name in imports_of(ast.unparse(tree)):
        module, _dot, member = name.rpartition(".")
        found |= {one for one in (name, module) if one in modules and (one == name or f"{one}.{member}" not in modules)}
    return found


class _Running(ast.NodeTransformer):
    """Leaves out what only the type checker reads."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        """Leave a block out that nothing runs."""
        return None if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node


def circles(known: Mapping[str, set[str]]) -> list[str]:
    """Return the modules from which a way leads back to themselves: what is left when all others are taken out."""
    left = {name: set(others) for name, others in known.items()}
    for ends in (_without_imports, _not_imported):
        while gone := ends(left):
            left = {name: others - gone for name, others in left.items() if name not in gone}
    return sorted(left)


def _without_imports(left: Mapping[str, set[str]]) -> set[str]:
    return {name for name, others in left.items() if not others}


def _not_imported(left: Mapping[str, set[str]]) -> set[str]:
    return left.keys() - set().union(*left.values())


def test_no_file_of_the_engine_needs_one_that_needs_it() -> None:
    files = {_module(file): file for file in sorted((ROOT / "engine").rglob("*.py"))}
    assert circles({name: known_by(file, files) for name, file in files.items()}) == []


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_a_circle_is_noticed_wherever_its_imports_stand(tmp_path: Path) -> None:
    sources = {
        "engine.one": "def later():\n    from engine import two",
        "engine.two": "import engine.three",
        "engine.three": "from engine.one import something",
        "engine.four": "from engine import one\nif TYPE_CHECKING:\n    from engine import five",
        "engine.five": "from engine import four",
    }
    known = {}
    for name, source in sources.items():
        (tmp_path / f"{name}.py").write_text(source)
        known[name] = known_by(tmp_path / f"{name}.py", sources)
    assert circles(known) == ["engine.one", "engine.three", "engine.two"]


@pytest.mark.parametrize("name", benchmarks.WORKLOADS)
def test_a_benchmark_finds_what_it_measures(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").run)
