"""The flow nodes of a diagram as SpiffWorkflow specs: shared by all instances, never changed at run time.

Nothing is predicted: a node makes its successors when it completes, from its flows (``kernel.md`` tells why).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine import errors
from engine.bpmn.elements.listening import Listening
from engine.bpmn.elements.values import Fault, Value

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    condition: Value | None = None
    default: bool = False


@dataclass(frozen=True)
class IoMapping:
    """An input or output mapping; ``target`` is a dotted path."""

    source: Value | None
    target: list[str]


@dataclass(frozen=True)
class Trigger:
    """An event definition: what a catching event waits for or a throwing one throws."""

    kind: str
    name: Value | None = None
    key: Value | None = None
    code: Value | None = None
    timer: str | None = None
    value: Value | None = None
    activity: str | None = None
    waits: bool = True


class Process(WorkflowSpec):  # type: ignore[misc]  # SpiffWorkflow publishes no types
    """The nodes of one process or sub-process. SpiffWorkflow's own BPMN process would reserve ``Start`` and ``End``."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.data_objects: dict[str, Any] = {}
        self.starts: list[Node] = []
        self.event_subprocesses: list[Node] = []
        self.owner: Node | None = None
        """The sub-process that this is the inside of."""
        self.undo: Node | None = None
        """The event sub-process that compensates what has completed here."""
        self.links: dict[str, Node] = {}
        self.offered: list[Node] = []
        """What can begin by itself in an ad-hoc sub-process: nothing leads to it."""

    def none_start(self) -> Node | None:
        """The start event without a trigger, if there is one."""
        return next((node for node in self.starts if node.trigger is None), None)


@dataclass
class Details:
    """What the diagram says about a node besides its type."""

    type: str = ""
    name: str = ""
    lane: str | None = None
    documentation: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    inputs: list[IoMapping] = field(default_factory=list)
    outputs: list[IoMapping] = field(default_factory=list)


