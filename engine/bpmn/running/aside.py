"""Instances of a wide multi-instance user task, kept aside: rows of their own instead of entries in the documents.

To complete one of two thousand, a caller loads that one alone; what was collected of the others, and the others
themselves, are fetched when something needs them: an event that ends them all, an expression that reads the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.running.scopes import Values
from engine.bpmn.running.token import Token

if TYPE_CHECKING:
    from engine.bpmn.running.workflow import Host

WIDE = 50
"""From how many instances on they are kept aside."""


@dataclass(frozen=True)
class Item:
    """One instance: its token, the token of its body, its number from 1; once it is over, what was collected of it."""

    token: int
    body: int
    number: int
    values: Values | None
    result: Any = None


@dataclass(frozen=True)
class Changes:
    """What a caller has to write: items by their tokens, new, changed and gone, and bodies of which all is gone."""

    added: list[Item]
    changed: list[Item]
    gone: list[int]
    bodies: list[int]


class Collected(Mapping[str, Any]):
    """The output collection of a body as a layer of variables: put together when it is read."""

    def __init__(self, workflow: Aside, body: Token, name: str) -> None:
        self._workflow, self._body, self._name = workflow, body, name

    def __getitem__(self, name: str) -> Any:
        if name != self._name:
            raise KeyError(name)
        return self._workflow.collected(self._body)

    def __contains__(self, name: object) -> bool:
        return name == self._name

    def __iter__(self) -> Iterator[str]:
        return iter(())  # who lists all variables, as for a form, would fetch every instance

    def __len__(self) -> int:
        return 0


class Aside:
    """The part of a workflow that knows what is kept aside."""

    tasks: dict[int, Token]
    scopes: dict[int, Values]
    host: Host
    known: dict[int, Item]
    """Items as they are written, as far as they are loaded."""
    results: dict[int, dict[int, Any]]
    """What was collected, by body and number of the instance, as far as it is loaded or new."""
    partial: set[int]
    """Bodies of which not everything is loaded."""
    bodies: set[int]
    """Bodies of which something is written."""

    def keep_aside(self, body: Token) -> None:
        """Keep the instances of a body aside from now on."""
        body.internal_data["loop"]["aside"] = 1
        self.results[body.id] = {}

    def fetch(self, focus: int | None, *, alone: bool) -> None:
        """Load the items of the bodies that stand in the document: the one of a token alone, or all."""
        self.bodies = {t.id for t in self.tasks.values() if "aside" in t.internal_data.get("loop", ())}
        if not self.bodies:
            return
        self.results.update({body: {} for body in self.bodies})
        self.partial = set(self.bodies) if alone else set()
        for item in self.host.items(focus):
            self._take_up(item)

    def whole(self, body: Token) -> None:
        """Load what is lacking of a body."""
        if body.id in self.partial:
            self.partial.discard(body.id)
            for item in self.host.items(None):
                if item.body == body.id and item.token not in self.known:
                    self._take_up(item)

    def _take_up(self, item: Item) -> None:
        self.known[item.token] = item
        if item.values is None:
            self.results[item.body].setdefault(item.number, item.result)
            return
        body = self.tasks[item.body]
        token = Token(body.workflow, body.task_spec, body, item.token, TaskState.WAITING)
        token.internal_data = _waiting(item.number)
        if item.values:
            self.scopes[token.id] = dict(item.values)

    def collected(self, body: Token) -> list[Any]:
        """Return the output collection of a body, null for instances that are not over."""
        self.whole(body)
        found = self.results[body.id]
        return [found.get(number) for number in range(1, body.internal_data["loop"]["total"] + 1)]

    def is_aside(self, token: Token) -> bool:
        """Tell whether a token is written as an item: an instance that waits for its person and nothing else."""
        number = token.internal_data.get("item")
        if number is None or token.internal_data != _waiting(number) or token._children:
            return False
        return "aside" in token.parent.internal_data.get("loop", ())

    def aside(self) -> Changes:
        """Return what has changed since :meth:`fetch`."""
        if not self.results:
            return Changes([], [], [], [])
        now = {token.id: self._item(token) for token in self.tasks.values() if self.is_aside(token)}
        alive = {t.id for t in self.tasks.values() if "aside" in t.internal_data.get("loop", ())}
        for body in alive:
            first = self.tasks[body].internal_data["loop"]["first"]
            for number, result in self.results[body].items():
                now[first + number - 1] = Item(first + number - 1, body, number, None, result)
        return Changes(
            [item for token, item in now.items() if token not in self.known],
            [item for token, item in now.items() if token in self.known and self.known[token] != item],
            [token for token, item in self.known.items() if token not in now and item.body in alive],
            sorted(self.bodies - alive),
        )

    def _item(self, token: Token) -> Item:
        return Item(token.id, token.parent.id, token.internal_data["item"], self.scopes.get(token.id, {}))


def _waiting(number: int) -> dict[str, Any]:
    return {"item": number, "in": 1, "wait": "task"}
