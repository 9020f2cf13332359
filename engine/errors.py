"""Every error of the engine, a named fact each; the docstring is the message in English and the key of its translation.

A message names its facts in braces (``{person}``) and says what happened and what to do next. The five kinds below
say how a caller should take an error; the web maps each to one HTTP status.
"""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:
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
