"""Addresses: the numbers in them (what no row can have is not found, SQLite cannot even be asked), and a short way to
write them.

A page links to a hundred others, and Flask's way of writing an address costs more than the query that found the row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, has_request_context, request, url_for
from werkzeug.routing import IntegerConverter, Map, Rule

from engine import db

_FLASKS_OWN = frozenset({"_anchor", "_method", "_scheme", "_external"})
"""What asks Flask for more than the address of a page within the application; its own function always names them."""


class RowNumber(IntegerConverter):
    """``<int:…>`` in the address of a page or a call of the API."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": db.LARGEST, **options})


class Application(Flask):
    """Writes addresses within the application as Flask does, but asks the one rule of an endpoint directly."""

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Return the address of a page: its own parts filled in, everything else as its query."""
        rule = self._rule(endpoint) if has_request_context() else None
        given = {name: value for name, value in values.items() if value is not None} if values else values
        if rule is None or not given.keys().isdisjoint(_FLASKS_OWN):
            return super().url_for(endpoint, **values)
        built = rule.build(given) if rule.arguments <= given.keys() else None
        return super().url_for(endpoint, **values) if built is None else request.script_root + built[1]

    def _rule(self, endpoint: str) -> Rule | None:
        """Return the only rule of an endpoint; none if there are several to choose from."""
        if not self._got_first_request:
            return None
        known: dict[str, Rule | None] = self.__dict__.setdefault("_only_rules", {})
        if endpoint not in known:
            rules = self.url_map._rules_by_endpoint.get(endpoint, ())
            known[endpoint] = rules[0] if len(rules) == 1 else None
        return known[endpoint]


def numbered(endpoint: str, name: str) -> Callable[[int], str]:
    """Return what writes the addresses of an endpoint for one row after another; its rule is asked once for a list.

    Parameters
    ----------
    name
        What the endpoint calls the number of the row.
    """
    values: dict[str, Any] = {name: db.LARGEST}
    before, after = url_for(endpoint, **values).split(str(db.LARGEST))
    return lambda number: f"{before}{number}{after}"


def init_app(app: Flask) -> None:
    """Let every ``<int:…>`` of the application be the number of a row."""
    app.url_map.converters["int"] = RowNumber
