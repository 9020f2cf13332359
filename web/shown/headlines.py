"""What stands above an error: the kind of thing that happened, by the error itself: a status is too coarse."""

from __future__ import annotations

from flask_babel import gettext

from engine import errors
from engine.errors import N_

GONE_ON = N_("The case has gone on")
FIRST = N_("Somebody was first")
THERE = N_("This is there already")
DRAFT = N_("The draft has changed")
EXTENSION = N_("No further extension")
SUSPENDED = N_("Suspended")
STANDS = N_("What was completed stands")
TRIES = N_("Too many attempts")
NOT_YET = N_("Not yet")
_OF: dict[type[errors.EngineError], str] = {
    errors.TaskAlreadyClaimed: FIRST,
    errors.TaskAlreadyCompleted: FIRST,
    errors.TaskWithdrawn: GONE_ON,
    errors.TokenUnknown: GONE_ON,
    errors.InstanceNotActive: GONE_ON,
    errors.Suspended: SUSPENDED,
    errors.InstanceSuspended: SUSPENDED,
    errors.DefinitionSuspended: SUSPENDED,
    errors.NotSuspended: N_("Not suspended"),
    errors.ActivityUnderWay: NOT_YET,
    errors.TaskDenied: N_("Not accepted"),
    errors.StepNotEarlier: GONE_ON,
    errors.CompletionStands: STANDS,
    errors.StepBegun: STANDS,
    errors.StepFollowed: STANDS,
    errors.OpinionsMissing: N_("Opinions are still wanted"),
    errors.RemindedAlready: N_("Reminded already"),
    errors.ModificationOutdated: GONE_ON,
    errors.CaseStateWrong: GONE_ON,
    errors.RequestNotPossible: GONE_ON,
    errors.ExtensionAgain: EXTENSION,
    errors.ExtensionLate: EXTENSION,
    errors.ArchiveIncomplete: N_("Something is still lacking"),
    errors.BookingUsed: N_("Used already"),
    errors.RatingTwice: N_("Rated already"),
    errors.DraftEnded: N_("The draft is closed"),
    errors.DraftChanged: DRAFT,
    errors.PlanChanged: N_("The plan has changed"),
    errors.PlanEnded: N_("The plan is closed"),
    errors.PlanUnchecked: N_("Not tried yet"),
    errors.DraftOvertaken: N_("Another version is in force"),
    errors.FormChanged: N_("The form has changed"),
    errors.BusinessKeyTaken: THERE,
    errors.SameActFiled: THERE,
    errors.TransferUnderWay: THERE,
    errors.TransferStateWrong: GONE_ON,
    errors.EvidenceSettled: GONE_ON,
    errors.EarlyEndNotOffered: GONE_ON,
    errors.EarlyEndLimitsEmpty: NOT_YET,
    errors.RecusalDecided: FIRST,
    errors.PenaltyDecided: FIRST,
    errors.NoDecisionInForce: N_("No decision is in force"),
    errors.ServiceDone: THERE,
    errors.ServicePending: NOT_YET,
    errors.ExecutionBeforeService: NOT_YET,
    errors.ExecutionRunning: THERE,
    errors.PaymentNotDue: NOT_YET,
    errors.UrgingNotOver: NOT_YET,
    errors.ChallengeOpen: NOT_YET,
    errors.RemediesStillOpen: NOT_YET,
    errors.DocumentNotInWord: N_("Not offered in Word"),
    errors.WordFixedTextChanged: N_("The Word file says something else"),
    errors.ExecutionPaused: N_("The execution is paused"),
    errors.EventClosed: N_("The event is closed"),
    errors.EventStillOpen: N_("The event is still open"),
    errors.LinkAnswered: FIRST,
    errors.GridClosed: N_("The grid is closed"),
    errors.WithdrawalAskedBefore: THERE,
    errors.GridTwice: THERE,
    errors.EquipmentTwice: THERE,
    errors.EquipmentElsewhere: GONE_ON,
    errors.FindingClosed: N_("The finding is closed"),
    errors.MonthAssessed: THERE,
    errors.LineAppealed: THERE,
    errors.DoubtDecided: FIRST,
    errors.AssessmentNotAsked: GONE_ON,
    errors.AssessmentAnswered: THERE,
    errors.AssessmentNotPublished: GONE_ON,
    errors.LoginTaken: THERE,
    errors.AppointmentTwice: THERE,
    errors.AbsenceOverlaps: THERE,
    errors.PostFull: N_("No place is free"),
    errors.PlaceUnknown: N_("The list has changed"),
    errors.ItemNotAtVillage: N_("Not taken in here"),
    errors.TrackingLocked: TRIES,
    errors.AccountLocked: TRIES,
    errors.TrackingEnded: N_("Please say again who you are"),
    errors.NotFound: N_("Not found"),
    errors.Forbidden: N_("Not permitted"),
    errors.Conflict: FIRST,
    errors.Refused: N_("Not accepted"),
    errors.Unavailable: N_("Not possible right now"),
}
"""The nearest class counts: an error of its own, else its kind."""
_OF_STATUS = {
    403: _OF[errors.Forbidden],
    404: _OF[errors.NotFound],
    422: _OF[errors.Refused],
    429: TRIES,
    503: _OF[errors.Unavailable],
}
_ELSE = N_("That did not work")


def of(problem: errors.EngineError) -> str:
    """Return the headline of an error in the reader's language."""
    return str(gettext(next((_OF[kind] for kind in type(problem).__mro__ if kind in _OF), _ELSE)))


def of_status(status: int) -> str:
    """Return the headline of an error of the protocol."""
    return str(gettext(_OF_STATUS.get(status, _ELSE)))


def named() -> frozenset[type[errors.EngineError]]:
    """Return the errors and kinds of errors that have a headline of their own."""
    return frozenset(_OF)
