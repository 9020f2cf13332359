"""Tangles drawings: no block explains any more what leads where."""

from __future__ import annotations

from random import Random

from lxml import etree

from tests.engine.bpmn.game.drawers import GATEWAYS, NAMES
from tests.engine.bpmn.game.reading import BPMN


def tangled(source: bytes, random: Random) -> bytes:
    """Lead flows elsewhere, add some, and make gateways others, so that no block explains the drawing any more."""
    root = etree.fromstring(source)
    for _ in range(random.randint(1, 3)):
        drawn = list(root.iter(f"{BPMN}sequenceFlow"))
        gateways = [each for each in root.iter() if etree.QName(each).localname in GATEWAYS.values()]
        what = random.randrange(4)
        if what == 0 and gateways:
            _change_gateway(random.choice(gateways), random)
        elif what == 1:
            _lead_elsewhere(random.choice(drawn), random)
        else:
            _add(random.choice(drawn), random, len(drawn))
    return etree.tostring(root)


def _places(scope: etree._Element, random: Random) -> list[str]:
    kinds = ("startEvent", "sequenceFlow", "boundaryEvent", "association", "extensionElements", "completionCondition",
             "multiInstanceLoopCharacteristics", "standardLoopCharacteristics")  # fmt: skip
    return [
        each.get("id") for each in scope
        if etree.QName(each).localname not in kinds and "isForCompensation" not in each.attrib
        and each.get("triggeredByEvent") != "true" and each.find(f"{BPMN}linkEventDefinition") is None
    ]  # fmt: skip


def _lead_elsewhere(flow: etree._Element, random: Random) -> None:
    flow.set("targetRef", random.choice(_places(flow.getparent(), random)))


def _add(flow: etree._Element, random: Random, number: int) -> None:
    """Another flow beside one that is there, with a condition or without."""
    scope = flow.getparent()
    source = next(each for each in scope if each.get("id") == flow.get("sourceRef"))
    new = etree.SubElement(scope, f"{BPMN}sequenceFlow", id=f"more{number}-{random.randrange(10**6)}")
    new.set("sourceRef", source.get("id"))
    new.set("targetRef", random.choice(_places(scope, random)))
    kind = etree.QName(source).localname
    if kind in ("exclusiveGateway", "inclusiveGateway") or (kind.endswith("Task") and random.random() < 0.5):
        for each in (new, flow):
            if source.get("default") != each.get("id") and each.find(f"{BPMN}conditionExpression") is None:
                _ask(each, random)


def _ask(flow: etree._Element, random: Random) -> None:
    etree.SubElement(flow, f"{BPMN}conditionExpression").text = f"={random.choice(NAMES)} = {random.randint(0, 2)}"


def _change_gateway(gateway: etree._Element, random: Random) -> None:
    kind = random.choice(("parallelGateway", "exclusiveGateway", "inclusiveGateway"))
    for each in gateway.findall(f"{BPMN}activationCondition"):
        gateway.remove(each)
    gateway.tag = f"{BPMN}{kind}"
    out = [each for each in gateway.getparent() if each.get("sourceRef") == gateway.get("id")]
    for flow in out:
        condition = flow.find(f"{BPMN}conditionExpression")
        if kind == "parallelGateway" and condition is not None:
            flow.remove(condition)
        elif (
            kind != "parallelGateway"
            and len(out) > 1
            and condition is None
            and gateway.get("default") != flow.get("id")
        ):
            _ask(flow, random)
    if kind == "parallelGateway":
        gateway.attrib.pop("default", None)
