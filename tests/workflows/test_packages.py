"""Every shipped package is sound: its diagrams name what there is, its forms compile, its nodes have two languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from lxml import etree

import forms
import workflows.one_window_approval.handlers  # noqa: F401  # registers the package's service tasks
from engine import bpmn, db, dmn
from engine.design import package_check, packages
from engine.flow import handlers
from tests.workflows import walking

ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"

SHIPPED = (walking.APPROVAL, walking.ENFORCEMENT, walking.GRID, walking.ASSESSMENT)
pytestmark = pytest.mark.parametrize("shipped", SHIPPED, ids=lambda one: one.name)


def test_every_diagram_names_only_what_the_package_and_the_engine_have(shipped: walking.Shipped) -> None:
    package = packages.read(shipped.folder)
    schemas = [db.loads(body.decode()) for body in package.under(".form").values()]
    decisions = {name for body in package.under(".dmn").values() for name in dmn.parse(body).decisions}
    known = bpmn.Environment(handlers=handlers.types(), forms={schema["id"] for schema in schemas}, decisions=decisions)
    assert package_check.check(package, known) == []


def test_every_form_compiles_and_no_group_has_more_than_seven_fields(shipped: walking.Shipped) -> None:
    for path, body in packages.read(shipped.folder).under(".form").items():
        schema = db.loads(body.decode())
        forms.compile(schema)
        for group in (entry for entry in schema["components"] if entry["type"] == "group"):
            assert len([entry for entry in group["components"] if entry["type"] != "text"]) <= 7, path


def test_every_node_has_a_chinese_name_and_an_english_text(shipped: walking.Shipped) -> None:
    kinds = ("Event", "Task", "Gateway", "callActivity", "subProcess")
    for path in shipped.folder.glob("*.bpmn"):
        for node in etree.parse(path).iter(f"{BPMN}*"):
            if etree.QName(node).localname.endswith(kinds):
                assert any("\u4e00" <= sign <= "\u9fff" for sign in node.get("name", "")), node.get("id")
                text = node.findtext(f"{BPMN}documentation") or ""
                assert sum(sign.isascii() for sign in text) > len(text) / 2, node.get("id")


def test_no_task_is_assigned_to_a_person(shipped: walking.Shipped) -> None:
    for path in shipped.folder.glob("*.bpmn"):
        for assigned in etree.parse(path).iter(f"{ZEEBE}assignmentDefinition"):
            named = assigned.get("candidateUsers", "=")  # whom the case itself has found: drawn experts, co-signers
            assert set(assigned.attrib) in ({"candidateGroups"}, {"candidateUsers"}), path.name
            assert named.startswith("="), path.name


def test_every_label_of_every_form_has_its_english(shipped: walking.Shipped, subtests: pytest.Subtests) -> None:
    for path in sorted((shipped.folder / "forms").glob("*.form")):
        with subtests.test(form=path.stem):
            missing = [
                text for text, english in _labels(db.loads(path.read_text("utf-8"))["components"]) if not english
            ]
            assert missing == []


def _labels(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str | None]]:
    for component in components:
        english = component.get("properties") or {}
        for name in ("label", "text", "description", "dateLabel"):
            if component.get(name):
                yield component[name], english.get(f"{name}:en") or english.get("label:en" if "abel" in name else "")
        yield from ((option["label"], option.get("label:en")) for option in component.get("values") or ())
        yield from _labels(component.get("components") or ())
