"""Errors of leads, filing, review, notice, hearing and decision."""

from __future__ import annotations

from engine.errors.base import Conflict, NotFound, Refused
from engine.errors.core import TaskNotForYou


class LawForbids(Refused):
    """The law does not allow this step yet."""


class DiscretionCriterionMissing(Refused):
    """State which criterion of the table {table} is proved."""


class DiscretionBaseMissing(Refused):
    """The table {table} counts in {unit}. Enter the amount that is multiplied."""


class DiscretionReasonMissing(LawForbids):
    """For "{choice}" a ground of art. 30 to 33 that is proved and a reason must be given (行政处罚法30–33)."""


class CircumstanceUnknown(Refused):
    """There is no circumstance {circumstance} on the town's list."""


class DeviationWithoutReason(LawForbids):
    """{amount} yuan lie outside {min} to {max} yuan. Give the reason for deviating; legal review decides on it."""


class DraftIncomplete(Refused):
    """The draft of the penalty lacks {field}."""


class DraftAmountWrong(Refused):
    """{amount} is no amount of whole yuan."""


class DraftKindTwice(Refused):
    """The kind {kind} stands in the draft twice. Write one line for each kind of penalty."""


class DraftMissing(LawForbids):
    """The case {number} has no draft of a decision yet. Finish the report on the investigation first."""


class InvestigatorKeptOut(TaskNotForYou):
    """{person} has investigated this case; review and hearing are for others (行政处罚法58, 64(四)). Leave the task to
    one of them."""


class ReviewerInvestigated(LawForbids):
    """{person} has investigated this case and may not review it (行政处罚法58). Let another reviewer do it."""


class ReviewerNotQualified(LawForbids):
    """{person} reviews for the first time and has no legal qualification in force (行政处罚法58(2))."""


class ReviewChecklistIncomplete(Refused):
    """The point "{point}" of the review is not answered."""


class ReviewNotPassable(LawForbids):
    """The review cannot be passed while "{point}" does not hold. Ask for a supplement, or disagree."""


class ReviewMissing(LawForbids):
    """Without a passed legal review no decision may be made (行政处罚法58(1)). Send the draft to the reviewer."""


class ReviewVoid(LawForbids):
    """The review is void: {changes}. What was reviewed is no longer what is to be decided (行政处罚法58(1))."""


class ReviewBeforeHearing(LawForbids):
    """After a hearing the draft must be reviewed again (行政处罚法58(1)(二)). Send it to the reviewer."""


class NoticeMissing(LawForbids):
    """The party has not been told facts, reasons, basis and rights by a served notice (行政处罚法44, 62). Serve it."""


class NoticeOutdated(LawForbids):
    """{changes}: this was not told to the party. Serve a new notice first (行政处罚法44, 62)."""


class NoticeServiceWrong(Refused):
    """The service of the notice lacks {field}, or it is wrong."""


class PleaPeriodOpen(LawForbids):
    """The party may plead or ask for a hearing until {due_on}; silence is no waiver (行政处罚法45, 62, 64(一))."""


class PleaUnheard(LawForbids):
    """What the party pleaded on {received_on} has not been heard yet (行政处罚法45, 62). Recheck it first."""


class PleaTooLate(LawForbids):
    """The decision has been made; what comes now is a matter of reconsideration or a lawsuit."""


class WaiverNotExplicit(LawForbids):
    """A waiver must be explicit and provable: {reason} (行政处罚法62)."""


class HearingUnknown(NotFound):
    """There is no hearing of the case {number} to which this applies."""


class HearingNotOffered(LawForbids):
    """The party has not been told of a right to a hearing in this case; what was written is heard as a plea."""


class HearingNoticeLate(LawForbids):
    """A hearing on {held_on} had to be told by {latest} (行政处罚法64(二)); the earliest day now is {earliest}."""


class HearingNotTold(LawForbids):
    """The notice of the hearing of {number} was not served (行政处罚法64(二)). Have it served or fix another day."""


class HearingChairInvestigated(LawForbids):
    """{person} has investigated this case and may not chair its hearing (行政处罚法64(四))."""


class HearingChairChallenged(LawForbids):
    """The objection to the chair must be decided with a reason, and not by the chair, first (行政处罚法64(四))."""


class HearingNotPublic(LawForbids):
    """A hearing is public unless secrets or privacy forbid it; give the ground (行政处罚法64(三))."""


class HearingRecordUnsigned(LawForbids):
    """The record must be signed by the party, or the chair notes the refusal to sign (行政处罚法64(八))."""


class HearingCostsCharged(LawForbids):
    """The party bears no costs of the hearing (行政处罚法63(2))."""


class HearingAbsenceExcused(LawForbids):
    """Only who stays away or leaves without a good reason waives the hearing; note the facts (行政处罚法64(六))."""


class HearingPending(LawForbids):
    """A hearing was asked for in time and has not been held (行政处罚法63). Hold it first."""


class PenaltyHeavierAfterPlea(LawForbids):
    """{changes}: nothing may be heavier because the party pleaded (行政处罚法45(2)). A new fact needs a new notice."""


class RecheckContradicts(Refused):
    """The recheck says "{result}", but the draft says otherwise: {changes}."""


class CollectiveMissing(LawForbids):
    """A serious or complex case is decided after a collective discussion (行政处罚法57(2)). Hold it first."""


class CollectiveTooFew(LawForbids):
    """{count} took part; a collective discussion needs at least {least} different members (行政处罚法57(2))."""


class CollectiveOpinionMissing(LawForbids):
    """The record must hold the opinion and the vote of each member; those of {member} are missing (行政处罚法57(2))."""


class CollectiveVoteWrong(LawForbids):
    """{agreed} of {count} agreed; that carries no decision."""


class CollectiveOther(LawForbids):
    """The discussion agreed on something else: {changes}. Discuss it again, or decide as agreed (行政处罚法57(2))."""


class PenaltyResultUnknown(Refused):
    """A decision on a penalty cannot be {result}. Results are: {results}."""


class PenaltyInsteadOfTransfer(LawForbids):
    """Under suspicion of a crime the case goes to the police; no penalty takes its place (移送规定11(1))."""


class PenaltyDecided(Conflict):
    """The case {number} has been decided already."""


class PenaltyOverdue(LawForbids):
    """The 90 days since the case was filed ended on {due_on} (行政处罚法60). Decide with the reason of the delay, or
    name the law that allows more."""


class PenaltyContentMissing(LawForbids):
    """The decision lacks {field}, one of the six contents of art. 59 (行政处罚法59)."""


class PenaltySecondFine(LawForbids):
    """For this act a fine was imposed already in {number}; a second one is not allowed (行政处罚法29). List only
    other penalties; where none is due, list none and let the review send the case back, so that its investigation is
    ended."""


class FineElsewhereIncomplete(Refused):
    """Of the fine that another organ has imposed {field} is missing or wrong. Take it from the organ's decision."""


class NoPenaltyWithoutGround(LawForbids):
    """No penalty needs a ground of art. 30, 31 or 33, every condition of it proved (行政处罚法57(1)(二))."""


class NoPenaltyWithoutEducation(LawForbids):
    """Whoever is not punished must be educated; write down how (行政处罚法33(3))."""
