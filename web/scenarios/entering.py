"""Types a scenario's values into a form, as a browser would send them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import forms


def bound(schema: Mapping[str, Any], given: Mapping[str, Any], seen: Mapping[str, Any]) -> forms.BoundForm:
    """Return the form with the values typed over what stands in it when the page is opened."""
    compiled = forms.compile(schema)
    typed = dict(_typed(forms.bind(compiled, None, seen, {}).components))
    typed.update(_flat(_rows(given, seen)))
    return forms.bind(compiled, typed, seen, {}, uploads=lambda _: True)


def _typed(parts: Any) -> Iterator[tuple[str, list[str]]]:
    """Return what stands in the fields when the page is opened, as the browser would send it."""
    for part in parts:
        if part.kind in ("group", "dynamiclist"):
            yield from _typed(list(part.inner()))
        elif (
            not part.readonly and part.component.path and part.value not in (None, "", []) and part.kind != "expression"
        ):
            values = part.value if isinstance(part.value, list) else [part.value]
            if part.value is not False:
                yield part.name, [_text(value) for value in values]


def _rows(given: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(given)
    wanted = values.pop("$received", None)
    if wanted is not None:
        for index, row in enumerate(seen.get("materials") or []):
            missing = isinstance(wanted, list) and row["code"] in wanted
            values[f"materials[{index}].received"] = not missing
    answers = values.pop("$answers", {})
    for index, row in enumerate(seen.get("situations") or []):
        if row["id"] in answers:
            values[f"situations[{index}].answer"] = answers[row["id"]]
    return values


def _flat(values: Any, path: str = "") -> dict[str, list[str]]:
    if isinstance(values, Mapping):
        found: dict[str, list[str]] = {}
        for name, value in values.items():
            found |= _flat(value, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(values, list) and values and isinstance(values[0], Mapping):
        found = {}
        for index, value in enumerate(values):
            found |= _flat(value, f"{path}[{index}]")
        return found
    if isinstance(values, list):
        return {path: [_text(value) for value in values]}
    return {path: [] if values is None else [_text(values)]}


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
