"""Every shipped diagram reads well: in both languages, and no flow crosses another or runs through a node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from tests.workflows import walking

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
ENGLISH = f"{BPMN}extensionElements//{{*}}property[@name='name:en']"
UNDRAWN = ("message", "error", "escalation", "signal")
"""What has a name and is never drawn."""
AROUND = ("participant", "lane", "subProcess", "adHocSubProcess", "transaction")
"""What is drawn around nodes; a flow may run through it."""
BESIDE = 2.0
"""How near to a node's border a flow counts as beside it, in units of the drawing."""

CROSSINGS = {
    "enforcement_case/enforcement_case": 1,
    "enforcement_case/penalty_decision": 1,
    "enforcement_case/seizure_of_things": 1,
    "grid_event/dispatching": 2,
    "grid_event/grid_event": 9,
    "grid_event/in_grid": 8,
    "grid_event/inspecting": 3,
    "monthly_assessment/monthly_assessment": 5,
    "one_window_approval/approval": 6,
    "one_window_approval/intake": 6,
    "one_window_approval/review": 3,
    "one_window_approval/special": 1,
}
"""How many crossings are left in a diagram; a new one is refused, and where one is mended the figure goes down."""

DRAWINGS = sorted(
    path for one in (walking.APPROVAL, walking.ENFORCEMENT, walking.GRID, walking.ASSESSMENT)
    for path in one.folder.glob("*.bpmn")
)  # fmt: skip


class Box(NamedTuple):
    """The place of a node."""

    left: float
    top: float
    right: float
    bottom: float


class Line(NamedTuple):
    """A straight piece of a flow: its ends, the smaller one first."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def level(self) -> bool:
        """Whether it runs from left to right."""
        return self.y1 == self.y2


@dataclass(frozen=True)
class Flow:
    """A sequence flow as it is drawn."""

    id: str
    source: str
    target: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Drawing:
    """The nodes and flows of a diagram with their places."""

    boxes: dict[str, Box]
    flows: tuple[Flow, ...]

    @classmethod
    def read(cls, path: Path) -> Drawing:
        """Read what a file draws."""
        root = etree.parse(path).getroot()
        kinds = {node.get("id"): etree.QName(node).localname for node in root.iter(f"{BPMN}*")}
        boxes = {
            shape.get("bpmnElement"): _box(shape)
            for shape in root.iter(f"{DI}BPMNShape")
            if kinds[shape.get("bpmnElement")] not in AROUND
        }
        drawn = {edge.get("bpmnElement"): _lines(edge) for edge in root.iter(f"{DI}BPMNEdge")}
        return cls(boxes, tuple(
            Flow(flow.get("id"), flow.get("sourceRef"), flow.get("targetRef"), drawn[flow.get("id")])
            for flow in root.iter(f"{BPMN}sequenceFlow")
        ))  # fmt: skip


def faults(drawing: Drawing) -> Iterator[str]:
    """Say what makes a drawing hard to read."""
    for flow in drawing.flows:
        yield from (f"{flow.id} slants" for line in flow.lines if line.x1 != line.x2 and line.y1 != line.y2)
        for node, box in drawing.boxes.items():
            if any(_through(line, box) for line in flow.lines):
                yield f"{flow.id} runs through {node}"
    for one, other in combinations(drawing.flows, 2):
        together = one.source == other.source or one.target == other.target
        if any(_meet(line, its, together=together) for line in one.lines for its in other.lines):
            yield f"{one.id} crosses {other.id}"


def _box(shape: etree._Element) -> Box:
    bounds = shape.find(BOUNDS)
    assert bounds is not None
    left, top, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(left, top, left + width, top + height)


def _lines(edge: etree._Element) -> tuple[Line, ...]:
    points = [(float(point.get("x")), float(point.get("y"))) for point in edge.iter(WAYPOINT)]
    return tuple(Line(*min(pair), *max(pair)) for pair in pairwise(points) if pair[0] != pair[1])


def _through(line: Line, box: Box) -> bool:
    return (
        line.x1 < box.right - BESIDE
        and line.x2 > box.left + BESIDE
        and min(line.y1, line.y2) < box.bottom - BESIDE
        and max(line.y1, line.y2) > box.top + BESIDE
    )


def _meet(one: Line, other: Line, *, together: bool) -> bool:
    """Tell whether two lines touch; flows from one node or to one node may run on one line and branch off it."""
    if one.level != other.level:
        level, upright = (one, other) if one.level else (other, one)
        across = level.x1 < upright.x1 < level.x2, upright.y1 < level.y1 < upright.y2
        touching = level.x1 <= upright.x1 <= level.x2 and upright.y1 <= level.y1 <= upright.y2
        return all(across) if together else touching
    if together:
        return False
    if one.level:
        return one.y1 == other.y1 and one.x1 <= other.x2 and other.x1 <= one.x2
    return one.x1 == other.x1 and one.y1 <= other.y2 and other.y1 <= one.y2


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_flows_cross_no_flow_and_no_node(path: Path) -> None:
    found = list(faults(Drawing.read(path)))
    assert len(found) == CROSSINGS.get(f"{path.parent.name}/{path.stem}", 0), found


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_whatever_has_a_name_has_an_english_one(path: Path) -> None:
    # a pool takes the names of its process
    named = [
        one for one in etree.parse(path).iter(f"{BPMN}*")
        if one.get("name") and etree.QName(one).localname not in (*UNDRAWN, "participant")
    ]  # fmt: skip
    assert named
    assert [one.get("id") for one in named if not one.findall(ENGLISH)] == []


def _flow(name: str, *points: tuple[float, float]) -> Flow:
    lines = tuple(Line(*min(pair), *max(pair)) for pair in pairwise(points))
    return Flow(name, f"{name}_from", f"{name}_to", lines)


@pytest.mark.parametrize(
    ("flows", "said"),
    [
        ((_flow("a", (0, 0), (100, 0)), _flow("b", (50, -50), (50, 50))), ["a crosses b"]),
        ((_flow("a", (0, 0), (100, 0)), _flow("b", (50, 0), (150, 0))), ["a crosses b"]),
        ((_flow("a", (0, 0), (100, 0)), _flow("b", (0, 10), (100, 10))), []),
        ((_flow("a", (0, 200), (200, 200)),), ["a runs through node"]),
        ((_flow("a", (0, 0), (100, 50)),), ["a slants"]),
    ],
)
def test_what_is_hard_to_read_is_found(flows: tuple[Flow, ...], said: list[str]) -> None:
    assert list(faults(Drawing({"node": Box(90, 180, 140, 220)}, flows))) == said
