"""A form-js schema (1.23), checked once and ready to be bound to a task; whatever is not understood is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import regex

from engine import errors, feel
from forms.checks import CHECKS, CHOICE_CHECKS, DATE_CHECKS

INPUTS = frozenset(
    ("textfield", "textarea", "number", "datetime", "checkbox", "checklist", "taglist", "radio", "select")
).union(("filepicker", "expression"))
CONTAINERS = frozenset({"group", "dynamiclist"})
SHOWN = frozenset({"text", "html", "separator", "spacer", "button"})
SUPPORTED = INPUTS | CONTAINERS | SHOWN
SHAPES = {"custom": "", "email": r"^[^\s@]+@[^\s@]+\.[^\s@]+$", "phone": r"^\+?[0-9 ()-]{5,20}$"}
"""The pattern behind each ``validationType`` of a text field; any other is refused."""
DEEPEST = 8
"""How many groups and lists may stand in one another."""
MOST = 1_000
"""How many components one form may have."""
_GROUPS_OF_JAVASCRIPT = regex.compile(r"\\.|\(\?(?!:|=|!|<=|<!|<[A-Za-z_])|\[(?:\\.|[^\]\\])*\]")


@dataclass(frozen=True)
class Component:
    """One component of a form; ``path`` is relative to the list it stands in, else to the form."""

    kind: str
    id: str
    path: tuple[str, ...]
    raw: Mapping[str, Any]
    children: tuple[Component, ...] = ()
    pattern: regex.Pattern[str] | None = field(default=None, compare=False)

    @cached_property
    def name(self) -> str:
        """What it is called in a request, when it stands in no list."""
        return named(self.path or (self.id,))

    @cached_property
    def default(self) -> Any:
        """What it begins with when there is no such variable yet: a value or FEEL."""
        return self.raw.get("defaultValue")

    @cached_property
    def subtype(self) -> str:
        """What a field for a moment asks for: a day, a time, or both."""
        return str(self.raw.get("subtype") or "date")

    def text(self, name: str, locale: str) -> str:
        """Return a text of the component in the reader's language; Chinese stands in the schema itself."""
        english = self.properties.get(f"{name}:en") if locale.startswith("en") else None
        return str(english or self.raw.get(name) or "")

    @cached_property
    def properties(self) -> Mapping[str, str]:
        """The component's own properties, where our checks and English texts stand."""
        return self.raw.get("properties") or {}

    @cached_property
    def limits(self) -> Mapping[str, Any]:
        """What form-js calls ``validate``."""
        return self.raw.get("validate") or {}

    @cached_property
    def is_answered(self) -> bool:
        """Whether it takes an answer of its own."""
        return bool(self.path) and self.kind not in (*CONTAINERS, "expression")

    @cached_property
    def is_steady(self) -> bool:
        """Whether nothing ever hides or locks it."""
        hides = (self.raw.get("conditional") or {}).get("hide") is not None
        return not (hides or self.raw.get("disabled") or self.raw.get("readonly"))


@dataclass(frozen=True)
class Schema:
    """A form that can be bound; immutable and shareable."""

    id: str
    hash: str
    components: tuple[Component, ...]

    @cached_property
    def computes(self) -> bool:
        """Whether anything on it is computed from variables or answers."""
        return any(_computes(component.raw) for component in _walk(self.components))

    @property
    def deciding(self) -> tuple[str, ...]:
        """The names of fields on which it depends whether others are asked."""
        hidden = (part.raw.get("conditional") or {} for part in _walk(self.components))
        texts = (str(each["hide"]).strip().removeprefix("=") for each in hidden if each.get("hide"))
        return tuple(sorted({".".join(path) for text in texts for path in feel.paths(text)}))


