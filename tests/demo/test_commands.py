"""The commands that load the demo town and tell who may sign in."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from web.cli.database import bring_up_to_date
from web.cli.demo import demo_group


def test_the_town_is_loaded_once_and_its_accounts_are_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    bring_up_to_date(url)
    run = CliRunner().invoke
    assert run(demo_group, ["load", "--database", url]).output == "The demo town is loaded.\n"
    assert run(demo_group, ["load", "--database", url]).output == "The demo town was loaded already.\n"
    rows = json.loads(run(demo_group, ["accounts", "--json", "--database", url]).output)
    clerk = next(row for row in rows if row["id"] == "P029")
    assert clerk["name"] == "傅天宇(演示)"
    assert set(clerk) >= {"name", "posts", "login", "password", "api_token"}
    assert "demo029  guanlin-demo029  傅天宇(演示)" in run(demo_group, ["accounts", "--database", url]).output
