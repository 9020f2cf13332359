"""The town's catalogue loads as one version, keeps its figures, and nothing unfit is published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, errors
from engine.cases.items import catalogue, catalogue_files, figures, item
from engine.cases.items.catalogue import catalogue as catalogue_table
from engine.organisation import tenant
from web.cli.demo import GUANLIN


@pytest.fixture
def town_files(tmp_path: Path) -> Path:
    """A copy of the town's files that a test may spoil."""
    return Path(shutil.copytree(GUANLIN, tmp_path / "guanlin"))


def change(folder: Path, file: str, code: str, **values: Any) -> None:
    path = folder / "catalogue" / f"{file}.json"
    rows = json.loads(path.read_text("utf-8"))
    next(row for row in rows if row["code"] == code).update(values)
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def publish_again(connection: Connection, folder: Path) -> bool:
    return catalogue_files.load(connection, audit.SYSTEM, folder)


@pytest.fixture
def loaded(town: Engine) -> Iterator[Connection]:
    """The town in a transaction that is rolled back when the test ends."""
    with town.connect() as connection, connection.begin() as work:
        connection.info["after_commit"] = []
        yield connection
        work.rollback()


def test_the_figures_of_the_report_are_counted_from_rows(loaded: Connection) -> None:
    found = figures.town(loaded)
    assert (found.items, found.windows, found.village_points) == (276, 14, 15)
    assert (found.marks["run_once"], found.marks["village"], found.marks["no_meeting"]) == (207, 74, 196)
    assert (found.empowered, found.empowered_online) == (64, 64)
    sums = {name: (change.before, change.after) for name, change in found.changes.items()}
    assert sums == {"materials": (1488, 1190), "steps": (1363, 1090), "promised_days": (2910, 2037)}
    assert [f"{change.share:.1%}" for change in found.changes.values()] == ["-20.0%", "-20.0%", "-30.0%"]


def test_the_totals_are_the_sums_of_the_items(loaded: Connection) -> None:
    version = item.current(loaded)
    rows = figures.compared(loaded, version)
    assert len(rows) == 276
    for name, change in figures.town(loaded).changes.items():
        assert change.before == sum(row.changes[name].before for row in rows)
        assert change.after == sum(row.changes[name].after for row in rows)


def test_publication_is_in_the_trail(loaded: Connection) -> None:
    query = sa.select(audit.audit_event).where(audit.audit_event.c.stream == catalogue.STREAM)
    events = loaded.execute(query.order_by(audit.audit_event.c.id)).all()
    assert [event.action for event in events] == ["catalogue.published", "catalogue.published"]
    assert [event.details["name"] for event in events] == ["2020.0（改革前，虚构基线）", "2026.1"]


def test_the_same_files_make_no_new_version(loaded: Connection) -> None:
    assert publish_again(loaded, GUANLIN) is False
    assert [row.version for row in catalogue.versions(loaded)] == [2, 1]


def test_changed_files_make_a_new_version_and_the_old_one_stays_readable(loaded: Connection, town_files: Path) -> None:
    change(town_files, "items/water", "GL-SLL-001", name="河道审批（修订）")
    assert publish_again(loaded, town_files)
    assert item.get(loaded, "GL-SLL-001").name == "河道审批（修订）"
    assert item.get(loaded, "GL-SLL-001", version=2).name != "河道审批（修订）"
    assert item.current(loaded) == 4


def test_an_item_carries_all_that_its_file_says(loaded: Connection) -> None:
    rows = json.loads((GUANLIN / "catalogue/items/land.json").read_text("utf-8"))
    stands = next(row for row in rows if row["code"] == "GL-ZRG-001")
    kept = {name: value for name, value in stands.items() if not name.startswith("baseline_")}
    body = item.get(loaded, "GL-ZRG-001").body
    added = body["detail"].pop("added_materials")
    assert body == kept
    asked = {
        code for one in kept["detail"]["situations"] for choice in one["options"] for code in choice["add_materials"]
    }
    assert set(added) == asked
    assert added["M062"]["name"]


NO_MATERIAL: dict[str, Any] = {"materials": [], "lacking_allowed": False}


