"""What a scenario stands on: a throw-away database with the package in force, a calendar and the town's items."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, bpmn, calendars, clock, db, definitions
from engine.cases.people import expert_pool
from engine.design import packages
from engine.flow import handlers
from engine.ground import files
from engine.organisation import person, tenant_check, unit
from web.scenarios.walk import MORNING


@contextmanager
def ground(package: packages.Package, town: Path | None = None) -> Iterator[Engine]:
    """Yield a database in which nothing but the package is in force, and the experts of the town's folder are there.

    Raises
    ------
    DeploymentRefused
        If the package cannot be put into force.
    """
    database = db.connect("sqlite://")
    with tempfile.TemporaryDirectory() as folder, clock.frozen(MORNING):
        files.configure(Path(folder))
        try:
            db.metadata.create_all(database)
            with db.transaction(database) as connection:
                calendars.publish(
                    connection, audit.SYSTEM, MORNING.year, calendars.seeded(MORNING.year), origin="scenario"
                )
                if town is not None and (town / tenant_check.FOLDER / "experts.json").is_file():
                    experts(connection, town)
                known = bpmn.Environment(handlers=handlers.types())
                definitions.deploy(connection, audit.Actor("designer"), package, known)
            yield database
        finally:
            database.dispose()


def experts(connection: Connection, folder: Path) -> None:
    """Let the town's experts be there to be drawn; nobody else needs to exist for a scenario."""
    rows = json.loads((folder / tenant_check.FOLDER / "experts.json").read_text("utf-8"))
    unit_row = {"code": expert_pool.UNIT, "name": "专家", "name_en": "Experts", "kind": "office", "parent": None}
    more: dict[str, Any] = {"scope": None, "position": 1, "certainty": "demo", "facts": {}}
    connection.execute(sa.insert(unit.unit).values({**unit_row, **more}))
    shared = {"kind": "person", "unit": expert_pool.UNIT, "phone": None, "on_duty": True, "certainty": "demo"}
    people = [
        {**shared, "id": row["id"], "name": row["name"], "display_name": row["name"], "facts": row} for row in rows
    ]
    connection.execute(sa.insert(person.person), people)


@cache
def items(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the items of a town's folder by their codes."""
    entries = (entry for path in sorted(folder.glob("*.json")) for entry in json.loads(path.read_text("utf-8")))
    return {entry["code"]: entry for entry in entries}
