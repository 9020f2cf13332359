"""Reads BPMN files that may be hostile: no document type, no entities, no network, bounded in every direction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine import errors

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"

MAX_BYTES = 5_000_000
MAX_ELEMENTS = 50_000
MAX_DEPTH = 60
"""What a file may hold at most: fifty times the largest of ours; what is more is no process but an attack."""

Element = Any
"""An lxml element; lxml publishes no types."""


def read(source: bytes) -> Element:
    """Return the root of a BPMN file.

    Raises
    ------
    BpmnUnreadable
        If it is not well-formed XML, or not BPMN 2.0.
    BpmnTooLarge
        If it has more bytes, elements or levels than the bounds above allow.
    BpmnUnsafe
        If it declares a document type.
    """
    if len(source) > MAX_BYTES:
        raise errors.BpmnTooLarge(what="bytes", limit=MAX_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise errors.BpmnUnreadable(reason=str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise errors.BpmnUnsafe()
    if root.tag != f"{BPMN}definitions":
        raise errors.BpmnUnreadable(reason=f"the root element is {root.tag!r}, not BPMN 2.0 definitions")
    _bound(root)
    return root


def _bound(root: Element) -> None:
    count = 0
    level = [root]
    for _ in range(MAX_DEPTH):
        count += len(level)
        if count > MAX_ELEMENTS:
            raise errors.BpmnTooLarge(what="elements", limit=MAX_ELEMENTS)
        level = [child for element in level for child in element]
        if not level:
            return
    raise errors.BpmnTooLarge(what="levels", limit=MAX_DEPTH)


def executable(source: bytes) -> set[str]:
    """Return the ids of the executable processes of a BPMN file; errors as :func:`read`."""
    return {process.get("id") for process in children(read(source), "process") if process.get("isExecutable") == "true"}


def local(element: Element) -> str:
    """Return an element's name without its namespace; comments and instructions have none."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def children(element: Element, name: str) -> list[Element]:
    """Return the BPMN children called ``name``."""
    return list(element.findall(f"{BPMN}{name}"))


def child(element: Element, name: str) -> Element | None:
    """Return the first BPMN child called ``name``."""
    return element.find(f"{BPMN}{name}")


def text(element: Element | None) -> str:
    """Return the text within an element, without blanks around it; empty for none."""
    return "".join(element.itertext()).strip() if element is not None else ""


def extension(element: Element, name: str) -> Element | None:
    """Return the Zeebe extension ``name`` of a BPMN element."""
    holder = child(element, "extensionElements")
    return holder.find(f"{ZEEBE}{name}") if holder is not None else None


def extensions(element: Element) -> Iterator[Element]:
    """Yield every extension element of a BPMN element, whatever its namespace."""
    holder = child(element, "extensionElements")
    if holder is not None:
        yield from (entry for entry in holder if isinstance(entry.tag, str))
