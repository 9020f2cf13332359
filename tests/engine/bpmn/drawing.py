"""Draws small processes for tests: one line a node or flow, in place of XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from engine import bpmn, errors, feel
from engine.bpmn.running import effects

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'targetNamespace="test">'
)


def drawing(body: str, *, shared: str = "", process: str = "p") -> bytes:
    """Wrap the elements of one process into a file."""
    return f'{HEAD}{shared}<bpmn:process id="{process}" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'.encode()


def node(kind: str, id: str, inside: str = "", **attributes: str) -> str:
    """One flow node; Zeebe extensions are written with :func:`zeebe`."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{kind} id="{id}"{more}>{inside}</bpmn:{kind}>'


def flows(*paths: str) -> str:
    """Flows by ``a>b>c``; a condition follows in brackets, ``a>b[x > 1]``, without ``>`` between blanks mattering."""
    out = []
    for path in paths:
        path, _, condition = path.partition("[")
        names = path.split(">")
        for source, target in pairwise(names):
            inside = ""
            if condition:
                text = condition.rstrip("]").replace("&", "&amp;").replace("<", "&lt;")
                inside = f"<bpmn:conditionExpression>={text}</bpmn:conditionExpression>"
            out.append(
                f'<bpmn:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'
            )
    return "".join(out)


def zeebe(*extensions: str) -> str:
    """Extension elements: ``zeebe('calledElement processId="q"')``."""
    return (
        "<bpmn:extensionElements>" + "".join(f"<zeebe:{text} />" for text in extensions) + "</bpmn:extensionElements>"
    )


def io(inputs: Mapping[str, str] | None = None, outputs: Mapping[str, str] | None = None, *more: str) -> str:
    """Extension elements with an ioMapping: targets to sources."""
    entries = [
        f'<zeebe:{kind} source="{source}" target="{target}" />'
        for kind, mapping in (("input", inputs or {}), ("output", outputs or {}))
        for target, source in mapping.items()
    ]
    others = "".join(f"<zeebe:{text} />" for text in more)
    return f"<bpmn:extensionElements><zeebe:ioMapping>{''.join(entries)}</zeebe:ioMapping>{others}</bpmn:extensionElements>"


def timer(value: str, kind: str = "timeDuration") -> str:
    """A timer definition."""
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{value}</bpmn:{kind}></bpmn:timerEventDefinition>"


@dataclass
class Town:
    """The kernel's host in tests: called processes and decisions by name."""

    models: dict[str, bpmn.Model] = field(default_factory=dict)
    decisions: dict[str, Any] = field(default_factory=dict)
    functions: Mapping[str, feel.Function] = field(default_factory=dict)

    kept: dict[int, bpmn.Item] = field(default_factory=dict)

    def items(self, token: int | None) -> list[bpmn.Item]:
        return [item for number, item in sorted(self.kept.items()) if token is None or number == token]

    def keep(self, changes: bpmn.Changes) -> None:
        for item in (*changes.added, *changes.changed):
            self.kept[item.token] = item
        self.kept = {
            n: item for n, item in self.kept.items() if n not in changes.gone and item.body not in changes.bodies
        }

    def decide(self, reference: str, context: Mapping[str, Any], tag: str = "") -> tuple[Any, Any]:
        return self.decisions[reference](context), {"decision": reference}

    def process(self, reference: str, binding: str, tag: str) -> tuple[bpmn.Model, str]:
        if reference not in self.models:
            raise errors.NotFound()
        return self.models[reference], reference

    def model(self, definition: str) -> bpmn.Model:
        return self.models[definition]


class Case:
    """A running instance that is written down and read again before every action."""

    def __init__(
        self, source: bytes, variables: Mapping[str, Any] | None = None, *, town: Town | None = None, **start: Any
    ) -> None:
        self.model = bpmn.compile(source)
        self.town = town or Town()
        self.trace: list[str] = []
        self.flows: list[str] = []
        self.effects: list[bpmn.Effect] = []
        process = start.pop("process", "p")
        self._keep(bpmn.Workflow.start(self.model, process, host=self.town, variables=variables or {}, **start))

    def _keep(self, workflow: bpmn.Workflow) -> None:
        for effect in workflow.drain():
            self.effects.append(effect)
            if isinstance(effect, effects.Left) and effect.outcome == "completed":
                self.trace.append(effect.element)
            elif isinstance(effect, effects.Took):
                self.flows.append(effect.flow)
        self.outcome = workflow.outcome
        self.waiting = workflow.waiting()
        self.variables = dict(workflow.view(None)) if workflow.tasks else self._last(workflow)
        self.tokens, self.scopes = bpmn.dump(workflow)
        self.town.keep(workflow.aside())
        if workflow.partial:
            self.waiting = self.load().waiting()

    def _last(self, workflow: bpmn.Workflow) -> dict[str, Any]:
        return next(iter(workflow.scopes.values()), {})

    def load(self, focus: int | None = None) -> bpmn.Workflow:
        return bpmn.load(self.model, self.tokens, self.scopes, host=self.town, focus=focus)

    def token(self, element: str) -> int:
        """The first token that waits at ``element``."""
        return next(token for token, name, _ in self.waiting if name == element)

    def complete(self, element: str, **variables: Any) -> Case:
        token = self.token(element)
        workflow = self.load(token)
        workflow.complete(token, variables)
        self._keep(workflow)
        return self

    def trigger(self, element: str, **variables: Any) -> Case:
        workflow = self.load()
        workflow.trigger(self.token(element), variables)
        self._keep(workflow)
        return self

    def act(self, action: str, *arguments: Any) -> Case:
        workflow = self.load()
        getattr(workflow, action)(*arguments)
        self._keep(workflow)
        return self

    def open(self) -> list[str]:
        """The elements that wait for the world, in order."""
        return [name for _, name, _ in self.waiting]

    def of(self, kind: type[Any]) -> list[Any]:
        """Every effect of one kind so far."""
        return [effect for effect in self.effects if isinstance(effect, kind)]


def ids(model: bpmn.Model) -> Iterator[str]:
    """Ids of all elements of the first process."""
    yield from next(iter(model.processes.values())).elements
