"""A file as parts with features: two such lists are compared by the parts' keys, whatever the kind of file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Part:
    """An element, a field, a rule.

    ``key`` finds it again in the other version; ``element`` is its id on the diagram, empty for what is not drawn.
    ``place`` is where it is drawn, ``row`` the list in which its order matters. ``features`` are its properties under
    names that :func:`engine.difference.words.feature` may know; ``shown`` tells how to call what a feature refers to.
    """

    key: str
    kind: str
    name: str
    features: Mapping[str, str]
    element: str = ""
    place: tuple[float, ...] | None = None
    row: str | None = None
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Detail:
    """One feature before and after; None where it was not there."""

    feature: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Change:
    """A part that is new (``added``), gone (``removed``), different (``changed``) or only elsewhere (``moved``)."""

    how: str
    kind: str
    name: str
    element: str = ""
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line of a text file: ``+`` new, ``-`` gone, blank for what stands around, ``…`` where lines are left out."""

    sign: str
    text: str


@dataclass(frozen=True)
class FileDifference:
    """A file that differs: by its parts where it could be read, else by its lines."""

    path: str
    how: str
    changes: tuple[Change, ...] = ()
    lines: tuple[Line, ...] = ()


def compare(before: Sequence[Part], after: Sequence[Part]) -> tuple[Change, ...]:
    """Return how the parts differ: in the order of the new version, what is gone behind it."""
    old, new = {part.key: part for part in before}, {part.key: part for part in after}
    reordered = _reordered(old, new)
    found = [change for part in new.values() for change in _change(old.get(part.key), part, part.key in reordered)]
    gone = [Change("removed", p.kind, p.name, p.element, _all(p, gone=True)) for p in old.values() if p.key not in new]
    return (*found, *gone)


def _change(before: Part | None, after: Part, reordered: bool) -> Iterator[Change]:
    if before is None:
        yield Change("added", after.kind, after.name, after.element, _all(after))
        return
    names = [*after.features, *(name for name in before.features if name not in after.features)]
    details = tuple(
        Detail(name, _shown(before, name), _shown(after, name))
        for name in names
        if before.features.get(name) != after.features.get(name)
    )
    moved = reordered or (before.place is not None and after.place is not None and before.place != after.place)
    if details:
        yield Change("changed", after.kind, after.name or before.name, after.element, details)
    elif moved:
        yield Change("moved", after.kind, after.name, after.element)


def _all(part: Part, *, gone: bool = False) -> tuple[Detail, ...]:
    values = [(name, _shown(part, name)) for name in part.features if name != "name"]
    return tuple(Detail(name, value if gone else None, None if gone else value) for name, value in values)


def _shown(part: Part, name: str) -> str | None:
    return part.shown.get(name, part.features.get(name))


def _reordered(old: Mapping[str, Part], new: Mapping[str, Part]) -> set[str]:
    """Return the parts that changed their place among those that both versions hold."""
    found: set[str] = set()
    for row in {part.row for part in new.values() if part.row is not None}:
        was = [key for key, part in old.items() if part.row == row and key in new and new[key].row == row]
        now = [key for key, part in new.items() if part.row == row and key in old and old[key].row == row]
        if was != now:
            matcher = SequenceMatcher(None, was, now, autojunk=False)
            stayed = {key for at, _, size in matcher.get_matching_blocks() for key in was[at : at + size]}
            found |= set(now) - stayed
    return found
