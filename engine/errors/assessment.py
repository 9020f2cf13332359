"""Errors of the monthly assessment of grid workers."""

from __future__ import annotations

from engine.errors.base import Conflict, NotFound, Refused


class AssessmentUnknown(NotFound):
    """The month {month} has not been assessed."""


class AssessmentListNotOut(NotFound):
    """The list of {month} is not published yet: first the workers answer and the centre checks it."""


class ScoreUnknown(NotFound):
    """{worker} has no score in {month}."""


class MonthWrong(Refused):
    """{month} is no month that is over. Write it as 2026-10."""


class MonthAssessed(Conflict):
    """The month {month} was frozen before. Open its assessment."""


class WeightsWrong(Refused):
    """The weights of {category} add up to {total}, not to 100. Correct the table of weights."""


class FormulaWrong(Refused):
    """The formula {formula} gives no number. Correct the table of weights."""


class IndicatorUnknown(Refused):
    """There is no indicator {indicator}. Choose a line of the score."""


class LineAppealed(Conflict):
    """You have appealed this line before. Wait for the answer."""


class DoubtUnknown(NotFound):
    """There is no such appeal or objection."""


class DoubtDecided(Conflict):
    """This appeal or objection has been decided."""


class FigureUnknown(Refused):
    """Name a figure of the line and what it should be, from 0 on. The line has: {figures}"""


class AssessmentNotAsked(Conflict):
    """The assessment of {month} does not wait for your answer, or no longer."""


class AssessmentAnswered(Conflict):
    """You have answered for {month} already."""


class AssessmentNotPublished(Conflict):
    """The assessment of {month} is not published for objections, or no longer. Turn to the Grid Centre."""
