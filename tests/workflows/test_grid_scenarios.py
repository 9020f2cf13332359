"""The process of a grid event walks every way that is drawn: each scenario ends as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import db
from engine.cases.clocks import setting
from engine.ground import files
from tests.workflows import walking

SCENARIOS = walking.GRID.scenarios

_taken: dict[tuple[str, str], set[str]] = {}
"""The flows each scenario has taken in this test process, by kind of database."""


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> None:
    """Photos of a test lie in its own folder."""
    files.configure(tmp_path)


@pytest.fixture(autouse=True)
def settings(town: Engine) -> Iterator[None]:
    """A scenario that reads a setting the other way leaves it as shipped."""
    yield
    with db.transaction(town) as connection:
        connection.execute(sa.delete(setting.setting))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_as_it_says(name: str, town: Engine) -> None:
    way = walking.GRID.walk(town, {}, SCENARIOS[name])
    assert way.open_tasks() == []
    assert way.broken() is None
    _taken[town.dialect.name, name] = way.flows()


def test_the_scenarios_take_every_sequence_flow(town: Engine) -> None:
    kind = town.dialect.name
    for name in SCENARIOS:
        if (kind, name) not in _taken:
            _taken[kind, name] = walking.GRID.walk(town, {}, SCENARIOS[name]).flows()
    taken = set().union(*(_taken[kind, name] for name in SCENARIOS))
    assert sorted(walking.GRID.flows - taken) == []
