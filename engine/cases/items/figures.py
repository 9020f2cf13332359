"""The figures that the town is proud of, each counted from rows: how much it offers, and what a reform took away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.items import catalogue, item
from engine.cases.items.item import catalogue_item
from engine.organisation.unit import unit

MEASURES = ("materials", "steps", "promised_days")
"""What two versions of the catalogue are compared by."""


@dataclass(frozen=True)
class Change:
    """A measure before and after."""

    before: int
    after: int

    @property
    def share(self) -> Decimal:
        """The change as a part of what was before: -0.2 when a fifth went; 0 where nothing was before."""
        return Decimal(self.after - self.before) / self.before if self.before else Decimal(0)


@dataclass(frozen=True)
class Figures:
    """What is counted of a version; ``changes`` is empty where it has no baseline."""

    version: Any
    baseline: Any | None
    items: int
    windows: int
    village_points: int
    marks: dict[str, int]
    empowered: int
    empowered_online: int
    changes: dict[str, Change]


@dataclass(frozen=True)
class Compared:
    """An item with its measures before and after."""

    code: str
    name: str
    name_en: str
    changes: dict[str, Change]


def town(connection: Connection) -> Figures:
    """Count the version in force.

    Raises
    ------
    CatalogueMissing
        If none has been published.
    """
    version = catalogue.get(connection, item.current(connection))
    marks = [_number(catalogue_item.c[name]).label(name) for name in item.MARKS]
    empowered = catalogue_item.c.power_source == "赋权"
    row = connection.execute(
        sa.select(
            sa.func.count().label("items"),
            *marks,
            _number(empowered).label("empowered"),
            _number(sa.and_(empowered, catalogue_item.c.online)).label("empowered_online"),
        ).where(catalogue_item.c.version == version.version)
    ).one()
    return Figures(
        version=version,
        baseline=catalogue.get(connection, version.baseline) if version.baseline else None,
        items=row.items,
        windows=_units(connection, "window"),
        village_points=_units(connection, "village_point"),
        marks={name: int(row._mapping[name]) for name in item.MARKS},
        empowered=int(row.empowered),
        empowered_online=int(row.empowered_online),
        changes=_totals(connection, version),
    )


def compared(
    connection: Connection, version: int, *, after: str | None = None, limit: int | None = None
) -> list[Compared]:
    """Return the items of a version and its baseline with the measures of both, by code, those behind ``after``.

    An item that only one of them holds counts nothing in the other.
    """
    baseline = catalogue.get(connection, version).baseline
    codes = sa.select(catalogue_item.c.code).where(catalogue_item.c.version.in_((version, baseline))).distinct()
    if after is not None:
        codes = codes.where(catalogue_item.c.code > after)
    wanted = codes.order_by(catalogue_item.c.code).limit(limit).subquery()
    rows = connection.execute(
        sa.select(
            catalogue_item.c.code,
            catalogue_item.c.version,
            catalogue_item.c.name,
            catalogue_item.c.name_en,
            *(catalogue_item.c[measure] for measure in MEASURES),
        )
        .join(wanted, wanted.c.code == catalogue_item.c.code)
        .where(catalogue_item.c.version.in_((version, baseline)))
        .order_by(catalogue_item.c.code, catalogue_item.c.version)
    ).all()
    return list(_pairs(rows, version))


def _pairs(rows: Sequence[Any], version: int) -> Iterator[Compared]:
    by_code: dict[str, dict[bool, Any]] = {}
    for row in rows:
        by_code.setdefault(row.code, {})[row.version == version] = row
    for code, sides in by_code.items():
        named = sides.get(True) or sides[False]
        changes = {
            measure: Change(*(int(getattr(sides.get(side), measure, 0)) for side in (False, True)))
            for measure in MEASURES
        }
        yield Compared(code, named.name, named.name_en, changes)


def _totals(connection: Connection, version: Any) -> dict[str, Change]:
    if version.baseline is None:
        return {}
    sums = [sa.func.sum(catalogue_item.c[measure]).label(measure) for measure in MEASURES]
    both = (version.baseline, version.version)
    query = sa.select(catalogue_item.c.version, *sums).where(catalogue_item.c.version.in_(both))
    rows = {row.version: row for row in connection.execute(query.group_by(catalogue_item.c.version))}
    return {measure: Change(*(int(getattr(rows.get(side), measure, 0)) for side in both)) for measure in MEASURES}


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _units(connection: Connection, kind: str) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(unit).where(unit.c.kind == kind)) or 0
