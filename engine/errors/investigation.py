"""Errors of acts, evidence, measures, the police and experts."""

from __future__ import annotations

from engine.errors.base import Conflict, Forbidden, NotFound, Refused


class OfficersTooFew(Refused):
    """At least two different officers act, and {count} were named. Name another one (行政处罚法42)."""


class OfficerUnlicensed(Refused):
    """{person} held no enforcement licence in force on {day}. Let another officer act (行政处罚法42)."""


class OfficerRecused(Refused):
    """{person} has been recused since {since} and may not act in this case. Name another officer (行政处罚法43)."""


class OfficerReviews(Refused):
    """{person} reviews this case for the legal office and takes no part in its investigation. Name another officer."""


class RecordNotYours(Forbidden):
    """A record is signed by those who took part, each for themselves; you are none of them or have signed it."""


class ActKindUnknown(Refused):
    """There is no investigative act {kind}. Choose one of {kinds}."""


class ActTimesWrong(Refused):
    """An act ends after it began, and neither lies ahead. Correct the times."""


class ActOverlaps(Refused):
    """{person} took part in another act from {started_at} to {ended_at}, and nobody is at two places. Correct it."""


class ActUnknown(NotFound):
    """There is no record {number} of an investigative act in this case."""


class LicenceNotShown(Refused):
    """Officers show their licences before they begin. Show them, and say so in the record (行政处罚法55(1))."""


class SignatureUnexplained(Refused):
    """Where the party does not sign, the record says why and names a witness or a recording. Add what is missing."""


class MomentUnreadable(Refused):
    """“{text}” is no day and time. Enter both."""


class EvidenceKindUnknown(Refused):
    """There is no kind of evidence {kind}; the law has eight: {kinds} (行政处罚法46)."""


class EvidenceIncomplete(Refused):
    """The record of this evidence ({kind}) lacks or misstates: {fields}. Fill that in."""


class EvidenceWithoutSubstance(Refused):
    """Evidence is a file or a thing on a shelf. Add the file, or say under which mark the thing is kept."""


class EvidenceFromFuture(Refused):
    """Evidence cannot have been obtained on {obtained_at}: that lies ahead. Correct the moment."""


class EvidenceRefused(Refused):
    """This cannot be taken into the register: {reason}"""


class EvidenceUnknown(NotFound):
    """There is no evidence {number} in this case."""


class EvidenceExcluded(Refused):
    """Evidence {number} was obtained illegally and is excluded; it proves nothing (行政处罚法46(3))."""


class EvidenceSettled(Conflict):
    """Evidence {number} has been verified or excluded already; look at it again."""


class FactUnknown(NotFound):
    """There is no fact {number} in this case."""


class CustodyBroken(Refused):
    """The chain of custody would break: the thing is with {holder}, not with {given}. Name who hands it over."""


class CustodyTimeWrong(Refused):
    """A thing is handed over after it came, and not in the future. Correct the moment."""


class CustodyNotKept(Refused):
    """A chain of custody is kept for things; evidence {number} is none."""


class RecusalUnknown(NotFound):
    """There is no request for recusal {recusal_id} in this case."""


class RecusalDecided(Conflict):
    """The request for recusal has been decided already."""


class RecusalOwn(Forbidden):
    """Nobody decides on their own recusal; the head of the organ does (行政处罚法43(3))."""


class NotTheHead(Forbidden):
    """Only {posts} may decide this; {person} holds no such post today."""


class ThingsMissing(Refused):
    """Name each thing with its name and quantity."""


class ApprovalMissing(Refused):
    """The head of the organ has not approved this yet ({article}). Ask for the approval first."""


class MeasureUnknown(NotFound):
    """There is no such measure in this case, or it has ended."""


class KeepingDispositionUnknown(Refused):
    """A decision on kept things is one of: {dispositions} (行政处罚法56)."""


class SeizureNotEmpowered(Refused):
    """No clause empowers this organ to seal or seize for item {item}; the legal office enters it (行政强制法17, 22)."""


class SeizureOfBelongings(Refused):
    """Things a citizen or the family live by are not sealed or seized: {things} (行政强制法23). Leave them out."""


class SeizureUnrelated(Refused):
    """Only what belongs to the breach is seized, and nothing that another organ has: {things} (行政强制法23)."""


class SeizureClauseIncomplete(Refused):
    """Enter the clause of a law or regulation, and the document that hands the power to this organ."""


class SeizureOver(Refused):
    """The time of the seizure ended on {due_on}; the things go back (行政强制法28)."""


class SeizureNotKept(Refused):
    """Seized things go back once it is decided or the time is over, unless setting seizure_kept says otherwise."""


class ThingsStillKept(Refused):
    """{things} are still kept for an auction. Say how they were given back before the case is closed (行政强制法28)."""


class SeizureExtendedBefore(Refused):
    """A seizure is extended once, by at most {days} days (行政强制法25)."""


class SeizureReasonMissing(Refused):
    """An extension is told the party in writing with its reasons. Say them (行政强制法25(2))."""


class CostOnTheOrgan(Refused):
    """Testing and storage are paid by the organ, never by the party (行政强制法25(3), 26)."""


class InvestigationIncomplete(Refused):
    """The investigation is not ready for review: {count} findings. Look at the tab "Evidence" and mend them."""


class TransferUnknown(NotFound):
    """No transfer to the police is under way in this case."""


class TransferUnderWay(Conflict):
    """A transfer to the police is under way in this case already."""


class TransferAnnexMissing(Refused):
    """A transfer carries all its annexes; these are missing: {annexes} (移送规定6)."""


class TransferReasonMissing(Refused):
    """Say why; a decision not to transfer is put on file with its reasons (移送规定5(2))."""


class TransferStateWrong(Conflict):
    """The transfer stands at "{state}"; this step comes later or is over."""


class SuspicionStands(Refused):
    """The case is suspected of a crime: it goes to the police, and no penalty replaces that (移送规定11(1))."""


class ReturnedCaseUnhandled(Refused):
    """The police returned the case; it must be handled before it is closed (移送规定10)."""


class ExpertFieldUnknown(Refused):
    """The pool of experts has no field {field}. Choose one of {fields}."""


class ExpertsTooFew(Refused):
    """{wanted} experts are wanted and {eligible} may be drawn. Want fewer, or add a second field."""


class RecordingIncomplete(Refused):
    """Name the step of the list, place, officers, begin and end, and the file, or the link with its SHA-256."""


class ExpertsExhausted(Refused):
    """Everybody of the draw {draw} sits or was replaced. Tell whoever asks for the opinions; nobody can follow you."""


class ExpertFieldUsedUp(Refused):
    """Nobody of that field may be drawn for this seat. Choose another field, or go on without this opinion."""


class ExpertGridUnknown(Refused):
    """There is no grid {grid}, so nobody would be kept away from it. Write a code of the list of grids."""


class ExpertDrawUnknown(NotFound):
    """There is no such draw of experts in this case."""


class ExpertNotSeated(Refused):
    """{person} does not sit in this draw, or has answered or been replaced."""


class ExpertAnswerWrong(Refused):
    """An opinion has a text and a vote: {votes}."""


class ExpertFeeWrong(Refused):
    """A fee is a whole number of yuan from 0 to {most}."""
