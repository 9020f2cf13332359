"""What can be wrong with reports of connected systems."""

from engine.errors.base import NotFound, Refused


class SourceUnknown(NotFound):
    """There is no source “{code}” that you speak for. Ask the administrator which one your token belongs to."""


class ReportIncomplete(Refused):
    """The field “{field}” is missing or is not what it should be. Correct it and send the report again."""


class DropUnreadable(Refused):
    """The file cannot be read: {reason}. Send a CSV table with the columns external_id, lon and lat, or a JSON list."""
