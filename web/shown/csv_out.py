"""A table as a CSV file that spreadsheets read as it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response

from engine import clock
from engine.ground import spreadsheet


def answer(name: str, head: Sequence[object], lines: Iterable[Sequence[object]]) -> Response:
    """Return the file ``name`` with the day; a mark at its beginning lets spreadsheets read Chinese."""
    text = "".join(map(spreadsheet.line, ([str(label) for label in head], *lines)))
    headers = {"Content-Disposition": f'attachment; filename="{name}-{clock.today():%Y%m%d}.csv"'}
    return Response("\ufeff" + text, mimetype="text/csv", headers=headers)
