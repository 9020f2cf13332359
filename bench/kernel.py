"""What one step of the kernel costs in memory: CPU time per completed task, without a database.

Run with ``python bench/kernel.py``; the last column is the bound, where there is one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

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

    def decide(self, reference: str, context: Mapping[str, Any]) -> tuple[Any, Any]:
        raise errors.NotFound()

    def process(self, reference: str, binding: str) -> tuple[bpmn.Model, str]:
        raise errors.NotFound()

    def model(self, definition: str) -> bpmn.Model:
        raise errors.NotFound()


def complete(workflow: bpmn.Workflow) -> None:
    """Complete the only open task."""
    workflow.complete(workflow.waiting()[0][0], {"again": True})
    for _ in workflow.drain():
        pass


def cpu(rounds: int, work: Callable[[int], None]) -> float:
    """Milliseconds of CPU per round."""
    begin = time.process_time()
    for number in range(rounds):
        work(number)
    return (time.process_time() - begin) / rounds * 1000


def chain(length: int) -> bytes:
    """A chain of undefined tasks."""
    names = ["s", *(f"t{i}" for i in range(length)), "e"]
    nodes = "".join(f'<bpmn:task id="{name}"/>' for name in names[1:-1])
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}"/>' for i, (a, b) in enumerate(pairwise(names))
    )
    return f"{HEAD}{nodes}{flows}{TAIL}".encode()


def main() -> None:
    """Measure and print the table."""
    host = Alone()
    model = bpmn.compile(f"{HEAD}{LOOP}{TAIL}".encode())
    live = bpmn.Workflow.start(model, "p", host=host)
    documents = [bpmn.dump(live)]

    def stored(_: int) -> None:
        workflow = bpmn.load(model, *documents[0], host=host)
        complete(workflow)
        documents[0] = bpmn.dump(workflow)

    first, later = cpu(1000, lambda _: complete(live)), cpu(1000, lambda _: complete(live))
    long = bpmn.compile(chain(1000))
    rows = [
        ("complete a task, in memory", first, "0.05"),
        ("the same after 1,000 others", later, "0.05"),
        ("load, complete, dump", cpu(2000, stored), ""),
        ("start an instance", cpu(2000, lambda _: (bpmn.Workflow.start(model, "p", host=host), None)[1]), ""),
        (
            "a node of a chain of 1,000",
            cpu(5, lambda _: (bpmn.Workflow.start(long, "p", host=host), None)[1]) / 1002,
            "",
        ),
        ("compile a chain of 1,000 nodes", cpu(3, lambda _: (bpmn.compile(chain(1000)), None)[1]), ""),
    ]
    print(f"{'':34}{'ms CPU':>10}{'gate':>8}")
    for name, cost, gate in rows:
        print(f"{name:34}{cost:>10.4f}{gate:>8}")
    print(f"token document: {len(documents[0][0])} bytes")


if __name__ == "__main__":
    main()
