"""The pages of the grid, one file each: tree, cells, equipment, list of items, ranking, assessment, patrols, signs."""

from __future__ import annotations

import importlib

from flask import Blueprint

blueprint = Blueprint("grids", __name__)

for _page in ("tree", "changes", "kit", "items", "ranks", "assessment", "patrols", "signs"):
    importlib.import_module(f"{__name__}.{_page}")