def hash(schema: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the schema's canonical JSON, which the audit keeps with every completion."""
    text = json.dumps(schema, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def compile(schema: Mapping[str, Any]) -> Schema:
    """Check a schema and make it ready.

    Raises
    ------
    FormRefused : in one of its kinds, naming the component and what to change.
    """
    if not isinstance(schema, Mapping) or not isinstance(schema.get("components"), list):
        raise errors.FormUnreadable()
    components = tuple(_compile(entry, (), 1) for entry in schema["components"])
    if sum(1 for _ in _walk(components)) > MOST:
        raise errors.FormTooLarge(limit=MOST)
    _keys_once(components)
    return Schema(str(schema.get("id") or ""), hash(schema), components)


def named(path: Sequence[str | int]) -> str:
    """Return what stands for a path in a request: ``persons[2].name``."""
    if len(path) == 1:
        return str(path[0])
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def is_feel(value: Any) -> bool:
    """Tell whether a value of the schema is a FEEL expression."""
    return isinstance(value, str) and value.lstrip().startswith("=")


def _compile(raw: Any, above: tuple[str, ...], depth: int) -> Component:
    if not isinstance(raw, Mapping):
        raise errors.FormUnreadable()
    if depth > DEEPEST:
        raise errors.FormTooDeep(limit=DEEPEST)
    kind, name = str(raw.get("type")), str(raw.get("id") or raw.get("key") or raw.get("type"))
    if kind not in SUPPORTED:
        raise errors.FormComponentUnknown(component=name, kind=kind, supported=", ".join(sorted(SUPPORTED)))
    _check_property(raw, name, kind)
    for text in _expressions(raw):
        _parse(text, name)
    path = above + _path(raw, name, kind)
    inner = () if kind == "dynamiclist" else path if kind == "group" else above
    children = tuple(_compile(entry, inner, depth + 1) for entry in raw.get("components") or ())
    return Component(kind, name, path, raw, children, _pattern(raw, name))


def _path(raw: Mapping[str, Any], name: str, kind: str) -> tuple[str, ...]:
    text = raw.get("key") if kind in INPUTS else raw.get("path") if kind in CONTAINERS else None
    if not text:
        if kind in INPUTS or kind == "dynamiclist":
            raise errors.FormKeyMissing(component=name)
        return ()
    parts = tuple(str(text).split("."))
    if not all(part.isidentifier() for part in parts):
        raise errors.FormKeyUnusable(component=name, key=str(text))
    return parts


def _check_property(raw: Mapping[str, Any], name: str, kind: str) -> None:
    check = (raw.get("properties") or {}).get("check")
    allowed = {
        "datetime": DATE_CHECKS, "textfield": tuple(CHECKS), "textarea": tuple(CHECKS), "checklist": CHOICE_CHECKS,
        "taglist": CHOICE_CHECKS,
    }.get(kind, ())  # fmt: skip
    if check is not None and check not in allowed:
        raise errors.FormCheckUnknown(
            component=name, check=check, known=", ".join((*CHECKS, *DATE_CHECKS, *CHOICE_CHECKS))
        )


def _expressions(raw: Mapping[str, Any]) -> Iterator[str]:
    conditional, limits = raw.get("conditional") or {}, raw.get("validate") or {}
    yield from (value for value in (*raw.values(), *limits.values()) if is_feel(value))
    if conditional.get("hide"):
        yield str(conditional["hide"])
    if raw.get("type") == "expression":
        yield str(raw.get("expression") or "")


def _computes(raw: Mapping[str, Any]) -> bool:
    texts = [*raw.values(), *(raw.get("properties") or {}).values()]
    templates = any(is_feel(text) or (isinstance(text, str) and "{{" in text) for text in texts)
    return templates or bool(raw.get("valuesKey")) or any(True for _ in _expressions(raw))


def _parse(text: str, name: str) -> None:
    try:
        feel.parse(text.strip().removeprefix("="))
    except errors.FeelError as error:
        raise errors.FormExpressionUnusable(component=name, expression=text, reason=str(error)) from error


def _pattern(raw: Mapping[str, Any], name: str) -> regex.Pattern[str] | None:
    limits = raw.get("validate") or {}
    text = limits.get("pattern") or SHAPES.get(limits.get("validationType") or "custom", "(?")
    if not text or is_feel(text):
        return None
    foreign = any(found.group().startswith("(?") for found in _GROUPS_OF_JAVASCRIPT.finditer(str(text)))
    try:
        if foreign:
            raise errors.FormPatternUnusable(component=name, pattern=text)
        return regex.compile(str(text), regex.ASCII)
    except regex.error as error:
        raise errors.FormPatternUnusable(component=name, pattern=text) from error


def _walk(components: Iterable[Component]) -> Iterator[Component]:
    for component in components:
        yield component
        yield from _walk(component.children)


def _keys_once(components: Iterable[Component]) -> None:
    seen: set[tuple[str, ...]] = set()

    def visit(entries: Iterable[Component]) -> None:
        for entry in entries:
            if entry.kind in INPUTS or entry.kind == "dynamiclist":
                above = any(entry.path[: len(path)] == path or path[: len(entry.path)] == entry.path for path in seen)
                if above:
                    raise errors.FormKeyTwice(key=".".join(entry.path))
                seen.add(entry.path)
            if entry.kind == "dynamiclist":
                _keys_once(entry.children)
            else:
                visit(entry.children)

    visit(components)
