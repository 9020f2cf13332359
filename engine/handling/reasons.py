"""The reason: why somebody interfered with the course of a case; no intervention is written without one."""

from __future__ import annotations

from engine import errors

LONGEST = 4000
"""How many characters a reason may have; what is longer is refused, for a reason that was cut says something else."""


def given(text: str, most: int = LONGEST) -> str:
    """Return the reason as the trail keeps it: whole, without the blanks around it.

    Raises
    ------
    ReasonMissing
        If nothing is said.
    ReasonTooLong
        If it has more than ``most`` characters.
    """
    reason = text.strip()
    if not reason:
        raise errors.ReasonMissing
    if len(reason) > most:
        raise errors.ReasonTooLong(length=len(reason), most=most)
    return reason
