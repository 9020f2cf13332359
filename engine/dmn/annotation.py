"""Annotations of rules: what each clause notes, and its English, which a clause of its name and ``:en`` holds.

DMN 1.5 §8 lets a table have any number of annotation clauses; a rule has one entry for each, in their order. A
clause ``依据:en`` beside ``依据`` is so the English of it, as ``name:en`` is of ``name`` in the files of a package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from engine.dmn.reading import Element, child, children, text

ENGLISH = ":en"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a rule notes under one clause; ``english`` is empty where the table does not say it."""

    text: str
    english: str = ""


def clauses(table: Element) -> list[str]:
    """Return the names of a table's annotation clauses."""
    return [clause.get("name") or "" for clause in children(table, "annotation")]


def of(rule: Element, names: Sequence[str]) -> tuple[Annotation, ...]:
    """Return what a rule notes under the clauses of its table; where it has no entry, its description."""
    noted = list(zip_longest(names, (text(entry) for entry in children(rule, "annotationEntry")), fillvalue=""))
    english = {name: said for name, said in noted if _is_english(name, names)}
    found = [
        Annotation(said, english.get(f"{name}{ENGLISH}", "")) for name, said in noted if said and name not in english
    ]
    description = child(rule, "description")
    if not found and description is not None and description.text:
        return (Annotation(description.text.strip()),)
    return tuple(found)


def _is_english(name: str, names: Sequence[str]) -> bool:
    return name.endswith(ENGLISH) and name.removesuffix(ENGLISH) in names
