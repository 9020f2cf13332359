"""Diagrams: one part for each BPMN element that has a meaning of its own, with all that is said about it.

Ids of event definitions and the like, which modelers draw anew, count for nothing; nor does the way a flow is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.drawn import xml
from engine.bpmn.drawn.xml import Element
from engine.design.difference.parts import Part

HOLDERS = {
    "definitions",
    "process",
    "subProcess",
    "adHocSubProcess",
    "transaction",
    "collaboration",
    "laneSet",
    "childLaneSet",
}
"""Elements whose children are parts of their own."""
SCOPES = ("subProcess", "adHocSubProcess", "transaction")
LISTED = {"incoming", "outgoing", "flowNodeRef", "laneSet", "childLaneSet"}
"""What another part says already."""
NOT_PARTS = {
    "extensionElements", "documentation", "multiInstanceLoopCharacteristics", "completionCondition", "import",
    "standardLoopCharacteristics", "ioSpecification", "itemDefinition", *LISTED,
}  # fmt: skip
NAMED = {"property": "name", "header": "key", "input": "target", "output": "target"}
"""Extension elements that come many times, with the attribute that tells one from another."""
VALUES = {"property": "value", "header": "value", "input": "source", "output": "source"}
REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "default", "messageRef", "signalRef", "errorRef", "within",
              "escalationRef", "processRef")  # fmt: skip


def parts(source: bytes) -> list[Part]:
    """Return the elements of a diagram.

    Raises
    ------
    BpmnUnreadable, BpmnUnsafe, BpmnTooLarge
        If it is no acceptable XML.
    """
    root = xml.read(source)
    names = {element.get("id"): element.get("name") or "" for element in root.iter(f"{xml.BPMN}*") if element.get("id")}
    places = dict(_places(root))
    lanes = {
        xml.text(ref): lane.get("id")
        for lane in root.iter(f"{xml.BPMN}lane")
        for ref in xml.children(lane, "flowNodeRef")
    }
    return [_part(element, within, names, places, lanes) for element, within in _elements(root, "")]


def _elements(holder: Element, within: str) -> Iterator[tuple[Element, str]]:
    """Yield the elements that are parts with the id of the sub-process that each stands in."""
    for element in holder:
        kind = xml.local(element)
        if not kind or not element.tag.startswith(xml.BPMN) or kind in ("extensionElements", "documentation"):
            continue
        if element.get("id") and kind not in NOT_PARTS:
            yield element, within
        if kind in HOLDERS:
            inner = (
                element.get("id") or within
                if kind not in ("process", "collaboration", "laneSet", "childLaneSet")
                else within
            )
            yield from _elements(element, inner)


def _part(
    element: Element,
    within: str,
    names: Mapping[str, str],
    places: Mapping[str, tuple[float, ...]],
    lanes: Mapping[str, str],
) -> Part:
    id, kind = element.get("id"), xml.local(element)
    features = dict(_features(element, kind))
    if within:
        features["within"] = within
    if id in lanes:
        features["lane"] = names.get(lanes[id]) or lanes[id]
    shown = {name: names[features[name]] for name in REFERENCES if names.get(features.get(name, ""))}
    for name, value in features.items():
        last = name.rpartition(".")[2]
        if last in REFERENCES and names.get(value):
            shown[name] = names[value]
    name = features.get("name", "")
    if kind == "sequenceFlow" and not name:
        name = " → ".join(
            names.get(features.get(end, "")) or features.get(end, "") for end in ("sourceRef", "targetRef")
        )
    return Part(id, kind, name, features, id, places.get(id), shown=shown)


def _features(element: Element, kind: str) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name != "id":
            yield name.rpartition("}")[2], value
    seen: dict[str, int] = {}
    for child in element:
        name = xml.local(child)
        own_part = kind in HOLDERS and child.get("id") and name not in NOT_PARTS
        if not name or own_part or name in LISTED:
            continue
        for key, value in _nested(child, "" if name == "extensionElements" else name):
            seen[key] = seen.get(key, 0) + 1
            yield (key if seen[key] == 1 else f"{key} {seen[key]}"), value


def _nested(element: Element, path: str) -> Iterator[tuple[str, str]]:
    kind = xml.local(element)
    if kind in NAMED and element.tag.startswith(xml.ZEEBE):
        yield f"{kind}:{element.get(NAMED[kind], '')}", element.get(VALUES[kind]) or ""
        return
    values = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    kept = [(name, value) for name, value in values.items() if name not in ("id", "type") or kind == "taskDefinition"]
    text = (element.text or "").strip()
    children = [child for child in element if xml.local(child)]
    if text or (not kept and not children and kind != "extensionElements"):
        yield path, text or "✓"
    for name, value in kept:
        yield f"{path}.{name}", value
    for child in children:
        inner = xml.local(child)
        # what only wraps (properties, ioMapping) says nothing by itself
        yield from _nested(
            child, inner if kind in ("extensionElements", "ioMapping", "properties") else f"{path}.{inner}"
        )


def _places(root: Element) -> Iterator[tuple[str, tuple[float, ...]]]:
    for shape in root.iter("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape"):
        bounds = next((child for child in shape if xml.local(child) == "Bounds"), None)
        if bounds is not None and shape.get("bpmnElement"):
            yield (
                shape.get("bpmnElement"),
                tuple(float(bounds.get(side) or 0) for side in ("x", "y", "width", "height")),
            )
