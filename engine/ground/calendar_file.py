"""The calendar file: a CSV table of the days of a year that differ from the plain week, as a notice names them."""

from __future__ import annotations

import csv
import io
from datetime import date

from engine import errors
from engine.ground.counting import Mark

COLUMNS = ("day", "working", "name")
_WORKING = {"1": True, "0": False}


def read(text: str) -> list[Mark]:
    """Return the days of a table ``day,working,name`` with 1 or 0 for working.

    Raises
    ------
    CalendarFileWrong
        At the first line that cannot be read, or if there is none.
    """
    found = []
    for number, row in enumerate(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))), 2):
        try:
            day, working = date.fromisoformat(row["day"].strip()), _WORKING[row["working"].strip()]
        except (KeyError, ValueError, AttributeError):
            raise errors.CalendarFileWrong(line=number) from None
        found.append(Mark(day, working, (row.get("name") or "").strip() or None))
    if not found:
        raise errors.CalendarFileWrong(line=1)
    return found
