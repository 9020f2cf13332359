"""What every error of the engine is, and the five kinds that say how a caller should take it."""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it, which its extractor looks for
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return message


class EngineError(Exception):
    """The action could not be carried out; nothing was changed."""

    sent_back = False
    """Whether a service refused what a person has just entered: it is theirs to correct."""

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
