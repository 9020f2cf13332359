"""The parts of a model and what each contributes to the scope of those that require it (DMN 1.5 §6.3, §10.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.dmn.boxed import make_function
from engine.dmn.evaluation import Evaluation
from engine.dmn.item_types import Fit
from engine.errors import N_
from engine.feel.printing import to_json
from engine.feel.runtime import MISSING, Env, State
from engine.feel.values import Function, normalise

if TYPE_CHECKING:
    from engine.dmn.model import Model

Run = Callable[[Env], Any]


@dataclass(frozen=True, slots=True)
class Part:
    """An input, decision, business knowledge model or decision service."""

    kind: str
    id: str
    name: str
    model: Model
    requires: tuple[str, ...] = ()
    fit: Fit = lambda value: (True, value)
    run: Run | None = None
    parameters: tuple[tuple[str, Fit], ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


def key_of(part: Part) -> tuple[str, str]:
    return (part.model.namespace, part.id)


def value_of(part: Part, root: Env) -> Any:
    """What a requirement contributes to the scope of the one that requires it."""
    if part.kind == "inputData":
        return _given(part, root)
    if part.kind == "decision":
        return decide(part, root)
    return service(part, root) if part.kind == "decisionService" else _knowledge(part, root)


def _given(part: Part, root: Env) -> Any:
    value = root.vars.get(part.name, MISSING)
    if value is MISSING:
        root.state.warn("missing", N_('There is no variable "{name}".'), name=part.name)
        return None
    fits, value = part.fit(normalise(value))
    if not fits:
        root.state.warn("type", N_('The input "{name}" has a value that is not allowed.'), name=part.name)
    return value


def decide(part: Part, root: Env) -> Any:
    """Evaluate a decision once; whoever requires it too gets the same value."""
    evaluation = root.state
    assert isinstance(evaluation, Evaluation)
    key = key_of(part)
    if key in evaluation.decided:
        return evaluation.decided[key]
    evaluation.decided[key] = None
    outer, evaluation.record = evaluation.record, {"decision": part.id, "name": part.name}
    record, types = evaluation.record, evaluation.types
    env = _scope(part, root)
    evaluation.types = part.model.types.fits
    value = None if part.run is None else part.run(env)
    evaluation.types, evaluation.record = types, outer
    evaluation.decided[key] = value
    if evaluation.explains:
        record.setdefault("inputs", _read_inputs(part, env))
        record["output"] = to_json(value)
        evaluation.records[key] = record
        if outer:
            outer.setdefault("required", []).append(record)
    return value


def _read_inputs(part: Part, env: Env) -> list[dict[str, Any]]:
    return [
        {"expression": name, "value": to_json(value)} for name, value in env.vars.items() if type(value) is not Function
    ]


def _scope(part: Part, root: Env) -> Env:
    """The scope of a decision: what it requires, parts of imported models under the import's name."""
    found: dict[str, Any] = {}
    for reference in part.requires:
        required = part.model.part(reference)
        if required is None:
            continue
        value = value_of(required, root)
        prefix = next((name for name, model in part.model.imports.items() if model is required.model), "")
        target = found.setdefault(prefix, {}) if prefix else found
        target[required.name] = value
    return Env(found, root, root.state)


def _knowledge(part: Part, root: Env) -> Function:
    def body(env: Env) -> Any:
        return None if part.run is None else part.run(env)

    scope = Env(_Knowledge(part, root), root, root.state)
    return make_function(part.name, list(part.parameters), body, scope)


class _Knowledge(Mapping[str, Any]):
    """What a business knowledge model requires, found when it is asked for, so that it may require itself."""

    def __init__(self, part: Part, root: Env) -> None:
        self._part = part
        self._root = root
        self._found: Mapping[str, Any] | None = None

    def get(self, key: str, default: Any = None) -> Any:
        if self._found is None:
            self._found = {self._part.name: _knowledge(self._part, self._root), **_scope(self._part, self._root).vars}
        return self._found.get(key, default)

    def __getitem__(self, key: str) -> Any:
        found = self.get(key, MISSING)
        if found is MISSING:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        self.get("")
        return iter(self._found or ())

    def __len__(self) -> int:
        return len(list(iter(self)))


def service(part: Part, root: Env) -> Function:
    """A decision service as a function of its inputs; it sees nothing else of its caller."""

    def called(state: State, *values: Any) -> Any:
        evaluation = root.state
        assert isinstance(evaluation, Evaluation)
        given: dict[str, Any] = {}
        decided: dict[Any, Any] = {}
        for (name, fit), reference, value in zip(part.parameters, part.inputs, values, strict=True):
            fits, given[name] = fit(value)
            if not fits:
                state.warn("arguments", N_('"{name}" has a value that is not allowed.'), name=name)
                return None
            required = part.model.part(reference)
            if required is not None and required.kind == "decision":
                decided[key_of(required)] = given[name]
        outer, evaluation.decided = evaluation.decided, decided
        inner = Env(given, None, evaluation)
        outputs = {}
        for reference in part.outputs:
            output = part.model.part(reference)
            if output is not None:
                outputs[output.name] = decide(output, inner)
        evaluation.decided = outer
        fits, result = part.fit(next(iter(outputs.values())) if len(outputs) == 1 else outputs)
        return result

    return Function(part.name, tuple(name for name, _ in part.parameters), called, required=len(part.parameters))
