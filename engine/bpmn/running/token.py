"""The token: SpiffWorkflow's task without its tree, its data and its past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.elements.nodes import Flow, Node

if TYPE_CHECKING:
    from engine.bpmn.running.workflow import Workflow


class Token(Task):  # type: ignore[misc]  # SpiffWorkflow publishes no types
    """A place where the instance stands; numbered within its instance."""

    workflow: Workflow
    task_spec: Node
    internal_data: dict[str, Any]

    def __init__(self, workflow: Workflow, node: Node, parent: Token | None, id: int, state: int) -> None:
        # SpiffWorkflow's own would draw a UUID and the time for every token
        self.id = id
        self.workflow = workflow
        self.task_spec = node
        self._parent = parent.id if parent is not None else None
        self._children: list[int] = []
        self._state = state
        self.internal_data = {}
        self.chosen: list[Flow] = []
        workflow.tasks[id] = self
        if parent is not None:
            parent._children.append(id)

    def _set_state(self, value: int) -> None:
        self._state = value

    def cancel(self) -> None:
        """Cancel the token; what stands in it is cancelled by the workflow, which has to tell its caller."""
        self._state = TaskState.CANCELLED
        self.task_spec._on_cancel(self)
