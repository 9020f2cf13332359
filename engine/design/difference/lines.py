"""Text files: which lines are new and which are gone."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from engine.design.difference.parts import Line

MOST = 400
"""Lines shown of one file; who needs more compares the exported packages."""
LONGEST = 6_000
"""Lines of a file that are still compared: the search grows with their square."""
GAP = "…"


def between(before: bytes, after: bytes) -> Iterator[Line]:
    """Yield the lines that differ with two around each; nothing for what is no text or too long to compare."""
    try:
        old, new = before.decode().splitlines(), after.decode().splitlines()
    except UnicodeDecodeError:
        return
    if max(len(old), len(new)) > LONGEST:
        return
    for number, text in enumerate(unified_diff(old, new, n=2, lineterm="")):
        if number > MOST:
            yield Line(GAP, "")
            return
        if text.startswith("@@"):
            if number > 2:
                yield Line(GAP, "")
        elif number > 1:
            yield Line(text[:1], text[1:])
