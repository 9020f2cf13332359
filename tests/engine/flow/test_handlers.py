"""The handlers of process packages are installed once, whichever way they are imported, or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors
from engine.cases.items import environment
from engine.design import packages
from engine.flow import handlers
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

APPROVAL = "workflows.one_window_approval.handlers"


def package(folder: Path, name: str, source: str) -> Path:
    place = folder / name
    place.mkdir(parents=True)
    (place / "package.toml").write_text(f'name = "{name}"\n')
    (place / "handlers.py").write_text(f"from engine.flow import handlers\n\n\n{source}")
    return folder


SERVICE = "@handlers.handler({type!r})\ndef serve(job):\n    return None\n"


def test_every_package_below_the_folder_is_installed_once(tmp_path: Path) -> None:
    package(tmp_path, "installed_once", SERVICE.format(type="test.once"))
    (tmp_path / "no_package").mkdir()
    assert handlers.install(tmp_path) == handlers.install(tmp_path) == ["installed_once"]
    assert handlers.find("test.once") is not None


def test_the_shipped_package_is_the_module_that_everybody_imports() -> None:
    assert "one_window_approval" in handlers.install(packages.SHIPPED)
    import workflows.one_window_approval.handlers as ordinary

    assert sys.modules[APPROVAL] is ordinary
    assert handlers.find("approval.checklist") is ordinary.list_materials


@pytest.mark.parametrize(("name", "fault"), [("crashes", "raise ZeroDivisionError\n"), ("garbled", "no Python\n")])
def test_handlers_that_cannot_be_imported_are_named_and_leave_nothing(tmp_path: Path, name: str, fault: str) -> None:
    package(tmp_path, name, SERVICE.format(type="test.half") + fault)
    with pytest.raises(errors.HandlersBroken, match=name):
        handlers.install(tmp_path)
    assert handlers.find("test.half") is None
    (tmp_path / name / "handlers.py").write_text("")
    assert handlers.install(tmp_path) == [name]


def test_two_packages_of_one_name_are_refused(tmp_path: Path) -> None:
    handlers.install(package(tmp_path / "one", "of_one_name", ""))
    with pytest.raises(errors.HandlersBroken, match="of_one_name"):
        handlers.install(package(tmp_path / "two", "of_one_name", ""))


def calls(process: str, called: str) -> bytes:
    reference = zeebe(f'calledElement processId="{called}"')
    return drawing(node("startEvent", "s") + node("callActivity", "c", reference) + flows("s>c"), process=process)


def test_a_package_may_call_its_own_processes_and_those_in_force(db_connection: Connection) -> None:
    def deploy(name: str, **diagrams: bytes) -> None:
        files = {"package.toml": f'name = "{name}"'.encode()} | {f"{k}.bpmn": v for k, v in diagrams.items()}
        definitions.deploy(db_connection, audit.SYSTEM, packages.Package(files), environment.load(db_connection))

    deploy("one", caller=calls("a", "b"), called=drawing(node("startEvent", "s"), process="b"))
    deploy("two", caller=calls("c", "b"))
    with pytest.raises(errors.DeploymentRefused):
        deploy("three", caller=calls("d", "nobody"))


def test_before_a_town_is_loaded_no_post_is_asked_for(db_connection: Connection) -> None:
    known = environment.load(db_connection)
    kinds = {"handlers": handlers.types(), "remote": handlers.remote_types()}
    assert known == bpmn.Environment(groups=None, processes=frozenset(), **kinds)
    assert "case.accept" in handlers.types()
