"""What two versions of a package differ in, told in the reader's language."""

from __future__ import annotations

from typing import Any

from engine.design import difference, packages
from engine.design.difference import words
from web import i18n


def told(before: packages.Package, after: packages.Package) -> list[dict[str, Any]]:
    """Return the files that differ with every change in the reader's language."""
    return [
        {
            "path": file.path,
            "how": file.how,
            "word": i18n.message(words.HOW[file.how]),
            "lines": file.lines,
            "drawn": file.path.endswith(".bpmn") and file.how == "changed" and bool(file.changes),
            "changes": [_change(change) for change in file.changes],
            "marks": [[change.element, change.how] for change in file.changes if change.element],
        }
        for file in difference.between(before, after)
    ]


def _change(change: difference.Change) -> dict[str, Any]:
    return {
        "how": change.how,
        "word": i18n.message(words.HOW[change.how]),
        "kind": i18n.message(words.kind(change.kind)),
        "name": change.name,
        "element": change.element,
        "details": [(i18n.message(*words.feature(d.feature)), d.before, d.after) for d in change.details],
    }
