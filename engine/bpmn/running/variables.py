"""Variables of a running instance: what a token sees, what enters it and what leaves it (dialect.md 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine import feel
from engine.bpmn.elements.nodes import Root
from engine.bpmn.elements.values import Value
from engine.bpmn.running import effects
from engine.bpmn.running.aside import Aside, Collected
from engine.bpmn.running.completed import Completed
from engine.bpmn.running.scopes import Values, View, assign

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token
    from engine.bpmn.running.workflow import Host


class Variables(Aside):
    """The part of a workflow that keeps variables, a scope per token that declares some."""

    tasks: dict[int, Token]
    scopes: dict[int, Values]
    host: Host
    changed: bool
    completed: Completed

    def emit(self, effect: effects.Effect) -> None:
        """Note an effect for the caller."""
        raise NotImplementedError

    def view(self, token_id: int | None, extra: Values | None = None) -> View:
        """Return the variables that a token sees; None sees the root's."""
        layers: list[Mapping[str, Any]] = [extra] if extra else []
        token = self.tasks.get(token_id) if token_id is not None else next(iter(self.tasks.values()), None)
        while token is not None:
            if token.id in self.scopes:
                layers.append(self.scopes[token.id])
            if "aside" in token.internal_data.get("loop", ()) and token.task_spec.loop.output_collection:
                layers.append(Collected(self, token, token.task_spec.loop.output_collection))
            if "seen" in token.internal_data:
                layers.append(token.internal_data["seen"])
            if isinstance(token.task_spec, Root):
                break
            token = token.parent
        return View(layers)

    def evaluate(self, value: Value, token: Token, extra: Values | None = None) -> Any:
        """Evaluate a value in a token's view; a literal needs neither the view nor the host's functions."""
        if value.expression is None:
            return value.text
        return value.evaluate(self.view(token.id, extra), self.host.functions)

    def open_scope(self, token: Token, values: Values) -> None:
        """Let a token declare variables of its own, keeping what its input mappings declared."""
        self.scopes.setdefault(token.id, {}).update(values)

    def map_inputs(self, token: Token) -> None:
        """Evaluate the input mappings, each seeing the ones before it."""
        for mapping in token.task_spec.details.inputs:
            value = None if mapping.source is None else feel.to_json(self.evaluate(mapping.source, token))
            self.scopes[token.id] = assign(self.scopes.get(token.id, {}), mapping.target, value)

    def map_outputs(self, token: Token, result: Mapping[str, Any]) -> None:
        """Let a result leave: by the output mappings, else all of it or nothing (dialect.md 2.4, 2.5)."""
        node = token.task_spec
        if not node.details.outputs:
            if node.result_leaves:
                self.write(token, result)
            return
        self.open_scope(token, dict(result))
        for mapping in node.details.outputs:
            value = None if mapping.source is None else feel.to_json(self.evaluate(mapping.source, token))
            name, *rest = mapping.target
            if rest:
                outer = self.view(token.parent.id).get(name)
                value = assign(outer if isinstance(outer, dict) else {}, rest, value)
            self.write(token, {name: value}, beyond=True)

    def write(self, token: Token, values: Mapping[str, Any], *, beyond: bool = False) -> None:
        """Write each variable where it is declared, else to the root; ``beyond`` skips the token's own scope."""
        touched: dict[int, tuple[Values, Values]] = {}
        around = self._enclosing(token.parent if beyond else token)
        for name, value in values.items():
            scope = self._declaring(around, name)
            if name in scope[1] and scope[1][name] == value:
                continue
            before, after = touched.setdefault(scope[0], ({}, {}))
            before[name], after[name] = scope[1].get(name), value
            self.put(*scope, name, value)
        for scope_id, (before, after) in touched.items():
            self.changed = True
            self.emit(effects.VariablesSet(token.task_spec.name, scope_id, before, after))

    def put(self, scope: int, values: Values, name: str, value: Any) -> None:
        """Set a variable of a scope; a compensation handler may still want to know what it was."""
        if self.completed:
            self.completed.note(scope, values, name)
        given = self.tasks[scope].internal_data.get("given")
        if given and name in given:
            given.remove(name)
        values[name] = value

    def _enclosing(self, token: Token) -> list[Token]:
        """Return a token and those in whose scopes it stands, the one of its process last."""
        found = [token]
        while not isinstance(found[-1].task_spec, Root):
            found.append(found[-1].parent)
        return found

    def _declaring(self, around: list[Token], name: str) -> tuple[int, Values]:
        for token in around:
            if "seen" in token.internal_data:
                token.internal_data["seen"].pop(name, None)  # what a handler writes it sees as it is
            values = self.scopes.get(token.id)
            if values is not None and name in values:
                return token.id, values
        return around[-1].id, self.scopes[around[-1].id]
