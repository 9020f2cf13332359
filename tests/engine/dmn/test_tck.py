"""The cases of the DMN Technology Compatibility Kit, read from beside the checkout when they are there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine import dmn, errors, feel
from engine.feel import temporal
from engine.feel.values import equal, normalise, number

KIT = Path(os.environ.get("ONEWINDOW_DMN_TCK") or Path(__file__).parents[4] / "shared" / "dmn-tck")
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

pytestmark = pytest.mark.skipif(not KIT.is_dir(), reason=f"no DMN TCK at {KIT}; set ONEWINDOW_DMN_TCK to its folder")


def value_of(element: Any) -> Any:
    """Read an input or expected value of a case."""
    if element is None or element.get(NIL) == "true":
        return None
    inner = [child for child in element if isinstance(child.tag, str)]
    parts = {etree.QName(child).localname: child for child in inner}
    if "list" in parts:
        items = [item for item in parts["list"] if isinstance(item.tag, str)]
        return None if parts["list"].get(NIL) == "true" else [value_of(item) for item in items]
    if "component" in parts:
        components = [child for child in inner if etree.QName(child).localname == "component"]
        return {component.get("name"): value_of(component) for component in components}
    value = parts.get("value")
    if value is None or value.get(NIL) == "true":
        return None
    return scalar(value.text or "", (value.get(TYPE) or "string").partition(":")[2] or value.get(TYPE))


def scalar(text: str, kind: str) -> Any:
    """Read a value of an XML Schema type."""
    if kind in ("decimal", "double", "integer", "int", "float", "long"):
        return number(text)
    if kind == "boolean":
        return text in ("true", "1")
    read = {
        "date": temporal.read_date,
        "time": temporal.read_time,
        "dateTime": temporal.read_moment,
        "duration": temporal.read_duration,
    }.get(kind)
    return read(text) if read else text


def alike(expected: Any, found: Any) -> bool:
    """Compare as the kit does: numbers to eight digits, durations as durations."""
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(expected - found) <= Decimal("1e-8") * max(1, abs(expected))
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(alike, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(alike(expected[key], found[key]) for key in expected)
    return equal(expected, found) is True


def models(folder: Path) -> dict[str, dmn.Model]:
    """Parse the models of a folder, imported ones first."""
    waiting = {path.name: path.read_bytes() for path in folder.glob("*.dmn")}
    done: dict[str, dmn.Model] = {}
    while waiting:
        namespaces = {model.namespace for model in done.values()}
        ready = [name for name, xml in waiting.items() if imports(xml) <= namespaces] or list(waiting)
        for name in ready:
            done[name] = dmn.parse(waiting.pop(name), imports=list(done.values()), strict=False)
    return done


def imports(xml: bytes) -> set[str]:
    """The namespaces a model imports."""
    root = etree.fromstring(xml)
    found = (child for child in root if isinstance(child.tag, str) and etree.QName(child).localname == "import")
    return {child.get("namespace") for child in found}


def outcomes(level: str) -> Iterator[tuple[str, Any, Any]]:
    """Run all cases of a level: name, expected value, found value."""
    for file in sorted((KIT / level).glob("*/*test*.xml")):
        parsed = models(file.parent)
        root = etree.parse(str(file)).getroot()
        local = lambda node: etree.QName(node).localname if isinstance(node.tag, str) else ""  # noqa: E731
        model = parsed[next(node.text for node in root if local(node) == "modelName").strip()]
        for case in (node for node in root if local(node) == "testCase"):
            inputs = {node.get("name"): value_of(node) for node in case if local(node) == "inputNode"}
            for result in (node for node in case if local(node) == "resultNode"):
                expected = value_of(next((node for node in result if local(node) == "expected"), None))
                name = f"{file.parent.name} {case.get('id')} {result.get('name')}"
                service = case.get("invocableName")
                yield name, expected, outcome(model, service, result.get("name"), inputs)


def outcome(model: dmn.Model, service: str | None, decision: str, inputs: dict[str, Any]) -> Any:
    """Evaluate one result; a stopped evaluation gives the error itself, which is alike to nothing."""
    try:
        value = model.evaluate(service or decision, inputs).value
    except errors.EngineError as problem:
        return problem
    if service and len(model.parts[model.find(service).id].outputs) > 1:
        value = value.get(decision) if isinstance(value, dict) else value
    return value


def rates(level: str) -> dict[str, tuple[int, int, list[str]]]:
    """Count passed and all cases, apart for those that need a value and those that expect null."""
    counted: dict[str, tuple[int, int, list[str]]] = {"value": (0, 0, []), "null": (0, 0, [])}
    for name, expected, found in outcomes(level):
        key = "null" if expected is None else "value"
        passed, total, failures = counted[key]
        good = alike(expected, normalise(found)) if not isinstance(found, errors.EngineError) else expected is None
        counted[key] = (
            passed + good,
            total + 1,
            failures if good else [*failures, f"{name}: {expected!r} != {found!r}"],
        )
    return counted


def test_level_2_passes_whole() -> None:
    for passed, total, failures in rates("compliance-level-2").values():
        assert passed == total, failures


@pytest.mark.parametrize("kind", ["value", "null"])
def test_level_3_passes_to_98_percent(kind: str) -> None:
    passed, total, failures = rates("compliance-level-3")[kind]
    assert passed >= 0.98 * total, failures


def test_the_kit_speaks_feel() -> None:
    assert feel.evaluate("1 + 1", {}) == 2
