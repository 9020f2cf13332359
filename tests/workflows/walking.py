"""Walks the scenarios of the shipped packages: :mod:`web.scenarios` tells how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from engine import audit, bpmn, clock, db, definitions
from engine.design import packages
from web import scenarios as running
from web.scenarios import Stuck, Walk, coverage, expect, take
from web.scenarios.walk import APPLICANT, MORNING

__all__ = [
    "APPLICANT",
    "APPROVAL",
    "ASSESSMENT",
    "ENFORCEMENT",
    "GRID",
    "MORNING",
    "ROOT",
    "Shipped",
    "Stuck",
    "Walk",
    "expect",
    "take",
]
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Shipped:
    """A package as it lies in the repository."""

    name: str

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return ROOT / "workflows" / self.name

    @cached_property
    def usual(self) -> dict[str, dict[str, Any]]:
        """What people enter when a scenario says nothing else."""
        return running.usual(self.folder)

    @cached_property
    def scenarios(self) -> dict[str, dict[str, Any]]:
        """Every scenario by name."""
        return running.read(self.folder)

    @cached_property
    def flows(self) -> set[str]:
        """Every sequence flow that is drawn."""
        return coverage.drawn(packages.read(self.folder)).flows

    def deploy(self, database: Engine) -> None:
        """Put the package into force."""
        with clock.frozen(MORNING), db.transaction(database) as connection:
            definitions.deploy(connection, audit.Actor("designer"), packages.read(self.folder), bpmn.Environment())

    def way(self, database: Engine, items: Mapping[str, Mapping[str, Any]]) -> Walk:
        """Return the beginning of a case's way."""
        return Walk(database, items, self.usual)

    def walk(self, database: Engine, items: Mapping[str, Mapping[str, Any]], scenario: Mapping[str, Any]) -> Walk:
        """Walk a whole scenario."""
        return running.walk(database, scenario, self.usual, items)


APPROVAL = Shipped("one_window_approval")
ENFORCEMENT = Shipped("enforcement_case")
GRID = Shipped("grid_event")
ASSESSMENT = Shipped("monthly_assessment")
