"""The difference between two versions of the list of items: classes added and dropped, fields changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.grid.items import item_class


@dataclass(frozen=True)
class Changed:
    """A field of a class, or a step limit of the list, before and after."""

    row: sa.Row[Any] | None
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Difference:
    """What a later version adds, drops and changes; ``limits`` are those of the steps."""

    added: Sequence[sa.Row[Any]]
    dropped: Sequence[sa.Row[Any]]
    changed: list[Changed]
    limits: list[Changed]

    @property
    def empty(self) -> bool:
        """Whether both say the same."""
        return not (self.added or self.dropped or self.changed or self.limits)


def between(connection: Connection, before: int, after: int) -> Difference:
    """Return what differs between two versions, by class.

    Raises
    ------
    ItemListUnknown
        If there is no such version.
    """
    heads = [item_class.version(connection, number) for number in (before, after)]
    old, new = ({row.code: row for row in item_class.every(connection, number)} for number in (before, after))
    return Difference(
        [new[code] for code in sorted(new.keys() - old.keys())],
        [old[code] for code in sorted(old.keys() - new.keys())],
        [
            one
            for code in sorted(old.keys() & new.keys())
            for one in _changed(new[code], old[code].body, new[code].body)
        ],
        _changed(None, heads[0].step_limits, heads[1].step_limits),
    )


def _changed(row: sa.Row[Any] | None, old: dict[str, Any], new: dict[str, Any]) -> list[Changed]:
    fields = dict.fromkeys((*old, *new))
    return [Changed(row, name, old.get(name), new.get(name)) for name in fields if old.get(name) != new.get(name)]
