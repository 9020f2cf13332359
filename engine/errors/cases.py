"""Errors of cases, papers and the catalogue."""

from __future__ import annotations

from engine.errors.base import Conflict, Forbidden, NotFound, Refused, Unavailable


class FileStoreMissing(Unavailable):
    """No folder for files has been configured. Set ONEWINDOW_DATA_DIR."""


class FileEmpty(Refused):
    """The file {name} is empty. Choose it again."""


class FileTooLarge(Refused):
    """The file {name} is larger than {limit_mb} MB. Make it smaller or split it."""


class FileKindNotAllowed(Refused):
    """The file {name} is not of an allowed kind. Allowed are: {allowed}."""


class FileWithMacros(FileKindNotAllowed):
    """The file {name} contains macros. Save it without macros, as a plain document, and choose that one."""


class FileEncrypted(FileKindNotAllowed):
    """The file {name} is encrypted or written in an old format. Save it without a password, as .docx or .xlsx."""


class TooManyFiles(Refused):
    """More than {most} files were sent at once. Send the others afterwards."""


class AllowanceUsed(Refused):
    """Too much was sent from your connection today. Send the rest tomorrow, or bring it to any window."""


class FileMissing(NotFound):
    """There is no such file."""


class FileDamaged(Unavailable):
    """The file {name} on the disk is not the one that was stored. Restore it from the backup."""


class CaseNotFound(NotFound):
    """There is no case {number}, or you may not see it."""


class TrackingRefused(NotFound):
    """No application has this case number and this telephone number. Compare both with your receipt and try again."""


class TrackingLocked(Forbidden):
    """There were too many wrong tries. Try again after {until}, or ask at any window."""


class TooManyApplications(Refused):
    """{most} applications came from this telephone number today. Come to a window, or apply again tomorrow."""


class TrackingEnded(Forbidden):
    """Give case number and telephone number again; they are asked for after an hour without a click."""


class BookingNameMissing(Refused):
    """Give the name of who comes, in {most} characters at most."""


class BookingTimeGone(Refused):
    """No window is free at this time any more. Choose another time."""


class TooManyBookings(Refused):
    """{most} bookings have been made with this telephone number already. Cancel one, or come without a booking."""


class BookingUnknown(NotFound):
    """There is no such booking; it may have been cancelled. Book again, or come without a booking."""


class BookingUsed(Conflict):
    """Case {number} was opened with this booking already."""


class RequestIncomplete(Refused):
    """Say why, in {limit} characters at most."""


class SupplementEmpty(Refused):
    """No file was chosen. Choose at least one file for one of the materials."""


class SupplementForeign(Refused):
    """The application does not ask for one of these materials. Load the page again and choose once more."""


class CaseForbidden(Forbidden):
    """You may see the case {number} but not do this."""


class CaseStateWrong(Conflict):
    """The case {number} is {state}; this is possible only when it is {allowed}."""


class CaseStateUnknown(Refused):
    """There is no state {state} of a case that a process may set."""


class ItemWithoutProcess(Refused):
    """The item {item} has no process yet. Ask the designers to deploy one; nothing was taken in."""


class ReceivedInFuture(Refused):
    """The application cannot have been received on {received_at}, which lies ahead."""


class ChannelUnknown(Refused):
    """There is no channel {channel}. Channels are: {channels}."""


class LeadFactsMissing(Refused):
    """Say what happened: a lead without facts cannot be checked."""


class LeadDatesWrong(Refused):
    """The dates do not fit: the act begins before it ends, ends before it is discovered, and that lies not ahead."""


class LeadUnknown(NotFound):
    """This case did not begin with a lead."""


class PowersMissing(Refused):
    """No list of powers has been published. Load it with "onewindow demo load", or publish the town's own."""


class PowerUnknown(NotFound):
    """The list of powers holds no {power}."""


class RecusalNotDeclared(Refused):
    """The officers have not declared that nothing bars them from this case (行政处罚法43).
    Let them declare it first."""


class PowerNotHighest(Refused):
    """{higher} covers the same act with a higher fine than {chosen}: the higher one applies (行政处罚法29).
    Choose it."""


class SameActFiled(Conflict):
    """The case {number} is about the same act (行政处罚法29).
    Join this lead to it, or say why the act is another one."""


class MergeRefused(Refused):
    """This lead cannot be joined to {number}: choose an open case of the same party about the same act."""


class SpotKindForbidden(Refused):
    """On the spot only a warning or a fine may be imposed (行政处罚法51), not {kinds}. Take the ordinary procedure."""


class SpotFineTooHigh(Refused):
    """On the spot a fine is at most {ceiling} yuan for this party (行政处罚法51), not {fine}.
    Take the ordinary procedure."""


class SpotFineTooLow(Refused):
    """The lowest lawful fine is {lowest} yuan, not {fine}. Take it, or the ordinary procedure."""


class SpotActMissing(Refused):
    """On the spot {act} belongs to the decision (行政处罚法44, 45, 52). Do it first."""


