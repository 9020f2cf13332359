"""Two versions of a package, told apart in words: elements, rules, fields, settings, lines."""

from __future__ import annotations

import json
import zlib

import pytest

from engine.design import difference, packages
from engine.design.difference import words
from tests.engine.bpmn.drawing import drawing, flows, io, node, timer, zeebe

TOML = b'name = "small"\n'


def changes(path: str, before: bytes, after: bytes) -> list[tuple[str, str, str]]:
    """Return (how, kind, name) of every change in a file."""
    return [(c.how, c.kind, c.name) for c in one(path, before, after).changes]


def one(path: str, before: bytes, after: bytes) -> difference.FileDifference:
    [found] = difference.between(
        packages.of({"package.toml": TOML, path: before}), packages.of({"package.toml": TOML, path: after})
    )
    assert found.path == path
    return found


def process(*nodes: str, way: str = "s>u>e", **more: str) -> bytes:
    return drawing(node("startEvent", "s") + "".join(nodes) + node("endEvent", "e") + flows(way), **more)


READ = node("userTask", "u", zeebe('assignmentDefinition candidateGroups="hall"'), name="Read")


def test_equal_packages_differ_in_nothing() -> None:
    package = packages.of({"package.toml": TOML, "p.bpmn": process(READ)})
    assert difference.between(package, packages.of(dict(package.files))) == []


def test_elements_are_new_gone_or_modified_each_with_what_was_and_is() -> None:
    after = process(
        node("userTask", "u", zeebe('assignmentDefinition candidateGroups="office"'), name="Read on"),
        node("scriptTask", "x", name="Count"), way="s>u>x>e",
    )  # fmt: skip
    found = one("p.bpmn", process(READ, node("task", "old", name="Old")), after)
    assert [(c.how, c.kind, c.name, c.element) for c in found.changes] == [
        ("changed", "userTask", "Read on", "u"),
        ("added", "scriptTask", "Count", "x"),
        ("added", "sequenceFlow", "Read on → Count", "u-x"),
        ("added", "sequenceFlow", "Count → e", "x-e"),
        ("removed", "task", "Old", "old"),
        ("removed", "sequenceFlow", "Read → e", "u-e"),
    ]
    assert found.changes[0].details == (
        difference.Detail("name", "Read", "Read on"),
        difference.Detail("assignmentDefinition.candidateGroups", "hall", "office"),
    )


def test_what_is_said_deep_inside_an_element_is_found_and_its_own_ids_count_for_nothing() -> None:
    before = process(node("userTask", "u"), node("boundaryEvent", "b", timer("P1D"), attachedToRef="u"))
    renumbered = before.replace(b"<bpmn:timerEventDefinition>", b'<bpmn:timerEventDefinition id="t9">')
    assert one("p.bpmn", before, renumbered).changes == ()
    [later] = one("p.bpmn", before, before.replace(b"P1D", b"P2D")).changes
    assert later.details == (difference.Detail("timerEventDefinition.timeDuration", "P1D", "P2D"),)
    mapped = process(node("userTask", "u", io({"a": "=b"})))
    [change] = one("p.bpmn", mapped, process(node("userTask", "u", io({"a": "=c"})))).changes
    assert change.details == (difference.Detail("input:a", "=b", "=c"),)


def test_an_element_that_comes_to_stand_in_a_sub_process_says_so() -> None:
    inner = node("startEvent", "i") + node("userTask", "u") + flows("i>u")
    after = process(node("subProcess", "sub", inner, name="Inside"), way="s>sub>e")
    found = {c.element: c for c in one("p.bpmn", process(node("userTask", "u")), after).changes}
    assert found["u"].details == (difference.Detail("within", None, "Inside"),)


def test_an_element_that_only_stands_elsewhere_is_moved() -> None:
    def drawn(x: int) -> bytes:
        shape = f'<di:BPMNShape bpmnElement="u"><dc:Bounds x="{x}" y="1" width="9" height="9"/></di:BPMNShape>'
        names = 'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
        plane = f'<di:BPMNDiagram {names}><di:BPMNPlane bpmnElement="p">{shape}</di:BPMNPlane></di:BPMNDiagram>'
        return process(READ).replace(b"</bpmn:definitions>", plane.encode() + b"</bpmn:definitions>")

    assert changes("p.bpmn", drawn(1), drawn(5)) == [("moved", "userTask", "Read")]


