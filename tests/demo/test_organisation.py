"""The demo town loads, keeps its figures, and says in words what is wrong with its files."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, db, errors
from engine.organisation import account, demo, person, tenant, unit

GUANLIN = Path(__file__).parents[2] / "demo" / "guanlin"


def count(connection: Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_the_town_has_the_units_and_persons_of_its_report(db_connection: Connection) -> None:
    started = time.process_time()
    assert tenant.load(db_connection, audit.SYSTEM, GUANLIN)
    assert time.process_time() - started < 10
    kinds = Counter(row.kind for row in unit.every(db_connection))
    assert (kinds["office"], kinds["bureau"], kinds["window"], kinds["village_point"]) == (1, 7, 14, 15)
    assert (kinds["enforcement_team"], kinds["alliance"], kinds["branch"]) == (3, 4, 90)
    assert count(db_connection, person.person) == 196 + 22 + 56


def test_loading_twice_changes_nothing(db_connection: Connection) -> None:
    tenant.load(db_connection, audit.SYSTEM, GUANLIN)
    before = {table.name: count(db_connection, table) for table in db.metadata.sorted_tables}
    assert not tenant.load(db_connection, audit.SYSTEM, GUANLIN)
    assert before == {table.name: count(db_connection, table) for table in db.metadata.sorted_tables}


def test_loading_changed_files_keeps_what_people_did(db_connection: Connection, town_files: Path) -> None:
    tenant.load(db_connection, audit.SYSTEM, town_files)
    account.set_password(db_connection, audit.SYSTEM, "P029", "correct horse battery")
    kept = account.get(db_connection, "P029").password_hash
    change(town_files, "units", 12, name="法制与审批局")
    assert tenant.load(db_connection, audit.SYSTEM, town_files)
    assert account.get(db_connection, "P029").password_hash == kept
    assert "法制与审批局" in {row.name for row in unit.every(db_connection)}


def test_every_demo_person_on_duty_has_login_password_and_token(db_connection: Connection) -> None:
    tenant.load(db_connection, audit.SYSTEM, GUANLIN)
    listed = {row["id"]: row for row in demo.accounts(db_connection)}
    assert "P196" not in listed
    assert listed["P029"]["posts"] == ["hall.window@W03"]
    assert listed["P029"]["roles"] == ["clerk"]
    assert len({row["api_token"] for row in listed.values()}) == len(listed) == 273
    roles = {role for row in listed.values() for role in row["roles"]}
    assert len(roles) == 9


@pytest.fixture
def town_files(tmp_path: Path) -> Path:
    """A copy of the town's files that a test may spoil."""
    return Path(shutil.copytree(GUANLIN, tmp_path / "guanlin"))


def change(folder: Path, file: str, row: int, **values: Any) -> None:
    path = folder / "organisation" / f"{file}.json"
    rows = json.loads(path.read_text("utf-8"))
    rows[row].update(values)
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


@pytest.mark.parametrize(
    ("file", "row", "values", "expected"),
    [
        ("units", 5, {"parent": "nowhere"}, "units.json, b-party: there is no unit nowhere"),
        ("units", 2, {"parent": "b-party"}, "this unit is above itself"),
        ("units", 15, {"channel_code": "W01"}, "another window has the code W01"),
        ("posts", 0, {"unit": "nowhere"}, "posts.json, town.party_secretary: there is no unit nowhere"),
        ("posts", 0, {"requires": ["magic"]}, "there is no qualification magic"),
        ("posts", 0, {"min_holders": 2, "max_holders": 2}, "1 persons hold it, allowed are 2 to 2"),
        ("separation", 0, {"posts_a": ["hall.ghost"]}, "separation.json, SOD-01: no post fits hall.ghost"),
        ("roles", 0, {"role": "king"}, "there is no role king"),
        ("receivers", 0, {"post": "ghost"}, "receivers.json, supervision: there is no post ghost"),
        ("receivers", 1, {"code": "supervision"}, "receivers.json, supervision: code stands here twice"),
        ("persons", 3, {"login": "demo001"}, "login stands here twice"),
        ("persons", 3, {"unit": "nowhere"}, "persons.json, P004: there is no unit nowhere"),
        ("persons", 3, {"substitutes": ["P004"]}, "P004 cannot be the substitute"),
        ("appointments", 0, {"post": "ghost"}, "appointments.json, P001 ghost: there is no post ghost"),
        ("appointments", 0, {"person": "P999"}, "there is no person P999"),
        ("appointments", 0, {"since": "1.5.2022"}, "1.5.2022 is no date"),
        ("appointments", 0, {"until": "2001-01-01"}, "it ends before it begins"),
        ("appointments", 0, {"scope": "W01"}, "W01 is no place of the kind none"),
        ("appointments", 0, {"person": "P029", "post": "approval.decider"}, "excludes"),
        ("absences", 0, {"substitute": "P999"}, "there is no person P999"),
        ("branches", 0, {"secretary": "P999"}, "branches.json, PB-001: there is no person P999"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(
    db_connection: Connection, town_files: Path, file: str, row: int, values: dict[str, Any], expected: str
) -> None:
    change(town_files, file, row, **values)
    with pytest.raises(errors.TenantRefused) as refused:
        tenant.load(db_connection, audit.SYSTEM, town_files)
    assert any(expected in str(finding) for finding in refused.value.facts["findings"])
    assert count(db_connection, unit.unit) == 0


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("{")])
def test_a_file_that_cannot_be_read_is_named(
    db_connection: Connection, town_files: Path, spoil: Callable[[Path], Any]
) -> None:
    spoil(town_files / "organisation" / "posts.json")
    with pytest.raises(errors.TenantFileUnreadable, match=r"posts\.json"):
        tenant.load(db_connection, audit.SYSTEM, town_files)


def test_every_receiver_that_a_process_names_has_a_post_that_answers_for_it(town_files: Path) -> None:
    known = {row["code"] for row in json.loads((town_files / "organisation/receivers.json").read_text("utf-8"))}
    package = Path(__file__).parents[2] / "workflows/one_window_approval"
    drawn = "".join(path.read_text("utf-8") for path in sorted(package.glob("*.bpmn")))
    named = {name for names in re.findall(r"push\.send [^\"]*receivers=([\w.,]+)", drawn) for name in names.split(",")}
    table = (package / "push_targets.dmn").read_text("utf-8")
    named |= set(re.findall(r'_out1">\s*<text>"([\w.]+)"</text>', table))
    assert {"supervision", "grid", "credit", "upper"} <= named
    assert named <= known
