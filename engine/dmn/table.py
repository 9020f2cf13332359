"""Decision tables: inputs, rules, the seven hit policies and their aggregations (DMN 1.5 §8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.dmn import annotation
from engine.dmn.evaluation import Evaluation
from engine.dmn.item_types import Fit, ItemTypes
from engine.dmn.reading import Element, Problem, Reader, child, children, text, type_of
from engine.errors import N_
from engine.feel import ast, calls
from engine.feel.compile import compile_node, compile_test
from engine.feel.library import LIBRARY
from engine.feel.runtime import Env
from engine.feel.values import equal

Cell = Callable[[Env, Any], bool | None]
Run = Callable[[Env], Any]
Labels = Mapping[str, str]
NAMES = "https://onewindow.example/schema/names"
"""The namespace of the attribute ``label-en``; DMN 1.5 allows foreign attributes, and dmn-js keeps them."""


@dataclass(frozen=True, slots=True)
class Input:
    text: str
    run: Run
    fit: Fit
    allowed: Run | None
    labels: Labels


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    fit: Fit
    allowed: Run | None
    order: tuple[Run, ...]
    default: Run | None
    labels: Labels


@dataclass(frozen=True, slots=True)
class Rule:
    number: int
    id: str
    cells: tuple[tuple[int, Cell], ...]
    texts: tuple[str, ...]
    outputs: tuple[Run, ...]
    annotations: tuple[annotation.Annotation, ...]


def compile_table(element: Element, reader: Reader, item_types: ItemTypes, name: str) -> Run:
    """Compile a decision table; it runs in a scope whose state is an :class:`Evaluation`."""
    inputs = [_input(part, reader, item_types, name) for part in children(element, "input")]
    outputs = [_output(part, reader, item_types, name) for part in children(element, "output")]
    clauses = annotation.clauses(element)
    rules = [_rule(number, part, reader, name, clauses) for number, part in enumerate(children(element, "rule"), 1)]
    for rule in rules:
        if len(rule.outputs) != len(outputs) or len(rule.texts) != len(inputs):
            reader.problems.append(
                Problem(name, N_("rule {number} has the wrong number of cells."), {"number": rule.number})
            )
            return _null
    policy = element.get("hitPolicy", "UNIQUE")
    if policy not in _POLICIES:
        reader.problems.append(Problem(name, N_('there is no hit policy "{policy}".'), {"policy": policy}))
        return _null
    aggregation = element.get("aggregation", "")
    return Table(inputs, outputs, rules, policy, aggregation)


def _compiled(source: str, reader: Reader, name: str, *, unary: bool = False) -> Run | None:
    if not source:
        return None
    expression = reader.expression(source, name, unary=unary)
    return None if expression is None else expression.run


def _input(element: Element, reader: Reader, item_types: ItemTypes, name: str) -> Input:
    expression = child(element, "inputExpression")
    source = text(expression)
    run = _compiled(source, reader, name) or _null
    allowed = _compiled(text(child(element, "inputValues")), reader, name, unary=True)
    return Input(source, run, item_types.named(type_of(expression)), allowed, _labels(element))


def _output(element: Element, reader: Reader, item_types: ItemTypes, name: str) -> Output:
    values = text(child(element, "outputValues"))
    allowed = reader.expression(values, name, unary=True) if values else None
    order: tuple[Run, ...] = ()
    if allowed is not None and isinstance(allowed.tree, ast.UnaryTests):
        order = tuple(compile_node(test) for test in allowed.tree.tests)
    default = _compiled(text(child(element, "defaultOutputEntry")), reader, name)
    fit = item_types.named(type_of(element))
    called = element.get("name") or ""
    return Output(called, fit, allowed.run if allowed else None, order, default, _labels(element))


def _labels(element: Element) -> Labels:
    """Return what a column is called, in the file's language and in English, where the file says so."""
    given = {"label": element.get("label"), "label_en": element.get(f"{{{NAMES}}}label-en")}
    return {name: said for name, said in given.items() if said}


def _rule(number: int, element: Element, reader: Reader, name: str, clauses: list[str]) -> Rule:
    texts = tuple(text(entry) for entry in children(element, "inputEntry"))
    cells: list[tuple[int, Cell]] = []
    for index, source in enumerate(texts):
        if source in ("", "-"):
            continue
        expression = reader.expression(source, f"{name}, {number}", unary=True)
        if expression is None:
            cells.append((index, _never))
        else:
            cells.append((index, _cell(expression.tree)))
    outputs = tuple(
        _compiled(text(entry), reader, f"{name}, {number}") or _null for entry in children(element, "outputEntry")
    )
    return Rule(number, element.get("id") or str(number), tuple(cells), texts, outputs, annotation.of(element, clauses))


def _null(env: Env) -> Any:
    return None


def _never(env: Env, value: Any) -> bool | None:
    return None


def _cell(tree: ast.Node) -> Cell:
    """Compile a cell; the plain kinds, which are nearly all, without detour."""
    assert isinstance(tree, ast.UnaryTests)
    if len(tree.tests) == 1 and not tree.negated:
        only = tree.tests[0]
        if isinstance(only, ast.Literal) and type(only.value) in (str, Decimal, bool):
            return _exactly(only.value)
        return compile_test(only)
    if not tree.negated and all(isinstance(test, ast.Literal) and type(test.value) is str for test in tree.tests):
        return _one_of(frozenset(test.value for test in tree.tests if isinstance(test, ast.Literal)))
    run = compile_node(tree)

    def cell(env: Env, value: Any) -> bool | None:
        answer = run(env)
        return answer if type(answer) is bool else None

    return cell


