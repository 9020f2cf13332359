"""The story of a case (经过): its audit trail in sentences that anybody understands, newest last.

What one person or the clock set off in one transaction is one act: its head is what was done (a task finished, a
message that came), the rest is what followed from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa

from engine.cases import remedy, standing
from engine.cases.clocks import period as periods
from engine.cases.clocks import stop, supervision
from engine.cases.enforcement import telling
from engine.cases.grid import telling as grid
from engine.cases.papers import notice
from engine.cases.people import expert_draw
from engine.errors import N_
from engine.flow import steps

SENTENCES = {
    **telling.SENTENCES,
    **grid.SENTENCES,
    "case.opened": N_("{who} registered it; way in: {channel}."),
    "case.accepted": N_("The application was accepted."),
    "case.accepted.deemed": N_(
        "Nobody told in time what was lacking: accepted from the day of receipt (行政许可法32)."
    ),
    "case.state": N_("Where the case stands: {after} (before: {before})."),
    "case.visited": N_("The applicant came in person, visit {visits}."),
    "case.visited.why": N_("The applicant came in person, visit {visits}: {reason}"),
    "case.not_accepted": N_("The application was not accepted ({outcome}): {reason}"),
    "case.withdrawn": N_("The application was withdrawn: {reason}"),
    "case.closed": N_("The case was closed: {outcome}."),
    "case.archived": N_("The file went into the archive as {archive_no}."),
    "case.archive_supplemented": N_("Papers were added to the archived file {archive_no}."),
    "case.decided": N_("It was decided: {result}."),
    "case.rated": N_("The applicant gave {stars} of 5 stars. {text}"),
    "case.asked": N_("{who} asked for “{what}”: {reason}"),
    "rectification.opened": N_("Mending what the bad rating complains of was begun."),
    "rectification.closed": N_("What the bad rating complains of was dealt with: {measure}"),
    "decision.annulled": N_("The decision went out of force."),
    "docket.ordered": N_("{who} asked for the file of the case."),
    "docket.built": N_("The file of the case was bound: {pages} pages."),
    "docket.failed": N_("The file of the case could not be bound: {error}"),
    "document.worded": N_("{who} took a document of the case as a Word file."),
    "document.issued": N_("The document “{title}” was issued, number {number}."),
    "document.issued.unnumbered": N_("The document “{title}” was issued."),
    "document.served": N_("The document “{title}” reached {recipient}."),
    "material.registered": N_("Material received: {name} (version {version})."),
    "material.registered.missing": N_("Material still lacking: {name}."),
    "deadline.started": N_("The period “{period}” runs until {due_on} ({article})."),
    "deadline.reopened": N_("The period “{period}” runs on, until {due_on}: what was done does not hold."),
    "deadline.set": N_("The period “{period}” was given another length: until {due_on} (before: {due_before})."),
    "deadline.met": N_("The period “{period}” was kept."),
    "deadline.met.late": N_("What the period “{period}” demands was done too late."),
    "deadline.ended": N_("The period “{period}” ended with the case."),
    "deadline.ended.settled": N_("The period “{period}” ended: what it waited for was settled otherwise."),
    "deadline.ended.annulled": N_("The period “{period}” lapsed: the decision was annulled."),
    "deadline.extended": N_("The period “{period}” was extended to {due_on} (before: {due_before}): {reason}"),
    "deadline.recomputed": N_("The period “{period}” was counted again: until {due_on} (before: {due_before})."),
    "deadline.recomputed.moved": N_(
        "The holidays of {calendar} were published: the period “{period}” was counted again, until {due_on} "
        "(before: {due_before})."
    ),
    "deadline.recomputed.final": N_(
        "The holidays of {calendar} were published: the period “{period}” ends on {due_on}, no longer provisionally."
    ),
    "deadline.recomputed.stopped": N_("The period “{period}” stands still (it ran until {due_before})."),
    "deadline.recomputed.running": N_("The period “{period}” runs again, until {due_on}."),
    "deadline.stopped": N_("Special procedure begun: {kind}. The clock stands still from {effective_on}."),
    "deadline.stop_told": N_(
        "The applicant was told in writing of “{kind}”; the clock stands still from {effective_on}."
    ),
    "deadline.resumed": N_("The result of “{kind}” came in on {resumed_on}; the clock runs again."),
    "publicity.published": N_("The decision was published."),
    "publicity.ended": N_("What was published had been public for its time and was taken down."),
    "publicity.withdrawn": N_("What was published was taken back: {reason}"),
    "publicity.shown_again": N_("What had been taken down too early is public again, until {until}."),
    "publicity.not_published": N_("Nothing was published: the setting says so."),
    "publicity.not_published.why": N_("Nothing was published: {reason}"),
    "push.written": N_("The result was sent on to {receiver}."),
    "push.received": N_("{receiver} received what was sent on."),
    "push.read": N_("{receiver} has read what was sent on."),
    "supervision.opened": N_("Supervision opened ({level}): {why}"),
    "supervision.closed": N_("Supervision answered and closed: {answer}"),
    "applicant.notified": N_("The applicant was told: {told}"),
    "applicant.barred": N_("The applicant may not apply for this again until {until}."),
    "remedy.recorded": N_("A remedy was recorded: {kind}, {authority} {number}."),
    "remedy.handed_in": N_("An application for reconsideration by {authority} was handed in at the town."),
    "remedy.forwarded": N_("The application for reconsideration was forwarded to {authority}."),
    "remedy.set_right": N_("The town does not maintain its decision: {reason}"),
    "remedy.closed": N_("The remedy ended: {result}."),
    "activity.begun": N_("{who} began “{what}”."),
    "task.claimed": N_("{who} took on “{what}”."),
    "task.released": N_("{who} gave “{what}” back."),
    "task.transferred": N_("{who} handed “{what}” over to {after}: {reason}"),
    "task.corrected": N_("The process corrected “{what}” by its own rule."),
    "task.delegated": N_("{who} let {after} work on “{what}”: {reason}"),
    "task.handed_back": N_("{who} handed “{what}” back to {after}."),
    "task.returned": N_("{who} returned “{what}” to “{to}”: {reason}"),
    "task.recalled": N_("{who} took back having finished “{what}”: {reason}"),
    "task.signer_added": N_("{who} asked {after} for an opinion on “{what}”: {reason}"),
    "task.signer_removed": N_("{who} no longer asks {after} for an opinion on “{what}”: {reason}"),
    "task.signed": N_("{who} gave an opinion on “{what}”."),
    "task.urged": N_("{who} reminded {after} of “{what}”: {reason}"),
    "case.copied": N_("{who} showed the case to {to}. {reason}"),
    "instance.modified": N_("{who} moved the process by hand: {reason}"),
    "modification.proposed": N_("{who} proposed to move the process by hand: {reason}"),
    "modification.dropped": N_("{who} dropped a proposal to move the process by hand: {reason}"),
    "task.completed": N_("{who} finished “{what}”."),
    "instance.started": N_("The process “{process}” began (version {version})."),
    "instance.cancelled": N_("{who} ended the process: {reason}"),
    "instance.suspended": N_("{who} suspended the case: {reason}"),
    "instance.resumed": N_("{who} let the case go on: {reason}"),
    "instance.migrated": N_("{who} moved the case to version {version} of its process: {reason}"),
    "instance.migrated_back": N_("{who} took the case back to version {version} of its process: {reason}"),
    "variables.set": N_("{who} corrected what the process knows: {reason}"),
    "timer.fired": N_("A time that was waited for came."),
    "message.received": N_("Came in from {who}: {message}."),
    "signal.received": N_("A signal came: {name}."),
    "tracking.entered": N_("The applicant looked up how far the case has come."),
    "request.supplement": N_("The applicant handed in on line: {materials}."),
    "request.withdrawal": N_("The applicant asked on line to withdraw the application."),
    "request.hearing": N_("The applicant asked on line for a hearing."),
    "request.rating": N_("The applicant rated the service on line."),
    "request.complaint": N_("The applicant complained on line."),
    "experts.drawn": N_("{who} drew experts ({draw}, {algorithm})."),
    "experts.replaced": N_("{after} followed {before} as an expert: {reason}"),
    "experts.waited": N_("{who} gave {before} more time as an expert: {reason}"),
    "experts.vacated": N_("{before} no longer judges, and nobody of the draw can follow: {reason}"),
    "experts.drawn_anew": N_("{after} was drawn anew in the place of {before}: {reason}"),
    "experts.left_empty": N_("{who} went on without the opinion of {before}: {reason}"),
    "experts.answered": N_("{who} gave an opinion as an expert: {vote}."),
    "incident.retried": N_("{who} let “{what}” try again: {reason}"),
}
"""What happened, by action; marked for translation. An action that is not here is told by its own name."""

OTHERWISE = N_("{who}: {action}.")
NOBODY = N_("nobody")
ACTORS = {
    "system": N_("the system"),
    "applicant": N_("the applicant"),
    "visitor": N_("a visitor of the public pages"),
    "command": N_("a command of the administrators"),
    "api": N_("a connected system"),
}
"""Who acts besides persons, by what stands before the colon of the actor."""

MESSAGES = {
    **telling.MESSAGES,
    **grid.MESSAGES,
    "application.submitted": N_("the application"),
    "application.withdrawn": N_("withdrawal by the applicant"),
    "material.supplemented": N_("supplements to the materials"),
    "hearing.requested": N_("request for a hearing"),
    "rating.given": N_("the applicant's rating"),
    "extension.requested": N_("request for an extension"),
    "special_procedure.ordered": N_("order of a special procedure"),
    "case.supervised": N_("supervision"),
    "document.correction": N_("report of a clerical error"),
    "licence.review": N_("review of the licence"),
    "complaint.filed": N_("complaint"),
    "remedy.filed": N_("reconsideration or lawsuit"),
    "remedy.decided": N_("result of the remedy"),
    "decision.challenged": N_("copy of a challenge"),
    "challenge.decided": N_("outcome of a challenge"),
    "upper.decided": N_("decision of the higher organ"),
    "renewal.applied": N_("application for renewal"),
    "renewal.decided": N_("renewal decided in another case"),
    "publicity.early_end_asked": N_("early end of publicity"),
    "publicity.correction_asked": N_("correction of what is published"),
}
"""What the messages of a case are called; marked for translation."""


class Names(Protocol):
    """Knows how things are called in the reader's language."""

    @property
    def english(self) -> bool:
        """Whether the reader reads English."""

    def say(self, text: str, facts: Mapping[str, Any] | None = None) -> str:
        """Translate a text of the code and fill in its facts."""

    def actor(self, actor: str) -> str:
        """Return what to call who acted."""

    def element(self, element: str) -> str:
        """Return what the diagram calls a step."""

    def process(self, process: str) -> str:
        """Return what a process is called."""

    def receiver(self, code: str) -> str:
        """Return what to call the receiver of a push."""

    def document(self, document_id: Any) -> str:
        """Return the title of an issued document."""


