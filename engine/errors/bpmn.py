"""Errors of diagrams."""

from __future__ import annotations

from engine.errors.base import Conflict, NotFound, Refused


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
