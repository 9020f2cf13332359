"""The command ``trial`` prints how a diagram went, and its exit code tells good from bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from web.cli import main

START, END = node("startEvent", "s"), node("endEvent", "e")
DOUBLE = node("scriptTask", "d", zeebe('script expression="=x * 2" resultVariable="y"'))
ERROR = node("endEvent", "e", '<bpmn:errorEventDefinition errorRef="E"/>')


def run(path: Path, source: bytes, *more: str) -> tuple[int, dict[str, Any]]:
    file = path / "p.bpmn"
    file.write_bytes(source)
    went = CliRunner().invoke(main, ["trial", str(file), *more])
    return went.exit_code, json.loads(went.stdout)


@pytest.mark.parametrize(
    ("code", "outcome", "source"),
    [
        (0, "completed", drawing(START + DOUBLE + END + flows("s>d>e"))),
        (0, "waiting", drawing(START + node("userTask", "u") + END + flows("s>u>e"))),
        (1, "error_event", drawing(START + ERROR + flows("s>e"), shared='<bpmn:error id="E" errorCode="no"/>')),
        (
            1,
            "incident",
            drawing(START + node("callActivity", "c", zeebe('calledElement processId="p"')) + flows("s>c")),
        ),
        (3, "refused", drawing(START + node("task", "lost") + END + flows("s>e", "lost>e"))),
        (3, "refused", b"<!DOCTYPE x><x/>"),
    ],
)
def test_the_exit_code_says_how_it_went(code: int, outcome: str, source: bytes, tmp_path: Path) -> None:
    exit_code, said = run(tmp_path, source, "--variables", '{"x": 21}')
    assert (exit_code, said["outcome"]) == (code, outcome)
    assert set(said) == {"outcome", "detail", "trace", "variables"}


def test_variables_come_from_the_line_or_a_file(tmp_path: Path) -> None:
    source = drawing(START + DOUBLE + END + flows("s>d>e"))
    given = tmp_path / "given.json"
    given.write_text('{"x": 2}')
    _, said = run(tmp_path, source, "--variables", str(given))
    assert (said["trace"], said["variables"]) == (["s", "d", "e"], {"x": 2, "y": 4})
    for wrong in ("[1]", "{x}", "nothing.json"):
        assert CliRunner().invoke(main, ["trial", str(tmp_path / "p.bpmn"), "--variables", wrong]).exit_code == 2
