"""What two versions of a process package differ in, file by file and element by element, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from engine import errors
from engine.design.difference import drawings, fields, lines, settings, tables
from engine.design.difference.parts import Change, Detail, FileDifference, Line, Part, compare
from engine.design.packages import Package

__all__ = ["Change", "Detail", "FileDifference", "Line", "between"]

READERS: dict[str, Callable[[bytes], Sequence[Part]]] = {
    ".bpmn": drawings.parts,
    ".dmn": tables.parts,
    ".form": fields.parts,
    ".toml": settings.parts,
}
ORDER = (".bpmn", ".dmn", ".form", ".toml")


def between(before: Package, after: Package) -> list[FileDifference]:
    """Return the files that differ, diagrams first; a file of the same content is not named."""
    paths = sorted({*before.files, *after.files}, key=lambda path: (_rank(path), path))
    return [
        _file(path, before.files.get(path), after.files.get(path))
        for path in paths
        if before.files.get(path) != after.files.get(path)
    ]


def _rank(path: str) -> int:
    suffix = PurePosixPath(path).suffix
    return ORDER.index(suffix) if suffix in ORDER else len(ORDER)


def _file(path: str, before: bytes | None, after: bytes | None) -> FileDifference:
    if before is None or after is None:
        return FileDifference(path, "added" if before is None else "removed")
    read = READERS.get(PurePosixPath(path).suffix)
    if read is not None:
        try:
            return FileDifference(path, "changed", compare(read(before), read(after)))
        except (errors.EngineError, ValueError, RecursionError):
            pass  # a draft may hold what nobody can read yet: its text still shows what was changed
    return FileDifference(path, "changed", lines=tuple(lines.between(before, after)))
