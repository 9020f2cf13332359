"""What an expression and a decision table cost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bench.measure import Figure, Options, cpu_ms
from engine import dmn, feel

CONDITION = 'v3 > 2 and kind = "licence" and v19 <= 20'
COLD = 'if amount > {} and item.kind = "licence" then sum(for x in list return x.price * 1.13) else 0 + 12345'


def table(rules: int) -> dmn.Model:
    """A decision table of four inputs of which the last rule matches."""
    inputs = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in "pqrs")
    rows = "".join(_row(index) for index in range(rules))
    return dmn.parse(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="x" name="x"><decisionTable hitPolicy="FIRST">{inputs}<output/>{rows}</decisionTable></decision>'
        "</definitions>".encode()
    )


def _row(index: int) -> str:
    cells = (f"[{index * 10}..{index * 10 + 9}]", '"a", "b"', f"&lt; {index + 100}", "true")
    entries = "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in cells)
    return f"<rule>{entries}<outputEntry><text>{index}</text></outputEntry></rule>"


def run(options: Options) -> Iterator[Figure]:
    """Measure a condition, a table, the same explained, and an expression never seen before."""
    variables: dict[str, Any] = {f"v{index}": Decimal(index) for index in range(20)} | {"kind": "licence"}
    condition, model, number = feel.parse(CONDITION), table(50), itertools.count()
    row = {"p": Decimal(495), "q": "a", "r": Decimal(3), "s": True}
    rounds = options.times(2000)
    once = cpu_ms(lambda: condition.evaluate(variables), rounds * 5)
    yield Figure("FEEL: condition over 20 variables", once, "ms CPU", 0.005)
    decided = cpu_ms(lambda: model.evaluate("x", row), rounds)
    yield Figure("DMN: table of 50 rules, 4 inputs", decided, "ms CPU", 0.150)
    explained = cpu_ms(lambda: model.evaluate("x", row, explain=True), rounds)
    yield Figure("DMN: the same, explained", explained, "ms CPU")
    parsed = cpu_ms(lambda: feel.parse(COLD.format(next(number))), rounds // 4)
    yield Figure("FEEL: cold parse of 100 characters", parsed, "ms CPU", 1.0)
