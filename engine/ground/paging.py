"""Lists that are paged by key: where a page begins, and what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Place:
    """Where a page begins: beside the row with this sort value, as text, and this key."""

    value: str
    id: int


@dataclass(frozen=True)
class Page:
    """Rows of a list, how many there are in all, where the next page begins and where the one before it ends."""

    rows: Sequence[sa.Row[Any]]
    total: int
    next: Place | None
    previous: Place | None = None
