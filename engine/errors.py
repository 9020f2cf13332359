"""Every error of the engine, a named fact each; the docstring is the message in English and the key of its translation.

A message names its facts in braces (``{person}``) and says what happened and what to do next. The five kinds below
say how a caller should take an error; the web maps each to one HTTP status.
"""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it, which its extractor looks for
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return message


class EngineError(Exception):
    """The action could not be carried out; nothing was changed."""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.template.format_map(_Facts(facts)))

    @property
    def template(self) -> str:
        """The untranslated message with its facts still in braces."""
        return " ".join((type(self).__doc__ or "").split())

    @property
    def code(self) -> str:
        """The error's name as the API reports it, for example ``TaskAlreadyCompleted``."""
        return type(self).__name__


class _Facts(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


class NotFound(EngineError):
    """There is no such thing, or you may not see it."""


class Forbidden(EngineError):
    """You may not do this."""


class Conflict(EngineError):
    """Somebody else was first; look at the present state and decide again."""


class Refused(EngineError):
    """What was given cannot be accepted."""


class Unavailable(EngineError):
    """This is not possible right now; try again later."""


# -- feel / dmn


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
