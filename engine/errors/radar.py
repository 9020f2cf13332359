"""Errors of the radar: findings and what becomes of them."""

from __future__ import annotations

from engine.errors.base import Conflict, Forbidden, NotFound, Refused


class FindingUnknown(NotFound):
    """There is no such finding."""


class FindingStateUnknown(Refused):
    """A finding cannot become {state}. It can be explained, or handed to discipline inspection."""


class FindingNamesYou(Forbidden):
    """This finding is about what you did yourself. Let somebody else judge it."""


class FindingClosed(Conflict):
    """This finding has been closed before. What was said then stands on its page."""
