"""October of the demo town is assessed: every score is what an independent count of the files gives, and stays so."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock, db, errors, instances
from engine.cases.grid import reporting
from engine.cases.grid.assessment import basis, line, raw_value, score, window
from engine.cases.grid.event import grid_event
from engine.cases.grid.past import files
from engine.cases.grid.patrols import patrol
from engine.cases.people import access
from engine.organisation.tenant_files import Files
from web.cli.demo import GUANLIN

ACTOR = audit.Actor("command")
FIRST = datetime(2026, 11, 1, 9, tzinfo=clock.TOWN)
MONTH = "2026-10"
EVENTS: list[dict[str, Any]] = db.loads((GUANLIN / files.FILE).read_text("utf-8"))["events"]
RAW: dict[str, dict[str, Any]] = {
    row["worker"]: row for row in json.loads((GUANLIN / raw_value.FILE).read_text("utf-8"))
}
MONEY = ("fine", "confiscat", "auction", "payment", "penalty", "instalment")


@pytest.fixture(scope="module")
def statements() -> list[str]:
    """Every statement sent while the month was frozen and counted."""
    return []


@pytest.fixture(scope="module")
def connection(town: Engine, statements: list[str]) -> Iterator[Connection]:
    """The town with its October, assessed on 1 November, in a transaction that is rolled back when the module ends."""
    with clock.frozen(FIRST), town.connect() as connection:
        connection.info["after_commit"] = []
        with connection.begin() as work:
            for row in files.load(connection, ACTOR, GUANLIN).open:
                with clock.frozen(datetime.fromisoformat(row["received_at"])):
                    reporting.report(connection, audit.Actor(row["reported_by"] or ACTOR.id), files.reported(row))
            sa.event.listen(connection, "before_cursor_execute", lambda *told: statements.append(told[2]))
            instances.start(
                connection, ACTOR, window.PROCESS, business_key="KH-2026-10", variables={}, start_event="M0"
            )
            yield connection
            work.rollback()


def test_every_score_is_what_an_independent_count_gives(connection: Connection) -> None:
    known, rules = _figures(connection), window.get(connection, MONTH).rules
    rows = score.current(connection, MONTH)
    assert {row.worker for row in rows} == set(RAW)
    for row in rows:
        found = sum(_points(known[row.worker], rule) for rule in rules["weights"] if rule["category"] == row.category)
        lost = 20 if "R5" in RAW[row.worker]["redlines"] else 0
        assert row.hundredths == int((Fraction(found) - lost) * 100 + Fraction(1, 2)), row.worker


def test_whoever_has_the_lines_counts_the_same_score(connection: Connection) -> None:
    rows = score.current(connection, MONTH)
    kept = score.lines(connection, [row.id for row in rows])
    for row in rows:
        again = [line.points(one.formula, one.figures, one.target, one.cap) for one in kept[row.id]]
        assert [int(points.scaleb(4)) for points in again] == [one.points_e4 for one in kept[row.id]]
        assert len(kept[row.id]) == 14
        lost = sum(one["points"] for one in row.redlines)
        shares = sum(points * one.weight for points, one in zip(again, kept[row.id], strict=True)) / 100
        assert abs(float(shares - lost) - row.hundredths / 100) <= 0.005


def test_what_happens_after_the_freeze_changes_no_figure(connection: Connection) -> None:
    before = score.digest(connection, MONTH)
    with connection.begin_nested() as later:
        connection.execute(sa.update(grid_event).values(rework_count=9, satisfaction="dissatisfied"))
        connection.execute(sa.update(raw_value.raw_value).values(patrol_days=1))
        score.compute(connection, ACTOR, MONTH)
        assert score.digest(connection, MONTH) == before
        assert all(row.version == 1 for row in score.current(connection, MONTH))
        later.rollback()


def test_every_figure_counted_from_events_opens_them(connection: Connection) -> None:
    rows = score.current(connection, MONTH)
    kept = score.lines(connection, [row.id for row in rows])
    for row in rows:
        for one in kept[row.id]:
            events = basis.events(connection, MONTH, row.worker, one.indicator)
            opened = Counter(figure for each in events for figure in each.figures)
            counted = {name: value for name, value in one.figures.items() if name not in RAW[row.worker]}
            counted.pop("min_minutes_per_day", None)
            assert {name: value for name, value in counted.items() if value} == dict(opened)


def test_who_answers_for_a_score_may_read_the_events_behind_it(connection: Connection) -> None:
    rows, reads = connection.execute(sa.select(basis.assessment_basis)).all(), access.case_reader.c
    members = window.get(connection, MONTH).members
    known = {(row.case_id, row.principal) for row in connection.execute(sa.select(reads.case_id, reads.principal))}
    assert rows
    for row in rows:
        head = f"group:grid.level2.head@{members[row.worker]['level2']}"
        assert {(row.case_id, f"person:{row.worker}"), (row.case_id, head)} <= known


def test_a_score_counted_again_is_the_same_unless_somebody_changed_it(connection: Connection) -> None:
    rows = score.current(connection, MONTH)
    again = score.recounted(connection, MONTH, rows)
    assert {row.worker: row.hundredths for row in rows} == {name: value * 100 for name, value in again.items()}
    with connection.begin_nested() as changed:
        table = basis.assessment_basis
        one = connection.execute(sa.select(table).where(table.c.figure == "closed_on_time").limit(1)).one()
        connection.execute(sa.delete(table).where(table.c.worker == one.worker, table.c.figure == one.figure))
        after = score.recounted(connection, MONTH, rows)
        assert [name for name, value in after.items() if value != again[name]] == [one.worker]
        changed.rollback()


def test_merged_events_count_once_and_a_substitute_has_the_credit(connection: Connection) -> None:
    counted = {row.case_id for row in connection.execute(sa.select(basis.assessment_basis.c.case_id))}
    followers = connection.execute(sa.select(grid_event.c.case_id).where(grid_event.c.parent_id.is_not(None))).scalars()
    assert counted.isdisjoint(set(followers.all()))
    lent = [row for row in EVENTS if row["on_behalf_of"] and row["merged_into"] is None and row["closed_at"]]
    assert lent
    table = basis.assessment_basis.c
    for row in lent:
        case_id = connection.scalar(
            sa.select(grid_event.c.case_id).where(grid_event.c.client_uuid == row["client_uuid"])
        )
        query = sa.select(table.worker).where(table.case_id == case_id, table.figure == "reported")
        assert connection.execute(query).scalars().all() == [row["reported_by"]]


def test_red_lines_fail_or_cost_and_excellent_is_scarce(connection: Connection) -> None:
    rows = {row.worker: row for row in score.current(connection, MONTH)}
    assert rows["P179"].grade == "failed"
    assert rows["P153"].redlines[0]["points"] == 20
    for category in ("village", "community", "industry", "commerce"):
        members = [row for row in rows.values() if row.category == category]
        assert sum(row.grade == "excellent" for row in members) <= len(members) * 30 // 100


def test_no_column_of_money_is_read(connection: Connection, statements: list[str]) -> None:
    assert any("assessment_line" in statement for statement in statements)
    tables = [name for name in db.metadata.tables if any(word in name for word in MONEY)]
    assert tables
    read = [(name, one) for one in statements for name in (*tables, "cost") if f" {name}" in one or f".{name}" in one]
    assert read == []


def test_a_month_is_frozen_once_and_only_when_it_is_over(connection: Connection) -> None:
    rules = window.get(connection, MONTH).rules
    with clock.frozen(FIRST):
        with pytest.raises(errors.MonthAssessed):
            window.freeze(connection, ACTOR, "again", MONTH, rules)
        for month in ("2026-11", "2026-13", "x"):
            with pytest.raises(errors.MonthWrong):
                window.freeze(connection, ACTOR, "again", month, rules)
        wrong = {**rules, "weights": rules["weights"][1:]}
        with pytest.raises(errors.WeightsWrong):
            window.freeze(connection, ACTOR, "again", "2026-09", wrong)


def test_a_month_without_raw_values_is_counted_from_the_patrols(connection: Connection) -> None:
    with connection.begin_nested() as later, clock.frozen(FIRST):
        connection.execute(sa.delete(raw_value.raw_value).where(raw_value.raw_value.c.worker == "P135"))
        for number, day in enumerate((9, 9, 13)):
            begun = datetime(2026, 10, day, 9 + number, tzinfo=clock.TOWN)
            walked = patrol.Walked(f"walk-{number}", begun, begun + timedelta(minutes=40), [])
            patrol.keep(connection, audit.Actor("P135"), walked)
        connection.execute(sa.delete(basis.assessment_basis))
        basis.write(connection, MONTH)
        figures = window.get(connection, MONTH).members["P135"]["figures"]
        later.rollback()
    assert (figures["patrol_days"], figures["patrol_minutes"]) == (1, 80)  # away from the 12th to the 16th
    assert figures["workdays_on_duty"] == RAW["P135"]["workdays_on_duty"]


def test_a_raw_value_that_cannot_be_is_refused(
    connection: Connection, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {**RAW["P132"], "points_reached": 99}
    monkeypatch.setattr(Files, "read", lambda _self, _name: [wrong])
    monkeypatch.setattr(Files, "digest", lambda _self, *_names: "another")
    with pytest.raises(errors.TenantRefused, match="points_reached"):
        raw_value.load(connection, ACTOR, tmp_path)


# -- the independent count: the files alone, in other words than the engine's


def _figures(connection: Connection) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {worker: defaultdict(int, row) for worker, row in RAW.items()}
    away = json.loads((GUANLIN / "organisation" / "absences.json").read_text("utf-8"))
    cells = {row.grid_code: row.worker for row in score.current(connection, MONTH)}
    rounds = json.loads((GUANLIN / "grid" / "patrol" / "rounds.json").read_text("utf-8"))
    for row in rounds:
        found[cells[row["grid"]]]["min_minutes_per_day"] = row["minutes_per_day"]
    looked_for = defaultdict(set)
    for row in json.loads((GUANLIN / "grid" / "patrol" / "points.json").read_text("utf-8")):
        looked_for[row["grid"]] |= set(row["classes"])
    per_class: Counter[tuple[str, str]] = Counter()
    for one in sorted(EVENTS, key=lambda one: (one["reported_at"], one["id"])):
        if one["merged_into"] is None:
            _count_report(found, one, per_class)
            _count_handling(found, one)
            if one["closed_at"] is None and one["level_initial"] == "格内" and (one["due_at"] or "")[:7] == MONTH:
                found[cells[one["grid"]]]["due_in_month"] += 1  # open events go on from their first step
            worker = cells[one["grid"]]
            if one["source"] in ("12345", "群众扫码", "市长信箱") and one["class_code"] in looked_for[one["grid"]]:
                absent = any(
                    gone["person"] == worker and gone["from"] <= one["reported_at"][:10] <= gone["until"]
                    for gone in away
                )
                if not absent and one["outcome"] not in ("不予立案", "已撤回"):
                    found[worker]["found_by_others_first"] += 1
    return found


def _count_report(found: dict[str, dict[str, int]], one: dict[str, Any], per_class: Counter[tuple[str, str]]) -> None:
    worker = one["reported_by"]
    if worker not in found or one["source"] not in ("网格员", "领导交办"):
        return
    found[worker]["reported"] += 1
    if one["outcome"] in ("不予立案", "已撤回"):
        return
    found[worker]["filed"] += 1
    per_class[worker, one["class_code"]] += 1
    found[worker]["valid_reports"] += per_class[worker, one["class_code"]] <= 5
    if one["level_initial"] == "格内" and one["closed_at"]:
        found[worker]["level_grid_reports"] += 1
        found[worker]["closed_in_grid"] += one["outcome"] == "格内办结"


def _count_handling(found: dict[str, dict[str, int]], one: dict[str, Any]) -> None:
    done = [step for step in one["history"] if step["node"] in ("G5", "G6", "G9", "G10") and "完成" in step["action"]]
    worker = done[-1]["actor"] if done else None
    if worker not in found or not one["closed_at"]:
        return
    mine = found[worker]
    if one["finished_at"] and one["finished_at"][:7] == MONTH:
        mine["handled"] += 1
        mine["reworked"] += one["rework_count"] > 0
    if one["finished_at"] and one["due_at"] and one["due_at"][:7] == MONTH:
        mine["due_in_month"] += 1
        mine["closed_on_time"] += datetime.fromisoformat(one["finished_at"]) <= datetime.fromisoformat(one["due_at"])
    if one["satisfaction"] in ("满意", "基本满意", "不满意"):
        mine["rated"] += 1
        mine["satisfied"] += one["satisfaction"] != "不满意"


def _points(have: dict[str, int], rule: dict[str, Any]) -> Fraction:
    """Return what a line adds: share of the target reached, by the kind of the indicator, rounded as lines are."""
    target = Fraction(str(rule["target"])) if rule["target"] is not None else Fraction(1)
    name = rule["indicator"]
    part, whole = {
        "patrol_days": ("patrol_days", "workdays_on_duty"),
        "coverage": ("points_reached", "points_due"),
        "filed_rate": ("filed", "reported"),
        "self_handled": ("closed_in_grid", "level_grid_reports"),
        "on_time": ("closed_on_time", "due_in_month"),
        "rework": ("reworked", "handled"),
        "record_errors": ("errors", "sampled"),
        "visits": ("visits_done", "visits_due"),
        "satisfaction": ("satisfied", "rated"),
        "training": ("attended", "sessions"),
        "check_timely": ("checks_in_time", "checks_due"),
    }.get(name, ("", ""))
    share = Fraction(have[part], have[whole]) if part and have[whole] else None
    if name == "patrol_minutes":
        found = min(Fraction(have["patrol_minutes"], have["min_minutes_per_day"] * have["workdays_on_duty"]), 1) * 100
    elif name == "valid_reports":
        found = min(min(have["valid_reports"], Fraction(str(rule["cap"]))) / target, 1) * 100
    elif name == "missed":
        found = Fraction(max(0, 100 - 20 * have["found_by_others_first"]))
    elif share is None:
        found = Fraction(85 if name == "satisfaction" else 100)
    elif name in ("rework", "record_errors"):
        found = max(Fraction(0), 1 - share / target) * 100
    else:
        found = min(share / target, Fraction(1)) * 100
    return Fraction(int(found * 10000 + Fraction(1, 2)), 10000) * int(rule["weight"]) / 100
