"""The files of a tenant: JSON, one row a line, and the findings that say which row of which file is wrong and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from engine import db, errors

Row = Mapping[str, Any]

_SUMMARISED = 5


@dataclass(frozen=True)
class Finding:
    """What is wrong with a row: ``message`` is English with the ``facts`` in braces, as in :mod:`engine.errors`."""

    file: str
    row: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}, {self.row}: {self.message.format_map(self.facts)}"


class Findings(list[Finding]):
    """What a check has found; a check goes on to the end, so that one run names everything."""

    def add(self, file: str, row: object, message: str, **facts: Any) -> None:
        """Note that a row of a file is wrong."""
        self.append(Finding(file, str(row), message, facts))

    def refuse(self) -> None:
        """Stop if anything was found.

        Raises
        ------
        TenantRefused
            With the number of findings, the first five in words and all of them as ``findings``.
        """
        if self:
            summary = " · ".join(str(finding) for finding in self[:_SUMMARISED])
            raise errors.TenantRefused(count=len(self), summary=summary, findings=list(self))


@dataclass(frozen=True)
class Files:
    """The folder of a tenant."""

    folder: Path

    def read(self, name: str) -> Any:
        """Return the content of a file.

        Raises
        ------
        TenantFileUnreadable
            If it is missing or no JSON.
        """
        try:
            return db.loads((self.folder / name).read_text("utf-8"))
        except (OSError, ValueError) as problem:
            raise errors.TenantFileUnreadable(file=name, reason=str(problem)) from problem

    def rows(self, name: str, required: Iterable[str], findings: Findings) -> list[Row]:
        """Return the rows of a file that have every required field; note the others.

        Raises
        ------
        TenantFileUnreadable
            If the file is missing, no JSON or no list of objects.
        """
        rows = self.read(name)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise errors.TenantFileUnreadable(file=name, reason="it is no list of objects")
        good = []
        for number, row in enumerate(rows, start=1):
            missing = [key for key in required if key not in row]
            if missing:
                findings.add(name, f"row {number}", "lacks {fields}", fields=", ".join(missing))
            else:
                good.append(row)
        return good

    def digest(self, *patterns: str) -> str:
        """Return a hash over the names and contents of the files that fit one of the patterns."""
        total = hashlib.sha256()
        for path in sorted(path for pattern in patterns for path in self.folder.glob(pattern)):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.relative_to(self.folder).as_posix()} {content}\n".encode())
        return total.hexdigest()


def unique(findings: Findings, file: str, rows: Sequence[Row], key: str) -> dict[Any, Row]:
    """Return the rows by a key that must not repeat; rows without it are left out."""
    found: dict[Any, Row] = {}
    for row in rows:
        value = row.get(key)
        if value is None:
            continue
        if value in found:
            findings.add(file, value, "{key} stands here twice", key=key)
        found[value] = row
    return found


def day(findings: Findings, file: str, row: object, value: Any) -> date | None:
    """Return a date of a row, or None for an empty or a wrong one; a wrong one is noted."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        findings.add(file, row, "{value} is no date", value=value)
        return None


def facts(row: Row, taken: Iterable[str]) -> dict[str, Any]:
    """Return what a row says beyond the columns it fills."""
    return {key: value for key, value in row.items() if key not in set(taken)}
