"""Activities and their loops: once, for each item of a collection or number, or while a condition holds.

A loop has a body, the token that the boundary events belong to; each instance is a token inside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine import errors, feel
from engine.bpmn.elements.nodes import Node
from engine.bpmn.elements.values import Fault, Value
from engine.bpmn.running.aside import WIDE

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token

MAX_INSTANCES = 10_000
"""How many instances of an activity may be made at once (engine.md 9)."""


@dataclass(frozen=True)
class Loop:
    """Multi-instance characteristics (BPMN 2.0.2 §13.3.7, dialect.md 5)."""

    sequential: bool
    collection: Value | None = None
    cardinality: Value | None = None
    item: str | None = None
    output_collection: str | None = None
    output_item: Value | None = None
    completion: Value | None = None

    @cached_property
    def paths(self) -> frozenset[tuple[str, ...]]:
        """What the collection is computed from."""
        expression = self.collection.expression if self.collection is not None else None
        return frozenset() if expression is None else frozenset(feel.paths(expression))


@dataclass(frozen=True)
class Repetition:
    """Standard loop characteristics (§13.3.6): again while the condition holds, tested before or after each round."""

    condition: Value | None
    before: bool
    maximum: int | None


class Activity(Node):
    """A node with boundary events that may run more than once."""

    loop: Loop | None = None
    repetition: Repetition | None = None
    for_compensation = False
    """Whether it stands outside the flow and undoes another activity."""
    kept_aside = False
    """Whether instances that are many are written as rows of their own: those that mostly wait."""

    def begin(self, token: Token) -> bool | None:
        if "item" in token.internal_data:
            return self._begin_item(token)
        token.workflow.arm_boundaries(token)
        if self.loop is not None:
            return self._begin_body(token, self.loop)
        if self.repetition is not None:
            return self._begin_rounds(token, self.repetition)
        return super().begin(token)

    def _begin_item(self, token: Token) -> bool | None:
        token.workflow.enter(token)
        token.workflow.map_inputs(token)
        return self.begin_work(token)

    def item_over(self, child: Token) -> None:
        """Go on behind an instance that is done; what cannot be evaluated keeps it until it can."""
        if self.loop is not None:
            self._item_done(child.parent, child, self.loop)
        elif self.repetition is not None:
            self._round_done(child.parent, child, self.repetition)

    def end_body(self, token: Token) -> bool:
        """Let the collected output leave, and go on."""
        workflow, loop = token.workflow, self.loop
        if loop is not None and loop.output_collection:
            apart = "aside" in token.internal_data["loop"]
            collected = workflow.collected(token) if apart else workflow.scopes[token.id][loop.output_collection]
            workflow.write(token, {loop.output_collection: collected}, beyond=True)
        token.chosen = self.choose(token)
        return True

    # -- multi-instance

    def _begin_body(self, token: Token, loop: Loop) -> bool | None:
        items = self._items(token, loop)
        workflow = token.workflow
        token.internal_data["loop"] = {"total": len(items), "next": 0, "done": 0, "first": workflow.next_id}
        if self.kept_aside and not loop.sequential and len(items) > WIDE:
            workflow.keep_aside(token)
            workflow.open_scope(token, {})
        else:
            workflow.open_scope(token, {loop.output_collection: [None] * len(items)} if loop.output_collection else {})
        if not items:
            workflow.enter(token)
            return self.end_body(token)
        for item in items[: 1 if loop.sequential else None]:
            self._add_item(token, loop, item)
        return None

    def _items(self, token: Token, loop: Loop) -> list[Any]:
        """Return the items; a sequence asks again for each of them, and is answered anew if a variable has changed."""
        workflow = token.workflow
        if loop.collection is None:
            assert loop.cardinality is not None
            return [None] * instances(workflow.evaluate(loop.cardinality, token))
        view = workflow.view(token.id)
        used = [view.get(path[0]) for path in sorted(loop.paths)]
        known = workflow.collections.get(token.id)
        if known is not None and all(before is now for before, now in zip(known[0], used, strict=True)):
            return known[1]
        items = workflow.evaluate(loop.collection, token)
        if not isinstance(items, list):
            raise Fault(
                "EXTRACT_VALUE_ERROR", errors.N_("“{collection}” is not a list."), collection=loop.collection.text
            )
        instances(len(items))
        if loop.sequential:
            workflow.collections[token.id] = used, items
        return items

    def _add_item(self, body: Token, loop: Loop, item: Any) -> None:
        counts = body.internal_data["loop"]
        counts["next"] += 1
        values: dict[str, Any] = {"loopCounter": counts["next"]}
        if loop.output_item is not None and loop.output_item.expression is not None:
            path = feel.paths(loop.output_item.expression)
            if len(path) == 1 and len(next(iter(path))) == 1:
                values.setdefault(next(iter(path))[0], None)
        if loop.item:
            values[loop.item] = feel.to_json(item)
        body.workflow.add(self, body, {"item": counts["next"]}, values)

    def _item_done(self, body: Token, child: Token, loop: Loop) -> None:
        """Collect the output of a finished instance, then begin the next one or end the body."""
        workflow, counts = body.workflow, body.internal_data["loop"]
        if loop.output_collection and loop.output_item is not None:
            self._collect(body, child, loop.output_collection, loop.output_item)
        complete = loop.completion is not None and self._complete(body, child, loop.completion)
        item = None if complete else self._next(body, loop)
        counts["done"] += 1
        workflow.discard(child)
        if item is not None:
            self._add_item(body, loop, item[0])
        elif complete or counts["done"] == counts["total"] or loop.sequential:
            workflow.kill_children(body)
            workflow.guarded_completion(body, "end_body")

    def _next(self, body: Token, loop: Loop) -> list[Any] | None:
        """Return the next item of a sequence as a list of one; the collection may have become shorter meanwhile."""
        counts = body.internal_data["loop"]
        if not loop.sequential or counts["next"] >= counts["total"]:
            return None
        if loop.collection is None:
            return [None]
        return self._items(body, loop)[counts["next"] :][:1] or None

    def _collect(self, body: Token, child: Token, collection: str, source: Value) -> None:
        workflow = body.workflow
        result = feel.to_json(workflow.evaluate(source, child))
        if "aside" in body.internal_data["loop"]:
            workflow.results[body.id][child.internal_data["item"]] = result
            return
        collected = workflow.scopes[body.id].get(collection)
        if not isinstance(collected, list):
            raise Fault("IO_MAPPING_ERROR", errors.N_("“{name}” is no longer a list."), name=collection)
        index = child.internal_data["item"] - 1
        values = [*collected[:index], result, *collected[index + 1 :]]
        workflow.put(body.id, workflow.scopes[body.id], collection, values)

    def _complete(self, body: Token, child: Token, condition: Value) -> bool:
        counts = body.internal_data["loop"]
        numbers = {
            "numberOfInstances": counts["total"],
            "numberOfActiveInstances": counts["next"] - counts["done"] - 1,
            "numberOfCompletedInstances": counts["done"] + 1,
            "numberOfTerminatedInstances": 0,
        }
        return _decided(
            child, condition, numbers,
            errors.N_("The completion condition “{condition}” is neither true nor false."),
        )  # fmt: skip

    # -- standard loop

    def _begin_rounds(self, token: Token, repetition: Repetition) -> bool | None:
        workflow = token.workflow
        token.internal_data["loop"] = {"next": 0}
        workflow.open_scope(token, {})
        if repetition.before and not self._again(token, token, repetition):
            workflow.enter(token)
            return self.end_body(token)
        self._add_round(token)
        return None

    def _add_round(self, body: Token) -> None:
        counts = body.internal_data["loop"]
        counts["next"] += 1
        body.workflow.add(self, body, {"item": counts["next"]}, {"loopCounter": counts["next"]})

    def _round_done(self, body: Token, child: Token, repetition: Repetition) -> None:
        again = self._again(body, child, repetition)
        body.workflow.discard(child)
        if again:
            self._add_round(body)
        else:
            body.workflow.guarded_completion(body, "end_body")

    def _again(self, body: Token, seen_by: Token, repetition: Repetition) -> bool:
        """Tell whether there is one more round; the condition sees in ``loopCounter`` how many there were."""
        rounds = body.internal_data["loop"]["next"]
        if repetition.maximum is not None and rounds >= repetition.maximum:
            return False
        return repetition.condition is None or _decided(
            seen_by, repetition.condition, {"loopCounter": rounds},
            errors.N_("The loop condition “{condition}” is neither true nor false."),
        )  # fmt: skip


def instances(count: Any) -> int:
    """Return how many instances a loop cardinality asks for, also from its text.

    Raises
    ------
    Fault
        ``EXTRACT_VALUE_ERROR`` if it is no whole number from 0 to :data:`MAX_INSTANCES`.
    """
    count = feel.evaluate("number(x)", {"x": count}) if isinstance(count, str) else count
    number = not isinstance(count, bool) and hasattr(count, "as_integer_ratio")
    if number and count > MAX_INSTANCES:
        raise Fault(
            "EXTRACT_VALUE_ERROR", errors.N_("{count} instances are more than {limit}."),
            count=str(count), limit=MAX_INSTANCES,
        )  # fmt: skip
    if not number or count < 0 or count != int(count):
        raise Fault("EXTRACT_VALUE_ERROR", errors.N_("“{count}” is not a number of instances."), count=str(count))
    return int(count)


def _decided(seen_by: Token, condition: Value, numbers: dict[str, Any], message: str) -> bool:
    result = seen_by.workflow.evaluate(condition, seen_by, numbers)
    if not isinstance(result, bool):
        raise Fault("EXTRACT_VALUE_ERROR", message, condition=condition.text)
    return result
