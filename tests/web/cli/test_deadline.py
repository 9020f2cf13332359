"""The commands that count periods and keep the calendar."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from web.cli import main


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the schema and nothing in it, which nobody opens."""
    place = tmp_path_factory.mktemp("empty") / "town.db"
    assert CliRunner().invoke(main, ["db", "upgrade", "--database", f"sqlite:///{place}"]).exit_code == 0
    return place


@pytest.fixture
def url(empty: Path, tmp_path: Path) -> str:
    """A copy of it."""
    return f"sqlite:///{shutil.copy(empty, tmp_path)}"


def run(*arguments: str, url: str = "sqlite:////nowhere/at/all.db") -> Result:
    return CliRunner().invoke(main, [*arguments, "--database", url])


def counted(*arguments: str, url: str = "sqlite:////nowhere/at/all.db") -> dict[str, Any]:
    result = run("deadline", *arguments, "--json", url=url)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("arguments", "due_on", "provisional"),
    [
        (["--from", "2026-03-02", "--length", "20"], "2026-03-30", False),
        (["--from", "2026-03-02", "--length", "60", "--unit", "calendar", "--roll", "next"], "2026-05-06", False),
        (["--from", "2024-01-31", "--length", "1", "--unit", "month"], "2024-02-29", False),
        (["--from", "2024-02-29", "--length", "1", "--unit", "year"], "2025-02-28", False),
        (["--from", "2026-12-04", "--length", "20"], "2027-01-04", True),
        (["--from", "2026-03-20", "--length", "7", "--backward"], "2026-03-10", False),
        (["--from", "2026-03-20", "--length", "7", "--backward", "--nth"], "2026-03-11", False),
        (["--from", "2026-03-02", "--length", "20", "--stop", "2026-03-09", "--resume", "2026-03-13"], "2026-04-03", False),
        (["--from", "2026-03-02", "--length", "20", "--stop", "2026-03-09", "--resume", "2026-03-13", "--both-ends"],
         "2026-04-07", False),
        (["--from", "2027-08-31", "--length", "6", "--unit", "month"], "2028-02-29", False),
        (["--from", "2026-01-31", "--length", "1", "--unit", "month", "--roll", "next"], "2026-02-28", False),
        (["--from", "2026-01-31", "--length", "1", "--unit", "month", "--stop", "2026-02-10", "--resume", "2026-02-15"],
         "2026-03-05", False),
        (["--from", "2026-04-16", "--length", "15", "--unit", "calendar", "--roll", "next", "--stop", "2026-04-20",
          "--resume", "2026-04-22"], "2026-05-06", False),
        (["--from", "2026-04-16", "--length", "15", "--unit", "calendar", "--stop", "2026-04-20", "--resume",
          "2026-04-24", "--stop", "2026-04-22", "--resume", "2026-04-26"], "2026-05-07", False),
        (["--from", "2026-11-23", "--length", "90", "--unit", "calendar", "--roll", "next"], "2027-02-22", True),
        (["--from", "2027-01-11", "--length", "7", "--backward"], "2026-12-29", True),
    ],
)  # fmt: skip
def test_a_period_is_counted(arguments: list[str], due_on: str, provisional: bool) -> None:
    found = counted(*arguments)
    assert (found["due_on"], found["provisional"]) == (due_on, provisional)
    assert found["derivation"]


def test_hours_end_at_a_moment() -> None:
    assert (
        counted("--from", "2026-03-02T16:30", "--length", "24", "--unit", "hour")["due_at"]
        == "2026-03-03T16:30:00+08:00"
    )


def test_a_running_stop_says_what_is_left() -> None:
    found = counted("--from", "2026-03-02", "--length", "20", "--stop", "2026-03-06")
    assert (found["due_on"], found["left"]) == (None, 16)
    text = run("deadline", "--from", "2026-03-02", "--length", "20", "--stop", "2026-03-06").stdout
    assert text.splitlines()[-1] == "The clock stands still, 16 working left."


def test_the_text_tells_each_day_and_the_end() -> None:
    lines = run("deadline", "--from", "2026-02-13", "--length", "2").stdout.splitlines()
    assert lines[1] == "2026-02-14 Sat    1  make-up working day 春节"
    assert lines[-1] == "Due 2026-02-24 24:00"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "yesterday", "--length", "5"],
        ["--from", "2026-02-30", "--length", "5"],
        ["--from", "2026-03-02", "--length", "-1"],
        ["--from", "2026-03-02", "--length", "99999"],
        ["--from", "9999-12-31", "--length", "5"],
        ["--from", "2026-03-02", "--length", "5", "--resume", "2026-03-03"],
        ["--from", "2026-03-02", "--length", "5", "--stop", "2026-03-05", "--resume", "2026-03-03"],
        ["--from", "2026-03-02", "--length", "1", "--unit", "month", "--backward"],
        ["--from", "2026-03-20", "--length", "7", "--backward", "--stop", "2026-03-12", "--resume", "2026-03-13"],
        ["--from", "2026-03-20", "--length", "7", "--backward", "--roll", "next"],
        ["--from", "2026-03-20", "--length", "7", "--nth"],
    ],
)
def test_nonsense_is_refused_in_words(arguments: list[str]) -> None:
    result = run("deadline", *arguments)
    assert result.exit_code in (1, 2)
    assert "Error:" in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_an_empty_calendar_says_what_to_do_and_a_seeded_one_counts(url: str) -> None:
    empty = run("deadline", "--from", "2026-03-02", "--length", "5", url=url)
    assert empty.exit_code == 1
    assert "onewindow calendar seed" in empty.output
    assert run("calendar", "seed", url=url).stdout == "23 years entered\n"
    assert run("calendar", "seed", url=url).stdout == "all years were there\n"
    assert counted("--from", "2026-03-02", "--length", "5", url=url)["due_on"] == "2026-03-09"


def test_a_published_year_is_final(url: str, tmp_path: Path) -> None:
    run("calendar", "seed", url=url)
    table = tmp_path / "2027.csv"
    table.write_text("day,working,name\n2027-01-01,0,元旦\n2027-01-04,0,元旦\n", "utf-8")
    published = run("calendar", "publish", "2027", str(table), "--origin", "国办发明电〔2026〕7号", url=url)
    assert published.exit_code == 0, published.output
    found = counted("--from", "2026-12-04", "--length", "20", url=url)
    assert (found["due_on"], found["provisional"]) == ("2027-01-05", False)


@pytest.mark.parametrize("text", ["day,working\n2027-01-01,maybe\n", "x\n1\n", "day,working,name\n2026-01-01,0,x\n"])
def test_a_wrong_table_changes_nothing(url: str, tmp_path: Path, text: str) -> None:
    table = tmp_path / "2027.csv"
    table.write_text(text, "utf-8")
    refused = run("calendar", "publish", "2027", str(table), "--origin", "x", url=url)
    assert refused.exit_code == 1
    assert "Error:" in refused.output
