"""What one step of the kernel costs in memory: CPU time per completed task, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from bench.measure import Figure, Options, cpu_ms
from engine import bpmn, errors, feel

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"><bpmn:process id="p" isExecutable="true">'
    '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>'
)
TAIL = "</bpmn:process></bpmn:definitions>"
LOOP = (
    '<bpmn:userTask id="u"/><bpmn:exclusiveGateway id="x" default="d"/>'
    '<bpmn:sequenceFlow id="a" sourceRef="s" targetRef="u"/><bpmn:sequenceFlow id="b" sourceRef="u" targetRef="x"/>'
    '<bpmn:sequenceFlow id="c" sourceRef="x" targetRef="u"><bpmn:conditionExpression>=again</bpmn:conditionExpression>'
    '</bpmn:sequenceFlow><bpmn:sequenceFlow id="d" sourceRef="x" targetRef="e"/>'
)


class Alone:
    """A host without decisions and called processes."""

    functions: Mapping[str, feel.Function] = {}  # never written

    def decide(self, reference: str, context: Mapping[str, Any], tag: str = "") -> tuple[Any, Any]:
        raise errors.NotFound()

    def process(self, reference: str, binding: str) -> tuple[bpmn.Model, str]:
        raise errors.NotFound()

    def items(self, token: int | None) -> list[bpmn.Item]:
        return []

    def model(self, definition: str) -> bpmn.Model:
        raise errors.NotFound()


def complete(workflow: bpmn.Workflow) -> None:
    """Complete the only open task."""
    workflow.complete(workflow.waiting()[0][0], {"again": True})
    workflow.drain()


def chain(length: int) -> bytes:
    """A chain of undefined tasks."""
    names = ["s", *(f"t{i}" for i in range(length)), "e"]
    nodes = "".join(f'<bpmn:task id="{name}"/>' for name in names[1:-1])
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}"/>' for i, (a, b) in enumerate(pairwise(names))
    )
    return f"{HEAD}{nodes}{flows}{TAIL}".encode()


def run(options: Options) -> Iterator[Figure]:
    """Measure a step with and without its document, a start, and nodes of a long chain."""
    host = Alone()
    model = bpmn.compile(f"{HEAD}{LOOP}{TAIL}".encode())
    live = bpmn.Workflow.start(model, "p", host=host)
    documents = [bpmn.dump(live)]

    def stored() -> None:
        workflow = bpmn.load(model, *documents[0], host=host)
        complete(workflow)
        documents[0] = bpmn.dump(workflow)

    rounds, long = options.times(1000), bpmn.compile(chain(1000))
    yield Figure("kernel: complete a task, in memory", cpu_ms(lambda: complete(live), rounds), "ms CPU", 0.05, 0.025)
    yield Figure("kernel: the same after 1,000 others", cpu_ms(lambda: complete(live), rounds), "ms CPU", 0.05, 0.025)
    yield Figure("kernel: load, complete, dump", cpu_ms(stored, rounds), "ms CPU")
    yield Figure("kernel: start", cpu_ms(lambda: bpmn.Workflow.start(model, "p", host=host), rounds), "ms CPU")
    whole = cpu_ms(lambda: bpmn.Workflow.start(long, "p", host=host), 5)
    yield Figure("kernel: a node of a chain of 1,000", whole / 1002, "ms CPU")
    yield Figure("kernel: compile a chain of 1,000", cpu_ms(lambda: bpmn.compile(chain(1000)), 5), "ms CPU")
    yield Figure("kernel: token document", len(documents[0][0]), "bytes")
