"""The grid of the demo town has the counts of its report, covers the town, and says in words what is wrong with it."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, errors
from engine.cases.grid.items import item_class, item_list
from engine.cases.grid.patrols import patrol_plan
from engine.organisation import person, tenant
from engine.organisation.grid import branch, coverage, domain, duty, equipment, files, node, shape
from engine.organisation.grid.locator import Locator

GUANLIN = Path(__file__).parents[2] / "demo" / "guanlin"


@pytest.fixture
def connection(town: Engine) -> Iterator[Connection]:
    """A transaction in the town that is rolled back when the test ends."""
    with town.connect() as connection:
        connection.info["after_commit"] = []
        with connection.begin() as work:
            yield connection
            work.rollback()


def test_the_grid_has_the_counts_of_the_report(connection: Connection) -> None:
    assert Counter(row.level for row in node.every(connection)) == {1: 1, 2: 18, 3: 64}
    assert len(domain.every(connection)) == 15
    assert len(branch.every(connection)) == 90
    assert Counter(row.kind for row in duty.every(connection)) == {"chief": 3, "member": 6}
    assert equipment.counted(connection) == {"issued": 317, "in_repair": 2, "lost": 1}
    workers = person.holders(connection, "grid.worker")
    assert len(workers) == 64
    kits = {worker.id: Counter(row.kind for row in equipment.page(connection, holder=worker.id)) for worker in workers}
    assert all(len(kit) == kit.total() == 5 for kit in kits.values())
    assert duty.vacancies(connection) == []


def test_every_worker_has_a_cell_and_somebody_who_stands_in(connection: Connection) -> None:
    for cell in node.every(connection, node.CELL):
        (worker,) = person.holders(connection, f"grid.worker@{cell.code}")
        ordered = sa.text("SELECT count(*) FROM substitute WHERE person_id = :person")
        assert connection.execute(ordered, {"person": worker.id}).scalar_one() > 0


def test_the_list_has_94_classes_in_22_majors(connection: Connection) -> None:
    version = item_class.current(connection).version
    assert len(item_class.every(connection, version)) == 94
    assert len(item_class.majors(connection, version)) == 22
    assert {row.domain for row in item_class.every(connection, version)} == {
        row.code for row in domain.every(connection)
    }
    levels = Counter(row.level for row in item_class.every(connection, version))
    assert levels == {"grid": 25, "level2": 25, "town": 29, "joint": 15}


def test_the_cells_are_exactly_the_town(connection: Connection) -> None:
    shapes = node.shapes(connection, node.names(connection))
    sums = [sum(shape.doubled_area(shapes[row.code]) for row in node.every(connection, level)) for level in (1, 2, 3)]
    assert sums[0] == sums[1] == sums[2] == 2 * 9_937_933_309
    assert node.get(connection, "GL").area_m2 == pytest.approx(104_580_000, rel=0.001)
    for level in (2, 3):
        parts = {row.code: shapes[row.code] for row in node.every(connection, level)}
        assert list(coverage.check(parts, "GL", shapes["GL"])) == []


def test_every_place_lies_in_exactly_one_cell(connection: Connection) -> None:
    shapes = node.shapes(connection, node.names(connection))
    cells = {row.code: shapes[row.code] for row in node.every(connection, node.CELL)}
    locator, chance = Locator(connection), random.Random(64)
    west, south, east, north = shape.box(shapes["GL"])
    inside = 0
    for _ in range(3000):
        place = chance.randint(west, east), chance.randint(south, north)
        holding = [code for code in sorted(cells) if shape.where(cells[code], place) != shape.OUTSIDE]
        degrees = place[0] / shape.MILLION, place[1] / shape.MILLION
        if shape.where(shapes["GL"], place) == shape.OUTSIDE:
            assert not holding
            with pytest.raises(errors.PointOutsideTown):
                locator.at(*degrees)
        else:
            inside += 1
            assert locator.at(*degrees) == holding[0]
            assert len(holding) == 1 or all(shape.where(cells[code], place) == shape.BORDER for code in holding)
    assert inside > 1500


def test_a_border_belongs_to_the_smallest_code(connection: Connection) -> None:
    shapes = node.shapes(connection, node.names(connection))
    cells = {row.code: shapes[row.code] for row in node.every(connection, node.CELL)}
    locator = Locator(connection)
    shared = Counter(corner for cell in cells.values() for ring in cell for corner in ring)
    corners = [corner for corner, count in shared.items() if count > 1]
    assert len(corners) > 300
    for corner in corners[::5]:
        first = min(code for code, cell in cells.items() if shape.where(cell, corner) != shape.OUTSIDE)
        degrees = corner[0] / shape.MILLION, corner[1] / shape.MILLION
        assert locator.at(*degrees) == first
    assert node.at(connection, *degrees) == first


def test_a_place_outside_is_told_so(connection: Connection) -> None:
    for outside in ((120.3, 31.5), (119.7, 31.6), (0, 0)):
        for ask in (Locator(connection).at, lambda lon, lat: node.at(connection, lon, lat)):
            with pytest.raises(errors.PointOutsideTown, match="lies outside the town"):
                ask(*outside)


def test_every_cell_is_patrolled(connection: Connection) -> None:
    cells = node.every(connection, node.CELL)
    plans = {cell.code: patrol_plan.of(connection, cell.code, date(2026, 10, 20)) for cell in cells}
    assert sum(len(plan.points) for plan in plans.values()) == 256
    assert all(len(plan.points) == 4 for plan in plans.values())
    assert sum(len(plan.round.visits) for plan in plans.values() if plan.round) == 184
    assert [row.code for row in plans["GL-07-01"].specials] == ["SP01"]
    assert [row.code for row in plans["GL-05-01"].specials] == ["SP03"]
    assert patrol_plan.track_rule(connection)["sample_seconds"] == 30


def change_plan(folder: Path, file: str, **values: Any) -> None:
    change(folder, f"patrol/{file}", 0, **values)


def test_a_wrong_row_of_the_plan_is_named(connection: Connection, tmp_path: Path) -> None:
    wrong = [
        ("rounds", {"grid": "GL-99"}, "there is no grid GL-99"),
        ("rounds", {"visits": ["9"]}, "the registers know no firm 9"),
        ("rounds", {"minutes_per_day": 0}, "it is no whole number above 0"),
        ("points", {"lon": 119.75}, "GL-01-01-K1: it does not lie in GL-01-01"),
        ("points", {"classes": ["Z1"]}, "the list has no class Z1"),
        ("points", {"radius_m": -1}, "it is no whole number above 0"),
        ("specials", {"until_on": "2026-01-01"}, "it ends before it begins"),
        ("specials", {"categories": ["moor"]}, "there is no category moor"),
    ]
    for number, (file, values, expected) in enumerate(wrong):
        folder = Path(shutil.copytree(GUANLIN / "grid", tmp_path / str(number) / "grid")).parent
        change_plan(folder, file, **values)
        with pytest.raises(errors.TenantRefused) as refused:
            patrol_plan.load(connection, audit.SYSTEM, folder)
        assert any(expected in str(finding) for finding in refused.value.facts["findings"]), expected


@pytest.fixture
def town_files(tmp_path: Path) -> Path:
    """A copy of the town's files that a test may spoil."""
    return Path(shutil.copytree(GUANLIN, tmp_path / "guanlin"))


