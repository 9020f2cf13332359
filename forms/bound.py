"""A form bound to a task's variables and perhaps to what a person sent: visible parts, values, faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine import errors, feel
from engine.errors import N_
from forms.answers import Answer, Fault
from forms.part import Part
from forms.rules import faults_of
from forms.schema import Component, Schema, is_feel, named

ROWS = 200
"""How many rows a dynamic list may have."""
ADD, REMOVE = "add-row", "remove-row"
"""The buttons of a dynamic list; they work without a script, by sending the form to be shown again."""
ROUNDS = 5
"""How often conditions that depend on each other are looked at again."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(\+08:00)?(@.*)?\Z", re.ASCII)
"""A moment of the town as variables hold it; people read it with a blank, to the minute."""
_TEMPLATE = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)


class BoundForm:
    """What a template shows and a submission is judged by; made by :func:`bind`."""

    def __init__(
        self,
        schema: Schema,
        data: Any,
        values: Mapping[str, Any],
        context: Mapping[str, Any],
        locale: str,
        functions: Mapping[str, feel.Function] | None,
        uploads: Callable[[str], bool] | None,
        called: Callable[[str], str],
    ) -> None:
        self.schema, self.locale, self._functions, self._uploads = schema, locale, functions, uploads
        self._called = called
        self._sent = data is not None
        self._data = _typed(data)
        self._values = dict(values)
        self._base = {**context, **values}
        self.components = self._parts(schema.components, (), ())
        self._all = list(_all(self.components))
        self._context: dict[str, Any] = self._base
        self._parts_by_name = {part.name: part for part in self._all}
        self._answer()
        self._look()

    @property
    def errors(self) -> dict[str, list[Fault]]:
        """The faults by field path, in the order of the page."""
        return {part.name: part.errors for part in self._all if part.errors}

    @property
    def rearranged(self) -> bool:
        """Whether a row was asked for or taken out: then the form is shown again, not judged."""
        return ADD in self._data or REMOVE in self._data

    @property
    def raw(self) -> dict[str, list[str]]:
        """All typing that belongs to offered fields, as it came."""
        offered = {part.name for part in self._all if part.answer is not None}
        return {name: typed for name, typed in self._data.items() if name in offered}

    @property
    def values(self) -> dict[str, Any]:
        """The variables to hand on: only what was offered, visible and writable."""
        result: dict[str, Any] = {}
        for part in self.shown():
            writable = part.kind == "expression" or (part.answer is not None and not part.readonly)
            if part.kind == "dynamiclist" and not part.readonly:
                self._root(result, part.path)
                _put(result, self._placed(part), [self._old_row(part, index) for index, _ in part.rows])
            elif writable and len(part.path) > 1:
                self._root(result, part.path)
                _put(result, self._placed(part), self._value(part))
            elif writable and part.path:
                result[part.name] = self._value(part)
        return result

    def shown(self) -> Iterator[Part]:
        """Yield every part that stands on the page, in its order."""
        return (part for part in self._all if part.visible)

    def draft(self) -> dict[str, list[str]]:
        """Return the typing to keep until the person comes back, right or wrong; an empty row counts too."""
        lists = [part for part in self._all if part.kind == "dynamiclist"]
        return {**{f"{part.name}[{index}]": [""] for part in lists for index, _ in part.rows}, **self.raw}

    def validate(self) -> bool:
        """Judge every visible, writable field; the faults stand in :attr:`errors`."""
        for part in self._all:
            part.errors = []
        for part in self.shown():
            if part.kind == "dynamiclist" and len(self._indices(part)) > ROWS:
                part.errors = [Fault(N_("There are more than {limit} rows. Take some out."), {"limit": ROWS})]
            answer = part.answer
            if answer is None or part.readonly:
                continue
            if answer.fault is not None:
                part.errors = [answer.fault]
                continue
            rules = part.component.limits
            limits = {name: self.feel(rule, part) for name, rule in rules.items()} if rules else rules
            part.errors = faults_of(part, answer.data, limits, self._uploads)
        return not self.errors

    def _parts(
        self, components: Sequence[Component], prefix: tuple[str | int, ...], row: tuple[str | int, ...]
    ) -> list[Part]:
        parts = []
        for component in components:
            path = (*prefix, *component.path) if component.path and prefix else component.path
            name = named(path or (*prefix, component.id)) if prefix else component.name
            part = Part(self, component, component.kind, name, path, row)
            if part.kind == "dynamiclist":
                part.rows = [
                    (index, self._parts(component.children, (*path, index), (*path, index)))
                    for index in self._indices(part)[:ROWS]
                ]
            elif component.children:
                part.children = self._parts(component.children, prefix, row)
            parts.append(part)
        return parts

    def _indices(self, part: Part) -> list[int]:
        old = _get(self._values, part.path)
        count = len(old) if isinstance(old, list) else int(part.component.raw.get("defaultRepetitions") or 0)
        if not self._sent or part.component.raw.get("allowAddRemove") is False:
            return list(range(count))
        shape = re.compile(re.escape(part.name) + r"\[([0-9]{1,6})\]", re.ASCII)
        sent = {int(found.group(1)) for name in self._data if (found := shape.match(name))}
        sent -= {index for index in sent if f"{part.name}[{index}]" in self._data.get(REMOVE, ())}
        if part.name in self._data.get(ADD, ()):
            sent.add(max(*sent, count - 1, -1, -1) + 1)
        return sorted(sent)

    def _answer(self) -> None:
        for part in self._all:
            component = part.component
            if not component.is_answered:
                continue
            given = _get(self._values, part.path)
            if given is None and component.default is not None:
                given = _as_typed(self.feel(component.default, part))
            typed = self._data.get(part.name, []) if self._sent else None
            part.answer = Answer(part.kind, component.subtype, given, typed)

    def _look(self) -> None:
        if not self.schema.computes:
            self._judge(self.components, True)
            return
        for _ in range(ROUNDS):
            before = [part.visible for part in self._all]
            self._context = self._seen()
            self._judge(self.components, True)
            if before == [part.visible for part in self._all]:
                break

    def _judge(self, parts: Sequence[Part], above: bool, locked: bool = False) -> None:
        for part in parts:
            part.visible, part.readonly = above, locked
            if not part.component.is_steady:
                part.visible, part.readonly = above and not self._hidden(part), locked or self._locked(part)
            if part.children or part.rows:
                self._judge(list(part.inner()), part.visible, part.readonly)

    def _hidden(self, part: Part) -> bool:
        hide = (part.component.raw.get("conditional") or {}).get("hide")
        return hide is not None and self._run(str(hide).strip().removeprefix("="), part) is True

    def _locked(self, part: Part) -> bool:
        raw = part.component.raw
        return any(self.feel(raw.get(name), part) is True for name in ("disabled", "readonly"))

    def _seen(self) -> dict[str, Any]:
        seen = deepcopy(self._base)
        for part in self._all:
            if part.kind == "dynamiclist":
                _put(seen, self._placed(part), [self._old_row(part, index) for index, _ in part.rows])
            elif part.answer is not None and not part.readonly:
                data = self._answered(part)
                _put(seen, self._placed(part), feel.from_json(data) if part.visible else None)
        return seen

    def text_of(self, part: Part) -> Callable[[str], str]:
        """Return what finds a component's own texts by name, in the reader's language."""
        return lambda name: part.component.text(name, self.locale)

    def shown_value(self, part: Part) -> Any:
        """Return what a part shows; what was sent in place of what may not be changed is neither taken nor shown."""
        if part.answer is None:
            return self._value(part)
        return part.answer.given if part.readonly else part.answer.typed

    def options(self, part: Part) -> list[tuple[str, str]]:
        """Return the choices of a part."""
        raw = part.component.raw
        listed: Any = raw.get("values")
        if raw.get("valuesExpression"):
            listed = self.feel(raw["valuesExpression"], part)
        elif raw.get("valuesKey"):
            listed = _get(self._context, tuple(str(raw["valuesKey"]).split(".")))
        english = self.locale.startswith("en")
        options = []
        for entry in listed if isinstance(listed, list) else ():
            named = entry if isinstance(entry, Mapping) else {"label": entry, "value": entry}
            label = (named.get("label:en") if english else None) or named.get("label") or named.get("value")
            options.append((str(named.get("value")), str(label)))
        return options

    def _value(self, part: Part) -> Any:
        if part.kind == "expression":
            return feel.to_json(self._run(str(part.component.raw.get("expression")).strip().removeprefix("="), part))
        return self._answered(part)

    def _answered(self, part: Part) -> Any:
        """Return the answer as a variable: a number whose digits matter may be kept as text."""
        data = None if part.answer is None else part.answer.data
        as_text = isinstance(data, Decimal) and part.component.raw.get("serializeToString") is True
        return f"{data:f}" if as_text else data

    def _old_row(self, part: Part, index: int) -> dict[str, Any]:
        """Return the row as it was, so that columns the reader may only see are kept."""
        old = _get(self._values, part.path)
        kept = old[index] if isinstance(old, list) and index < len(old) else {}
        return deepcopy(dict(kept)) if isinstance(kept, Mapping) else {}

    def _placed(self, part: Part) -> tuple[str | int, ...]:
        """Return the path after the rows were closed up: row 7 of three rows becomes the third."""
        if not part.row:
            return part.path
        placed: list[str | int] = []
        for step in part.path:
            above = self._parts_by_name.get(named(tuple(part.path[: len(placed)])))
            rows = [index for index, _ in above.rows] if above is not None and isinstance(step, int) else []
            placed.append(rows.index(step) if isinstance(step, int) and step in rows else step)
        return tuple(placed)

    def _root(self, result: dict[str, Any], path: Sequence[str | int]) -> None:
        """Begin a nested variable with what it was: a form that writes ``a.b`` must not lose ``a.c``."""
        root = str(path[0])
        if len(path) > 1 and root not in result and isinstance(self._values.get(root), Mapping):
            result[root] = deepcopy(dict(self._values[root]))

    def feel(self, rule: Any, part: Part) -> Any:
        """Return what a rule of the schema says for a part, now."""
        return self._run(rule.strip().removeprefix("="), part) if isinstance(rule, str) and is_feel(rule) else rule

    def _run(self, text: str, part: Part) -> Any:
        context: Mapping[str, Any] = self._context
        row = _get(context, self._placed(part)[: len(part.row)]) if part.row else None
        if isinstance(row, Mapping):
            context = {**context, **row, "this": row, "parent": context}
        return feel.evaluate(text, context, functions=self._functions)

    def filled(self, part: Part, text: str, shown: Callable[[str], str] = str) -> str:
        """Return a text with its expressions evaluated."""
        if is_feel(text):
            return shown(self._worded(self.feel(text, part)))
        if "{{" not in text:
            return text

        def fill(found: re.Match[str]) -> str:
            try:
                return shown(self._worded(self._run(found.group(1), part)))
            except errors.FeelError:
                return found.group()

        return _TEMPLATE.sub(fill, text)

    def _worded(self, value: Any) -> str:
        """Write a value into a text; a list as people enumerate, an empty one as a dash."""
        if isinstance(value, list):
            return (", " if self.locale.startswith("en") else "、").join(map(self._said, value)) or "—"
        return self._said(value)

    def _said(self, value: Any) -> str:
        return self._called(_shown_text(value))


