"""Errors of definitions, instances, tasks, jobs and the trail."""

from __future__ import annotations

from engine.errors.base import Conflict, Forbidden, NotFound, Refused, Unavailable


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


class TaskUnclaimed(TaskNotYours):
    """Nobody has claimed this task yet. Claim it first."""


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


class ReasonWrong(Refused):
    """Say why in words that the trail can keep."""


class ReasonTooLong(ReasonWrong):
    """The reason has {length} characters; at most {most} are kept. Shorten it or attach the rest as a file."""


class ReasonMissing(ReasonWrong):
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
