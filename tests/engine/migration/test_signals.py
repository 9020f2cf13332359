"""What a case listens to and sends itself when its version changes between the two."""

from __future__ import annotations

from tests.engine.bpmn.drawing import flows, node
from tests.engine.migration.conftest import House, line, offered

READ, LATE = (node("userTask", id, offered("hall")) for id in ("read", "late"))
CALLED = '<bpmn:signalEventDefinition signalRef="S"/>'


def calling(name: str) -> bytes:
    """A process that calls north when it has been read, and listens to ``name``."""
    inner = node("startEvent", "hs", CALLED, isInterrupting="false") + LATE + flows("hs>late")
    north = node("intermediateThrowEvent", "call", CALLED.replace('"S"', '"N"'))
    shared = f'<bpmn:signal id="S" name="{name}"/><bpmn:signal id="N" name="north"/>'
    listening = node("subProcess", "h", inner, triggeredByEvent="true")
    return line(READ, north, listening, way="s>read>call>e", shared=shared)


def test_a_case_hears_its_own_signal_by_the_name_in_the_new_version(house: House) -> None:
    house.deploy(calling("south"))
    house.begin("A")
    house.deploy(calling("north"))
    house.apply(house.plan())
    house.complete("A", "read")
    assert house.open("A") == ["late"]
