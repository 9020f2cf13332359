"""Errors of grid events."""

from __future__ import annotations

from engine.errors.base import Conflict, NotFound, Refused
from engine.errors.core import ReasonWrong, TaskNotForYou


class GridEventUnknown(NotFound):
    """This case is no grid event."""


class InstructionMissing(ReasonWrong):
    """Say what is to be done; it stands in the case for those who handle it."""


class InstructionLimitWrong(Refused):
    """The limit is a whole number of hours from 1 to {most}. Leave it empty to keep the case clock as it is."""


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


class EventMergeCycle(Refused):
    """{number} cannot follow {into}: that one follows it, or is the same. Choose another event, or merge from there."""


class EventMergeTargetMissing(Refused):
    """Nothing says which event this one follows. Choose one nearby or write its number."""


class EventMergeRefused(Refused):
    """{number} cannot follow {into}: they are of different classes. Choose an event of the same class."""


class EventMergeClosed(EventMergeRefused):
    """{number} cannot follow {into}: {closed} is closed. Choose one that is open, or reopen that one first."""


class EventMergeFollows(EventMergeRefused):
    """{number} cannot follow {into}, which follows {first} itself. Choose {first}."""


class EventNotMerged(Refused):
    """{number} follows no other event."""


class EventLevelUnknown(Refused):
    """The table of classification names no level or urgency that there is: {level}, {urgency}. Correct the table."""


class DepartmentWithoutPost(Refused):
    """The department {unit} has no post that could handle anything. Choose another one."""


class DispatchWithoutLead(Refused):
    """Name one department that leads; it does not help itself."""


class DepartmentHasIt(Refused):
    """The department {unit} works on this event already. Choose another one."""


class EventDesignated(Refused):
    """The department {unit} was designated: it cannot return the event. Handle it, or ask the centre."""


class EventReturnedBefore(Refused):
    """The department {unit} has returned this event before. Designate it, or choose another one."""


class EventReturnLate(Refused):
    """An event is returned within {hours} hours. Receive it."""


class EventMeasureMissing(Refused):
    """Say what was done, or why it cannot be done."""


class EventPhotosMissing(Refused):
    """The list wants {wanted} photos of the result, and {given} are there. Add photos."""


class EventSignatureMissing(Refused):
    """The list wants the signature of: {who}. Have it signed and say so."""


class EventSentBackBefore(Refused):
    """It was sent back once already. Settle it, or send it on."""


class RevisitDayWrong(Refused):
    """Name a day ahead on which somebody looks again; {day} is none."""


class EventHandlerInspects(TaskNotForYou):
    """{person} has handled this event: somebody else inspects it."""


class SatisfactionUnknown(Refused):
    """There is no answer {satisfaction} to the call-back."""


class EventWithoutResult(Refused):
    """Nobody has said what came of this event. Finish the step in hand first."""


class EventClosed(Conflict):
    """The event {number} is closed. Have it reopened, with a reason."""


class EventStillOpen(Conflict):
    """The event {number} is still open, or follows another one. Work on it there."""


class WithdrawalAskedBefore(Conflict):
    """The command centre is looking already whether {number} can be withdrawn. Wait for its answer."""


class HandOverTargetUnknown(Refused):
    """An event is not handed over to {target}. Choose from: {targets}."""


class EventNotForApproval(Refused):
    """No event {number} waits for an application. Correct the number, or leave it out."""


class LinkAnswered(Conflict):
    """What was handed over as {number} has been taken or returned already."""


class PatrolUnknown(NotFound):
    """There is no such patrol. Open it from the list of patrols."""


class PatrolImpossible(Refused):
    """A patrol cannot end before it begins, last over a day or have over 20,000 points. Check the phone's clock."""


class EventUnreadable(Refused):
    """“{field}” of the report is missing or cannot be read. Open the report again and correct it."""
