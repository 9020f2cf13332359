"""A decision model: inputs, decisions, knowledge and services, and how they require one another (DMN 1.5 §6, §10.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import errors
from engine.dmn.boxed import Boxes, fitted
from engine.dmn.evaluation import Evaluation, Noted
from engine.dmn.item_types import Fit, ItemTypes
from engine.dmn.parts import Part, decide, key_of, service
from engine.dmn.reading import Element, Problem, Reader, child, children, local, names_of, read, type_of
from engine.errors import N_
from engine.feel.calls import invoke
from engine.feel.limits import DEFAULT, Limits
from engine.feel.printing import to_json
from engine.feel.runtime import Env, Notice, Root
from engine.feel.values import Function, normalise

Run = Callable[[Env], Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What a decision came to.

    ``failure`` is set when the result is not valid at all: several rules of a unique table, an input that is not
    allowed. ``explanation`` is JSON; None unless it was asked for.
    """

    value: Any
    warnings: tuple[Notice, ...]
    explanation: dict[str, Any] | None
    failure: Notice | None = None


class Model:
    """A parsed model, immutable; may be shared by threads."""

    def __init__(self, root: Element, imports: Mapping[str, Model]) -> None:
        self.namespace = root.get("namespace", "")
        self.name = root.get("name", "")
        self.imports: dict[str, Model] = {}
        reader = Reader(names_of(root) | {name for model in imports.values() for name in model.names})
        self.names: frozenset[str] = reader.names
        self.types = ItemTypes(root, reader)
        self._import(root, imports, reader)
        boxes = Boxes(reader, self.types)
        self.rules: dict[str, tuple[str, ...]] = _rules(root)
        """The ids of the rules of each decision that is a table."""
        self.parts: dict[str, Part] = {}
        for element in children(root):
            make = _PARTS.get(local(element))
            if make:
                part = make(self, element, boxes)
                if part.id in self.parts:
                    reader.problems.append(Problem(part.id, N_("the id is used twice.")))
                self.parts.setdefault(part.id, part)
        self._check(reader)
        for part in list(self.parts.values()):
            if part.kind == "decisionService":
                self.parts[part.id] = replace(part, parameters=self._parameters(part))
        self.problems: tuple[Problem, ...] = tuple(reader.problems)

    def _import(self, root: Element, imports: Mapping[str, Model], reader: Reader) -> None:
        for element in children(root, "import"):
            name, namespace = element.get("name", ""), element.get("namespace", "")
            if "DMN" not in element.get("importType", ""):
                continue
            model = imports.get(namespace)
            if model is None:
                reader.problems.append(
                    Problem(name, N_("the imported model {namespace} is not here."), {"namespace": namespace})
                )
                continue
            self.imports[name] = model
            for key, fit in model.types.fits.items():
                self.types.fits[f"{name}.{key}"] = fit

    def _check(self, reader: Reader) -> None:
        for part in self.parts.values():
            for reference in part.requires + part.inputs + part.outputs:
                if self.part(reference) is None:
                    reader.problems.append(
                        Problem(part.id, N_('"{reference}" does not exist.'), {"reference": reference})
                    )
        for part in self.parts.values():
            if self._requires_itself(part):
                reader.problems.append(Problem(part.id, N_("the decision requires itself, in a circle.")))

    def _requires_itself(self, part: Part) -> bool:
        """Follow the requirements of a decision; knowledge may call itself, a decision may not."""
        seen: set[str] = set()
        waiting = list(part.requires) if part.kind == "decision" else []
        while waiting:
            found = self.part(waiting.pop())
            if found is None or found.kind != "decision" or found.model is not self or found.id in seen:
                continue
            if found.id == part.id:
                return True
            seen.add(found.id)
            waiting += found.requires
        return False

    def _parameters(self, service: Part) -> tuple[tuple[str, Fit], ...]:
        inputs = [self.part(reference) for reference in service.inputs]
        return tuple((part.name, part.fit) for part in inputs if part is not None)

    @property
    def decisions(self) -> dict[str, str]:
        """The names of the decisions by their ids."""
        return {part.id: part.name for part in self.parts.values() if part.kind == "decision"}

    @property
    def services(self) -> dict[str, str]:
        """The names of the decision services by their ids."""
        return {part.id: part.name for part in self.parts.values() if part.kind == "decisionService"}

    def part(self, reference: str) -> Part | None:
        """Find a part by the ``href`` of a requirement, in this model or an imported one."""
        namespace, _, key = reference.rpartition("#")
        if not namespace or namespace == self.namespace:
            return self.parts.get(key)
        model = next((model for model in self.imports.values() if model.namespace == namespace), None)
        return None if model is None else model.parts.get(key)

    def find(self, key: str) -> Part:
        """Find a decision or service by id, else by name.

        Raises
        ------
        DecisionNotFound
        """
        part = self.parts.get(key)
        if part is None:
            named = [
                part
                for part in self.parts.values()
                if part.name == key and part.kind in ("decision", "decisionService")
            ]
            part = named[0] if named else None
        if part is None or part.kind not in ("decision", "decisionService"):
            raise errors.DecisionNotFound(decision=key)
        return part

    def evaluate(
        self,
        decision: str,
        context: Mapping[str, Any],
        *,
        functions: Mapping[str, Function] | None = None,
        explain: bool = False,
        limits: Limits = DEFAULT,
    ) -> Result:
        """Decide, with everything the decision requires.

        Parameters
        ----------
        decision : id of a decision or decision service, or its name.
        explain : also tell inputs, rules and outputs, of the required decisions too, and ``given``: the variables
            that were read, from which the decision can be made again.

        Raises
        ------
        DecisionNotFound
        FeelLimitExceeded
        """
        part = self.find(decision)
        evaluation = Evaluation(functions, [], explain, limits)
        noted = Noted(context)
        root = Env(Root(noted if explain else context), None, evaluation)
        try:
            if part.kind == "decisionService":
                given = [noted.get(name) for name, _ in part.parameters]
                value = invoke(service(part, root), [normalise(item) for item in given], evaluation)
            else:
                value = decide(part, root)
        except RecursionError:
            raise errors.FeelTooDeep(limit=limits.calls) from None
        told = evaluation.records.get(key_of(part)) if explain else None
        if explain and told is None:
            told = {"decision": part.id, "name": part.name, "output": to_json(value)}
        if told is not None:
            told["given"] = noted.as_json()
        return Result(value, tuple(evaluation.warnings), told, evaluation.failure)


