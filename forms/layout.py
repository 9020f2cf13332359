"""Where the parts of a form stand: side by side in the rows that their form-js layout names, on 16 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from forms.part import Part

COLUMNS = 16
NARROWEST = 2


def lines(parts: Iterable[Part]) -> Iterator[list[tuple[Part, int]]]:
    """Yield the visible parts line by line, each with the columns it takes; what names no row has a line of its own.

    Hidden parts take no room. Columns that are not given share what the others of the row leave.
    """
    numbered = enumerate(part for part in parts if part.visible)
    for _row, found in groupby(numbered, key=lambda each: _row_of(each[1]) or each[0]):
        yield _shared([part for _place, part in found])


def _shared(row: list[Part]) -> list[tuple[Part, int]]:
    if len(row) == 1:
        return [(row[0], COLUMNS)]
    wanted = [_columns(part) for part in row]
    open_ = [count for count in wanted if count is None]
    left = COLUMNS - sum(count for count in wanted if count is not None)
    share = max(left // len(open_), NARROWEST) if open_ else 0
    return [(part, count or share) for part, count in zip(row, wanted, strict=True)]


def _row_of(part: Part) -> str:
    layout = part.component.raw.get("layout")
    row = layout.get("row") if isinstance(layout, dict) else None
    return row if isinstance(row, str) else ""


def _columns(part: Part) -> int | None:
    count = part.component.raw["layout"].get("columns")
    whole = isinstance(count, int) and not isinstance(count, bool)
    return min(max(count, NARROWEST), COLUMNS) if whole else None
