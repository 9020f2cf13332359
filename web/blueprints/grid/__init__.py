"""The pages of the grid: the tree on its map, its cells, its equipment, the list of items; one file each."""

from __future__ import annotations

import importlib

from flask import Blueprint

blueprint = Blueprint("grids", __name__)

for _page in ("tree", "changes", "kit", "items", "ranks"):
    importlib.import_module(f"{__name__}.{_page}")
