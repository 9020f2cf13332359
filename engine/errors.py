"""Every error of the engine, a named fact each; the docstring is the message in English and the key of its translation.

A message names its facts in braces (``{person}``) and says what happened and what to do next. The five kinds below
say how a caller should take an error; the web maps each to one HTTP status.
"""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it, which its extractor looks for
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return message


class EngineError(Exception):
    """The action could not be carried out; nothing was changed."""

    sent_back = False
    """Whether a service refused what a person has just entered: it is theirs to correct."""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.template.format_map(_Facts(facts)))

    @property
    def template(self) -> str:
        """The untranslated message with its facts still in braces."""
        return " ".join((type(self).__doc__ or "").split())

    @property
    def code(self) -> str:
        """The error's name as the API reports it, for example ``TaskAlreadyCompleted``."""
        return type(self).__name__


class _Facts(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


class NotFound(EngineError):
    """There is no such thing, or you may not see it."""


class Forbidden(EngineError):
    """You may not do this."""


class Conflict(EngineError):
    """Somebody else was first; look at the present state and decide again."""


class Refused(EngineError):
    """What was given cannot be accepted."""


class Unavailable(EngineError):
    """This is not possible right now; try again later."""


# -- feel / dmn


class FeelError(Refused):
    """The expression cannot be used."""


class FeelSyntaxError(FeelError):
    """The expression is not understood at line {line}, column {column}, near "{near}". {suggestion}"""

    def __init__(self, *, line: int, column: int, near: str, suggestion: str) -> None:
        super().__init__(line=line, column=column, near=near, suggestion=suggestion)
        self.line, self.column, self.near, self.suggestion = line, column, near, suggestion


class FeelLimitExceeded(FeelError):
    """The expression asks for too much and was stopped."""


class FeelTooLong(FeelLimitExceeded):
    """The expression has {length} characters; at most {limit} are allowed. Split it into several decisions."""


class FeelTooDeep(FeelLimitExceeded):
    """The expression is nested or calls itself more than {limit} deep. Split it, or replace recursion by "for"."""


class FeelTooManySteps(FeelLimitExceeded):
    """The expression needs more than {limit} steps. Let it look at fewer values."""


class FeelListTooLong(FeelLimitExceeded):
    """A list or range has more than {limit} entries. Let the expression look at fewer values."""


class FeelNumberTooLong(FeelLimitExceeded):
    """A number is written with more than {limit} characters."""


class FeelTextTooLong(FeelLimitExceeded):
    """A text grows beyond {limit} characters."""


class FeelTooSlow(FeelLimitExceeded):
    """The expression was stopped after {seconds} seconds."""


class FeelPatternTooSlow(FeelLimitExceeded):
    """The pattern "{pattern}" was stopped after {seconds} seconds. Write it without repetition inside repetition."""


# -- calendars / cases


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


class FileStoreMissing(Unavailable):
    """No folder for files has been configured. Set ONEWINDOW_DATA_DIR."""


class FileEmpty(Refused):
    """The file {name} is empty. Choose it again."""


class FileTooLarge(Refused):
    """The file {name} is larger than {limit_mb} MB. Make it smaller or split it."""


class FileKindNotAllowed(Refused):
    """The file {name} is not of an allowed kind. Allowed are: {allowed}."""


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
    """The period {period} has already been extended once."""


class ExtensionLate(Conflict):
    """The period {period} ended on {due_on}. A period that has ended cannot be extended (行政许可法42)."""


class ExtensionNotForeseen(Refused):
    """The law foresees no extension of the period {period}."""


class ExtensionIncomplete(Refused):
    """An extension needs {field}: the head's approval and the reason that is told to the applicant (行政许可法42)."""


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


class DecisionModelInvalid(Refused):
    """The decision model cannot be used: {problem}"""


class DecisionNotFound(NotFound):
    """The decision model has no decision or decision service "{decision}"."""


# -- bpmn


class BpmnUnreadable(Refused):
    """The file is not a BPMN 2.0 diagram: {reason}. Export it again from the editor."""


class BpmnUnsafe(Refused):
    """The file declares a document type (DOCTYPE), which is not accepted. Remove the declaration."""


class BpmnTooLarge(Refused):
    """The diagram has more than {limit} {what}. Split it into called processes."""


class DeploymentRefused(Refused):
    """The package cannot be put into force: {count} findings. Correct the named elements and deploy again."""


class BpmnStartUnknown(NotFound):
    """The process {process} has no such start event {event}."""


class ElementNotStartable(Refused):
    """The case cannot be put to “{element}”: nothing starts there, or its surroundings are not open now, or several
    are. Choose another step."""


class ModificationUnreadable(Refused):
    """Each change cancels a token, starts at an element or moves a token to an element. Say which."""


class TokenUnknown(Conflict):
    """This step is not open any more; look at the present state of the case."""


class ActivityNotOffered(Refused):
    """“{element}” cannot be begun here; look at the present state of the case."""


class ActivityUnderWay(Conflict):
    """“{element}” is still under way, and one follows the other here; finish it first."""


# -- core


class PackageUnreadable(Refused):
    """This is no process package: {reason}. Export one from the designer to see its form."""


class HandlersBroken(Unavailable):
    """The service handlers in {file} cannot be used: {reason}. Correct them and start again."""


class PackageUnknown(NotFound):
    """There is no process package {package}, or not in this version. Choose one from the list."""


class PackageFileUnknown(Refused):
    """A process package holds no file such as {path}. Take it out; allowed are: {allowed}."""


class DraftUnknown(NotFound):
    """There is no such draft."""


class DraftEnded(Conflict):
    """This draft is closed: {person} put it into force or discarded it on {at}. Begin a new one from the version."""


class DraftChanged(Conflict):
    """{person} saved this draft on {at}, after you had opened it. Keep yours as a draft of its own, or load theirs."""


class DraftRenamed(Refused):
    """This is a draft of the package {package}; package.toml must not call it {name}. Import that as its own."""


class DraftOwn(Forbidden):
    """You worked on this draft yourself. Somebody else must put it into force: design and publication are separate."""


class DraftOvertaken(Conflict):
    """Version {version} is in force now, another one than you were shown. Compare the draft with it, then decide."""


class DraftUnchanged(Refused):
    """The draft is the same as version {version}, which is in force already. Nothing needs to be done."""


class PlanUnknown(NotFound):
    """There is no such migration plan."""


class PlanLeadsNowhere(Refused):
    """The plan would lead from version {version} to the same version. Choose another one to move the cases to."""


class PlanEnded(Conflict):
    """This is no longer possible: {person} applied, undid or discarded the plan on {at}. Begin a new plan."""


class PlanChanged(Conflict):
    """{person} saved this plan on {at}, after you had opened it. Load it again and look at what changed."""


class PlanMappingRefused(Refused):
    """The plan cannot be saved: {count} elements cannot go where it sends them. Choose others for those named below."""


class PlanOwn(Forbidden):
    """You worked on this plan yourself. Somebody else must apply or undo it: planning and applying are separate."""


class PlanUnchecked(Conflict):
    """The plan has changed or was never tried. Let every case be looked at first, then apply it."""


class PlanNothingFits(Refused):
    """No case fits the plan now. Correct it, or let the cases finish the steps that hold them."""


class PlanCasesUnfit(Refused):
    """These cases do not fit the plan, or are none of it: {cases}. Take them out, or look at all cases again."""


class HandlerMissing(Unavailable):
    """No handler for “{type}” is installed here. Install it, then let the step try again."""


class DefinitionUnknown(NotFound):
    """No process “{process}” is in force. Deploy its package first."""


class DeploymentFileUnknown(NotFound):
    """The package holds no file {path}."""


class DecisionUnknown(NotFound):
    """No decision “{decision}” was deployed with this process."""


class FormUnknown(NotFound):
    """No form “{form}” was deployed with this process. Deploy the package with its form, then open the task again."""


class InstanceUnknown(NotFound):
    """There is no such case, or you may not see it."""


class InstanceNotActive(Conflict):
    """The case is {state}; nothing can be done in it."""


class Suspended(Conflict):
    """This is suspended until an administrator resumes it."""


class InstanceSuspended(Suspended):
    """This case is suspended: nothing can be done in it until an administrator resumes it. What you typed can be
    kept as a draft."""


class DefinitionSuspended(Suspended):
    """The process “{process}” is suspended: no case of it begins until an administrator resumes it."""


class NotSuspended(Conflict):
    """This is not suspended; somebody may have resumed it meanwhile. Look at its present state."""


class TaskUnknown(NotFound):
    """There is no such task, or you may not see it."""


class TaskAlreadyCompleted(Conflict):
    """{person} completed this task at {at}. Open the case to see what happened."""


class TaskWithdrawn(Conflict):
    """This task is no longer to be done: the case went on without it."""


class TaskAlreadyClaimed(Conflict):
    """{person} has claimed this task. Ask them to hand it over, or choose another one."""


class TaskDenied(Conflict):
    """The process does not let you do this with the task: {reason}"""


class TaskListenerFailed(Unavailable):
    """What the task asks before it changes, “{type}”, gives no answer: {reason}. Nothing was changed; try again, and
    tell the administrator if it stays so."""


class StepNotEarlier(Conflict):
    """This task cannot go back to “{step}”: that step has not been done on its path, or must not be done again. Open
    the task once more and choose one of the steps that are offered."""


class OpinionsMissing(Conflict):
    """You asked for opinions, and {count} are still wanted. Wait for them, or take those signers off."""


class SignersWrong(Refused):
    """Name one or more colleagues, each once and not yourself, up to {limit} for a task, and say how many must
    answer."""


class SignerUnknown(NotFound):
    """There is no such signer who has not answered yet. Look at the task as it is now."""


class RemindedAlready(Conflict):
    """{person} has sent a reminder at {at}. The next one may be sent from {again_at}."""


class ModificationUnknown(NotFound):
    """There is no such proposal, or it has been decided already."""


class ModificationOwn(Forbidden):
    """Another administrator must look at what you propose and carry it out."""


class ModificationOutdated(Conflict):
    """The case has gone on since this was proposed. Drop the proposal, look at the case and propose it anew."""


class CompletionStands(Conflict):
    """You cannot take this back any more: {reason}"""


class StepBegun(CompletionStands):
    """You cannot take this back any more: somebody works on “{step}” already. Ask them to return it to you."""


class StepFollowed(CompletionStands):
    """You cannot take this back any more: “{step}” has followed, and what it set off stays. Ask whoever has the case
    now to return it to you."""


class TaskNotYours(Forbidden):
    """This task is not assigned to you. Claim it first, or ask {person} to hand it over."""


class TaskNotForYou(Forbidden):
    """You may not act on this task: {reason}"""


class ActivityNotForYou(Forbidden):
    """“{element}” is begun by other posts; ask one of them."""


class TaskExcluded(TaskNotForYou):
    """{person} has done “{step}” in this case; of two steps that check each other one person may do only one.
    Leave this task to somebody else."""


class TaskNeedsAnother(TaskNotForYou):
    """{person} takes part in “{step}” of this case already; it takes different persons.
    Leave this task to somebody else."""


class TaskSeparated(TaskNotForYou):
    """{person} has acted in this case as {held} and may not act in it as {wanted}: {reason} ({basis}, rule {rule}).
    Leave this task to somebody else."""


class PersonsNotDistinct(Refused):
    """The list “{field}” must name at least two different persons, each once; it names {count}. Complete the list."""


class ReceiverMissing(Refused):
    """Choose who is to have the task."""


class ReasonMissing(Refused):
    """Say why: whoever goes on with the work, and whoever reads the trail later, must understand it."""


class FormChanged(Conflict):
    """The form of this task is not the one you filled in. Check your entries against the present form."""


class FormIncomplete(Refused):
    """{count} entries of the form are missing or wrong. Correct them and send it again."""


class IdempotencyKeyReused(Refused):
    """This key was used for another request. Send a new key with a new request."""


class PlaceUnreadable(Refused):
    """The page cannot begin at "{after}". Take the address of the next page from the answer of the page before."""


class IdempotencyKeyMissing(Refused):
    """Send the header {header} with {shortest} to {longest} characters of your choice, a new one for each change."""


class BusinessKeyTaken(Conflict):
    """The number {key} is already in use."""


class ValueUnreadable(Refused):
    """“{text}” is no value of the kind “{kind}”, or the variable has no name. Correct it and send it again."""


class JobUnknown(NotFound):
    """There is no such job."""


class EventUnknown(NotFound):
    """The trail has no such event. Open it from the list of events."""


class IncidentUnknown(NotFound):
    """There is no such incident, or it has been resolved."""


class OutboxUnknown(NotFound):
    """There is no such push, or it has not been sent yet."""


# -- forms


class FormRefused(Refused):
    """The form cannot be used."""


class FormUnreadable(FormRefused):
    """The form is not a form-js schema with a list of components. Save it again in the form editor."""


class FormTooDeep(FormRefused):
    """The form nests groups and lists more than {limit} deep. Flatten it."""


class FormTooLarge(FormRefused):
    """The form has more than {limit} components. Split it into several tasks."""


class FormComponentUnknown(FormRefused):
    """The form component {component} is of the type "{kind}", which is not supported. Use one of: {supported}."""


class FormKeyMissing(FormRefused):
    """The form component {component} has no key. Give it one, so that its value has a name."""


class FormKeyUnusable(FormRefused):
    """The form component {component} has the key "{key}". Use letters, digits and _ with dots between names."""


class FormKeyTwice(FormRefused):
    """Two components of the form share the key "{key}". Give each its own."""


class FormCheckUnknown(FormRefused):
    """The form component {component} asks for the check "{check}", which does not fit it. There are: {known}."""


class FormExpressionUnusable(FormRefused):
    """The form component {component} has an expression that is not understood: {expression} ({reason})"""


class FormPatternUnusable(FormRefused):
    """The form component {component} has a pattern that cannot be checked here: {pattern}. Write it more simply."""


# -- organisation


class PersonUnknown(NotFound):
    """There is no person {person}."""


class UnitUnknown(NotFound):
    """There is no unit {unit}."""


class PostUnknown(NotFound):
    """There is no post {post}."""


class PersonOffDuty(Refused):
    """{person} is no longer on duty and cannot be given a post."""


class AppointmentDatesWrong(Refused):
    """An appointment cannot end on {until}, before it begins on {since}."""


class AppointmentTwice(Conflict):
    """{person} already holds the post {post} there."""


class AppointmentUnknown(NotFound):
    """There is no appointment {appointment_id} that is still in force."""


class PostScopeWrong(Refused):
    """The post {post} is held for: {kind}. {scope} is none."""


class PostFull(Conflict):
    """The post {post} has {limit} places and all are taken. Dismiss somebody first."""


class PostsExclude(Refused):
    """{person} holds the post {held}, which excludes {wanted}: {reason} ({rule}, {basis})."""


class QualificationMissing(Refused):
    """{person} lacks what the post {post} demands: {kind}."""


class AbsenceDatesWrong(Refused):
    """An absence cannot end on {until}, before it begins on {since}."""


class AbsenceOverlaps(Conflict):
    """{person} is already absent on one of these days."""


class AbsenceUnknown(NotFound):
    """There is no absence {absence_id} that still stands."""


class SubstituteImpossible(Refused):
    """{substitute} cannot stand in for {person}. Choose somebody on duty and present who may hold one of the posts."""


class WrongCredentials(Forbidden):
    """Login name or password is wrong. After five wrong tries the login is locked for 15 minutes."""


class AccountLocked(Forbidden):
    """This login is locked until {until} because of {tries} wrong tries. Wait, or ask the administrator."""


class AccountUnknown(NotFound):
    """{person} has no account."""


class LoginTaken(Conflict):
    """The login name {login} is already in use."""


class PasswordTooWeak(Refused):
    """Choose a password of at least {length} characters that does not contain the login name."""


class TokenWrong(Forbidden):
    """The access token is unknown, has expired or was revoked."""


class AccessTokenUnknown(NotFound):
    """There is no access token {token_id} that is still in force."""


class PlaceUnknown(Refused):
    """This address does not begin at a row of the list. Open the list anew."""


class ViewNameMissing(Refused):
    """Give the view a name under which you will find it."""


class ViewTooLong(Refused):
    """The name of a view has at most {limit} characters. Shorten it."""


class ViewsTooMany(Refused):
    """You keep {limit} views already. Take one away first."""


class ViewUnknown(NotFound):
    """You keep no such view."""


class TenantFileUnreadable(Refused):
    """The file {file} cannot be read: {reason}"""


class TenantRefused(Refused):
    """The files of the town do not fit together, {count} findings: {summary}"""


# -- investigation


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


# -- carrying a penalty out


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


class RefundUnknown(NotFound):
    """In {number} nothing is left to be paid back."""


# -- experts


class ExpertFieldUnknown(Refused):
    """The pool of experts has no field {field}. Choose one of {fields}."""


class ExpertsTooFew(Refused):
    """{wanted} experts are wanted and {eligible} may be drawn. Want fewer, or add a second field."""


class ExpertDrawUnknown(NotFound):
    """There is no such draw of experts in this case."""


class ExpertNotSeated(Refused):
    """{person} does not sit in this draw, or has answered or been replaced."""


class ExpertAnswerWrong(Refused):
    """An opinion has a text and a vote: {votes}."""


class ExpertFeeWrong(Refused):
    """A fee is a whole number of yuan from 0 to {most}."""


# -- catalogue


class CatalogueMissing(Unavailable):
    """No catalogue of items is in force. Load one, for example with "onewindow demo load"."""


class CatalogueUnknown(NotFound):
    """There is no version {version} of the catalogue."""


class ItemUnknown(NotFound):
    """There is no item {item} in the catalogue. Search for it by name."""


# -- enforcement: judging


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
    """For this act a fine was imposed already in {number}; a second one is not allowed (行政处罚法29)."""


class NoPenaltyWithoutGround(LawForbids):
    """No penalty needs a ground of art. 30, 31 or 33, every condition of it proved (行政处罚法57(1)(二))."""


class NoPenaltyWithoutEducation(LawForbids):
    """Whoever is not punished must be educated; write down how (行政处罚法33(3))."""
