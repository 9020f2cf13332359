"""The few Java functions that DMN files from other tools call; a fixed list, computed here, no Java and no import."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.printing import text_of
from engine.feel.values import number

_INTEGERS = {"byte": 2**7, "short": 2**15, "int": 2**31, "long": 2**63}
_BOXES = {
    "java.lang.Byte": "byte",
    "java.lang.Short": "short",
    "java.lang.Integer": "int",
    "java.lang.Long": "long",
    "java.lang.Float": "float",
    "java.lang.Double": "double",
    "java.lang.String": "String",
}
_ONE: dict[str, Callable[[float], float]] = {
    name: getattr(math, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "exp", "sqrt", "floor", "ceil")
}
_ONE |= {"log": math.log, "abs": abs, "toRadians": math.radians, "toDegrees": math.degrees}
_TWO: dict[str, Callable[[Any, Any], Any]] = {"max": max, "min": min, "pow": lambda a, b: float(a) ** float(b)}


def java(declared: Any) -> Callable[..., Any] | None:
    """Find the function that ``{java: {class: …, method signature: …}}`` names; None if it is not on the list."""
    described = declared.get("java") if isinstance(declared, dict) else None
    if not isinstance(described, dict):
        return None
    owner, signature = described.get("class"), described.get("method signature")
    if type(owner) is not str or type(signature) is not str or "(" not in signature:
        return None
    method, _, rest = signature.partition("(")
    kinds = [part.strip().removeprefix("java.lang.") for part in rest.removesuffix(")").split(",") if part.strip()]
    found = _find(owner, method.strip(), kinds)
    return None if found is None else _checked(found, kinds)


def _find(owner: str, method: str, kinds: list[str]) -> Callable[..., Any] | None:
    numeric = all(kind in _INTEGERS or kind in ("float", "double") for kind in kinds)
    if owner == "java.lang.Math" and numeric and len(kinds) == 1 and method in _ONE:
        return lambda value: _ONE[method](float(value))
    if owner == "java.lang.Math" and numeric and len(kinds) == 2 and method in _TWO:
        return _TWO[method]
    if owner == "java.lang.String" and method == "format" and kinds == ["String", "[Ljava.lang.Object;"]:
        return _format
    if owner in _BOXES and method == "valueOf" and len(kinds) == 1:
        wanted = _BOXES[owner]
        if wanted == "String":
            return str if kinds[0] == "char" else None
        return number if kinds[0] in ("String", wanted) else None
    return None


def _format(template: str, *values: Any) -> str | None:
    pieces = template.split("%s")
    if len(pieces) != len(values) + 1 or "%" in "".join(pieces):
        return None
    return pieces[0] + "".join(text_of(value) + piece for value, piece in zip(values, pieces[1:], strict=True))


def _checked(call: Callable[..., Any], kinds: list[str]) -> Callable[..., Any]:
    def run(*values: Any) -> Any:
        wanted = kinds
        if kinds and kinds[-1].startswith("[L"):
            wanted = [*kinds[:-1], *["Object"] * (len(values) - len(kinds) + 1)]
        if len(values) != len(wanted) or not all(map(_fits, values, wanted)):
            return None
        result = call(*values)
        return number(result) if isinstance(result, int | float) else result

    return run


def _fits(value: Any, kind: str) -> bool:
    if kind in _INTEGERS:
        return isinstance(value, Decimal) and value == int(value) and -_INTEGERS[kind] <= value < _INTEGERS[kind]
    if kind in ("float", "double"):
        return isinstance(value, Decimal)
    if kind == "char":
        return isinstance(value, str) and len(value) == 1
    return isinstance(value, str) if kind == "String" else value is not None
