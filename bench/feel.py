"""Measures FEEL and DMN in CPU time: ``python bench/feel.py``; a table, then a JSON line per figure."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine import dmn, feel

CONDITION = 'v3 > 2 and kind = "licence" and v19 <= 20'
COLD = 'if amount > {} and item.kind = "licence" then sum(for x in list return x.price * 1.13) else 0 + 12345'


def measure(work: Callable[[], Any], rounds: int) -> float:
    """Microseconds of CPU per call, the best of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for _ in range(rounds):
            work()
        best = min(best, (time.process_time() - start) / rounds * 1e6)
    return best


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


def main() -> None:
    """Run all and print."""
    variables: dict[str, Any] = {f"v{index}": Decimal(index) for index in range(20)} | {"kind": "licence"}
    condition, model, number = feel.parse(CONDITION), table(50), itertools.count()
    row = {"p": Decimal(495), "q": "a", "r": Decimal(3), "s": True}
    figures = [
        ("gateway condition over 20 variables", 5.0, measure(lambda: condition.evaluate(variables), 20_000)),
        ("decision table, 50 rules, 4 inputs", 150.0, measure(lambda: model.evaluate("x", row), 2_000)),
        ("the same, explained", 0.0, measure(lambda: model.evaluate("x", row, explain=True), 1_000)),
        ("cold parse of 100 characters", 1_000.0, measure(lambda: feel.parse(COLD.format(next(number))), 500)),
    ]
    for name, target, found in figures:
        print(f"{name:40} {found:10.1f} µs   target {f'{target:.0f} µs' if target else '-'}")
    for name, target, found in figures:
        print(json.dumps({"metric": name, "microseconds": round(found, 2), "target": target or None}))


if __name__ == "__main__":
    main()
