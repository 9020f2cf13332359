"""The BPMN kernel: compiles a file drawn for Camunda 8 and runs its instances on SpiffWorkflow's classes.

Pure: it knows no database. A caller starts or loads a :class:`Workflow`, lets it take one step, drains its effects into
rows, and dumps it again.
"""

from engine import errors
from engine.bpmn.drawn.check import MENU_REFUSED, Environment, check
from engine.bpmn.drawn.model import EMBEDDED, TAGGED, ElementInfo, Finding, Model, ProcessInfo, refusing
from engine.bpmn.drawn.paths import WayBack
from engine.bpmn.drawn.xml import executable
from engine.bpmn.elements.adhoc import Offer
from engine.bpmn.elements.starting import Start, starts
from engine.bpmn.elements.timers import again
from engine.bpmn.elements.values import Fault
from engine.bpmn.running.aside import Changes, Item
from engine.bpmn.running.document import dump, load
from engine.bpmn.running.effects import Effect
from engine.bpmn.running.modification import (
    Change,
    Standing,
    beside,
    changes,
    go_back,
    is_phase,
    levels,
    modify,
    places,
    retract,
    standing,
    steps_inside,
    ways_back,
)
from engine.bpmn.running.workflow import Host, Workflow

__all__ = [
    "EMBEDDED", "MENU_REFUSED", "TAGGED",
    "Change", "Changes", "Effect", "ElementInfo", "Environment", "Fault", "Finding", "Host",
    "Item",    "Model", "Offer",
    "ProcessInfo", "Standing", "Start", "WayBack",
    "Workflow", "again", "beside", "changes", "check", "compile", "dump", "executable", "go_back", "is_phase",
    "levels", "load", "modify", "places", "refusing", "retract", "standing", "starts", "steps_inside", "ways_back",
]  # fmt: skip


def compile(source: bytes, environment: Environment | None = None) -> Model:
    """Read, build and check a BPMN file.

    Raises
    ------
    BpmnUnreadable, BpmnUnsafe, BpmnTooLarge
        If it is no acceptable XML.
    DeploymentRefused
        With every finding, each naming its element, if one of them is an error.
    """
    model, findings = check(source, environment or Environment())
    if wrong := refusing(findings):
        raise errors.DeploymentRefused(count=len(wrong), findings=findings)
    return model
