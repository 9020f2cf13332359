"""What goes into a table that a spreadsheet opens: a text that it would take for a formula stays a text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"-\d+(\.\d+)?%?")
"""What begins like a formula and is a number."""


def cell(value: object) -> object:
    """Return a value as a cell may hold it; what no formula begins with stays as it is."""
    if isinstance(value, str) and value.startswith(FORMULA) and not NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def line(cells: Iterable[object]) -> str:
    """Return one line of CSV (RFC 4180), its end included."""
    target = io.StringIO()
    csv.writer(target).writerow([cell(value) for value in cells])
    return target.getvalue()
