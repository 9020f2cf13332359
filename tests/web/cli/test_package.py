"""A package goes into force from the command line, or is refused by element."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from web.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package of one small process."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "package.toml").write_text('name = "small"\n')
    (folder / "small.bpmn").write_bytes(drawing(node("startEvent", "s") + node("userTask", "u") + flows("s>u")))
    return folder


def run(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments, env={"ONEWINDOW_DATABASE_URL": f"sqlite:///{tmp_path}/new/town.db"})
    return result.exit_code, result.output


def test_a_package_is_deployed_once(tmp_path: Path, folder: Path) -> None:
    assert run(tmp_path, "db", "upgrade")[0] == 0
    first, again = (run(tmp_path, "package", "deploy", str(folder)) for _ in range(2))
    assert first == again
    assert first[1].startswith("small version 1 (")


def test_a_refusal_names_the_element(tmp_path: Path, folder: Path) -> None:
    source = drawing(
        node("startEvent", "s") + node("serviceTask", "call", zeebe('taskDefinition type="nobody"')) + flows("s>call")
    )
    (folder / "small.bpmn").write_bytes(source)
    run(tmp_path, "db", "upgrade")
    code, output = run(tmp_path, "package", "deploy", str(folder))
    assert code == 1
    assert "call: No handler is called “nobody”." in output


def test_a_file_that_is_no_package_is_refused(tmp_path: Path, folder: Path) -> None:
    (folder / "package.toml").unlink()
    run(tmp_path, "db", "upgrade")
    assert run(tmp_path, "package", "deploy", str(folder))[0] == 1