class Node(Listening, BpmnSpecMixin):  # type: ignore[misc]
    """A flow node: enters, works, leaves by its flows."""

    gathers = False
    """Whether tokens wait here for others, so that each remembers by which flow it has come."""
    instantiates = False
    """Whether a process may begin here, although it is no start event."""
    result_leaves = True
    """Whether all of the result leaves where no output mapping says otherwise (dialect.md 2.5)."""

    def __init__(self, process: Process, id: str, details: Details) -> None:
        super().__init__(process, id, bpmn_name=details.name, lane=details.lane)
        self.process = process
        self.details = details
        self.flows: list[Flow] = []
        self.arrivals: list[Flow] = []
        self.boundaries: list[Node] = []
        self.trigger: Trigger | None = None
        self.legs: list[Trigger] = []
        """All that a multiple event waits for or throws, the first of which is its trigger; else nothing."""
        self.parallel = False
        """Whether a multiple event waits for all of it, not for any (§10.5.1)."""
        self.undone_by: str | None = None
        """The boundary event or event sub-process that compensates this activity."""

    def followers(self) -> list[Node]:
        """Return the nodes that a token may come to from here in one move."""
        return [*(self.process.task_specs[flow.target] for flow in self.flows), *self.boundaries]

    @property
    def awaited(self) -> list[Trigger]:
        """All that an event waits for or throws, whether one thing or several."""
        return self.legs or ([self.trigger] if self.trigger is not None else [])

    # -- SpiffWorkflow's life cycle

    def _predict(self, my_task: Token, *args: Any, **kwargs: Any) -> None:
        """Nothing is predicted."""

    def _run(self, my_task: Token) -> bool | None:
        return my_task.workflow.guarded(my_task, "begin", None)

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.leave(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.drop(my_task)

    # -- what kinds of nodes do differently

    def begin(self, token: Token) -> bool | None:
        """Start working; True completes the node at once, None waits."""
        token.workflow.enter(token)
        token.workflow.map_inputs(token)
        return self.begin_work(token)

    def work(self, token: Token) -> bool | None:
        """Do what the node is for; by default nothing."""
        return self.finish(token, {})

    def finish(self, token: Token, result: Mapping[str, Any]) -> bool | None:
        """Take the node's result and choose where to go on."""
        token.workflow.map_outputs(token, result)
        return self.end_work(token)

    def choose(self, token: Token) -> list[Flow]:
        """Return the flows to take: every unconditional one and those whose condition holds, else the default."""
        conditional = [flow for flow in self.flows if flow.condition]
        if not conditional:
            return self.flows
        taken = [flow for flow in self.flows if not flow.default and (not flow.condition or holds(token, flow))]
        if any(flow.condition for flow in taken):
            return taken
        taken += [flow for flow in self.flows if flow.default]
        if not taken:
            raise Fault(
                "CONDITION_ERROR",
                errors.N_("No condition behind {element} is true, and it has no default flow."),
                element=self.details.name or self.name,
            )
        return taken


def holds(token: Token, flow: Flow, extra: dict[str, Any] | None = None) -> bool:
    """Tell whether a flow's condition is true; ``extra`` is seen before all variables.

    Raises
    ------
    Fault
        ``CONDITION_ERROR`` if it is neither true nor false: null is never taken for false.
    """
    assert flow.condition is not None
    result = token.workflow.evaluate(flow.condition, token, extra)
    if not isinstance(result, bool):
        raise Fault(
            "CONDITION_ERROR",
            errors.N_("The condition “{condition}” of flow {flow} is neither true nor false."),
            condition=flow.condition.text,
            flow=flow.id,
        )
    return result


class ExclusiveGateway(Node):
    """Takes the first flow whose condition is true, else the default (BPMN 2.0.2 §13.4.2)."""

    def choose(self, token: Token) -> list[Flow]:
        if len(self.flows) < 2 and not (self.flows and self.flows[0].condition):
            return self.flows
        for flow in self.flows:
            if not flow.default and (flow.condition is None or holds(token, flow)):
                return [flow]
        return _default(self)


class InclusiveGateway(Node):
    """Takes every flow whose condition is true, else the default; joins what can still arrive (§13.4.3)."""

    def __init__(self, process: Process, id: str, details: Details) -> None:
        super().__init__(process, id, details)
        self._reach: dict[str, frozenset[str]] = {}

    @property
    def gathers(self) -> bool:  # type: ignore[override]
        """It waits for every flow by which something may still come."""
        return len(self.arrivals) > 1

    def begin(self, token: Token) -> bool | None:
        if self.gathers:
            token.workflow.wait(token, "join")
            return None
        return super().begin(token)

    def choose(self, token: Token) -> list[Flow]:
        if len(self.flows) < 2 and not (self.flows and self.flows[0].condition):
            return self.flows
        taken = [f for f in self.flows if not f.default and (f.condition is None or self.holds(token, f))]
        return taken or _default(self)

    def holds(self, token: Token, flow: Flow) -> bool:
        """Tell whether the condition of an outgoing flow is true."""
        return holds(token, flow)

    def ready(self, full: set[str], others: list[Node]) -> bool:
        """Tell whether nothing that is still on its way could arrive by a flow that is not among the ``full`` ones.

        A token that could also arrive by a flow that has one already does not hold the join (§13.4.3).
        """
        ways = (self._reached_from(node) for node in dict.fromkeys(others))
        return not any(way - full and not way & full for way in ways)

    def _reached_from(self, start: Node) -> frozenset[str]:
        """Incoming flows by which a token at ``start`` may come without passing this gateway; found out once."""
        if start.name not in self._reach:
            seen, todo = {start.name}, [start]
            while todo:
                for follower in todo.pop().followers():
                    if follower.name not in seen and follower is not self:
                        seen.add(follower.name)
                        todo.append(follower)
            self._reach[start.name] = frozenset(flow.id for flow in self.arrivals if flow.source in seen)
        return self._reach[start.name]


class ParallelGateway(Node):
    """Waits for one token by every incoming flow, then takes every outgoing one (§13.4.1)."""

    @property
    def gathers(self) -> bool:  # type: ignore[override]
        """It waits for a token by each flow."""
        return len(self.arrivals) > 1

    def begin(self, token: Token) -> bool | None:
        if not self.gathers:
            return super().begin(token)
        token.workflow.wait(token, "join")
        token.workflow.try_join(token)
        return None


class EventGateway(Node):
    """Arms every catching event behind it; the first to fire ends the others (§13.4.4)."""

    def work(self, token: Token) -> bool | None:
        token.workflow.arm_group(token)
        token.chosen = []
        return True


def _default(node: Node) -> list[Flow]:
    default = [flow for flow in node.flows if flow.default]
    if not default:
        raise Fault(
            "CONDITION_ERROR",
            errors.N_("No condition of gateway {gateway} is true, and it has no default flow."),
            gateway=node.details.name or node.name,
        )
    return default


class Root(Node):
    """The scope of a whole process: of the instance, or of one that a call activity called."""

    def begin(self, token: Token) -> bool | None:
        """Let the listeners of the process be heard before its start event."""
        return self.begin_work(token)

    def work(self, token: Token) -> bool | None:
        token.workflow.begin_process(token)
        return None

    def take(self, token: Token, event: str, result: dict[str, Any]) -> None:
        token.workflow.write(token, result)

    def leave_by(self, token: Token) -> bool | None:
        token.workflow.process_over(token)
        return None