def bind(
    schema: Schema,
    data: Any,
    values: Mapping[str, Any],
    context: Mapping[str, Any],
    *,
    locale: str = "zh_CN",
    functions: Mapping[str, feel.Function] | None = None,
    uploads: Callable[[str], bool] | None = None,
    called: Callable[[str], str] = str,
) -> BoundForm:
    """Bind a schema to a task.

    Parameters
    ----------
    data : what was sent, with ``getlist`` or as lists of texts by name; None when the form is only shown.
    values : the variables the form begins with; context : what its expressions may read besides.
    uploads : tells whether a file id may be named in this form; without it no file is accepted.
    called : says what a value is called in the reader's language where a text of the form names it.
    """
    return BoundForm(schema, data, values, context, locale, functions, uploads, called)


def _typed(data: Any) -> dict[str, list[str]]:
    if data is None:
        return {}
    typed = data.getlist if hasattr(data, "getlist") else data.__getitem__
    return {str(name): [str(entry) for entry in typed(name)] for name in data}


def _as_typed(value: Any) -> Any:
    """Return a moment that a default works out as a person would type it: to the minute."""
    return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value


def _all(parts: Sequence[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        if part.children or part.rows:
            yield from _all(list(part.inner()))


def _get(tree: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        if isinstance(step, int):
            tree = tree[step] if isinstance(tree, list) and step < len(tree) else None
        else:
            tree = tree.get(step) if isinstance(tree, (dict, Mapping)) else None  # a dict is known for one at once
    return tree


def _put(tree: dict[str, Any], path: Sequence[str | int], value: Any) -> None:
    place: Any = tree
    for step in path[:-1]:
        if isinstance(step, int):
            place = place[step]
        else:
            if not isinstance(place.get(step), dict | list):
                place[step] = {}
            place = place[step]
    place[path[-1]] = value


def _shown_text(value: Any) -> str:
    """Write a value as people read it; of a row of a list, what its fields say."""
    if isinstance(value, Mapping):
        return " ".join(filter(None, map(_shown_text, value.values())))
    text = "" if value is None else value if isinstance(value, str) else feel.text_of(value)
    return f"{text[:10]} {text[11:16]}" if _MOMENT.match(text) else text