def test_rules_of_a_table_are_told_by_column() -> None:
    def table(*rules: tuple[str, str, str]) -> bytes:
        rows = "".join(
            f'<rule id="{id}"><inputEntry><text>{when}</text></inputEntry>'
            f"<outputEntry><text>{then}</text></outputEntry></rule>"
            for id, when, then in rules
        )
        return (
            '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">'
            '<decision id="post" name="Post"><decisionTable hitPolicy="FIRST"><input id="i" label="Unit">'
            "<inputExpression><text>unit</text></inputExpression></input>"
            f'<output id="o" name="group"/>{rows}</decisionTable></decision></definitions>'
        ).encode()

    a, b, c = ("r1", '"a"', '"x"'), ("r2", '"b"', '"y"'), ("r3", '"c"', '"z"')
    [change] = one("t.dmn", table(a, b), table(a, ("r2", '"b"', '"z"'))).changes
    assert (change.name, change.details) == ("Post · 2", (difference.Detail("cell:group", '"y"', '"z"'),))
    assert changes("t.dmn", table(a, b, c), table(c, a, b)) == [("moved", "rule", "Post · 1")]
    assert changes("t.dmn", table(a, b), table(a)) == [("removed", "rule", "Post · 2")]
    noted = table(a).replace(b"<rule ", '<annotation name="依据"/><annotation name="依据:en"/><rule '.encode())
    entries = "".join(f"<annotationEntry><text>{said}</text></annotationEntry>" for said in ("第三条", "art. 3"))
    [change] = one("t.dmn", noted, noted.replace(b"</rule>", f"{entries}</rule>".encode())).changes
    assert change.details == (
        difference.Detail("annotation", "", "第三条"),
        difference.Detail("annotation_en", "", "art. 3"),
    )


def test_fields_of_a_form_are_compared_one_by_one() -> None:
    def form(*components: dict[str, object]) -> bytes:
        return json.dumps({"id": "f", "type": "default", "components": components}).encode()

    name = {"id": "n", "key": "name", "label": "Name", "type": "textfield"}
    age = {"id": "a", "key": "age", "label": "Age", "type": "number"}
    group = {"id": "g", "label": "More", "type": "group", "components": [age]}
    required = {**name, "validate": {"required": True}}
    found = one("f.form", form(name, age), form(required, group)).changes
    assert [(c.how, c.name) for c in found] == [("changed", "Name"), ("added", "More"), ("changed", "Age")]
    assert found[0].details == (difference.Detail("validate.required", None, "true"),)
    assert found[2].details == (difference.Detail("within", None, "More"),)
    assert changes("f.form", form(name, age), form(age, name))[0][0] == "moved"


def test_settings_and_lines_of_text() -> None:
    before = packages.of({"package.toml": TOML + b"[messages]\n'a.b' = 'x'\n"})
    after = packages.of({"package.toml": TOML + b"[messages]\n'a.b' = 'y'\n"})
    [file] = difference.between(before, after)
    assert [(c.name, c.details) for c in file.changes] == [("messages.a.b", (difference.Detail("value", "x", "y"),))]
    text = one("documents/a.typ", b"one\ntwo\nthree\n", b"one\n2\nthree\n")
    assert [(line.sign, line.text) for line in text.lines] == [(" ", "one"), ("-", "two"), ("+", "2"), (" ", "three")]


def test_a_file_that_is_new_or_gone_is_one_change() -> None:
    small, large = packages.of({"package.toml": TOML}), packages.of({"package.toml": TOML, "p.bpmn": process(READ)})
    assert [(f.path, f.how, f.changes) for f in difference.between(small, large)] == [("p.bpmn", "added", ())]
    assert [(f.path, f.how, f.changes) for f in difference.between(large, small)] == [("p.bpmn", "removed", ())]


@pytest.mark.parametrize(("path", "broken"), [("p.bpmn", b"<x"), ("f.form", b"[]"), ("t.dmn", b"no"), ("f.form", b"{")])
def test_what_cannot_be_read_is_compared_by_lines(path: str, broken: bytes) -> None:
    whole = {"p.bpmn": process(READ), "f.form": b'{"id": "f"}', "t.dmn": b"<a/>"}[path]
    assert one(path, whole, broken).lines


def test_pictures_and_endless_texts_only_differ() -> None:
    assert one("a.png", b"\xff\xfe1", b"\xff\xfe2").lines == ()
    long = b"".join(b"%d\n" % zlib.crc32(b"%d" % n) for n in range(6_001))
    assert one("a.txt", long, long + b"x").lines == ()
    shown = one("a.txt", b"", b"\n".join(b"%d" % n for n in range(1_000))).lines
    assert (len(shown) <= 400, shown[-1].sign) == (True, "…")


def test_a_feature_is_called_by_its_last_name_else_as_it_is_written() -> None:
    assert words.feature("property:excluded") == ("property “{name}”", {"name": "excluded"})
    assert words.feature("assignmentDefinition.candidateGroups") == ("offered to the posts", {})
    assert words.feature("somethingNew.of") == ("somethingNew.of", {})
    assert words.kind("field:textfield") == "field"
