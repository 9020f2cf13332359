"""Decisions: one part for each element of a decision model, and for each column and rule of its tables."""

from __future__ import annotations

from collections.abc import Iterator

from engine.design.difference.parts import Part
from engine.dmn import annotation
from engine.dmn.reading import Element, child, children, local, read, text


def parts(source: bytes) -> list[Part]:
    """Return the elements of a decision model.

    Raises
    ------
    DecisionModelInvalid
        If it is no acceptable XML.
    """
    found: list[Part] = []
    for element in children(read(source)):
        if element.get("id") and local(element) not in ("import", "DMNDI", "artifact"):
            found += _element(element)
    return found


def _element(element: Element) -> Iterator[Part]:
    id, name = element.get("id"), element.get("name") or element.get("id")
    table = child(element, "decisionTable")
    features = {key: value for key, value in element.attrib.items() if key != "id"}
    for inner in children(element):
        if local(inner) != "decisionTable":
            features |= dict(_nested(inner, local(inner)))
    if table is not None:
        features |= {key: value for key, value in table.attrib.items() if key != "id"}
    yield Part(id, local(element), name, features, id)
    if table is not None:
        yield from _table(table, id, name)


def _table(table: Element, decision: str, name: str) -> Iterator[Part]:
    labels: dict[str, list[str]] = {"inputEntry": [], "outputEntry": []}
    for column in children(table, "input", "output"):
        label = column.get("label") or column.get("name") or text(child(column, "inputExpression")) or local(column)
        labels[f"{local(column)}Entry"].append(label)
        features = {key: value for key, value in column.attrib.items() if key != "id"}
        for inner in children(column):
            features |= dict(_nested(inner, local(inner)))
        yield Part(
            f"{decision}/{column.get('id')}", local(column), f"{name} · {label}", features, decision, row=decision
        )
    clauses = annotation.clauses(table)
    for number, rule in enumerate(children(table, "rule"), 1):
        features = {}
        for entry, columns in labels.items():
            for label, cell in zip(columns, children(rule, entry), strict=False):
                features[f"cell:{label}"] = text(cell)
        noted = annotation.of(rule, clauses)
        features["annotation"] = "; ".join(note.text for note in noted)
        features["annotation_en"] = "; ".join(note.english for note in noted if note.english)
        key = f"{decision}/{rule.get('id') or number}"
        yield Part(key, "rule", f"{name} · {number}", features, decision, row=f"{decision} rules")


def _nested(element: Element, path: str) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name != "id":
            yield f"{path}.{name}", value
    if (element.text or "").strip():
        yield path, element.text.strip()
    for inner in children(element):
        yield from _nested(inner, path if local(inner) == "text" else f"{path}.{local(inner)}")
