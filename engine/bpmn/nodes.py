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
from engine.bpmn.values import Fault, Value

if TYPE_CHECKING:
    from engine.bpmn.token import Token


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


class Process(WorkflowSpec):  # type: ignore[misc]  # SpiffWorkflow publishes no types
    """The nodes of one process or sub-process. SpiffWorkflow's own BPMN process would reserve ``Start`` and ``End``."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.data_objects: dict[str, Any] = {}
        self.starts: list[Node] = []
        self.event_subprocesses: list[Node] = []
        self.links: dict[str, Node] = {}

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


class Node(BpmnSpecMixin):  # type: ignore[misc]
    """A flow node: enters, works, leaves by its flows."""

    is_join = False
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
        return self.work(token)

    def work(self, token: Token) -> bool | None:
        """Do what the node is for; by default nothing."""
        return self.finish(token, {})

    def finish(self, token: Token, result: Mapping[str, Any]) -> bool:
        """Take the node's result and choose where to go on."""
        token.workflow.map_outputs(token, result)
        token.chosen = self.choose(token)
        return True

    def choose(self, token: Token) -> list[Flow]:
        """Return the flows to take: every unconditional one and those whose condition holds, else the default."""
        conditional = [flow for flow in self.flows if flow.condition]
        if not conditional:
            return self.flows
        taken = [flow for flow in self.flows if not flow.default and (not flow.condition or holds(token, flow))]
        if any(flow.condition for flow in taken) or len(taken) + len(conditional) < len(self.flows) - 1:
            return taken
        return taken + [flow for flow in self.flows if flow.default]


def holds(token: Token, flow: Flow) -> bool:
    """Tell whether a flow's condition is true.

    Raises
    ------
    Fault
        ``CONDITION_ERROR`` if it is neither true nor false: null is never taken for false.
    """
    assert flow.condition is not None
    result = token.workflow.evaluate(flow.condition, token)
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

    is_join = True

    def begin(self, token: Token) -> bool | None:
        if len(self.arrivals) > 1:
            token.workflow.wait(token, "join")
            return None
        return super().begin(token)

    def choose(self, token: Token) -> list[Flow]:
        if len(self.flows) < 2 and not (self.flows and self.flows[0].condition):
            return self.flows
        taken = [f for f in self.flows if not f.default and (f.condition is None or holds(token, f))]
        return taken or _default(self)

    def ready(self, arrived: set[str], others: list[Node]) -> bool:
        """Tell whether nothing that is still on its way could arrive by an empty flow.

        A token that could also arrive by a flow that has one already does not hold the join (§13.4.3).
        """
        empty = [flow for flow in self.arrivals if flow.id not in arrived]
        full = [flow for flow in self.arrivals if flow.id in arrived]
        for node in others:
            reach = self._reached_from(node)
            if any(flow.source in reach for flow in empty) and not any(flow.source in reach for flow in full):
                return False
        return True

    def _reached_from(self, start: Node) -> set[str]:
        """Ids of the nodes that a token at ``start`` may come to without passing this gateway."""
        seen, todo = {start.name}, [start]
        while todo:
            node = todo.pop()
            for follower in [*(flow.target for flow in node.flows), *(b.name for b in node.boundaries)]:
                if follower not in seen and follower != self.name:
                    seen.add(follower)
                    todo.append(self.process.task_specs[follower])
        return seen


class ParallelGateway(Node):
    """Waits for one token by every incoming flow, then takes every outgoing one (§13.4.1)."""

    is_join = True

    def begin(self, token: Token) -> bool | None:
        if len(self.arrivals) < 2:
            return super().begin(token)
        token.workflow.wait(token, "join")
        token.workflow.try_join(token)
        return None


class EventGateway(Node):
    """Arms every catching event behind it; the first to fire ends the others (§13.4.4)."""

    def begin(self, token: Token) -> bool | None:
        token.workflow.enter(token)
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
        return None
