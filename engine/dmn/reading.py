"""Reads the XML of a decision model safely and finds its parts by local name, whatever the DMN version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine import errors, feel
from engine.errors import N_

MAX_BYTES = 5_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 100_000
"""What a file may hold at most: bytes, levels, elements."""
Element = Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a model that keeps a decision from working."""

    element: str
    message: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.element}: {self.message.format_map(self.facts)}"


def read(xml: bytes) -> Element:
    """Parse a model; no entities, no network, bounded.

    Raises
    ------
    DecisionModelInvalid
    """
    if len(xml) > MAX_BYTES:
        raise errors.DecisionModelInvalid(problem=N_("the file is too large."))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as problem:
        raise errors.DecisionModelInvalid(problem=str(problem)) from problem
    if root.getroottree().docinfo.doctype:
        raise errors.DecisionModelInvalid(problem=N_("a DOCTYPE is not allowed."))
    _bound(root)
    if local(root) != "definitions" or "DMN" not in (etree.QName(root).namespace or ""):
        raise errors.DecisionModelInvalid(problem=N_("the file is no DMN model."))
    return root


def tags(xml: bytes) -> dict[str, str]:
    """Return the version tags that decisions of a model carry (``zeebe:versionTag``), by the decision's id.

    Raises
    ------
    DecisionModelInvalid
    """
    found: dict[str, str] = {}
    for decision in read(xml):
        marks = decision.iter(_TAG) if isinstance(decision.tag, str) and local(decision) == "decision" else ()
        found |= {decision.get("id"): mark.get("value") for mark in marks}
    return found


_TAG = "{http://camunda.org/schema/zeebe/1.0}versionTag"


def _bound(root: Element) -> None:
    level, count = [root], 0
    depth = 0
    while level:
        depth += 1
        count += len(level)
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise errors.DecisionModelInvalid(problem=N_("the file is nested too deep or has too many elements."))
        level = [child for element in level for child in element]


def local(element: Element) -> str:
    """The element's name without namespace; comments have none."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children of these names, in order; all elements if none is given."""
    for child in element:
        name = local(child)
        if name and (not names or name in names):
            yield child


def child(element: Element, *names: str) -> Element | None:
    """The first child of one of these names."""
    return next(children(element, *names), None)


def text(element: Element | None) -> str:
    """The text of the element's ``text`` child."""
    inner = None if element is None else child(element, "text")
    return "" if inner is None else "".join(inner.itertext()).strip()


def type_of(element: Element | None) -> str:
    """The type an element names, in either spelling of the standard, without the FEEL prefix."""
    if element is None:
        return ""
    inner = child(element, "typeRef")
    written = (element.get("typeRef") or ("" if inner is None else inner.text) or "").strip()
    if written.startswith("{"):
        written = written.rpartition("}")[2]
    prefix, _, rest = written.partition(":")
    return rest if rest and not prefix.isspace() else written


class Reader:
    """What the parts of one model share while it is read: known names and the problems found."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.problems: list[Problem] = []

    @contextmanager
    def knowing(self, names: Iterable[str]) -> Iterator[None]:
        """Know more names within one part: its parameters, the entries of its context."""
        outer, self.names = self.names, self.names | frozenset(names)
        yield
        self.names = outer

    def expression(self, source: str, element: str, *, unary: bool = False) -> feel.Expression | None:
        """Parse FEEL; what is not understood becomes a problem of the model and None."""
        try:
            return feel.parse(source, names=self.names, unary=unary)
        except errors.FeelError as problem:
            self.problems.append(Problem(element, problem.template, problem.facts))
            return None


def names_of(root: Element) -> frozenset[str]:
    """The names that hold everywhere in a model: of its parts, its types' components, columns and imports."""
    tags = {"variable", "inputData", "decision", "businessKnowledgeModel", "decisionService", "itemComponent"}
    tags |= {"column", "output", "import"}
    found = {element.get("name", "") for element in root.iter() if local(element) in tags}
    return frozenset(" ".join(name.split()) for name in found if name)