def _exactly(wanted: Any) -> Cell:
    same = type(wanted)

    def cell(env: Env, value: Any) -> bool | None:
        if type(value) is list:
            return any(type(entry) is same and entry == wanted for entry in value) if len(value) == 1 else False
        return type(value) is same and bool(value == wanted)

    return cell


def _one_of(wanted: frozenset[str]) -> Cell:

    def cell(env: Env, value: Any) -> bool:
        return type(value) is str and value in wanted

    return cell


class Table:
    """A compiled decision table; calling it in a scope decides."""

    def __init__(
        self, inputs: list[Input], outputs: list[Output], rules: list[Rule], policy: str, aggregation: str
    ) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.rules = rules
        self.policy = policy
        self.aggregation = aggregation

    def __call__(self, env: Env) -> Any:
        evaluation = env.state
        assert isinstance(evaluation, Evaluation)
        values = self._read(env, evaluation)
        scopes = [Env({"?": value}, env, evaluation) for value in values]
        failed: dict[int, int] = {}
        matched = []
        for rule in self.rules:
            for index, cell in rule.cells:
                if cell(scopes[index], values[index]) is not True:
                    failed[rule.number] = index
                    break
            else:
                matched.append(rule)
                if self.policy == "FIRST":
                    break
        evaluation.step(len(self.rules) // 8)
        outputs = [self._outputs(rule, env) for rule in matched]
        result = self._decide(matched, outputs, env, evaluation)
        if evaluation.explains:
            evaluation.explain_table(self, values, matched, outputs, failed, result)
        return result

    def _read(self, env: Env, evaluation: Evaluation) -> list[Any]:
        values = []
        for column in self.inputs:
            value = column.run(env)
            fits, value = column.fit(value)
            if fits and column.allowed is not None and value is not None:
                fits = column.allowed(Env({"?": value}, env, evaluation)) is True
            if not fits:
                evaluation.fail("input", N_('The input "{input}" has a value that is not allowed.'), input=column.text)
                value = None
            values.append(value)
        return values

    def _outputs(self, rule: Rule, env: Env) -> list[Any]:
        values = []
        for column, run in zip(self.outputs, rule.outputs, strict=True):
            fits, value = column.fit(run(env))
            if not fits:
                env.state.warn(
                    "output",
                    N_('Rule {number}: "{output}" has a value of the wrong type.'),
                    number=rule.number,
                    output=column.name,
                )
            values.append(value)
        return values

    def _decide(self, matched: list[Rule], outputs: list[list[Any]], env: Env, evaluation: Evaluation) -> Any:
        if not matched:
            return self._default(env)
        if self.policy in ("UNIQUE", "ANY") and len(matched) > 1:
            alike = all(equal(row, outputs[0]) is True for row in outputs)
            if self.policy == "UNIQUE" or not alike:
                evaluation.fail(
                    "hit policy",
                    N_("The rules {rules} match at once, which the hit policy {policy} does not allow."),
                    rules=", ".join(str(rule.number) for rule in matched),
                    policy=self.policy,
                )
                return None
        if self.policy in ("PRIORITY", "OUTPUT ORDER"):
            outputs = self._ordered(outputs, env)
        rows = [self._shaped(row) for row in outputs]
        if self.policy not in ("RULE ORDER", "OUTPUT ORDER", "COLLECT"):
            return rows[0]
        return self._aggregate(rows, evaluation) if self.aggregation and self.policy == "COLLECT" else rows

    def _shaped(self, row: list[Any]) -> Any:
        if len(row) == 1:
            return row[0]
        return {column.name: value for column, value in zip(self.outputs, row, strict=True)}

    def _default(self, env: Env) -> Any:
        if not any(column.default for column in self.outputs):
            env.state.warn("no rule", N_("No rule of the table matches."))
            return None
        result = self._shaped(
            [column.fit(column.default(env))[1] if column.default else None for column in self.outputs]
        )
        return [result] if self.policy in ("RULE ORDER", "OUTPUT ORDER", "COLLECT") and not self.aggregation else result

    def _ordered(self, outputs: list[list[Any]], env: Env) -> list[list[Any]]:
        ranks = [[run(env) for run in column.order] for column in self.outputs]

        def rank(row: list[Any]) -> list[int]:
            return [
                next((place for place, known in enumerate(order) if equal(known, value) is True), len(order))
                for order, value in zip(ranks, row, strict=True)
            ]

        return sorted(outputs, key=rank)

    def _aggregate(self, rows: list[Any], evaluation: Evaluation) -> Any:
        function = _AGGREGATIONS.get(self.aggregation)
        if function is None:
            evaluation.fail("aggregation", N_('There is no aggregation "{aggregation}".'), aggregation=self.aggregation)
            return None
        if len(self.outputs) == 1:
            return calls.invoke(LIBRARY[function], [rows], evaluation)
        return {
            column.name: calls.invoke(LIBRARY[function], [[row[column.name] for row in rows]], evaluation)
            for column in self.outputs
        }


_AGGREGATIONS = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}
_POLICIES = ("UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
