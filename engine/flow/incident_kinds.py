"""What the kinds of incidents and of jobs mean, and what an administrator does about an incident."""

from __future__ import annotations

from typing import NamedTuple

from engine.errors import N_


class Kind(NamedTuple):
    """What has happened, and what to do next; marked for translation."""

    said: str
    next: str


KINDS = {
    "JOB_NO_RETRIES": Kind(
        N_("A connected system or a handler failed every time"),
        N_("Find out why it fails: is the other system up, are its address and key right? Then let it try again."),
    ),
    "JOB_NO_HANDLER": Kind(
        N_("Nothing is installed that does this service"),
        N_("Install the handler that the step names, start the server anew, and let it try again."),
    ),
    "EXTRACT_VALUE_ERROR": Kind(
        N_("An expression of the process has no usable value"),
        N_(
            "Look which value is missing or of the wrong kind below. If the data are wrong, correct them; if the "
            "expression is, put a corrected version into force. Then let it try again."
        ),
    ),
    "CONDITION_ERROR": Kind(
        N_("No way leads on: no condition holds, or one is neither true nor false"),
        N_(
            "Compare the conditions at this gateway with the values below. Correct the value, or put a version with a "
            "default flow into force. Then let it try again."
        ),
    ),
    "IO_MAPPING_ERROR": Kind(
        N_("A value could not be handed into the step or out of it"),
        N_("Look at the mapping of the step and at the values below; correct what is wrong, then let it try again."),
    ),
    "DECISION_EVALUATION_ERROR": Kind(
        N_("A decision table gives no valid result"),
        N_(
            "Look which rule fails or which two hold at once, correct the table and put it into force, or correct the "
            "value that it reads. Then let it try again."
        ),
    ),
    "CALLED_ELEMENT_ERROR": Kind(
        N_("The process that the step calls cannot begin"),
        N_("Put the called process into force, with a plain start event, then let it try again."),
    ),
    "UNHANDLED_ERROR_EVENT": Kind(
        N_("The process throws an error that nothing catches"),
        N_(
            "Put a version into force that catches it, by a boundary event or an event sub-process, or mend what the "
            "error tells of. Then let it try again."
        ),
    ),
    "FORM_NOT_FOUND": Kind(
        N_("No form carries the version tag that the task asks for"),
        N_("Put a package into force whose form has this id and version tag, then let it try again."),
    ),
    "MESSAGE_SIZE_EXCEEDED": Kind(
        N_("The name or key of a message is too long"),
        N_("Look at the values below: correct the one that is too long, then let it try again."),
    ),
    "JOIN_INCOMPLETE": Kind(
        N_("A gateway waits for a branch that can no longer come"),
        N_("Put a version into force whose branches all reach the gateway; cases that stand here are to be moved on."),
    ),
    "STEP_LIMIT": Kind(
        N_("The process goes round in circles without waiting for anything"),
        N_("Put a version into force that waits in its loop or leaves it, then let it try again."),
    ),
}
"""Every kind with what it means; a test holds that the engine raises no other."""

JOBS = {
    "timer": N_("timer of a step"),
    "service": N_("call of a service"),
    "start": N_("start of a process by the clock"),
    "message": N_("delivery of a message"),
    "signal": N_("delivery of a signal"),
    "expiry": N_("end of a message that nobody took"),
    "alarm": N_("look at the deadlines"),
    "receipt": N_("look at the receipts of pushes"),
    "outbox": N_("delivery of a push"),
    "docket": N_("binding of a file"),
    "silence": N_("look at connected systems that are silent"),
    "drop": N_("look at the drop folders"),
    "migrate": N_("move of a case to another version"),
    "suspend": N_("suspension of cases with their process"),
    "resume": N_("resumption of cases with their process"),
    "unmigrate": N_("move of a case back to its version"),
}
"""What the kinds of jobs are called; marked for translation."""
OTHER = Kind(
    N_("A step cannot go on"),
    N_("Read below what happened, mend the cause, then let it try again."),
)
"""A kind that an earlier version wrote."""


def kind(code: str) -> Kind:
    """Return what a kind of incident means."""
    return KINDS.get(code, OTHER)
