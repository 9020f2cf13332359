"""The list of powers: loaded once, checked row by row, read as papers cite it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, db, errors
from engine.cases.enforcement import power, power_files
from engine.cases.handlers.enforcement.lead import offer
from engine.cases.reading import matters
from engine.ground import numerals
from web.cli.demo import GUANLIN

ACTOR = audit.Actor("test")


@pytest.fixture
def altered(tmp_path: Path) -> Callable[..., Path]:
    """Return the town's folder with one entry of the list changed."""

    def change(code: str, **values: Any) -> Path:
        (tmp_path / "enforcement").mkdir(exist_ok=True)
        shutil.copy(GUANLIN / "town.json", tmp_path)
        raw = db.loads((GUANLIN / power_files.FILE).read_text("utf-8"))
        next(row for row in raw["items"] if row["code"] == code).update(values)
        (tmp_path / power_files.FILE).write_text(db.dumps(raw), "utf-8")
        return tmp_path

    return change


def test_the_towns_list_is_in_force(connection: Connection) -> None:
    assert len(power.search(connection)) == 74
    assert {row.team for row in power.search(connection)} == {"team1", "team2", "team3"}
    assert [row.code for row in power.search(connection, "生活垃圾 倾倒")] == ["GL-CF1-116"]
    assert power.transfer(connection) == {"document": "", "demo": True}


def test_the_form_of_the_first_check_offers_powers_in_both_languages(connection: Connection) -> None:
    job: Any = SimpleNamespace(connection=connection)
    offered = {one["value"]: one for one in (offer(job) or {})["powers"]}
    assert offered["GL-CF1-116"]["label"] == "随意倾倒、抛撒、堆放生活垃圾（GL-CF1-116）"
    assert offered["GL-CF1-116"]["label:en"] == "Dumping household waste (GL-CF1-116)"


def test_the_same_file_again_changes_nothing(connection: Connection) -> None:
    before = power.current(connection).version
    assert power_files.load(connection, ACTOR, GUANLIN) is False
    assert power.current(connection).version == before


def test_a_changed_file_is_a_new_version_and_the_old_stays(
    connection: Connection, altered: Callable[..., Path]
) -> None:
    before = power.current(connection).version
    assert power_files.load(connection, ACTOR, altered("GL-CF1-116", cause="乱倒垃圾"))
    assert power.get(connection, "GL-CF1-116").name == "乱倒垃圾"
    assert power.get(connection, "GL-CF1-116", before).name == "随意倾倒、抛撒、堆放生活垃圾"
    assert audit.trail(connection, power.STREAM)[-1].action == "powers.published"


def test_a_power_that_the_town_names_in_chinese_only_has_no_english_name(
    connection: Connection, altered: Callable[..., Path]
) -> None:
    assert matters.english(connection)["随意倾倒、抛撒、堆放生活垃圾"] == "Dumping household waste"
    assert power_files.load(connection, ACTOR, altered("GL-CF1-116", cause="乱倒垃圾", cause_en=""))
    assert "乱倒垃圾" not in matters.english(connection)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"domain": "CF9"}, "no post"),
        ({"legal_basis": []}, "no legal basis"),
        ({"fine_min": 99}, "not those of its brackets"),
        ({"penalty_kinds": ["警告"]}, "do not fit"),
        ({"simple_possible": {"citizen": True, "entity": True, "reason": ""}}, "on the spot for entity"),
        ({"town_may_penalise": False}, "only assists"),
        ({"seizure_power": True}, "names no clause"),
    ],
)
def test_a_row_that_breaks_a_rule_is_named(
    connection: Connection, altered: Callable[..., Path], changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(errors.TenantRefused, match=said) as refused:
        power_files.load(connection, ACTOR, altered("GL-CF1-116", **changed))
    assert refused.value.facts["findings"][0].row == "GL-CF1-116"


def test_an_item_cites_its_clauses_as_papers_do(connection: Connection) -> None:
    item = power.item_of(power.get(connection, "GL-CF1-116"))
    assert item["basis"] == "《固体废物污染环境防治法》第一百一十一条"
    assert (item["team"], item["power_source"], item["town_may_penalise"]) == ("team2", "赋权", True)
    with pytest.raises(errors.PowerUnknown):
        power.get(connection, "GL-CF1-999")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (16, "十六"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (101, "一百零一"),
        (111, "一百一十一"),
    ],
)
def test_articles_are_numbered_in_words(number: int, text: str) -> None:
    assert numerals.numeral(number) == text


def test_the_database_refuses_assistance_that_penalises(connection: Connection) -> None:
    row = power.get(connection, "GL-CF3-322")
    with pytest.raises(sa.exc.IntegrityError, match="assistance_is_no_penalty"), connection.begin_nested():
        connection.execute(sa.update(power.power).where(power.power.c.code == row.code).values(town_may_penalise=True))
