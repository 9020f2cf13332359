"""Item definitions: checking and fitting values to the types a model declares (DMN 1.5 §7.3.3, §10.3.2.9.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine import feel
from engine.dmn.reading import Element, Reader, child, children, text, type_of
from engine.feel import types
from engine.feel.ast import TypeName

Fit = Callable[[Any], tuple[bool, Any]]


def anything(value: Any) -> tuple[bool, Any]:
    """The type of whatever has no type."""
    return True, value


class ItemTypes:
    """The types of one model by name; those of imported models under the import's name."""

    def __init__(self, root: Element, reader: Reader) -> None:
        self._reader = reader
        self._definitions = {definition.get("name"): definition for definition in children(root, "itemDefinition")}
        self.fits: dict[str, Fit] = {}
        for name in self._definitions:
            self.fits[name] = self._later(name)
        for name, definition in self._definitions.items():
            self.fits[name] = self._item(definition)

    def _later(self, name: str) -> Fit:
        return lambda value: self.fits[name](value)  # noqa: PLW0108 - the type may not be read yet

    def named(self, name: str) -> Fit:
        """Find the type of a name; an unknown name is no restriction."""
        if not name:
            return anything
        own = self.fits.get(name)
        if own is not None:
            return own if name not in self._definitions else self._later(name)
        simple = types.resolve(TypeName(name))
        if simple is None or simple.name == "Any":
            return anything
        return lambda value: types.fit(value, simple)

    def _item(self, definition: Element) -> Fit:
        fit = self._shape(definition)
        for constraint in ("allowedValues", "typeConstraint"):
            tests = text(child(definition, constraint))
            if not tests:
                continue
            expression = self._reader.expression(tests, definition.get("name", ""), unary=True)
            if expression is None:
                continue
            whole = constraint == "typeConstraint" or definition.get("isCollection") != "true"
            if whole:
                fit = _constrained(fit, expression)
            else:
                return _collection(_constrained(fit, expression))
        if definition.get("isCollection") == "true":
            return (
                _collection(fit) if child(definition, "typeConstraint") is None else self._constrained_list(definition)
            )
        return fit

    def _constrained_list(self, definition: Element) -> Fit:
        expression = self._reader.expression(
            text(child(definition, "typeConstraint")), definition.get("name", ""), unary=True
        )
        fit = _collection(self._shape(definition))
        return fit if expression is None else _constrained(fit, expression)

    def _shape(self, definition: Element) -> Fit:
        components = [(part.get("name"), self._item(part)) for part in children(definition, "itemComponent")]
        if components:
            return _context(components)
        if child(definition, "functionItem") is not None:
            return lambda value: types.fit(value, TypeName("function"))
        return self.named(type_of(definition))


def _context(components: list[tuple[str, Fit]]) -> Fit:
    def fit(value: Any) -> tuple[bool, Any]:
        if type(value) is list and len(value) == 1:
            value = value[0]
        if value is None:
            return True, None
        if not isinstance(value, dict):
            return False, None
        fitted = dict(value)
        for name, part in components:
            if name not in value:
                return False, None
            fits, fitted[name] = part(value[name])
            if not fits:
                return False, None
        return True, fitted

    return fit


def _collection(item: Fit) -> Fit:
    def fit(value: Any) -> tuple[bool, Any]:
        if value is None:
            return True, None
        fitted = [item(entry) for entry in (value if type(value) is list else [value])]
        if not all(fits for fits, _ in fitted):
            return False, None
        return True, [entry for _, entry in fitted]

    return fit


def _constrained(fit: Fit, tests: feel.Expression) -> Fit:
    def check(value: Any) -> tuple[bool, Any]:
        fits, fitted = fit(value)
        if not fits or fitted is None:
            return fits, fitted
        return (True, fitted) if tests.evaluate({}, value=fitted) is True else (False, None)

    return check
