"""The tokens of the game: where they stand, what stands in them, what completed in them and what they see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.engine.bpmn.game.reading import Element, Way

READY, JOINS, ENTERED, WAITS, OPEN, ARMED, STUCK = "ready", "joins", "entered", "waits", "open", "armed", "stuck"
"""May begin; waits for others at a gateway; may end; waits for the world; has something inside; may happen; cannot."""
SERIAL = count()


@dataclass(eq=False)
class Record:
    """An activity that has completed and can be undone, or what can be undone in it."""

    at: Element
    by: Element | None
    inside: list[Record]
    number: int = field(default_factory=lambda: next(SERIAL))
    taken: Token | None = None


@dataclass(eq=False)
class Token:
    """One token, and the scope that it opens."""

    at: Element
    above: Token | None
    state: str = READY
    number: int | None = None
    by: Way | None = None
    inside: list[Token] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    serial: int = field(default_factory=lambda: next(SERIAL))
    kind: str = ""
    """What it waits for."""
    role: str = ""
    """``item`` of a repeated activity, its ``body``, an ``activation``, or a throw event's work ``beside`` it."""
    host: Token | None = None
    group: list[Token] = field(default_factory=list)
    released: bool = False
    """Whether what it waited for has come."""
    left: int = 1
    """How often an event may still happen."""
    was: bool = False
    known: bool = False
    """Whether the run has told that it began."""
    done: int = 0
    begun: int = 0
    items: list[Any] = field(default_factory=list)
    closing: bool = False
    queue: list[str] = field(default_factory=list)
    fired: dict[Element, set[Way]] = field(default_factory=dict)
    log: list[Record] = field(default_factory=list)
    plan: list[Record] | None = None
    handling: Record | None = None
    given: set[str] = field(default_factory=set)
    told: bool = False
    """Whether an incident of it was told."""
    brings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.above is not None:
            self.above.inside.append(self)

    @property
    def alive(self) -> bool:
        """Whether it is still in the game."""
        return self.above is None or (self in self.above.inside and self.above.alive)

    def living(self) -> list[Token]:
        """Return what stands in it besides events that may happen."""
        return [each for each in self.inside if each.state != ARMED]

    def walk(self) -> Iterator[Token]:
        """Yield it and everything in it."""
        yield self
        for each in list(self.inside):
            yield from each.walk()

    @property
    def waits(self) -> bool:
        """Whether it waits for the world; a task that cannot be left stays a task."""
        still = not self.released or (self.state == STUCK and self.kind in ("task", "job"))
        return bool(self.kind) and still and not self.closing and self.left > 0

    # -- variables: the nearest scope that declares one, else the process

    def _scopes(self) -> Iterator[Token]:
        token: Token | None = self
        while token is not None:
            yield token
            token = None if token.at.kind == "process" else token.above

    def seen(self, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return all variables that it sees; ``more`` before all."""
        found = dict(more or {})
        for scope in self._scopes():
            found = {**scope.values, **found}
        return found

    def take_in(self) -> None:
        """Set the variables that it brings."""
        for name, value in self.brings.items():
            self.write(name, value)
        self.brings = {}

    def write(self, name: str, value: Any) -> None:
        """Set a variable where it is declared."""
        for scope in self._scopes():
            if name in scope.values or scope.at.kind == "process":
                if scope.values.get(name) != value:
                    scope.given.discard(name)
                    scope.values[name] = value
                return
