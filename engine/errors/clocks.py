"""Errors of calendars, periods, settings and stops."""

from __future__ import annotations

from engine.errors.base import Conflict, NotFound, Refused, Unavailable


class CalendarEmpty(Unavailable):
    """The calendar has no days. Enter them with "onewindow calendar seed" before anything is counted."""


class CalendarDayForeign(Refused):
    """The day {day} does not belong to {year}."""


class CalendarFileWrong(Refused):
    """Line {line} of the table cannot be read. Write one day a line as day,working,name with 1 or 0 for working."""


class MomentWithoutZone(Refused):
    """The moment {moment} names no time zone."""


class PeriodImpossible(Refused):
    """A period of {length} ({unit}) cannot be counted. Give a length and a start that a law could mean."""


class StopImpossible(Refused):
    """The clock cannot stop on {started_on} and run again on {resumed_on}."""


class SettingUnknown(NotFound):
    """There is no setting {key}."""


class SettingReadingUnknown(Refused):
    """The setting {key} cannot be {value}. Its readings are: {readings}."""


class DeadlineUnknown(NotFound):
    """The case {number} has no open deadline {period}."""


class PeriodUnknown(Refused):
    """There is no period {period}."""


class PeriodStartMissing(Refused):
    """The period {period} cannot start: {variable} is not known."""


class StopKindNotInLaw(Refused):
    """{kind} does not stop the clock. Only these do (行政许可法45): {kinds}."""


class StopUnknown(NotFound):
    """There is no running stop {stop_id} on this case."""


class ExtensionAgain(Conflict):
    """The period {period} has already been extended, which may be done once. Decide without an extension."""


class ExtensionLate(Conflict):
    """The period {period} ended on {due_on}. A period that has ended cannot be extended (行政许可法42)."""


class ExtensionNotForeseen(Refused):
    """The law foresees no extension of the period {period}."""


class ExtensionIncomplete(Refused):
    """An extension needs {field}: the head's approval and the reason that is told to the applicant (行政许可法42)."""