@dataclass
class Act:
    """What was done in one moment, and what followed from it in the same transaction."""

    head: sa.Row[Any]
    followed: list[sa.Row[Any]] = field(default_factory=list)
    step: sa.Row[Any] | None = None

    @property
    def decisions(self) -> list[list[Any]]:
        """The DMN decisions of the act: ``["decide", element, decision, result, explanation]``."""
        return [entry for entry in self._steps if entry[0] == "decide"]

    @property
    def changes(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """What the finished step's own form held before and after."""
        for element, before, after in steps.changes(self.step.details if self.step is not None else {}):
            if element == self.head.element:
                return before, after
        return {}, self.head.details.get("values") or {}

    @property
    def _steps(self) -> Sequence[list[Any]]:
        return self.step.details.get("steps", ()) if self.step is not None else ()


def acts(trail: Sequence[sa.Row[Any]]) -> list[Act]:
    """Return the acts of a trail in order.

    Handlers write their events before the step that called them is written, so that a step closes its act.
    """
    found: list[Act] = []
    pending: list[sa.Row[Any]] = []
    for event in trail:
        if pending and (pending[-1].at != event.at or pending[-1].actor != event.actor):
            found += _alone(pending)
        if event.action.startswith("task.") and "steps" not in event.details:
            found += [*_alone(pending), Act(event)]
        elif "steps" in event.details:
            found.append(_closed(event, pending))
            pending.clear()
        else:
            pending.append(event)
    return [*found, *_alone(pending)]


def sentence(event: sa.Row[Any]) -> str:
    """Return the untranslated sentence of an event, its facts still in braces."""
    action, details = event.action, event.details
    if action == "case.accepted" and details.get("deemed"):
        action += ".deemed"
    elif action == "material.registered" and not details.get("received"):
        action += ".missing"
    elif action == "document.issued" and not details.get("number"):
        action += ".unnumbered"
    elif action == "deadline.met" and details.get("overdue"):
        action += ".late"
    elif action == "deadline.ended" and details.get("why", "closed") != "closed":
        action += f".{details['why']}"
    elif action == "deadline.recomputed":
        action += _stop_or_go(details)
    elif action in ("case.visited", "publicity.not_published") and details.get("reason"):
        action += ".why"
    return SENTENCES.get(action, OTHERWISE)


def facts(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    """Return what goes into the sentence of an event; words of ours are not translated yet."""
    details = event.details
    plain = {name: value for name, value in details.items() if isinstance(value, str | int) and name != "steps"}
    found = {**dict.fromkeys(_DEFAULTS, ""), **plain, "action": event.action, "who": names.actor(event.actor)}
    found["what"] = names.element(event.element) if event.element else MESSAGES.get(str(details.get("message")), "")
    found.update(_WORDS.get(event.action.partition(".")[0], _plain)(event, names))
    return found


def _closed(step: sa.Row[Any], before: Sequence[sa.Row[Any]]) -> Act:
    """Return the act that a step closes; a process that began is only what followed from opening the case."""
    if step.action == "instance.started" and before:
        return Act(before[0], [*before[1:], step], step)
    return Act(step, list(before), step)


def _alone(pending: list[sa.Row[Any]]) -> Iterator[Act]:
    """Return what no step closed: the first event heads what was written with it."""
    if pending:
        yield Act(pending[0], pending[1:])
        pending.clear()


def _plain(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    people = {name: names.actor(str(event.details[name])) for name in telling.PEOPLE if event.details.get(name)}
    known = {name: words.get(str(event.details.get(name)), "") for name, words in (telling.WORDS | grid.WORDS).items()}
    english = event.details.get("name_en") if names.english else ""
    return {**{name: word for name, word in known.items() if word}, **people, **({"name": english} if english else {})}


def _of_case(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    details = event.details
    words = {name: standing.STATES.get(details.get(name, ""), details.get(name, "")) for name in ("before", "after")}
    channel = standing.WAYS_IN.get(details.get("channel", ""), "")
    ends = {name: standing.OUTCOMES.get(details.get(name) or "", "") for name in ("outcome", "result")}
    to = details.get("to")
    return {**words, **ends, "channel": channel, "to": names.actor(to) if to else ""}


def _of_deadline(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    details = event.details
    after = details.get("after") if isinstance(details.get("after"), Mapping) else details
    before = details.get("before") if isinstance(details.get("before"), Mapping) else {}
    key = after.get("period") or details.get("period") or ""
    known = periods.register().get(key)
    title = (known.title_en if names.english else known.title) if known else key
    english = known.article_en if known and names.english else ""
    return {
        "period": title,
        "article": english or details.get("article") or "",
        "due_on": after.get("due_on") or N_("not known yet"),
        "due_before": before.get("due_on") or N_("not known yet"),
        "effective_on": details.get("effective_on") or N_("not known yet"),
        "reason": details.get("reason") or "",
        "kind": stop.CALLED.get(str(details.get("kind")), ""),
    }


def _stop_or_go(details: Mapping[str, Any]) -> str:
    """Tell a period that stops or runs again from one that ends on another day."""
    before, after = ((details.get(name) or {}).get("due_on") for name in ("before", "after"))
    if before and not after:
        return ".stopped"
    if after and not before:
        return ".running"
    return "" if "calendar" not in details else ".final" if before == after else ".moved"


def _of_request(event: sa.Row[Any], _names: Names) -> dict[str, Any]:
    return {"materials": "、".join(str(each) for each in event.details.get("materials") or ())}


def _of_document(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    return {
        "title": names.document(event.details.get("document")),
        "recipient": event.details.get("recipient") or N_("the addressee"),
    }


def _of_applicant(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    text = notice.MESSAGES.get(str(event.details.get("message")), "")
    told = event.details.get("facts") or {}
    words = {"outcome": standing.OUTCOMES.get(told.get("outcome", ""), told.get("outcome", ""))}
    return {"told": names.say(text, {**told, **words}) if text else event.details.get("message", "")}


def _of_supervision(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    details = event.details
    why = supervision.REASONS.get(str(details.get("reason")), "")
    level = supervision.LEVELS.get(str(details.get("level")), "")
    title = details.get("title_en" if names.english else "title", "")
    told = {**details, "title": title, **_of_push(event, names)}
    return {"why": names.say(why, told) if why else "", "level": level}


def _of_push(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    return {"receiver": names.receiver(str(event.details.get("receiver") or ""))}


def _of_task(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    details = event.details
    people = {name: names.actor(details[name]) if details.get(name) else NOBODY for name in ("before", "after")}
    return {**people, "to": names.element(details["to"]) if details.get("to") else ""}


def _of_instance(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {"process": names.process(str(event.details.get("process") or ""))}
    moved = event.details.get("after")
    return found | {"version": moved["version"]} if isinstance(moved, dict) else found


def _of_message(event: sa.Row[Any], _names: Names) -> dict[str, Any]:
    name = str(event.details.get("name") or "")
    return {"message": MESSAGES.get(name, name)}


def _of_remedy(event: sa.Row[Any], _names: Names) -> dict[str, Any]:
    details = event.details
    return {
        "kind": remedy.KINDS.get(str(details.get("kind")), ""),
        "result": remedy.RESULTS.get(str(details.get("result")), ""),
    }


_DEFAULTS = (
    "who", "what", "item", "channel", "after", "before", "reason", "outcome", "result", "text", "number", "version",
    "due_on", "article", "kind", "measure", "source", "answer", "authority", "archive_no", "until", "name", "receiver",
)  # fmt: skip


def _of_experts(event: sa.Row[Any], names: Names) -> dict[str, Any]:
    details = event.details
    people = {name: names.actor(details[name]) for name in ("before", "after") if name in details}
    return {**people, "vote": expert_draw.VOTES.get(details.get("vote", ""), "")}


_WORDS = {
    "case": _of_case,
    "deadline": _of_deadline,
    "document": _of_document,
    "applicant": _of_applicant,
    "supervision": _of_supervision,
    "push": _of_push,
    "task": _of_task,
    "instance": _of_instance,
    "message": _of_message,
    "remedy": _of_remedy,
    "experts": _of_experts,
    "request": _of_request,
}
