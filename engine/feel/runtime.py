"""What an expression sees while it runs: its scopes, its functions, its bounds and the warnings it leaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import errors
from engine.feel.limits import DEFAULT, Limits
from engine.feel.values import SCALARS, Function, normalise

MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Notice:
    """Why a result is null although nobody wrote null; ``message`` is a text for translation, filled from ``facts``."""

    code: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format_map(self.facts)


class State:
    """What one evaluation has used up and noticed so far."""

    __slots__ = ("calls", "deadline", "functions", "limits", "missing", "steps", "types", "warnings")

    def __init__(
        self, functions: Mapping[str, Function] | None, warnings: list[Any] | None, limits: Limits = DEFAULT
    ) -> None:
        self.functions: Mapping[str, Function] = functions or {}
        self.warnings: list[Any] = [] if warnings is None else warnings
        self.limits = limits
        self.steps = 0
        self.calls = 0
        self.missing = False
        self.deadline = 0.0
        self.types: Mapping[str, Callable[[Any], tuple[bool, Any]]] = {}

    def step(self, count: int = 1) -> None:
        """Count work; stop an expression that does too much of it.

        Raises
        ------
        FeelTooManySteps, FeelTooSlow
        """
        self.steps += count
        if self.steps > self.limits.steps:
            raise errors.FeelTooManySteps(limit=self.limits.steps)
        if not self.deadline:
            self.deadline = time.monotonic() + self.limits.seconds
        elif not self.steps & 63 and time.monotonic() > self.deadline:
            raise errors.FeelTooSlow(seconds=self.limits.seconds)

    def warn(self, code: str, message: str, **facts: Any) -> None:
        """Note why something became null; a loop does not repeat itself without end."""
        if len(self.warnings) < 100:
            self.warnings.append(Notice(code, message, facts))

    def sized(self, value: Any) -> Any:
        """Let a list or text through unless it grew too large.

        Raises
        ------
        FeelListTooLong, FeelTextTooLong
        """
        if type(value) is list:
            self.step(len(value) // 8)
            if len(value) > self.limits.items:
                raise errors.FeelListTooLong(limit=self.limits.items)
        elif type(value) is str and len(value) > self.limits.text:
            raise errors.FeelTextTooLong(limit=self.limits.text)
        return value

    def weigh(self, value: Any) -> Any:
        """Let a list or context through unless it is huge or bottomless, its shared parts counted as often as used.

        Raises
        ------
        FeelListTooLong, FeelTooDeep
        """
        if type(value) is not list and type(value) is not dict:
            return value
        level, count, depth = [value], 0, 0
        while level:
            count += sum(map(len, level))
            depth += 1
            if count > self.limits.items:
                raise errors.FeelListTooLong(limit=self.limits.items)
            if depth > self.limits.nesting * 2:
                raise errors.FeelTooDeep(limit=self.limits.nesting * 2)
            below = (entry for item in level for entry in (item.values() if type(item) is dict else item))
            level = [entry for entry in below if type(entry) is list or type(entry) is dict]
        return value


class Env:
    """A scope: names of its own, then those of its parent."""

    __slots__ = ("parent", "state", "vars")

    def __init__(self, variables: Mapping[str, Any], parent: Env | None, state: State) -> None:
        self.vars = variables
        self.parent = parent
        self.state = state

    def find(self, name: str) -> Any:
        """Look a name up from the inside out; ``MISSING`` if nobody knows it."""
        env: Env | None = self
        while env is not None:
            value = env.vars.get(name, MISSING)
            if value is not MISSING:
                return value
            env = env.parent
        return MISSING


Run = Callable[[Env], Any]
"""A compiled part of an expression: it gives its value in a scope."""


class Root(Mapping[str, Any]):
    """The caller's variables; lists and contexts are taken in once per evaluation, scalars as they are read."""

    __slots__ = ("_given", "_taken")

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self._taken: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        value = self._given.get(key, default)
        if type(value) in SCALARS or value is MISSING:
            return value
        if key not in self._taken:
            self._taken[key] = normalise(value)
        return self._taken[key]

    def __getitem__(self, key: str) -> Any:
        return normalise(self._given[key])

    def __iter__(self) -> Any:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)
