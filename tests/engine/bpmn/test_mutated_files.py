"""Files that are broken at random are refused by name or run: nothing else ever comes out of the check or the trial."""

from __future__ import annotations

import copy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from engine import bpmn, errors, trial
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe

SHIPPED = sorted((Path(__file__).parents[3] / "workflows" / "one_window_approval").glob("*.bpmn"))
VALUES = [
    "",
    "=",
    "=1",
    "x",
    "${a}",
    "= null",
    "-1",
    "1e9",
    '"',
    "中文",
    "false",
    "a.b",
    "=[1,2",
    "R/PT0S",
    "=1/0",
    "x" * 300,
]
KINDS = [
    "task", "userTask", "subProcess", "endEvent", "startEvent", "parallelGateway", "boundaryEvent", "transaction",
    "adHocSubProcess", "complexGateway", "eventBasedGateway", "inclusiveGateway", "callActivity", "callActivity",
    "intermediateThrowEvent", "intermediateCatchEvent", "terminateEventDefinition", "standardLoopCharacteristics",
]  # fmt: skip


def small() -> list[bytes]:
    """Drawings that hold a little of everything and run without anybody."""
    inner = node("startEvent", "s2") + node("scriptTask", "c", zeebe('script expression="=n + 1" resultVariable="n"'))
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true">'
        + zeebe(
            'loopCharacteristics inputCollection="=[1, 2, 3]" inputElement="i" outputCollection="o" outputElement="=i"'
        )
        + "<bpmn:completionCondition>=n &gt; 2</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    gateways = drawing(
        node("startEvent", "s") + node("parallelGateway", "p") + node("inclusiveGateway", "o", default="o-b")
        + node("task", "a") + node("task", "b") + node("inclusiveGateway", "q") + node("parallelGateway", "j")
        + node("intermediateCatchEvent", "t", timer("PT1H")) + node("endEvent", "e")
        + flows("s>p>t>j", "p>o", "o>a[n > 0]", "o>b", "a>q", "b>q", "q>j>e")
    )  # fmt: skip
    scopes = drawing(
        node("startEvent", "s")
        + node("subProcess", "sub", loop + inner + node("endEvent", "e2") + flows("s2>c>e2"))
        + node("boundaryEvent", "x", '<bpmn:errorEventDefinition errorRef="E"/>', attachedToRef="sub")
        + node("exclusiveGateway", "g", default="g-e") + node("endEvent", "e") + node("endEvent", "f")
        + flows("s>sub>g>e", "g>f[n > 7]", "x>f"),
        shared='<bpmn:error id="E" errorCode="no"/>',
    )  # fmt: skip
    return [gateways, scopes]


def mutated(source: bytes, random: Random) -> bytes:
    """A file with one to three faults: something gone, twice, renamed, moved or of another kind."""
    root = etree.fromstring(source)
    for _ in range(random.randint(1, 3)):
        elements = [each for each in root.iter() if isinstance(each.tag, str)]
        element = random.choice(elements)
        _mutate(element, random.choice(elements), random)
    return etree.tostring(root)


def _mutate(element: Any, other: Any, random: Random) -> None:
    parent, kind = element.getparent(), random.randrange(7)
    if kind == 0 and parent is not None:
        parent.remove(element)
    elif kind == 1 and parent is not None:
        parent.append(copy.deepcopy(element))
    elif kind == 2 and element.attrib:
        del element.attrib[random.choice(list(element.attrib))]
    elif kind == 3 and element.attrib:
        element.set(random.choice(list(element.attrib)), random.choice(VALUES))
    elif kind == 4:
        element.text = random.choice([value for value in VALUES if "\0" not in value])
    elif kind == 5:
        element.tag = element.tag.rpartition("}")[0] + "}" + random.choice(KINDS)
    elif parent is not None and element not in other.iterancestors() and element is not other:
        other.append(element)


@pytest.mark.parametrize("seed", range(40))
def test_a_broken_file_is_refused_by_name_or_runs(seed: int) -> None:
    random = Random(seed)  # repeatable faults, no secret
    broken = mutated(random.choice(small()), random)
    went = trial.run(broken, {"n": 1}, budget_seconds=0.2)
    assert went.outcome in ("completed", "waiting", "incident", "error_event", "refused")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_broken_large_file_is_judged_without_a_crash(path: Path) -> None:
    for seed in range(6):
        broken = mutated(path.read_bytes(), Random(f"{path.name}{seed}"))  # likewise
        try:
            bpmn.check(broken, bpmn.Environment())
        except errors.EngineError as refusal:
            assert str(refusal)  # noqa: PT017  # any named refusal will do


HEAD = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'
BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "hostile",
    [
        b"", b"\0\0", b"\xff\xfe\x00", b"{}", b"PK\x03\x04", b"<definitions/>",
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20080101/MODEL"/>',
        BOMB + HEAD + b'<process id="p" isExecutable="true">&b;</process></definitions>',
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd">' + HEAD + b"</definitions>",
        HEAD + b"<subProcess>" * 5_000 + b"</subProcess>" * 5_000 + b"</definitions>",
        HEAD + b'<process id="" isExecutable="true"><startEvent id=""/></process></definitions>',
        HEAD + b'<process isExecutable="true"><startEvent id="s"/></process></definitions>',
        HEAD + b'<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow/></process></definitions>',
        HEAD + b'<process id="' + b"p" * 200 + b'" isExecutable="true"><startEvent id="s"/></process></definitions>',
        HEAD + b'<process id="p" isExecutable="true"><startEvent id="s"><timerEventDefinition/></startEvent></process></definitions>',
        HEAD + b"<process", HEAD,
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_with_a_sentence(hostile: bytes) -> None:
    went = trial.run(hostile)
    assert went.outcome == "refused"
    assert went.detail.strip()
