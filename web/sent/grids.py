"""A drawing of grids as a page or a system sends it, and who may change the grid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import errors
from engine.organisation.grid import node, redrawing
from web import security

KEEPERS = ("grid.center.lead",)
"""Who redraws cells, fills their posts, moves branches and publishes the list of items."""
STOREKEEPERS = ("grid.center.lead", "grid.center.assessor")
"""Who issues equipment and takes it back."""
ASSESSORS = (
    *("grid.center.lead", "grid.center.assessor", "grid.town.head", "command.lead"),
    *("town.leader", "town.mayor", "town.party_secretary"),
)
"""Who reads the scores of every grid worker, besides the auditors; a head of a level-2 grid reads those of the grid."""

keepers = security.requires_post(*KEEPERS)
storekeepers = security.requires_post(*STOREKEEPERS)


def assesses() -> bool:
    """Tell whether the person who asks reads the score of every worker."""
    return security.holds(*ASSESSORS) or security.has_role("auditor")


def assessors(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in whoever :func:`assesses`."""
    return security.guarded(view, assesses)


def drawn(feature: dict[str, Any]) -> redrawing.Drawn:
    """Return the cell that a GeoJSON feature draws.

    Raises
    ------
    DrawnGridUnnamed
        If its properties lack code, name or category.
    """
    said = feature.get("properties")
    said = said if isinstance(said, dict) else {}
    code, name = (str(said.get(key) or "").strip() for key in ("code", "name"))
    category = str(said.get("category") or "")
    if not 0 < len(code) <= 20 or not 0 < len(name) <= 80 or category not in node.CATEGORIES:
        raise errors.DrawnGridUnnamed(grid=code or "–", categories=", ".join(node.CATEGORIES))
    name_en = str(said.get("name_en") or name).strip()[:80]
    return redrawing.Drawn(code, name, name_en, category, feature.get("geometry") or {})
