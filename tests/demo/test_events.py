"""The month of events of the demo town: every total, merge, near miss, replay and last day is what its file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, calendars, clock, db, errors, tasks
from engine.cases.clocks import supervision
from engine.cases.grid import clock as clocks
from engine.cases.grid import event, handling, reporting
from engine.cases.grid.event import grid_event
from engine.cases.grid.items import item_class
from engine.cases.grid.past import files, generated
from engine.design import packages
from engine.ground import files as stored
from engine.ground.counting import last_day
from engine.organisation.grid import earth
from web import scenarios
from web.cli.demo import GUANLIN

RAW: dict[str, Any] = db.loads((GUANLIN / files.FILE).read_text("utf-8"))
EVENTS: list[dict[str, Any]] = RAW["events"]
BY_ID = {row["id"]: row for row in EVENTS}
ACTOR = audit.Actor("command")


@pytest.fixture(scope="module")
def month(town: Engine, tmp_path_factory: pytest.TempPathFactory) -> files.Month:
    """October, taken over: the closed events as history, the open ones gone through again."""
    stored.configure(tmp_path_factory.mktemp("files"))
    with db.transaction(town) as connection:
        month = files.load(connection, ACTOR, GUANLIN)
    usual = scenarios.usual(packages.SHIPPED / "grid_event")
    assert scenarios.replay(town, month.open, usual, month.until) == len(month.open)
    return month


@pytest.fixture(scope="module")
def connection(town: Engine, month: files.Month) -> Iterator[Connection]:
    """The town with its events, in a transaction that is rolled back when the module ends."""
    with town.connect() as connection:
        connection.info["after_commit"] = []
        with connection.begin() as work:
            assert not month.known
            yield connection
            work.rollback()


def test_every_event_is_there_once_with_the_totals_of_the_file(connection: Connection) -> None:
    totals, table = RAW["expected_totals"], grid_event.c
    rows = connection.execute(sa.select(grid_event)).all()
    assert len(rows) == totals["events"]
    assert Counter(row.source for row in rows) == totals["by_source"]
    levels = {files.LEVELS[word]: number for word, number in totals["by_level_initial"].items()}
    assert Counter(row.level_initial for row in rows) == levels
    results = Counter("merged" if row.parent_id else row.result if row.closed_at else None for row in rows)
    wanted = {files.OUTCOMES[word]: n for word, n in totals["by_outcome"].items() if word != "未结"}
    assert results == {**wanted, None: totals["by_outcome"]["未结"]}
    open_ = connection.scalar(sa.select(sa.func.count()).where(table.closed_at.is_(None)))
    assert open_ == totals["by_outcome"]["未结"]
    share = totals["in_grid_share"]
    own = [row for row in rows if row.level_initial == "grid" and row.closed_at and not row.parent_id]
    own = [row for row in own if row.result not in ("not_filed", "withdrawn")]
    assert (sum(row.result == "in_grid" for row in own), len(own)) == (share["numerator"], share["denominator"])
    assert files.load(connection, ACTOR, GUANLIN).known


def test_every_open_event_stands_where_its_file_says(connection: Connection, month: files.Month) -> None:
    for row in month.open:
        if row["merged_into"]:
            continue
        case = _case_of(connection, row)
        me = event.of(connection, case.id)
        open_tasks = tasks.of_case(connection, case.number)
        there = {task.properties["node"] for task in open_tasks}
        assert (row["id"], there) == (row["id"], set() if row["suspension"] else {row["current_node"]})
        assert case.state == ("postponed" if row["suspension"] else clocks.STATES[row["current_node"]])
        assert me.unit == (row["lead_unit"] if row["joint"] else None)
        assert [one.signed_by for one in handling.of(connection, case.id)] == [one["person"] for one in row["joint"]]
        assert (me.revisit_on and me.revisit_on.isoformat()) == (row["suspension"] and row["suspension"]["revisit_on"])
        if not row["suspension"]:
            assert abs(me.due_at - files._end(row["due_at"])) < timedelta(minutes=1), row["id"]


def test_what_was_late_has_gone_up_to_the_mayor(connection: Connection, month: files.Month) -> None:
    for row in month.open:
        opened = [one for one in supervision.of(connection, _case_of(connection, row).id) if one.reason == "overdue"]
        late = any(one["kind"].startswith("超时") for one in row["supervision"])
        assert bool([one for one in opened if one.facts["period"] == clocks.CASE]) is late, row["id"]
        if any(one["kind"] == "超时50%" for one in row["supervision"]):
            assert "town.leader" in {one.target for one in opened}, row["id"]


def _case_of(connection: Connection, row: Mapping[str, Any]) -> sa.Row[Any]:
    found = reporting.find(connection, files.reported(row))
    assert found is not None
    return found


def test_the_rule_finds_every_merge_and_no_near_miss(connection: Connection) -> None:
    found = {}
    for row in sorted(EVENTS, key=lambda row: (row["reported_at"], row["id"])):
        parent = _parent(connection, row)
        if parent is not None:
            found[row["id"]] = parent
    assert found == {pair["child"]: pair["parent"] for pair in RAW["merge_pairs"]}
    assert not {miss["event"] for miss in RAW["near_misses"]} & found.keys()
    assert not {again["event"] for again in RAW["repeats_after_close"]} & found.keys()


def _parent(connection: Connection, row: dict[str, Any]) -> str | None:
    kind = item_class.get(connection, row["class_code"])
    if kind.merge_m is None:
        return None
    at, near = datetime.fromisoformat(row["reported_at"]), []
    for other in EVENTS:
        begun = datetime.fromisoformat(other["reported_at"])
        ended = other["closed_at"] and datetime.fromisoformat(other["closed_at"])
        same = other["class_code"] == row["class_code"] and not other["merged_into"] and other["id"] != row["id"]
        if same and begun <= at and (ended is None or ended > at) and (at - begun).days <= kind.merge_days:
            places = (float(place[name]) for place in (row, other) for name in ("lon", "lat"))
            away = earth.apart_m(*places)
            near += [(away, other["id"])] if away <= kind.merge_m else []
    return min(near)[1] if near else None


def test_what_is_sent_again_makes_no_new_event(connection: Connection) -> None:
    for replay in RAW["replays"]:
        row = BY_ID[replay["event"]]
        again = files.reported(row)
        with clock.frozen(datetime.fromisoformat(replay["replayed_at"])):
            _, step = reporting.report(connection, ACTOR, again)
        assert step is None, replay["external_id"]


def test_every_last_day_is_the_one_of_the_file(connection: Connection) -> None:
    calendar = calendars.load(connection)
    counted = {"小时": "hours", "工作日": "workdays", "天": "days"}
    checked = 0
    for row in EVENTS:
        if row["clock_start_at"] is None:
            continue
        limit, start = row["limit_effective"], datetime.fromisoformat(row["clock_start_at"])
        length = int(limit["value"]) * (2 if row["extension"] else 1)
        due = calendar.after(start, length, clocks.UNITS[counted[limit["unit"]]])
        told = files._end(row["due_at"])
        assert (due.at, row["id"]) == (told, row["id"])
        assert due.at is not None
        if row["finished_at"] and row["on_time"] is not None:
            assert (datetime.fromisoformat(row["finished_at"]) <= due.at) is row["on_time"], row["id"]
        checked += last_day(due.at) >= start.date()
    assert checked > 300


def test_any_number_more_comes_from_a_seed(connection: Connection) -> None:
    one = [past.values for past in generated.events(connection, 50, 7)]
    assert one == [past.values for past in generated.events(connection, 50, 7)]
    assert one != [past.values for past in generated.events(connection, 50, 8)]
    assert generated.generate(connection, ACTOR, 50, 7) == 50
    assert generated.report(connection, 3, 7) == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"grid": "GL-01-01"}, "its place does not lie in GL-01-01"),
        ({"lon": 121.47, "lat": 31.23}, "its place lies outside the town"),
        ({"class_code": "Z9"}, "the list has no class Z9"),
        ({"list_version": "1999"}, "the list has no class"),
        ({"source": "微信"}, "微信 is no way in of an event"),
        ({"level": "五级"}, "level does not say 五级"),
        ({"outcome": "成功"}, "outcome does not say 成功"),
        ({"outcome": None}, "it is closed exactly when it has an outcome"),
        ({"helper_units": ["b-nowhere"]}, "there is no unit b-nowhere"),
        ({"reported_by": "P999"}, "there is no person P999"),
        ({"merged_into": "GL-E-0"}, "there is no event GL-E-0 that it could follow"),
        ({"received_at": "2027-01-01T00:00:00+08:00"}, "its moments are not in order"),
        ({"reported_at": "2026-10-01T00:00:00"}, "its moments are not in order"),
        ({"closed_at": "yesterday"}, "its moments are not in order"),
        ({"id": EVENTS[1]["id"]}, "id stands here twice"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_wrong_event_is_named_and_none_is_taken_over(
    connection: Connection, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    place = tmp_path / files.FILE
    place.parent.mkdir()
    place.write_text(db.dumps({**RAW, "events": [{**EVENTS[0], **changed}, *EVENTS[1:]]}), "utf-8")
    with pytest.raises(errors.TenantRefused) as refused:
        files.load(connection, ACTOR, tmp_path)
    assert any(said in str(finding) for finding in refused.value.facts["findings"])


def test_an_event_that_lacks_fields_is_named_by_its_row(connection: Connection, tmp_path: Path) -> None:
    place = tmp_path / files.FILE
    place.parent.mkdir()
    place.write_text(db.dumps({**RAW, "events": [{"id": "GL-E-1"}, "GL-E-2"]}), "utf-8")
    with pytest.raises(errors.TenantRefused) as refused:
        files.load(connection, ACTOR, tmp_path)
    assert [finding.row for finding in refused.value.facts["findings"]] == ["row 1", "row 2"]
