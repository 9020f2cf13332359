"""The approval process walks every way that is drawn: each scenario ends as it says, together they take every flow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

import workflows.one_window_approval.handlers  # noqa: F401  # registers the package's service tasks
from engine import audit, calendars, clock, db, files
from engine.cases import document
from tests.workflows import walking

SCENARIOS = walking.scenarios()
CATALOGUE = walking.ROOT / "demo" / "guanlin" / "catalogue" / "items"
PRINTED = {"straight", "refused_false_material"}
"""Scenarios whose documents are truly printed; the others keep an empty page, which saves a tenth of a second each."""

_taken: dict[str, set[str]] = {}
"""The flows each scenario has taken in this test process."""


@pytest.fixture(scope="session")
def items() -> Mapping[str, Mapping[str, Any]]:
    """The town's catalogue by code."""
    entries = (entry for path in sorted(CATALOGUE.glob("*.json")) for entry in json.loads(path.read_text("utf-8")))
    return {entry["code"]: entry for entry in entries}


@pytest.fixture
def ready(database: Engine, tmp_path: Path) -> Iterator[Engine]:
    """A database with the package in force and the calendar of 2026."""
    files.configure(tmp_path)
    with clock.frozen(walking.MORNING), db.transaction(database) as connection:
        calendars.publish(connection, audit.SYSTEM, 2026, calendars.seeded(2026), origin="test")
    walking.deploy(database)
    return database


def _empty_page(draft: document.Draft, data: Mapping[str, Any]) -> bytes:
    return b"%PDF-1.4\n" + draft.kind.encode() + b"\n%%EOF\n"


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_as_it_says(
    name: str, ready: Engine, items: Mapping[str, Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    if name not in PRINTED:
        monkeypatch.setattr(document, "render", _empty_page)
    way = walking.walk(ready, items, SCENARIOS[name])
    assert way.open_tasks() == []
    assert way.broken() is None
    _taken[name] = way.flows()


def test_the_scenarios_take_every_sequence_flow(
    ready: Engine, items: Mapping[str, Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "render", _empty_page)
    for name in SCENARIOS.keys() - _taken.keys():
        _taken[name] = walking.walk(ready, items, SCENARIOS[name]).flows()
    drawn = walking.all_flows()
    missing = sorted(drawn - set().union(*_taken.values()))
    print(f"{len(drawn) - len(missing)} of {len(drawn)} sequence flows walked by {len(SCENARIOS)} scenarios")  # noqa: T201
    assert missing == []
