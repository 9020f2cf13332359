"""The rule of the radar as ``data/radar.json`` says it: its name, the law behind it, what it looks for, its settings.

What finds its hits is code, one noun a file, registered under the rule's key.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection

from engine import clock, db


@dataclass(frozen=True)
class Rule:
    """``told`` is the sentence of a finding, filled with its facts."""

    key: str
    name: str
    name_en: str
    law: str
    explains: str
    explains_en: str
    told: str
    told_en: str
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """One thing behind a finding: a case, an event of the trail, or both, with what was seen in it."""

    case_id: int | None = None
    event_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """What a rule has found; the same thing has the same ``key`` whenever it is looked for.

    ``facts`` fill the rule's sentence; ``persons`` are those whose acts it is about: they may not judge it.
    """

    key: str
    facts: Mapping[str, Any]
    persons: Sequence[str]
    proofs: Sequence[Proof]


Finder = Callable[[Connection, Mapping[str, Any]], Iterator[Hit]]
_finders: dict[str, Finder] = {}


def finds(key: str) -> Callable[[Finder], Finder]:
    """Register what finds the hits of a rule, given the settings by their keys."""

    def register(finder: Finder) -> Finder:
        _finders[key] = finder
        return finder

    return register


def finder(key: str) -> Finder:
    """Return what finds the hits of a rule."""
    return _finders[key]


@functools.cache
def every() -> Mapping[str, Rule]:
    """Return all rules by key, in the order of the file."""
    source = resources.files("engine.cases").joinpath("data/radar.json").read_text("utf-8")
    rows = [{**row, "settings": tuple(row["settings"])} for row in db.loads(source)]
    return {row["key"]: Rule(**row) for row in rows}


def since(values: Mapping[str, Any]) -> datetime:
    """Return the moment from which on the rules look."""
    return clock.now() - timedelta(days=values["radar_days"])