@pytest.mark.parametrize(
    ("code", "values", "rule"),
    [
        ("GL-SLL-001", {"legal_basis": [], "legal_basis_note": None}, "it states no legal basis"),
        ("GL-SLL-001", {"promised_limit": None}, "it promises no limit in working days"),
        ("GL-SLL-001", {"promised_limit": {"n": 21, "unit": "工作日"}}, "promises 21 working days, the law allows 20"),
        ("GL-SLL-001", {"promised_limit": {"n": 1, "unit": "工作日"}}, "its steps take"),
        ("GL-SLL-001", NO_MATERIAL, "it asks for no material"),
        ("GL-SLL-001", {"steps": []}, "it has no step"),
        ("GL-SLL-001", {"reviewer_post": "ghost"}, "there is no post ghost"),
        ("GL-SLL-001", {"reviewing_units": ["ext:ghost"]}, "there is no unit ext:ghost"),
        ("GL-SLL-001", {"channels": ["窗口", "飞鸽"]}, "there is no channel 飞鸽"),
        ("GL-SLL-001", {"run_once": "perhaps"}, "run_once does not fit its visits"),
        ("GL-SLL-001", {"commitment_allowed": True, "safety_class": True}, "bar the commitment"),
        ("GL-SLL-001", {"process": "ghost"}, "no process ghost is in force for it"),
        ("GL-SLL-001", {"special_procedures": [{"kind": "公示", "stops_clock": True}]}, "公示 must not stop the clock"),
        (
            "GL-SLL-001",
            {"power_source": "赋权", "online": False, "channels": ["窗口"]},
            "is handed down (赋权) and cannot be applied for on line",
        ),
    ],
)
def test_an_unfit_item_keeps_the_whole_catalogue_back(
    loaded: Connection, town_files: Path, code: str, values: dict[str, Any], rule: str
) -> None:
    change(town_files, "items/water", code, **values)
    with pytest.raises(errors.TenantRefused) as refused:
        publish_again(loaded, town_files)
    said = [str(finding) for finding in refused.value.facts["findings"]]
    assert any(line.startswith(f"catalogue/items/water.json, {code}: ") and rule in line for line in said), said
    assert loaded.scalar(sa.select(sa.func.count()).select_from(catalogue_table)) == 2


def test_outside_the_demo_town_an_open_basis_keeps_an_item_back(loaded: Connection, town_files: Path) -> None:
    town = json.loads((town_files / "town.json").read_text("utf-8"))
    (town_files / "town.json").write_text(json.dumps(town | {"demo": False}), "utf-8")
    with pytest.raises(errors.TenantRefused) as refused:
        publish_again(loaded, town_files)
    assert refused.value.facts["count"] == 184


def test_a_bundle_of_unknown_items_is_refused(loaded: Connection, town_files: Path) -> None:
    change(town_files, "bundles", "GL-BUN-01", items=[{"code": "GL-XXX-001", "name": "?", "inclusion": "default"}])
    with pytest.raises(errors.TenantRefused, match=r"bundles\.json, GL-BUN-01: there is no item GL-XXX-001"):
        publish_again(loaded, town_files)


def test_a_process_must_be_in_force_before_items_are_published(db_connection: Connection) -> None:
    tenant.load(db_connection, audit.SYSTEM, GUANLIN)
    with pytest.raises(errors.TenantRefused, match="no process one_window_approval is in force"):
        catalogue_files.load(db_connection, audit.SYSTEM, GUANLIN)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (item.Search(village=True), 74),
        (item.Search(department="水利"), 7),
        (item.Search(power_source="赋权", online=True), 64),
        (item.Search(text="砍树"), 1),
        (item.Search(text="tree felling"), 1),
        (item.Search(text="GL-SLL-001"), 1),
        (item.Search(text="100%"), 0),
        (item.Search(text="河道 审批", kind="行政许可"), 1),
        (item.Search(detailed=True), 12),
    ],
)
def test_items_are_found_by_words_and_marks(loaded: Connection, wanted: item.Search, expected: int) -> None:
    assert item.search(loaded, wanted).total == expected


def test_pages_follow_each_other_without_gap_or_repetition(loaded: Connection) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = item.search(loaded, item.Search(), after=after, limit=50)
        seen += [row.code for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == 276


def test_what_is_not_there_is_named(loaded: Connection) -> None:
    with pytest.raises(errors.ItemUnknown, match="GL-NIX-001"):
        item.get(loaded, "GL-NIX-001")
    with pytest.raises(errors.CatalogueUnknown):
        catalogue.get(loaded, 99)


def test_without_a_catalogue_nothing_is_offered(db_connection: Connection) -> None:
    with pytest.raises(errors.CatalogueMissing):
        item.get(db_connection, "GL-SLL-001")
