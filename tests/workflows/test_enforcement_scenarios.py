"""The enforcement process walks every way that is drawn: each scenario ends as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from engine.cases.papers import template
from engine.ground import files
from tests.workflows import walking

SCENARIOS = walking.ENFORCEMENT.scenarios

_taken: dict[str, set[str]] = {}
"""The flows each scenario has taken in this test process."""


@pytest.fixture(autouse=True)
def quick(tmp_path: Path) -> Iterator[None]:
    """Keep files in a folder of the test, and an empty page for each document."""
    files.configure(tmp_path)
    with template.blank():
        yield


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_as_it_says(name: str, town: Engine) -> None:
    way = walking.ENFORCEMENT.walk(town, {}, SCENARIOS[name])
    assert way.open_tasks() == []
    assert way.broken() is None
    _taken[name] = way.flows()


def test_the_scenarios_take_every_sequence_flow(town: Engine) -> None:
    for name in SCENARIOS.keys() - _taken.keys():
        _taken[name] = walking.ENFORCEMENT.walk(town, {}, SCENARIOS[name]).flows()
    missing = sorted(walking.ENFORCEMENT.flows - set().union(*_taken.values()))
    assert missing == []
