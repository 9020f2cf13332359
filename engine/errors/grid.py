"""Errors of grid events."""

from __future__ import annotations

from engine.errors.base import NotFound, Refused


class GridEventUnknown(NotFound):
    """This case is no grid event."""


class EventTextMissing(Refused):
    """Say in a few words what you saw."""


class EventFromTheFuture(Refused):
    """The photo says {captured_at}, after it was sent at {sent_at}. Correct the phone's clock and send it again."""


class PhotoKindWrong(Refused):
    """{name} is not a photo. Take a photo, or choose a JPEG or PNG picture."""


class PhotoTooLarge(Refused):
    """The photo {name} is larger than {limit_mb} MB. Let the page scale it, or take a smaller one."""


class PhotoChanged(Refused):
    """The photo {name} is not the one that was taken: its hash differs. Send the original again."""
