"""How much an expression may ask for; each bound has its own error, so that the author learns which one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one evaluation; the defaults keep the worst expression under a tenth of a second."""

    length: int = 10_000
    """Characters of an expression."""
    nesting: int = 60
    """Brackets within brackets."""
    steps: int = 20_000
    """Passes through loops, filters, list functions and calls, all together."""
    calls: int = 60
    """Functions calling functions."""
    items: int = 40_000
    """Entries of one list."""
    text: int = 200_000
    """Characters of one string."""
    digits: int = 400
    """Characters of a number as written."""
    seconds: float = 2.0
    """Wall clock of one evaluation."""
    pattern_seconds: float = 0.05
    """Wall clock of one regular expression."""


DEFAULT = Limits()
