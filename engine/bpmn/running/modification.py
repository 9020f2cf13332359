"""The modification: tokens that a person takes away or puts somewhere, beyond what the diagram would do by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from engine import errors
from engine.bpmn.drawn.paths import WayBack, reach, way_back
from engine.bpmn.elements.activities import CallActivity, EventSubProcess, SubProcess, Transaction, UserTask
from engine.bpmn.elements.complex import ComplexGateway
from engine.bpmn.elements.events import BoundaryEvent, StartEvent
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import Node, Process, Root

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token
    from engine.bpmn.running.workflow import Workflow

KINDS = ("cancel", "start", "move")


@dataclass(frozen=True)
class Change:
    """One change: cancel a token, start at an element, or move a token there within its scope.

    ``scope`` is the token whose scope a start belongs to; None where only one scope has the element.
    """

    kind: str
    token: int | None = None
    element: str | None = None
    scope: int | None = None

    def body(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Standing:
    """A token that may be moved: where it stands, what it waits for, in which scope; ``incident`` if it is stuck."""

    token: int
    element: str
    name: str
    wait: str
    scope: int
    incident: bool


def standing(workflow: Workflow) -> list[Standing]:
    """Return the tokens of an instance that stand at flow nodes, in the order in which they came."""
    return [
        Standing(
            token.id,
            token.task_spec.name,
            token.task_spec.details.name,
            token.internal_data.get("wait", ""),
            token.parent.id,
            "incident" in token.internal_data,
        )
        for token in workflow.tasks.values()
        if _movable(token)
    ]


def places(workflow: Workflow) -> dict[str, str]:
    """Return the elements at which a token may be started, in the scopes that are open now, with their names."""
    found: dict[str, str] = {}
    for _, process in _scopes(workflow):
        for node in process.task_specs.values():
            if isinstance(node, Node) and _startable(node):
                found.setdefault(node.name, node.details.name)
    return found


def modify(workflow: Workflow, changes: Sequence[Change]) -> None:
    """Carry out changes in order, then let the instance go on; a scope in which nothing is left ends.

    Raises
    ------
    TokenUnknown
        If a token is gone, or is one that cannot be taken away alone.
    ElementNotStartable
        If no token can be put on an element, or its scope is not open or not told.
    """
    left: dict[int, Token] = {}
    for change in changes:
        token = _movable_token(workflow, change.token) if change.kind != "start" else None
        scope = token.parent if token is not None else _scope(workflow, change)
        if change.kind != "cancel":
            workflow.add(_node(workflow, scope, change.element), scope, {})
        if token is not None:
            _take(workflow, token)
        left[scope.id] = scope
    for scope in left.values():
        workflow.settle(scope)
    workflow.advance()


def levels(workflow: Workflow, token_id: int) -> Iterator[Token]:
    """Yield the token and those around it that stand at a node of a scope, from the inside outward.

    Raises
    ------
    TokenUnknown
        If there is no such token.
    """
    token = workflow.tasks.get(token_id)
    if token is None:
        raise errors.TokenUnknown()
    while token.parent is not None:
        if "item" not in token.internal_data and not isinstance(token.task_spec, Root):
            yield token
        token = token.parent


def ways_back(workflow: Workflow, token_id: int) -> Iterator[tuple[int, Node, WayBack]]:
    """Yield where a token may go back to: the scope, the node and the way, from the inside outward."""
    for level in levels(workflow, token_id):
        here = level.task_spec
        for node in here.process.task_specs.values():
            way = way_back(here, node) if isinstance(node, Node) and _startable(node) else None
            if way is not None:
                yield level.parent.id, node, way


def is_phase(node: Node) -> bool:
    """Tell whether a node holds steps of its own, so that going back to it begins with the first of them."""
    return isinstance(node, SubProcess | CallActivity)


def beside(workflow: Workflow, token_id: int, scope_id: int, way: WayBack) -> list[int]:
    """Return the tokens of a scope, besides the one that goes back or the activity around it, that end with it."""
    own = next(level.id for level in levels(workflow, token_id) if level.parent.id == scope_id)
    return [
        token.id
        for token in workflow.tasks[scope_id].children
        if token.id != own and token.task_spec.name in way.beside and not token.internal_data.get("armed")
    ]


def steps_inside(workflow: Workflow, scope_id: int, node: Node) -> Iterator[tuple[tuple[str, ...], UserTask]]:
    """Yield the steps inside a phase that is over to which a person may go back, with the way into it, node first.

    Only a scope that runs once, as it is drawn, can be entered anew in its middle: no loop, no choice of persons.
    """
    for inner in _content(workflow, scope_id, node):
        if isinstance(inner, UserTask) and inner.loop is None and _startable(inner) and _enterable(inner):
            yield (node.name, inner.name), inner
        elif is_phase(inner) and _startable(inner) and _enterable(inner):
            for path, step in steps_inside(workflow, scope_id, inner):
                yield (node.name, *path), step


def _content(workflow: Workflow, scope_id: int, phase: Node) -> list[Node]:
    once = isinstance(phase, Activity) and phase.loop is None and phase.repetition is None
    if once and type(phase) in (SubProcess, Transaction):
        return list(phase.inner.task_specs.values())
    if not once or not isinstance(phase, CallActivity) or phase.called.is_feel:
        return []
    try:
        model, _ = workflow.host.process(phase.called.text, phase.binding, phase.tag)
    except errors.EngineError:
        return []  # what it called is suspended or gone; the phase as a whole says so when it is entered
    return list(model.specs[phase.called.text].task_specs.values())


def _enterable(node: Node) -> bool:
    """Tell whether the branches beside a node are known to have ended: joins of other kinds cannot be told."""
    behind = (node.process.task_specs[name] for name in reach(node))
    return not any(isinstance(join, ComplexGateway) for join in behind)


def go_back(
    workflow: Workflow, away: Sequence[int], scope_id: int, path: Sequence[str], arrived: Sequence[str]
) -> None:
    """Take tokens away and start at an element of an open scope, whose joins get back the tokens of other branches.

    ``path`` ends with the element; what stands before it are the phases that are entered anew, from the outside.

    Raises
    ------
    TokenUnknown
        If the scope has ended.
    """
    scope = workflow.tasks.get(scope_id)
    if scope is None:
        raise errors.TokenUnknown()
    node = _node(workflow, scope, path[0])
    for token_id in away:
        if token_id in workflow.tasks:
            _take(workflow, workflow.tasks[token_id])
    workflow.restore(scope, node.process, arrived)
    workflow.add(node, scope, {"enter": list(path[1:])} if path[1:] else {})
    workflow.advance()


def retract(workflow: Workflow, scope_id: int, element: str) -> None:
    """Let the last completion of an activity count as none: there is nothing of it to be undone any more."""
    completed = workflow.completed
    found = [number for number in completed.inside(scope_id) if completed.records[number]["node"] == element]
    completed.forget(found[-1:])


def _take(workflow: Workflow, token: Token) -> None:
    """Take a token away, and those that wait with it for the first of several events."""
    others = [workflow.tasks[other] for other in token.internal_data.get("group", ()) if other in workflow.tasks]
    for each in (token, *others):
        workflow.kill(each)


def _movable(token: Token) -> bool:
    """A trigger goes with its scope, one of several instances with its activity, a called process with its call."""
    return (
        token.parent is not None
        and not isinstance(token.task_spec, Root)
        and not token.internal_data.get("armed")
        and "item" not in token.internal_data
    )


def _movable_token(workflow: Workflow, token_id: int | None) -> Token:
    token = workflow.tasks.get(token_id) if token_id is not None else None
    if token is None or not _movable(token):
        raise errors.TokenUnknown()
    found: Token = token
    return found


def _startable(node: Node) -> bool:
    """Tell whether a token may be put on a node without one having come by its flows or its trigger."""
    odd = isinstance(node, BoundaryEvent | EventSubProcess | StartEvent | Root)
    undoes = getattr(node, "for_compensation", False)
    return not (odd or undoes or node.gathers)


def _scopes(workflow: Workflow) -> Iterator[tuple[Token, Process]]:
    """Yield the tokens whose scopes are open, with the process that runs in each."""
    for token in workflow.tasks.values():
        process = _inside(workflow, token)
        if process is not None:
            yield token, process


def _inside(workflow: Workflow, token: Token) -> Process | None:
    node, internal = token.task_spec, token.internal_data
    if isinstance(node, Root):
        key = internal.get("definition")
        model = workflow.host.model(key) if key else workflow.model
        return model.specs[internal["process"]]
    if isinstance(node, SubProcess) and "loop" not in internal and not internal.get("armed") and "in" in internal:
        return node.inner
    return None


def _scope(workflow: Workflow, change: Change) -> Token:
    found = [
        token
        for token, process in _scopes(workflow)
        if change.element in process.task_specs and change.scope in (None, token.id)
    ]
    if len(found) != 1:
        raise errors.ElementNotStartable(element=change.element or "")
    return found[0]


def _node(workflow: Workflow, scope: Token, element: str | None) -> Node:
    process = _inside(workflow, scope)
    node = process.task_specs.get(element) if process is not None else None
    if not isinstance(node, Node) or not _startable(node):
        raise errors.ElementNotStartable(element=element or "")
    return node


def changes(given: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Read changes that :meth:`Change.body` wrote or somebody sent.

    Raises
    ------
    ModificationUnreadable
        If one is of no kind, or does not say what it is about.
    """
    found = [Change(*(one.get(name) for name in ("kind", "token", "element", "scope"))) for one in given]  # type: ignore[arg-type]
    for one in found:
        lacks = one.token is None if one.kind != "start" else False
        if one.kind not in KINDS or lacks or (one.kind != "cancel" and not one.element):
            raise errors.ModificationUnreadable
    return found
