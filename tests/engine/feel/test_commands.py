"""The commands ``feel`` and ``decision``."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from web.cli.feel import decision, feel_command

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="hearing" name="hearing"><decisionTable>
<input><inputExpression><text>fine</text></inputExpression></input><output/>
<rule><inputEntry><text>> 20000</text></inputEntry><outputEntry><text>true</text></outputEntry></rule>
<rule><inputEntry><text>&lt;= 20000</text></inputEntry><outputEntry><text>false</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_feel_prints_a_value_and_its_warnings(tmp_path: Path) -> None:
    context = tmp_path / "context.json"
    context.write_text('{"罚款": 25000.10}', encoding="utf-8")
    ran = CliRunner().invoke(feel_command, ["[罚款 * 2, nobody]", "--context", str(context)])
    assert ran.stdout == "[50000.2, null]\n"
    assert "nobody" in ran.stderr


def test_feel_says_where_a_mistake_is() -> None:
    ran = CliRunner().invoke(feel_command, ["1 == 1"])
    assert ran.exit_code == 1
    assert "column 3" in ran.stderr


def test_a_decision_is_evaluated_and_explained(tmp_path: Path) -> None:
    (tmp_path / "d.dmn").write_text(TABLE)
    (tmp_path / "c.json").write_text('{"fine": 25000}')
    arguments = ["evaluate", str(tmp_path / "d.dmn"), "--decision", "hearing", "--context", str(tmp_path / "c.json")]
    assert CliRunner().invoke(decision, arguments).stdout == "true\n"
    told = json.loads(CliRunner().invoke(decision, [*arguments, "--explain"]).stdout)
    assert [rule["matched"] for rule in told["explanation"]["rules"]] == [True, False]


def test_a_back_test_prints_what_would_differ(tmp_path: Path) -> None:
    (tmp_path / "d.dmn").write_text(TABLE)
    rows = [
        {"key": "1", "inputs": {"fine": 15000}, "result": True},
        {"key": "2", "inputs": {"fine": 1}, "result": False},
    ]
    (tmp_path / "past.jsonl").write_text("\n".join(map(json.dumps, rows)))
    arguments = ["backtest", str(tmp_path / "d.dmn"), "--decision", "hearing", "--past", str(tmp_path / "past.jsonl")]
    ran = CliRunner().invoke(decision, arguments)
    assert json.loads(ran.stdout) == {"key": "1", "before": True, "after": False}
    assert "1 of 2" in ran.stderr
