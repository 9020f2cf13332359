"""The token document: where an instance stands, in a few bytes of JSON; variables are a document of their own."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import db
from engine.bpmn.drawn.model import Model
from engine.bpmn.elements.nodes import Node
from engine.bpmn.running.token import Token
from engine.bpmn.running.workflow import Host, Workflow

VERSION = 1
_STATES = {TaskState.READY: "r", TaskState.WAITING: "w", TaskState.STARTED: "s"}
_CODES = {code: state for state, code in _STATES.items()}


def dump(workflow: Workflow) -> tuple[str, str]:
    """Return the token document and the variables document of a workflow between two steps.

    What :meth:`Workflow.aside` returns is to be written with them.
    """
    apart = {token.id for token in workflow.tasks.values() if workflow.is_aside(token)} if workflow.results else ()
    tokens = [
        [token.id, token._parent, token.task_spec.name, _STATES[token.state], token.internal_data]
        for token in workflow.tasks.values()
        if token.id not in apart
    ]
    document: dict[str, Any] = {"v": VERSION, "n": workflow.next_id, "o": workflow.outcome, "t": tokens}
    if workflow.completed:
        document["c"] = workflow.completed.dump()
    scopes = {str(key): values for key, values in workflow.scopes.items() if key not in apart}
    return db.dumps(document), db.dumps(scopes)


def load(model: Model, tokens: str, variables: str, *, host: Host, focus: int | None = None) -> Workflow:
    """Return the workflow that :func:`dump` wrote; definitions of called processes come from ``host.model``.

    ``focus`` is the only token of those kept aside that the caller looks at; by default all are loaded.
    """
    document = db.written(tokens)
    workflow = Workflow(model, host)
    workflow.next_id, workflow.outcome = document["n"], document["o"]
    workflow.scopes = {int(key): values for key, values in db.written(variables).items()}
    for entry in document["t"]:
        _token(workflow, *entry)
    workflow.completed.load(document.get("c", [[], [], []]))
    workflow.fetch(focus, alone=focus is not None)
    return workflow


def _token(workflow: Workflow, id: int, parent_id: int | None, name: str, state: str, internal: dict[str, Any]) -> None:
    parent = workflow.tasks[parent_id] if parent_id is not None else None
    token = Token(workflow, _node(workflow, parent, name, internal), parent, id, _CODES[state])
    token.internal_data = internal


def _node(workflow: Workflow, parent: Token | None, name: str, internal: dict[str, Any]) -> Node:
    if "process" in internal:
        model = workflow.host.model(internal["definition"]) if "definition" in internal else workflow.model
        return model.roots[internal["process"]]
    return workflow.nodes(parent)[name]
