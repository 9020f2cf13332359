"""The approval process walks every way that is drawn: each scenario ends as it says, together they take every flow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

import workflows.one_window_approval.handlers  # noqa: F401  # registers the package's service tasks
from engine import audit, calendars, clock, db
from engine.cases import case as cases
from engine.cases.papers import document, template
from engine.ground import files
from tests.workflows import walking
from web.scenarios import experts

SCENARIOS = walking.APPROVAL.scenarios
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
        experts(connection, CATALOGUE.parent.parent)
    walking.APPROVAL.deploy(database)
    return database


def _empty_page(draft: template.Draft, data: Mapping[str, Any]) -> bytes:
    return b"%PDF-1.4\n" + draft.kind.encode() + b"\n%%EOF\n"


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_as_it_says(
    name: str, ready: Engine, items: Mapping[str, Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    if name not in PRINTED:
        monkeypatch.setattr(template, "render", _empty_page)
    way = walking.APPROVAL.walk(ready, items, SCENARIOS[name])
    assert way.open_tasks() == []
    assert way.broken() is None
    _taken[name] = way.flows()


@pytest.mark.parametrize(
    ("name", "together"), [("straight", ["decision", "certificate"]), ("refused_false_material", ["decision"])]
)
def test_what_is_handed_over_together_is_served_together(
    name: str,
    together: list[str],
    ready: Engine,
    items: Mapping[str, Mapping[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed: dict[str, Any] = {}

    def keep(draft: template.Draft, data: Mapping[str, Any]) -> bytes:
        printed[draft.kind] = draft.data
        return _empty_page(draft, data)

    monkeypatch.setattr(template, "render", keep)
    way = walking.APPROVAL.walk(ready, items, SCENARIOS[name])
    with db.reading(ready) as connection:
        issued = document.of(connection, cases.get(connection, way.number).id)
        served = [row for row in issued if row.served_at is not None]
        told = [event for event in audit.trail(connection, way.number) if event.action == "document.served"]
    assert sorted(row.kind for row in served) == sorted(together)
    assert len({(row.served_mode, row.served_to, row.served_at, row.proof_file_id) for row in served}) == 1
    assert {event.details["document"] for event in told} == {row.id for row in served}
    assert [one["kind"] for one in printed["service_receipt"]["served_documents"]] == together


def test_the_scenarios_take_every_sequence_flow(
    ready: Engine, items: Mapping[str, Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(template, "render", _empty_page)
    for name in SCENARIOS.keys() - _taken.keys():
        _taken[name] = walking.APPROVAL.walk(ready, items, SCENARIOS[name]).flows()
    drawn = walking.APPROVAL.flows
    missing = sorted(drawn - set().union(*_taken.values()))
    print(f"{len(drawn) - len(missing)} of {len(drawn)} sequence flows walked by {len(SCENARIOS)} scenarios")  # noqa: T201
    assert missing == []
