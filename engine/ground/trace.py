"""The trace of a step, written short: runs of ``enter``, ``leave``, ``cancel`` and ``flow`` become one text each.

Readers and hashes know the long form only: ``{"steps": [["leave", "A"], ["flow", "A-B"], ["enter", "B"]]}``. The trail
keeps ``{"~steps": ["-A >A-B +B"]}`` for it, a third of the bytes; whatever else a step tells stands between such texts
as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.engine import Dialect

from engine import db

_SIGNS = {"enter": "+", "leave": "-", "cancel": "!", "flow": ">"}
_KINDS = {sign: kind for kind, sign in _SIGNS.items()}
_LONG, _SHORT = "steps", "~steps"

Entry = Sequence[Any]


class Details(db.Json):
    """What an event tells, a JSON object; its trace is kept short."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> db.Convert:
        write = super().bind_processor(dialect)
        return lambda value: write(_shortened(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> db.Convert:
        read = super().result_processor(dialect, coltype)
        return lambda value: _lengthened(read(value))


def _shortened(details: Any) -> Any:
    entries = details.get(_LONG) if details else None
    if not isinstance(entries, list) or not all(isinstance(entry, list) for entry in entries):
        return details
    return {**{name: part for name, part in details.items() if name != _LONG}, _SHORT: short(entries)}


def _lengthened(details: Any) -> Any:
    if not details or _SHORT not in details:
        return details
    found = {(_LONG if name == _SHORT else name): part for name, part in details.items()}
    found[_LONG] = full(found[_LONG])
    return found


def short(entries: Sequence[Entry]) -> list[Entry | str]:
    """Return the trace as it is kept."""
    found: list[Entry | str] = []
    run: list[str] = []
    for entry in entries:
        if _is_plain(entry):
            run.append(_SIGNS[entry[0]] + entry[1])
            continue
        if run:
            found.append(" ".join(run))
            run = []
        found.append(entry)
    return [*found, " ".join(run)] if run else found


def full(kept: Sequence[Entry | str]) -> list[Entry]:
    """Return the trace that :func:`short` was given."""
    return [entry for part in kept for entry in _entries(part)]


def _entries(part: Entry | str) -> Iterator[Entry]:
    if isinstance(part, str):
        for word in part.split(" "):
            yield [_KINDS[word[0]], word[1:]]
    else:
        yield part


def _is_plain(entry: Entry) -> bool:
    """Tell whether an entry names one element or flow; the standard's ids have no spaces, but who knows."""
    return len(entry) == 2 and entry[0] in _SIGNS and isinstance(entry[1], str) and " " not in entry[1]
