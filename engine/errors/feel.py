"""Errors of expressions and decision tables."""

from __future__ import annotations

from engine.errors.base import NotFound, Refused


class FeelError(Refused):
    """The expression cannot be used."""


class FeelSyntaxError(FeelError):
    """The expression is not understood at line {line}, column {column}, near "{near}". {suggestion}"""

    def __init__(self, *, line: int, column: int, near: str, suggestion: str) -> None:
        super().__init__(line=line, column=column, near=near, suggestion=suggestion)
        self.line, self.column, self.near, self.suggestion = line, column, near, suggestion


class FeelLimitExceeded(FeelError):
    """The expression asks for too much and was stopped."""


class FeelTooLong(FeelLimitExceeded):
    """The expression has {length} characters; at most {limit} are allowed. Split it into several decisions."""


class FeelTooDeep(FeelLimitExceeded):
    """The expression is nested or calls itself more than {limit} deep. Split it, or replace recursion by "for"."""


class FeelTooManySteps(FeelLimitExceeded):
    """The expression needs more than {limit} steps. Let it look at fewer values."""


class FeelListTooLong(FeelLimitExceeded):
    """A list or range has more than {limit} entries. Let the expression look at fewer values."""


class FeelNumberTooLong(FeelLimitExceeded):
    """A number is written with more than {limit} characters."""


class FeelTextTooLong(FeelLimitExceeded):
    """A text grows beyond {limit} characters."""


class FeelTooSlow(FeelLimitExceeded):
    """The expression was stopped after {seconds} seconds."""


class FeelPatternTooSlow(FeelLimitExceeded):
    """The pattern "{pattern}" was stopped after {seconds} seconds. Write it without repetition inside repetition."""


class DecisionModelInvalid(Refused):
    """The decision model cannot be used: {problem}"""


class DecisionNotFound(NotFound):
    """The decision model has no decision or decision service "{decision}"."""
