"""Walks the scenarios of the approval package: :mod:`web.scenarios` tells how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from engine import audit, bpmn, clock, db, definitions
from engine.design import packages
from web import scenarios as running
from web.scenarios import Stuck, Walk, coverage, expect, take
from web.scenarios.walk import APPLICANT, MORNING

__all__ = ["APPLICANT", "MORNING", "PACKAGE", "ROOT", "USUAL", "Stuck", "Walk", "expect", "take"]
ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "workflows" / "one_window_approval"
USUAL = running.usual(PACKAGE)


def deploy(database: Engine) -> None:
    """Put the package into force as it lies in the repository."""
    with clock.frozen(MORNING), db.transaction(database) as connection:
        definitions.deploy(connection, audit.Actor("designer"), packages.read(PACKAGE), bpmn.Environment())


def way(database: Engine, items: Mapping[str, Mapping[str, Any]]) -> Walk:
    """Return the beginning of a case's way."""
    return Walk(database, items, USUAL)


def walk(database: Engine, items: Mapping[str, Mapping[str, Any]], scenario: Mapping[str, Any]) -> Walk:
    """Walk a whole scenario."""
    return running.walk(database, scenario, USUAL, items)


def scenarios() -> dict[str, dict[str, Any]]:
    """Return every scenario of the package by name."""
    return running.read(PACKAGE)


def all_flows() -> set[str]:
    """Return every sequence flow drawn in the package."""
    return coverage.drawn(packages.read(PACKAGE)).flows
