"""A table as a CSV file: what a spreadsheet would take for a formula is a text to it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from flask import Response

from engine import clock

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")
"""What begins like a formula and is a number."""


def answer(name: str, head: Sequence[object], lines: Iterable[Sequence[object]]) -> Response:
    """Return the file ``name`` with the day; a mark at its beginning lets spreadsheets read Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([str(label) for label in head])
    writer.writerows([_safe(cell) for cell in line] for line in lines)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{clock.today():%Y%m%d}.csv"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def _safe(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(FORMULA) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
