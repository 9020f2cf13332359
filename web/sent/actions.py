"""What the actions of the trail are called, for those who look through it; the trail itself keeps the code word."""

from __future__ import annotations

from flask_babel import gettext

from engine.errors import N_

NAMES = {
    "account.closed": N_("account closed"),
    "account.opened": N_("account opened"),
    "account.password_set": N_("password set"),
    "account.sessions_ended": N_("all sessions ended"),
    "account.sign_in_refused": N_("log-in refused"),
    "account.signed_in": N_("logged in"),
    "account.signed_out": N_("logged out"),
    "account.unlocked": N_("account unlocked"),
    "activity.begun": N_("activity begun"),
    "applicant.barred": N_("applicant barred from applying again"),
    "applicant.notified": N_("applicant notified"),
    "calendar.published": N_("calendar published"),
    "case.accepted": N_("application accepted"),
    "case.archived": N_("case archived"),
    "case.archive_supplemented": N_("archived file added to"),
    "case.asked": N_("request to the case"),
    "case.closed": N_("case closed"),
    "case.copied": N_("case shown to a colleague"),
    "case.decided": N_("case decided"),
    "case.not_accepted": N_("application not accepted"),
    "case.opened": N_("case opened"),
    "case.rated": N_("service rated"),
    "case.state": N_("case moved on"),
    "case.visited": N_("applicant came in person"),
    "case.withdrawn": N_("application withdrawn"),
    "catalogue.published": N_("catalogue published"),
    "definition.resumed": N_("process resumed"),
    "definition.suspended": N_("process suspended"),
    "deadline.ended": N_("period ended"),
    "deadline.extended": N_("period extended"),
    "deadline.met": N_("period kept"),
    "deadline.recomputed": N_("period counted anew"),
    "deadline.resumed": N_("clock resumed"),
    "deadline.started": N_("period begun"),
    "deadline.stop_told": N_("told of the stopped clock"),
    "deadline.stopped": N_("clock stopped"),
    "document.issued": N_("document issued"),
    "document.served": N_("document served"),
    "draft.checked": N_("draft checked"),
    "draft.deployed": N_("draft put into force"),
    "draft.discarded": N_("draft thrown away"),
    "draft.saved": N_("draft saved"),
    "draft.started": N_("draft begun"),
    "file.stored": N_("file stored"),
    "incident.retried": N_("incident tried again"),
    "instance.cancelled": N_("process ended by hand"),
    "instance.migrated": N_("case moved to another version"),
    "instance.migrated_back": N_("case moved back"),
    "instance.modified": N_("tokens moved by hand"),
    "instance.resumed": N_("case resumed"),
    "instance.started": N_("process begun"),
    "instance.suspended": N_("case suspended"),
    "job.retried": N_("failed job tried again"),
    "list.exported": N_("list handed out"),
    "material.registered": N_("material registered"),
    "message.received": N_("message received"),
    "migration.applied": N_("migration plan applied"),
    "migration.checked": N_("migration plan tried"),
    "migration.discarded": N_("migration plan discarded"),
    "migration.planned": N_("migration plan begun"),
    "migration.saved": N_("migration plan saved"),
    "migration.undone": N_("migration plan undone"),
    "modification.dropped": N_("proposal to move tokens dropped"),
    "modification.proposed": N_("moving of tokens proposed"),
    "package.deployed": N_("process package deployed"),
    "person.absence_cancelled": N_("absence cancelled"),
    "person.absent": N_("absence entered"),
    "person.appointed": N_("person appointed"),
    "person.dismissed": N_("person dismissed"),
    "person.substitutes_set": N_("substitutes named"),
    "publicity.not_published": N_("not published"),
    "publicity.published": N_("published"),
    "publicity.withdrawn": N_("publication withdrawn"),
    "push.read": N_("push read"),
    "push.received": N_("push received"),
    "push.written": N_("push written"),
    "rectification.closed": N_("rectification closed"),
    "rectification.opened": N_("rectification opened"),
    "register.asked": N_("register asked"),
    "remedy.closed": N_("remedy closed"),
    "remedy.recorded": N_("remedy recorded"),
    "setting.changed": N_("setting changed"),
    "booking.made": N_("window booked"),
    "booking.cancelled": N_("booking cancelled"),
    "booking.kept": N_("applicant with a booking came"),
    "signal.received": N_("signal received"),
    "supervision.closed": N_("supervision closed"),
    "supervision.opened": N_("supervision opened"),
    "task.claimed": N_("task claimed"),
    "task.completed": N_("task completed"),
    "task.corrected": N_("task corrected by its listener"),
    "task.delegated": N_("task delegated"),
    "task.handed_back": N_("task handed back"),
    "task.recalled": N_("completion taken back"),
    "task.released": N_("task released"),
    "task.returned": N_("task returned to an earlier step"),
    "task.signed": N_("opinion given"),
    "task.signer_added": N_("opinion asked for"),
    "task.signer_removed": N_("signer taken off"),
    "task.transferred": N_("task transferred"),
    "task.urged": N_("reminded of a task"),
    "tenant.loaded": N_("organisation loaded"),
    "service.completed": N_("another system answered"),
    "service.failed": N_("another system could not be reached"),
    "timer.fired": N_("time came"),
    "token.created": N_("access token created"),
    "token.revoked": N_("access token revoked"),
    "tracking.entered": N_("applicant opened the tracking page"),
    "tracking.refused": N_("tracking page refused"),
    "trail.exported": N_("trail exported"),
    "trail.proven": N_("trail proven"),
    "variables.set": N_("variables corrected"),
}

STREAMS = {
    "house:audit": N_("Audit"),
    "house:bookings": N_("Bookings"),
    "house:calendar": N_("Calendar"),
    "house:catalogue": N_("Items"),
    "house:deployments": N_("Process packages"),
    "house:drafts": N_("Drafts of packages"),
    "house:files": N_("Files"),
    "house:jobs": N_("Jobs"),
    "house:migrations": N_("Moves to other versions"),
    "house:organisation": N_("Organisation"),
    "house:personal": N_("Personal data"),
    "house:settings": N_("Settings"),
    "house:sign-ins": N_("Log-ins"),
    "house:tracking": N_("Look-ups by applicants"),
}

ACTORS = {
    "anybody": N_("anybody"),
    "api": N_("a connected system"),
    "applicant": N_("the applicant"),
    "command": N_("command line"),
    "system": N_("the system"),
    "visitor": N_("a visitor of the public pages"),
}
"""Those who act and are no persons, by what stands before the colon."""


def action_name(action: str) -> str:
    """Return what an action is called in the reader's language, or its code word."""
    return str(gettext(NAMES[action])) if action in NAMES else action


def stream_name(stream: str) -> str:
    """Return what a stream is called: a case number is its own name."""
    return str(gettext(STREAMS[stream])) if stream in STREAMS else stream.removeprefix("house:")


def actor_name(actor: str, people: dict[str, str]) -> str:
    """Return who acted: a person's name, else what kind of actor it is."""
    if actor in people:
        return people[actor]
    kind = actor.partition(":")[0]
    return str(gettext(ACTORS[kind])) if kind in ACTORS else actor
