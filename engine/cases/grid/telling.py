"""What happened to a grid event, in sentences for its story."""

from __future__ import annotations

from engine.cases import standing
from engine.cases.grid import handling, inspecting, link, photo
from engine.cases.grid.items import item_class
from engine.errors import N_

SENTENCES = {
    "event.reported": N_("An event was reported in grid {grid}, class {class_code} of list {list_version}."),
    "event.settled_before": N_("The worker had done this already when reporting it: {note}"),
    "event.photographed": N_("Photos were added ({phase})."),
    "event.joined": N_("Event {number} is the same, {distance_m} m away, and follows this one."),
    "event.merged": N_("It is the same as {number}, {distance_m} m away, and follows it."),
    "event.merged_by_hand": N_("The centre merged it into {number}: {reason}"),
    "event.unmerged": N_("It was set apart again: {reason}"),
    "event.verified": N_("It is as reported: {note}"),
    "event.not_as_reported": N_("It is not as reported: {note}"),
    "event.not_filed": N_("It was not filed: {reason}"),
    "event.classified": N_("Classified: {level}. {reason}"),
    "event.settled": N_("It was settled: {note}"),
    "event.passed_on": N_("It was passed on: {reason}"),
    "event.refused": N_("What was asked for was not approved: {reason}"),
    "event.filed": N_("The command centre filed it."),
    "event.dispatched": N_("It was dispatched to {lead}."),
    "event.received": N_("The department {unit} received it."),
    "event.returned": N_("The department {unit} returned it: {reason}"),
    "event.redispatched": N_("It went from {before} to {unit}."),
    "event.done_again": N_("It went back to {lead} to be done again."),
    "event.asked": N_("The department {unit} asked for more time or a later day: {reason}"),
    "event.handled": N_("The department {unit} handled it: {measure}"),
    "event.inspected": N_("The result was inspected and is good: {note}"),
    "event.not_good": N_("The result was inspected and is not good: {note}"),
    "event.rework": N_("It is done again, time {count}."),
    "event.called_back": N_("The reporter was called: {satisfaction}. {note}"),
    "event.handed_over": N_("It was handed over ({target}): {reason}"),
    "event.called": N_("{service} was called."),
    "event.applied": N_("The application {number} was handed in for it."),
    "case.from_event": N_("It was handed in because of event {number}."),
    "event.taken": N_("It was taken there ({target}), number {number}."),
    "event.not_taken": N_("It was not taken there ({target}): {reason}"),
    "event.result": N_("What came of it there ({target}, {number}): {text}"),
    "event.follows": N_("It goes on from {number}, which came back after closing: {reason}"),
    "event.followed": N_("It came back after closing and goes on as {number}: {reason}"),
    "event.added": N_("The reporter added: {text}"),
    "event.instructed": N_("{by} instructed: {text}"),
    "event.withdrawal_asked": N_("The reporter wants to take it back: {reason}"),
    "event.kept": N_("The reporter withdrew, the danger stays: the town goes on by itself. {note}"),
    "event.withdrawn": N_("The report was withdrawn: {note}"),
    "event.taken_over": N_("It was taken over from before, as {outcome}."),
    "event.past": N_("{node}: {text}"),
    "event.closed": N_("The command centre closed it: {note}"),
    "event.reopened": N_("It was opened again: {reason}"),
}
"""By action; marked for translation. Facts of an event fill the braces as they are."""

WORDS = {
    "phase": photo.PHASES,
    "level": item_class.LEVELS,
    "satisfaction": inspecting.SATISFACTIONS,
    "target": link.TARGETS,
    "role": handling.ROLES,
    "text": standing.OUTCOMES,
    "outcome": standing.OUTCOMES,
}
"""By fact: what its words are called; marked for translation."""

MESSAGES = {
    "clock.warned": N_("one of the clocks"),
    "event.added": N_("what the reporter adds"),
    "event.instructed": N_("an instruction of a leader"),
    "event.withdrawal_asked": N_("a withdrawal by the reporter"),
    "event.withdrawn": N_("a withdrawal"),
    "event.result": N_("the result of what was handed over"),
    "event.reopened": N_("a wish to reopen it"),
    "event.unmerged": N_("the end of a merge"),
}
"""What the messages of an event are called; marked for translation."""