class SpotRemedyWrong(Refused):
    """Against a decision made on the spot reconsideration comes before the court (行政复议法23(1)(一)).
    Tell the party so."""


class CashForbidden(Refused):
    """{amount} yuan may not be taken in cash: 68 allows up to 100, or a decision on the spot that would be hard to
    execute, 69 remote places at the party's request, each with its reason (行政处罚法68, 69)."""


class CashReceiptMissing(Refused):
    """Cash is taken against a receipt of the fiscal authority (行政处罚法70). Enter its number."""


class CashUnknown(NotFound):
    """There is no cash to hand on in this case."""


class OfficerUnknown(NotFound):
    """{person} is no officer of this case."""


class ChannelNotOffered(Refused):
    """The item {item} is not offered through the channel {channel}."""


class ItemNotAtVillage(Refused):
    """The item {item} is not taken in at village points.

    Send the applicant to a window of the hall, or apply on line.
    """


class AgentPowerMissing(Refused):
    """An agent applies: give the agent's name and the power of attorney (行政许可法29)."""


class PartyNameMissing(Refused):
    """Give the party's name."""


class PartyKindUnknown(Refused):
    """A party is a person or an organisation, not {kind}."""


class ResidentIdWrong(Refused):
    """The resident identity number is not right: {reason}."""


class CreditCodeWrong(Refused):
    """The unified social credit code is not right: {reason}."""


class MaterialUnknown(Refused):
    """The entry {position} of the list of materials has no {field}."""


class DecisionIncomplete(Refused):
    """The decision lacks {field}."""


class DecisionResultUnknown(Refused):
    """A decision cannot be {result}. Results are: {results}."""


class DocumentTemplateMissing(Refused):
    """The package has no template {path}."""


class DocumentTemplateBroken(Refused):
    """The template {path} cannot be rendered: {reason}"""


class DocumentIncomplete(Refused):
    """{title} cannot be signed: {fields} is missing. Fill it in and complete the step again."""


class DocumentNotInWord(Conflict):
    """{title} is not offered as a Word file: officers do not edit it. Use the PDF."""


class WordUnreadable(Refused):
    """This is not a Word file (.docx) that was made here. Download it again and write in that one."""


class WordNotChosen(Refused):
    """No file was chosen. Choose the Word file that was downloaded at this step."""


class WordOfAnother(Refused):
    """This Word file belongs to {found}, not to {wanted}. Choose the file that was downloaded at this step."""


class WordFixedTextChanged(Conflict):
    """Outside of its fields the Word file does not say what the case says: “{found}” stands where “{wanted}” belongs.

    Only the fields of the step in hand may be written in Word; what was reviewed or told to the party is changed in its
    own step. Download the file again and write in its fields.
    """


class DocketPartUnknown(Refused):
    """The file of a case has no part {part}. Choose one of {parts}."""


class DocumentFontMissing(Unavailable):
    """No font with Chinese characters was found.

    Set ONEWINDOW_FONT_DIR to a folder that holds one, or run "make setup".
    """


class DocumentUnknown(NotFound):
    """The case {number} has no document {kind}."""


class ServiceModeUnknown(Refused):
    """A document cannot be served by {mode}. Modes are: {modes}."""


class ServiceTimeWrong(Refused):
    """ "{title}" was issued at {issued_at} and cannot have been served at {served_at}. Give the true time."""


class ArchiveIncomplete(Conflict):
    """The case {number} cannot be archived yet: {gaps}."""


class RatingStarsWrong(Refused):
    """A rating has one to five stars, not {stars}."""


class RatingTwice(Conflict):
    """This case has already been rated."""


class RatingUnknown(NotFound):
    """There is no such rating."""


class SupervisionLevelUnknown(Refused):
    """There is no supervision level {level}. Levels are: {levels}."""


class SupervisionUnknown(NotFound):
    """There is no open supervision {supervision_id}."""


class RemedyKindUnknown(Refused):
    """A remedy is a reconsideration or a litigation, not {kind}."""


class RemedyUnknown(NotFound):
    """There is no open remedy {remedy_id}."""


class RequestUnknown(NotFound):
    """There is no intervention {kind}. Choose one that the page of the case offers."""


class RequestWithoutReason(Refused):
    """The reason is missing. Write why you ask for it."""


class RequestNotPossible(Conflict):
    """Case {number} does not take this now: {kind}. Look at where it stands; it may have gone on meanwhile."""


class PublicityUnknown(NotFound):
    """There is no publication {publicity_id} that is still public."""


class NoticeUnknown(Refused):
    """There is no notice {message}."""


class HandlerInputMissing(Refused):
    """The service task {element} needs the {place} {name}."""


class CatalogueMissing(Unavailable):
    """No catalogue of items is in force. Load one, for example with "onewindow demo load"."""


class CatalogueUnknown(NotFound):
    """There is no version {version} of the catalogue."""


class ItemUnknown(NotFound):
    """There is no item {item} in the catalogue. Search for it by name."""
