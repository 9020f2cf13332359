"""What a scenario stands on: a throw-away database with the package in force, a calendar and the town's items."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from engine import audit, bpmn, calendars, clock, db, definitions
from engine.design import packages
from engine.flow import handlers
from engine.ground import files
from web.scenarios.walk import MORNING


@contextmanager
def ground(package: packages.Package) -> Iterator[Engine]:
    """Yield a database in which nothing but the package is in force.

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
                known = bpmn.Environment(handlers=handlers.types())
                definitions.deploy(connection, audit.Actor("designer"), package, known)
            yield database
        finally:
            database.dispose()


@cache
def items(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the items of a town's folder by their codes."""
    entries = (entry for path in sorted(folder.glob("*.json")) for entry in json.loads(path.read_text("utf-8")))
    return {entry["code"]: entry for entry in entries}
