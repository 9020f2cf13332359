"""Errors of serving, paying and carrying a penalty out."""

from __future__ import annotations

from engine.errors.base import Conflict, NotFound, Refused


class ServiceDone(Conflict):
    """ "{title}" has been served already."""


class ServiceProofMissing(Refused):
    """For this way of serving {field} is needed, or the day is wrong ({article})."""


class PublicServiceForbidden(Refused):
    """A public notice needs unknown whereabouts, or handing over and mail that both failed (民事诉讼法95)."""


class ServicePending(Conflict):
    """The document "{kind}" does not count as served yet; it will on {day}."""


class NoDecisionInForce(Conflict):
    """The case {number} has no decision in force: none was made, or it was annulled. Nothing can be built on it."""


class ExecutionBeforeService(Conflict):
    """The decision of {number} has not been served; nothing is carried out or published before (行政处罚法61)."""


class FineUnknown(NotFound):
    """In the case {number} no fine is due."""


class CashNotAllowed(Refused):
    """ "{channel}" is no way to pay: fines are paid to the bank or electronically; cash only under 行政处罚法68, 69."""


class PaymentWrong(Refused):
    """The payment's {field} is missing or wrong. Take it over from the bank's statement."""


class InstalmentsWithoutApplication(Refused):
    """A fine is deferred or split only on the party's own application (行政处罚法66(2)). Enter it with its day."""


class InstalmentsWrong(Refused):
    """The parts come to {found}; {wanted} yuan are open, in order of their days, and one plan only."""


class LateFeeNotTold(Refused):
    """The served decision does not name the late fee, so none can be added (行政强制法45(1); 罚缴办法7)."""


class LateFeeNotDue(Refused):
    """By {day} no day is late: not due yet, instalments in force, or a remedy open (行政处罚法66(2), 73(3))."""


class LateFeeWrong(Refused):
    """{days} late days come to {amount} yuan, not {given}; it is never more than the fine (行政处罚法72(1)(一))."""


class ChallengeOpen(Conflict):
    """Reconsideration or a lawsuit is open in {number}. Wait for its result (行政强制法44, 53)."""


class RemediesStillOpen(Conflict):
    """The party may challenge the decision until {day}; only after it may this be done (行政强制法44, 53)."""


class ExecutionRouteUnknown(Refused):
    """ "{route}" is no way to carry this out. Ways are: {routes}."""


class ExecutionRunning(Conflict):
    """In {number} this is being carried out already."""


class ExecutionUnknown(NotFound):
    """In {number} there is nothing that could be carried on like this: the step before it is missing."""


class ExecutionResultWrong(Refused):
    """ "{result}" is no result, or its ground is missing. Results are: {results}."""


class ExecutionContentMissing(Refused):
    """The decision to carry out lacks {field} (行政强制法36, 37, 51)."""


class PaymentNotDue(Conflict):
    """The party may still pay until {day}."""


class OwnPowerMissing(Refused):
    """No law gives the town power of its own here; the court must be asked (行政强制法13(2)). Or name the clause."""


class SubstituteForbidden(Refused):
    """Somebody else performs only what endangers traffic, environment or resources if left undone (行政强制法50)."""


class AuctionForbidden(Refused):
    """Only what was seized before is auctioned, with the clause named (行政强制法46(3); 行政处罚法72(1)(二))."""


class UrgingNotOver(Conflict):
    """The time set in the demand ends on {day}; only after it may this be done (行政强制法37, 54)."""


class CourtWindowOver(Refused):
    """The three months to ask the court ended on {day} (行政强制法53). Give the reason for asking late."""


class SupplyCutOff(Refused):
    """Residents' water, power, heat and gas are never cut to press them (行政强制法43(2))."""


class ExecutionAtRest(Refused):
    """{at} is at night or on a day of rest; only an urgent reason allows it (行政强制法43(1))."""


class SubstituteTooSoon(Refused):
    """The second demand had to be served by {day}, three working days before (行政强制法51(1)(二), 69)."""


class PublicityStands(Refused):
    """Only a penalty changed, annulled or found unlawful or void is taken back (行政处罚法48(2)); this one stands."""


class CorrectionEmpty(Refused):
    """Nothing in what is published would change. Enter the right words, or say that it is right as it is."""


class PublicityOver(Refused):
    """It is public no more since {day}, and a correction can only give it a later last day that has not come yet.
    Enter that day, or say that it ended rightly (45号令12, 13)."""


class HandedInElsewhere(Refused):
    """Only against what was decided on the spot, or on what technical devices recorded, may the application be handed
    in at the town (行政复议法32). Record the copy when it comes."""


class PublicityEndWrong(Refused):
    """It was published on {published} and cannot end on {day}. Enter the right day."""


class PublicityEndUnlawful(Refused):
    """It cannot end on {day}: by the rule it ends on one of {ends}, or later as a ban lasts (45号令13)."""


class EarlyEndNotOffered(Conflict):
    """In {number} no penalty is public that may end early, or an application is being decided (45号令14)."""


class EarlyEndUnknown(NotFound):
    """In {number} no application to end the publicity early waits for a decision."""


class EarlyEndIncomplete(Refused):
    """The {field} of the application or of its decision is missing or wrong. Fill it in first."""


class EarlyEndLimitsEmpty(Conflict):
    """When publicity may end early, and by when it is decided, is not filled in; the legal office does (45号令14)."""


class EarlyEndContradicted(Refused):
    """It cannot hold that “{condition}”: the register says otherwise ({why}). Look again, or answer no."""


class EarlyEndForbidden(Refused):
    """The publicity of {kinds} never ends early (45号令14(3)). Refuse the application and say so."""


class EarlyEndTooSoon(Refused):
    """It may be asked for from {day} on only (45号令14(1), (2)). Refuse the application and say from when."""


class EarlyEndConditions(Refused):
    """A condition does not hold: {condition} (45号令14(1)). Refuse the application and say which."""


class RefundUnknown(NotFound):
    """In {number} nothing is left to be paid back."""


class ChangeHeavier(Refused):
    """A fine of {fine} yuan is made no heavier than that: {given} (复议法63(2), 行诉法77(2)). Read the paper again."""


class RemedyDayWrong(Refused):
    """The {field} of a challenge is missing, lies ahead or comes before what it answers. Take it from the paper."""


class ExecutionPaused(Conflict):
    """The execution in {number} is stayed or an agreement is open (行政强制法39, 42). End that first."""


class StayNotOver(Refused):
    """Only three years after a stay of who cannot perform, after {day}, nothing more is done (行政强制法39(2))."""


class RestorationUnknown(Refused):
    """In the case {number} nothing is to be restored or given back."""
