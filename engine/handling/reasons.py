"""The reason: why somebody interfered with the course of a case; no intervention is written without one."""

from __future__ import annotations

from engine import errors

LONGEST = 500


def given(text: str) -> str:
    """Return the reason as the trail keeps it.

    Raises
    ------
    ReasonMissing
        If nothing is said.
    """
    reason = text.strip()[:LONGEST]
    if not reason:
        raise errors.ReasonMissing
    return reason
