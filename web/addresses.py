"""Numbers in addresses: what no row can have is not found; SQLite cannot even be asked about it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from engine import db


class RowNumber(IntegerConverter):
    """``<int:…>`` in the address of a page or a call of the API."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": db.LARGEST, **options})


def init_app(app: Flask) -> None:
    """Let every ``<int:…>`` of the application be the number of a row."""
    app.url_map.converters["int"] = RowNumber
