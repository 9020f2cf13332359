"""The monthly assessment walks every way that is drawn: each scenario ends as it says."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from engine import db
from engine.cases.grid.assessment import doubt, score, window
from tests.workflows import walking

SCENARIOS = walking.ASSESSMENT.scenarios

_taken: dict[tuple[str, str], walking.Walk] = {}


@pytest.fixture
def ways(town: Engine) -> dict[str, walking.Walk]:
    """Every scenario, walked once on each kind of database."""
    kind = town.dialect.name
    for name, scenario in SCENARIOS.items():
        if (kind, name) not in _taken:
            _taken[kind, name] = walking.ASSESSMENT.walk(town, {}, scenario)
    return {name: _taken[kind, name] for name in SCENARIOS}


def test_every_scenario_ends_as_it_says_and_its_trail_holds(ways: dict[str, walking.Walk]) -> None:
    for way in ways.values():
        assert way.open_tasks() == []
        assert way.broken() is None


def test_the_scenarios_take_every_sequence_flow(ways: dict[str, walking.Walk]) -> None:
    taken = set().union(*(way.flows() for way in ways.values()))
    assert sorted(walking.ASSESSMENT.flows - taken) == []


def test_what_is_accepted_makes_a_new_version_and_keeps_the_old(town: Engine, ways: dict[str, walking.Walk]) -> None:
    with db.reading(town) as connection:
        new, old = score.versions(connection, "2025-12", "P132")
        assert (old.version, new.version, new.reason) == (1, 2, "轨迹补传")
        assert old.superseded_at is not None
        lines = score.lines(connection, [old.id, new.id])
        assert [lines[one.id][0].figures["patrol_days"] for one in (old, new)] == [0, 21]
        assert lines[new.id][0].corrected == ["patrol_days"]
        assert len(score.versions(connection, "2025-12", "P156")) == 1
        refused = [row for row in doubt.of(connection, "2025-12") if not row.accepted]
        assert [(row.worker, row.decision) for row in refused] == [("P156", "数据与系统记录一致")]


def test_an_approved_month_has_rewards_and_is_archived_with_its_hash(
    town: Engine, ways: dict[str, walking.Walk]
) -> None:
    with db.reading(town) as connection:
        row = window.get(connection, "2026-02")
        assert row.state == "archived"
        assert row.archived_digest == row.published_digest == score.digest(connection, "2026-02")
        assert all(one.reward and one.grade for one in score.current(connection, "2026-02"))
