"""Functions over contexts and any value (DMN 1.5 §10.3.4.9, §10.3.4.12; Camunda 8)."""

from __future__ import annotations

import json
from typing import Any

from engine.feel.far import is_far
from engine.feel.library.registry import builtin, with_state
from engine.feel.printing import text_of, to_json
from engine.feel.runtime import State
from engine.feel.values import equal, kind, normalise


@builtin("not(negand: any)")
def _not(value: Any) -> bool | None:
    return (not value) if type(value) is bool else None


@builtin("is(value1?: any, value2?: any)")
def _is(left: Any, right: Any) -> bool:
    if kind(left) in ("time", "date and time") and kind(left) == kind(right) and not is_far(left, right):
        return bool(left.replace(tzinfo=None) == right.replace(tzinfo=None) and str(left.tzinfo) == str(right.tzinfo))
    return equal(left, right) is True


@builtin("is defined(value: any)")
def _is_defined(value: Any) -> bool:
    return value is not None


@builtin("get or else(value: any, default: any)")
def _get_or_else(value: Any, default: Any) -> Any:
    return default if value is None else value


@builtin("assert(value: any, condition: any, cause?: any)")
def _assert(value: Any, condition: Any, cause: Any) -> Any:
    return value if condition is True else None


@builtin("fromAi(value: any, description?: any, type?: any, schema?: any, options?: any)")
def _from_ai(value: Any, *rest: Any) -> Any:
    return value


@builtin("get value(m: context, key: string)")
def _get_value(context: dict[str, Any], key: str) -> Any:
    return context.get(key)


@builtin("get value(context: context, keys: list)")
def _get_value_at(context: Any, keys: list[Any]) -> Any:
    for key in keys:
        if not isinstance(context, dict) or type(key) is not str:
            return None
        context = context.get(key)
    return context


@builtin("get entries(m: context)")
def _get_entries(context: dict[str, Any]) -> list[Any]:
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context(entries: list)")
def _context(entries: list[Any]) -> dict[str, Any] | None:
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            return None
        if type(entry["key"]) is not str or entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put(context: context, key: string, value: any)")
def _put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return context | {key: value}


@builtin("context put(context: context, keys: list, value: any)")
def _put_at(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    if not keys or any(type(key) is not str for key in keys):
        return None
    first, *rest = keys
    if not rest:
        return context | {first: value}
    inner = context.get(first)
    changed = _put_at({} if inner is None else inner, rest, value) if inner is None or type(inner) is dict else None
    return None if changed is None else context | {first: changed}


@builtin("context merge(contexts: list)")
def _merge(contexts: list[Any]) -> dict[str, Any] | None:
    if any(not isinstance(context, dict) for context in contexts):
        return None
    return {key: value for context in contexts for key, value in context.items()}


@builtin("from json(value: string)")
@with_state
def _from_json(state: State, text: str) -> Any:
    from decimal import Decimal

    try:
        return normalise(json.loads(text, parse_float=Decimal, parse_int=Decimal))
    except RecursionError:
        return None


@builtin("to json(value: any)")
def _to_json(value: Any) -> str:
    def plain(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: plain(entry) for key, entry in item.items()}
        if isinstance(item, list):
            return [plain(entry) for entry in item]
        return item

    def write(item: Any) -> str:
        if isinstance(item, dict):
            return (
                "{"
                + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{write(entry)}" for key, entry in item.items())
                + "}"
            )
        if isinstance(item, list):
            return "[" + ",".join(write(entry) for entry in item) + "]"
        return text_of(item, True)

    return write(plain(to_json(value)))