def _references(element: Element, *requirements: str) -> tuple[str, ...]:
    found = []
    for requirement in children(element, *requirements):
        found += [target.get("href", "") for target in children(requirement)]
    return tuple(reference for reference in found if reference)


def _name(element: Element) -> str:
    variable = child(element, "variable")
    written = (None if variable is None else variable.get("name")) or element.get("name", "")
    return " ".join(written.split())


def _id(element: Element) -> str:
    """The id; a part without one goes by its name."""
    return element.get("id") or _name(element)


def _input_data(model: Model, element: Element, boxes: Boxes) -> Part:
    fit = boxes.item_types.named(type_of(child(element, "variable")))
    return Part("inputData", _id(element), _name(element), model, fit=fit)


def _decision(model: Model, element: Element, boxes: Boxes) -> Part:
    name = _name(element)
    fit = boxes.item_types.named(type_of(child(element, "variable")))
    run = boxes.find(element, name)
    requires = _references(element, "informationRequirement", "knowledgeRequirement")
    checked = None if run is None else fitted(run, fit, name)
    return Part("decision", _id(element), name, model, requires, fit, checked)


def _knowledge_model(model: Model, element: Element, boxes: Boxes) -> Part:
    name, logic = _name(element), child(element, "encapsulatedLogic")
    parameters: tuple[tuple[str, Fit], ...] = ()
    run = None
    if logic is not None and logic.get("kind", "FEEL") == "FEEL":
        parameters = tuple(
            (part.get("name"), boxes.item_types.named(type_of(part))) for part in children(logic, "formalParameter")
        )
        with boxes.reader.knowing(key for key, _ in parameters):
            run = boxes.find(logic, name)
        fit = boxes.item_types.named(type_of(child(element, "variable")))
        run = None if run is None else fitted(run, fit, name)
    requires = _references(element, "knowledgeRequirement")
    return Part("businessKnowledgeModel", _id(element), name, model, requires, run=run, parameters=parameters)


def _decision_service(model: Model, element: Element, boxes: Boxes) -> Part:
    inputs = [part.get("href", "") for kind in ("inputData", "inputDecision") for part in children(element, kind)]
    outputs = tuple(part.get("href", "") for part in children(element, "outputDecision"))
    fit = boxes.item_types.named(type_of(child(element, "variable")))
    return Part("decisionService", _id(element), _name(element), model, (), fit, None, (), tuple(inputs), outputs)


_PARTS: dict[str, Callable[[Model, Element, Boxes], Part]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _knowledge_model,
    "decisionService": _decision_service,
}


def parse(xml: bytes, *, imports: Iterable[Model] = (), strict: bool = True) -> Model:
    """Read a decision model.

    Parameters
    ----------
    imports : the models it imports, found by their namespace.
    strict : refuse a model with any problem; otherwise ``model.problems`` lists them and what they concern is null.

    Raises
    ------
    DecisionModelInvalid
        With ``facts["problems"]``, all of them.
    """
    model = Model(read(xml), {model.namespace: model for model in imports})
    if strict and model.problems:
        raise errors.DecisionModelInvalid(problem=str(model.problems[0]), problems=model.problems)
    return model


def _rules(root: Element) -> dict[str, tuple[str, ...]]:
    tables = [(each, table) for each in children(root, "decision") for table in children(each, "decisionTable")]
    return {each.get("id", ""): tuple(rule.get("id", "") for rule in children(table, "rule")) for each, table in tables}
