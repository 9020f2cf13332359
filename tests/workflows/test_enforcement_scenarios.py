"""The enforcement process walks every way that is drawn: each scenario ends as it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, db
from engine.cases.enforcement import lead, power
from engine.cases.enforcement.investigation import empowered
from engine.cases.papers import template
from engine.flow import starts
from engine.ground import files
from engine.organisation import qualification
from tests.workflows import walking

SCENARIOS = walking.ENFORCEMENT.scenarios

_taken: dict[str, set[str]] = {}
"""The flows each scenario has taken in this test process."""
_issued: dict[str, set[str]] = {}
"""The kinds of documents each scenario has issued in this test process."""


@pytest.fixture(autouse=True)
def quick(tmp_path: Path) -> Iterator[None]:
    """Keep files in a folder of the test, and an empty page for each document."""
    files.configure(tmp_path)
    with template.blank():
        yield


@pytest.fixture(scope="module", autouse=True)
def _no_assessments(town: Engine) -> None:
    """A scenario waits for years; the months that the grid would assess meanwhile are not what it is about."""
    with db.transaction(town) as connection:
        connection.execute(sa.delete(starts.start_event).where(starts.start_event.c.process_id == "monthly_assessment"))


def _walk(town: Engine, name: str) -> walking.Walk:
    """Walk a scenario.

    ``demo: false`` makes the list of powers one of no demo, ``clause`` is the one that empowers, ``licence_ends`` says
    of officers on which day their licence ends.
    """
    scenario = SCENARIOS[name]
    with db.transaction(town) as connection:
        connection.execute(sa.delete(empowered.seizure_clause))
        if "clause" in scenario:
            empowered.enter(
                connection, audit.SYSTEM, lead.ITEM["code"], clause=scenario["clause"], document="苏政发〔2026〕1号"
            )
    with _list_of(town, demo=scenario.get("demo", True)), _licences(town, scenario.get("licence_ends", {})):
        return walking.ENFORCEMENT.walk(town, {}, scenario)


@contextmanager
def _list_of(town: Engine, *, demo: bool) -> Iterator[None]:
    _set_demo(town, demo=demo)
    yield
    _set_demo(town, demo=True)


def _set_demo(town: Engine, *, demo: bool) -> None:
    with db.transaction(town) as connection:
        connection.execute(sa.update(power.power_list).values(demo=demo))


@contextmanager
def _licences(town: Engine, ends: dict[str, str]) -> Iterator[None]:
    held = qualification.qualification
    with db.transaction(town) as connection:
        query = sa.select(held.c.person_id, held.c.valid_until).where(held.c.person_id.in_(ends))
        before = {row.person_id: row.valid_until for row in connection.execute(query)}
    _set_ends(town, {person: date.fromisoformat(day) for person, day in ends.items()})
    try:
        yield
    finally:
        _set_ends(town, before)


def _set_ends(town: Engine, ends: dict[str, date]) -> None:
    held = qualification.qualification
    with db.transaction(town) as connection:
        for person, day in ends.items():
            connection.execute(sa.update(held).where(held.c.person_id == person).values(valid_until=day))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_as_it_says(name: str, town: Engine) -> None:
    way = _walk(town, name)
    assert way.open_tasks() == []
    assert way.broken() is None
    _keep(name, way)


def test_the_scenarios_take_every_sequence_flow(town: Engine) -> None:
    for name in SCENARIOS.keys() - _taken.keys():
        _keep(name, _walk(town, name))
    missing = sorted(walking.ENFORCEMENT.flows - set().union(*_taken.values()))
    assert missing == []


def test_the_scenarios_issue_every_document(town: Engine) -> None:
    for name in SCENARIOS.keys() - _issued.keys():
        _keep(name, _walk(town, name))
    kinds = {path.stem for path in (walking.ENFORCEMENT.folder / "documents").glob("[!_]*.typ")}
    assert sorted(kinds - set().union(*_issued.values())) == []


def _keep(name: str, way: walking.Walk) -> None:
    _taken[name], _issued[name] = way.flows(), set(way.facts().get("documents", ()))
