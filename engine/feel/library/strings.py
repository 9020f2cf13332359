"""Functions over texts (DMN 1.5 §10.3.4.3); characters are Unicode code points."""

from __future__ import annotations

import base64
import uuid
from decimal import Decimal
from typing import Any

import regex

from engine import errors
from engine.feel.library.registry import builtin, with_state
from engine.feel.printing import text_of
from engine.feel.runtime import State


@builtin("string(from: any)")
def _string(value: Any) -> str | None:
    return None if value is None else text_of(value)


@builtin("substring(string: string, start position: number, length?: number)")
def _substring(text: str, start: Decimal, length: Decimal | None) -> str | None:
    first = int(start)
    if first == 0 or abs(first) > len(text) or (length is not None and length < 1):
        return None if first == 0 or (length is not None and length < 1) else ""
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin:] if length is None else text[begin : begin + int(length)]


@builtin("string length(string: string)")
def _length(text: str) -> Decimal:
    return Decimal(len(text))


@builtin("upper case(string: string)")
def _upper(text: str) -> str:
    return text.upper()


@builtin("lower case(string: string)")
def _lower(text: str) -> str:
    return text.lower()


@builtin("substring before(string: string, match: string)")
def _before(text: str, match: str) -> str:
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after(string: string, match: string)")
def _after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@builtin("contains(string: string, match: string)")
def _contains(text: str, match: str) -> bool:
    return match in text


@builtin("starts with(string: string, match: string)")
def _starts(text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def _ends(text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("trim(string: string)")
def _trim(text: str) -> str:
    return text.strip()


@builtin("uuid()")
def _uuid() -> str:
    return str(uuid.uuid4())


@builtin("to base64(value: string)")
def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_OUTSIDE_CLASS = regex.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\.", regex.DOTALL)
"""A dot that stands for any character but a line end; what is escaped or within brackets is taken as it is."""


def _without_spaces(pattern: str) -> str:
    """Take out the white space of a pattern with flag x, except within brackets (XPath functions 5.6.1.1)."""
    return "".join(
        part if part.startswith("[") else regex.sub(r"[\t\n\r ]", "", part)
        for part in regex.split(r"(\[(?:\\.|[^\]\\])*\])", pattern)
    )


def _pattern(pattern: str, flags: str) -> Any:
    """Compile a pattern of XPath (fn:matches) for Python."""
    if not set(flags) <= set("smixq"):
        raise ValueError(flags)
    if len(pattern) > 2_000:
        raise ValueError("too long")
    if "q" in flags:
        pattern = regex.escape(pattern)
    value = regex.VERSION1
    for flag, meaning in (("s", regex.DOTALL), ("m", regex.MULTILINE), ("i", regex.IGNORECASE)):
        if flag in flags:
            value |= meaning
    if regex.search(r"\(\?[^:]", pattern) or regex.search(r"\\[0AZbBGKkNPQExX](?!\w*\})", pattern.replace("\\\\", "")):
        raise ValueError(pattern)
    if "x" in flags:
        pattern = _without_spaces(pattern)
    if "s" not in flags:
        pattern = _OUTSIDE_CLASS.sub(lambda found: found[1] or r"[^\n\r]", pattern)
    pattern = pattern.replace(r"\i", "[_:A-Za-z]").replace(r"\c", r"[-._:A-Za-z0-9]").replace("-[", "--[")
    try:
        return regex.compile(pattern, value)
    except regex.error as problem:
        raise ValueError(pattern) from problem


@builtin("matches(input: string, pattern: string, flags?: string)")
@with_state
def _matches(state: State, text: str, pattern: str, flags: str | None) -> bool:
    seconds = state.limits.pattern_seconds
    try:
        return _pattern(pattern, flags or "").search(text, timeout=seconds) is not None
    except TimeoutError:
        raise errors.FeelPatternTooSlow(pattern=pattern, seconds=seconds) from None


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string)")
@with_state
def _replace(state: State, text: str, pattern: str, replacement: str, flags: str | None) -> str | None:
    compiled = _pattern(pattern, flags or "")
    if "q" in (flags or ""):
        template = replacement.replace("\\", "\\\\")
    else:
        if regex.search(r"(?<!\\)(?:\\\\)*\$(?!\d)", replacement) or regex.search(
            r"\\(?![\\$])", replacement.replace("\\\\", "")
        ):
            return None
        template = regex.sub(r"(?<!\\)\$(\d)", lambda found: _group(found, compiled.groups), replacement)
        template = template.replace(r"\$", "$")
    seconds = state.limits.pattern_seconds
    if len(template) * (len(text) + 1) > state.limits.text * 100:
        raise errors.FeelTextTooLong(limit=state.limits.text)
    try:
        return str(compiled.sub(template, text, timeout=seconds))
    except TimeoutError:
        raise errors.FeelPatternTooSlow(pattern=pattern, seconds=seconds) from None


def _group(found: Any, groups: int) -> str:
    number = int(found[1])
    return rf"\g<{number}>" if number <= groups else ""


@builtin("split(string: string, delimiter: string)")
@with_state
def _split(state: State, text: str, delimiter: str) -> list[str]:
    seconds = state.limits.pattern_seconds
    try:
        return list(_pattern(delimiter, "").split(text, timeout=seconds))
    except TimeoutError:
        raise errors.FeelPatternTooSlow(pattern=delimiter, seconds=seconds) from None


@builtin("extract(string: string, pattern: string)")
@with_state
def _extract(state: State, text: str, pattern: str) -> list[str]:
    seconds = state.limits.pattern_seconds
    try:
        return [found[0] for found in _pattern(pattern, "").finditer(text, timeout=seconds)]
    except TimeoutError:
        raise errors.FeelPatternTooSlow(pattern=pattern, seconds=seconds) from None


@builtin("string join(list: list, delimiter?: string)")
def _join(items: list[Any], delimiter: str | None) -> str | None:
    kept = [item for item in items if item is not None]
    if any(type(item) is not str for item in kept):
        return None
    return (delimiter or "").join(kept)