def change(folder: Path, file: str, row: int, **values: Any) -> None:
    path = folder / "grid" / f"{file}.json"
    rows = json.loads(path.read_text("utf-8"))
    rows[row].update(values)
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def spoil_shape(folder: Path, spoil: Callable[[dict[str, Any]], Any]) -> None:
    path = folder / "grid" / "shapes.geojson"
    shapes = json.loads(path.read_text("utf-8"))
    spoil(next(one for one in shapes["features"] if one["id"] == "GL-01-01"))
    path.write_text(json.dumps(shapes), "utf-8")


def move_a_corner(feature: dict[str, Any]) -> None:
    corner = feature["geometry"]["coordinates"][0][3]
    corner[0] += 0.0001


WRONG: list[tuple[Callable[[Path], None], str]] = [
    (lambda folder: change(folder, "nodes", 1, parent="GX"), "GL-01: there is no grid GX"),
    (lambda folder: change(folder, "nodes", 1, level=3), "GL-01: its level does not follow from the grid above it"),
    (lambda folder: change(folder, "nodes", 1, category="moor"), "GL-01: there is no category moor"),
    (lambda folder: change(folder, "nodes", 1, opened_on=None), "GL-01: it does not say since when"),
    (lambda folder: change(folder, "nodes", 1, team="team9"), "GL-01: there is no unit team9"),
    (lambda folder: change(folder, "nodes", 20, code="GL-01-09"), "GL-01-09: it has no shape"),
    (lambda folder: change(folder, "duties", 0, post="hall.window"), "hall.window: there is no post hall.window"),
    (lambda folder: change(folder, "duties", 4, mandatory=True, level=3), "is a grid of another level"),
    (lambda folder: change(folder, "equipment", 0, kind="drone"), "EQ-001-1: the kit has no drone"),
    (lambda folder: change(folder, "equipment", 0, holder="P999"), "EQ-001-1: there is no person P999"),
    (lambda folder: change(folder, "equipment", 0, state="in_store"), "its state in_store does not fit who has it"),
    (lambda folder: change(folder, "equipment", 1, serial="DEMOAP0001"), "serial stands here twice"),
    (lambda folder: spoil_shape(folder, move_a_corner), "shapes.geojson, GL-01: "),
    (lambda folder: spoil_shape(folder, lambda one: one["geometry"].clear()), "neither a Polygon nor a MultiPolygon"),
]


@pytest.mark.parametrize(("spoil", "expected"), WRONG)
def test_a_wrong_row_is_named_and_nothing_is_written(
    connection: Connection, town_files: Path, spoil: Callable[[Path], None], expected: str
) -> None:
    spoil(town_files)
    with pytest.raises(errors.TenantRefused) as refused:
        files.load(connection, audit.SYSTEM, town_files)
    assert any(expected in str(finding) for finding in refused.value.facts["findings"])


def test_the_tree_is_taken_over_once(connection: Connection, town_files: Path) -> None:
    change(town_files, "nodes", 1, name="另一个名字")
    assert files.load(connection, audit.SYSTEM, town_files)
    assert node.get(connection, "GL-01").name == "镇中社区"
    assert not files.load(connection, audit.SYSTEM, town_files)


def test_the_same_list_again_publishes_nothing(connection: Connection, town_files: Path) -> None:
    assert not item_list.load(connection, audit.SYSTEM, town_files)
    assert tenant.loaded(connection, item_list.PART)
