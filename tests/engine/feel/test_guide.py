"""The examples of the guide are true."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import feel

GUIDE = (Path(__file__).parents[3] / "docs" / "feel.md").read_text(encoding="utf-8")
EXAMPLES = [line.split("// →") for line in GUIDE.split("```feel\n")[1].split("```")[0].splitlines()]


@pytest.mark.parametrize(("expression", "value"), EXAMPLES)
def test_an_example_has_the_value_it_claims(expression: str, value: str) -> None:
    assert feel.evaluate(expression, {}) == feel.evaluate(value, {}), expression
