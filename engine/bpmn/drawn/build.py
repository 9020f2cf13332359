"""Builds a process from its XML in two passes, nodes then flows, so that no chain is too long to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine import errors
from engine.bpmn.drawn import connecting, embedded, reuse, xml
from engine.bpmn.drawn.model import ElementInfo, Findings, Model, ProcessInfo
from engine.bpmn.elements import directing, handlers, listening
from engine.bpmn.elements.activities import (
    CallActivity,
    EventSubProcess,
    JobTask,
    RuleTask,
    ScriptTask,
    SubProcess,
    Transaction,
    UserTask,
)
from engine.bpmn.elements.adhoc import AdHocSubProcess
from engine.bpmn.elements.complex import ComplexGateway
from engine.bpmn.elements.events import (
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    JobEvent,
    ReceiveTask,
    SendTask,
    StartEvent,
    ThrowEvent,
)
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import (
    Details,
    EventGateway,
    ExclusiveGateway,
    Flow,
    InclusiveGateway,
    IoMapping,
    Node,
    ParallelGateway,
    Process,
    Root,
)
from engine.bpmn.elements.repeating import Repeating
from engine.bpmn.elements.triggers import Triggers
from engine.bpmn.elements.values import Value
from engine.bpmn.elements.working import Working
from engine.errors import N_

PLAIN: dict[str, type[Node]] = {
    "task": Activity,
    "manualTask": Activity,
    "userTask": UserTask,
    "receiveTask": ReceiveTask,
    "subProcess": SubProcess,
    "transaction": Transaction,
    "adHocSubProcess": AdHocSubProcess,
    "callActivity": CallActivity,
    "exclusiveGateway": ExclusiveGateway,
    "inclusiveGateway": InclusiveGateway,
    "parallelGateway": ParallelGateway,
    "complexGateway": ComplexGateway,
    "eventBasedGateway": EventGateway,
    "startEvent": StartEvent,
    "intermediateCatchEvent": CatchEvent,
    "boundaryEvent": BoundaryEvent,
}
NOT_FLOW = {
    "sequenceFlow",
    "laneSet",
    "documentation",
    "extensionElements",
    "incoming",
    "outgoing",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "association",
    "textAnnotation",
    "group",
    "ioSpecification",
    "property",
    "category",
    "artifact",
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
    "supportedInterfaceRef",
    "completionCondition",
}
"""What stands in a process without being passed by tokens."""


class Builder(Findings, Working, Repeating, Triggers):
    """Reads one file."""

    def __init__(self, root: xml.Element) -> None:
        super().__init__()
        self.root = root
        self.named = {element.get("id"): element for element in root if element.get("id")}
        self.associations = handlers.associations(root)

    def model(self) -> Model:
        """Build every executable process of the file."""
        specs: dict[str, Process] = {}
        nodes: dict[str, dict[str, Node]] = {}
        infos: dict[str, ProcessInfo] = {}
        forms: dict[str, Mapping[str, Any]] = {}
        for element in xml.children(self.root, "process"):
            process_id = element.get("id")
            if element.get("isExecutable") == "true" and process_id and process_id not in specs:
                nodes[process_id] = {}
                specs[process_id] = self.process(element, nodes[process_id])
                infos[process_id] = self._info(element, specs[process_id], nodes[process_id])
                forms |= embedded.read(element, self.problem)
        roots = {key: self._root(key) for key in specs}
        return Model(infos, specs, roots, nodes, forms)

    def _root(self, process_id: str) -> Root:
        root = Root(Process(""), process_id, Details("process"))
        root.listeners = listening.read(self.named[process_id], self.problem, self.value)
        return root

    def process(self, scope: xml.Element, everything: dict[str, Node], owner: Node | None = None) -> Process:
        """Build the nodes of a process or sub-process, then connect them."""
        process = Process(scope.get("id"))
        process.owner = owner
        lanes = self._lanes(scope)
        around = owner.details.lane if owner is not None else None
        for element in scope:
            kind = xml.local(element)
            if kind and kind not in NOT_FLOW and element.tag.startswith(xml.BPMN):
                node = self._node(process, element, kind, lanes.get(element.get("id"), around), everything)
                if node is not None:
                    everything[node.name] = node
        self._connect(process, scope, everything)
        return process

    def _lanes(self, scope: xml.Element) -> dict[str, str]:
        return {
            xml.text(reference): lane.get("name") or lane.get("id")
            for lane in scope.iter(f"{xml.BPMN}lane")
            for reference in xml.children(lane, "flowNodeRef")
        }

    # -- nodes

    def _node(
        self, process: Process, element: xml.Element, kind: str, lane: str | None, everything: dict[str, Node]
    ) -> Node | None:
        cls = self._class(element, kind)
        if cls is None:
            if kind == "serviceTask":
                self.problem(element, N_("The service task names no service."), N_("Choose its type of job."))
            else:
                self.problem(
                    element, N_("“{type}” is not supported."), N_("Draw it with supported elements."), type=kind
                )
            cls = Activity  # it stands in its place, so that what leads to and from it is not blamed too
        if not element.get("id"):
            self.problem(element, N_("The element has no id."), N_("Give each element its own id."))
            return None
        if element.get("id") in process.task_specs or element.get("id") in everything:
            return None  # the inventory tells of ids that two have
        node = cls(process, element.get("id"), self._details(element, kind, lane))
        self._fill(node, element, kind, everything)
        if isinstance(node, StartEvent):
            process.starts.append(node)
        if isinstance(node, EventSubProcess):
            self._in_scope(process, node)
        return node

    def _in_scope(self, process: Process, node: EventSubProcess) -> None:
        trigger = node.inner.starts[0].trigger if node.inner.starts else None
        if trigger is not None and trigger.kind == "compensation":
            handlers.subprocess(process, node, process.owner, self.problem)
        else:
            process.event_subprocesses.append(node)

    def _class(self, element: xml.Element, kind: str) -> type[Node] | None:
        job = xml.extension(element, "taskDefinition") is not None
        if kind in directing.KINDS and job:
            return directing.KINDS[kind]
        if kind in ("intermediateThrowEvent", "endEvent"):
            message = xml.child(element, "messageEventDefinition")
            if message is not None and (job or xml.extension(message, "taskDefinition") is not None):
                return JobEvent
            return EndEvent if kind == "endEvent" else ThrowEvent
        if kind == "subProcess" and element.get("triggeredByEvent") == "true":
            return EventSubProcess
        shared = reuse.task(element, self.named)
        if shared is not None:
            return reuse.KINDS[xml.local(shared)]
        special: dict[str, type[Node]] = {"sendTask": SendTask, "businessRuleTask": RuleTask, "scriptTask": ScriptTask}
        return special.get(kind) or PLAIN.get(kind)

    def _details(self, element: xml.Element, kind: str, lane: str | None) -> Details:
        details = Details(kind, element.get("name") or "", lane, xml.text(xml.child(element, "documentation")))
        holder = xml.extension(element, "properties")
        if holder is not None:
            details.properties = {p.get("name") or "": p.get("value") or "" for p in holder if p.get("name")}
        mapping = xml.extension(element, "ioMapping")
        for entry in mapping if mapping is not None else ():
            target = entry.get("target") or ""
            source = self.value(element, entry.get("source")) if entry.get("source") else None
            if not all(part.isidentifier() for part in target.split(".")):
                self.problem(
                    element,
                    N_("“{target}” is no name of a variable."),
                    N_("Use letters, digits and underscores, and begin with a letter."),
                    target=target,
                )
                continue
            (details.inputs if xml.local(entry) == "input" else details.outputs).append(
                IoMapping(source, target.split("."))
            )
        return details

    def _fill(self, node: Node, element: xml.Element, kind: str, everything: dict[str, Node]) -> None:
        if isinstance(node, Activity):
            node.for_compensation = element.get("isForCompensation") == "true"
        self._loop(node, element)
        node.listeners = listening.read(element, self.problem, self.value)
        task_listeners = listening.read_tasks(element, self.problem, self.value)
        if isinstance(node, UserTask):
            node.task_listeners = task_listeners
        filler: Callable[[Any, xml.Element], None] | None = {
            UserTask: self._user_task, JobTask: self._job, JobEvent: self._job, ScriptTask: self._script,
            RuleTask: self._rule, CallActivity: self._call, ComplexGateway: self._complex,
            AdHocSubProcess: self._adhoc, directing.DirectedSubProcess: self._directed,
        }.get(type(node))  # fmt: skip
        if filler:
            shared = reuse.task(element, self.named)
            filler(node, element if shared is None else shared)
        if isinstance(node, Transaction):
            handlers.method(element, self.problem)
        if isinstance(node, SubProcess):
            node.inner = self.process(element, everything, node)
            if isinstance(node, EventSubProcess):
                self._event_subprocess(node, element)
            elif isinstance(node, AdHocSubProcess):
                node.offer()
        elif isinstance(node, ReceiveTask | SendTask):
            node.trigger = self._message(element, element.get("messageRef"))
        elif kind.endswith("Event") and not isinstance(node, JobEvent):  # its handler does all that it is for
            self._awaits(node, element)
        if isinstance(node, JobEvent) and len(self._definitions(element)) > 1:
            self.problem(
                element, N_("A service does what this event is for, so that nothing would throw the rest."),
                N_("Draw an event of its own for each."),
            )  # fmt: skip
        if isinstance(node, BoundaryEvent):
            node.interrupting = element.get("cancelActivity", "true") == "true"
            node.host = element.get("attachedToRef") or ""
        if isinstance(node, StartEvent):
            node.interrupting = element.get("isInterrupting", "true") == "true"

    def _awaits(self, node: Node, element: xml.Element) -> None:
        triggers = self._triggers(element)
        node.trigger = triggers[0] if triggers else None
        node.legs = triggers if len(triggers) > 1 else []
        node.parallel = bool(node.legs) and element.get("parallelMultiple") == "true"

    def _event_subprocess(self, node: EventSubProcess, element: xml.Element) -> None:
        if len(node.inner.starts) != 1 or node.inner.starts[0].trigger is None:
            self.problem(
                element,
                N_("An event sub-process needs exactly one start event, with a trigger."),
                N_("Give its start event a message, timer, signal, error, escalation or condition."),
            )
            return
        node.interrupting = getattr(node.start, "interrupting", True)

    # -- values

    def value(self, element: xml.Element, text: str | None, *, always_feel: bool = False) -> Value:
        """Compile a value of ``element``; FEEL that cannot be read becomes a finding."""
        try:
            return Value(text or "", always_feel=always_feel)
        except errors.EngineError as error:
            self.problem(
                element, error.template, N_("Correct the expression “{expression}”."), **error.facts, expression=text
            )
            return Value("=null")

    # -- flows

    def _connect(self, process: Process, scope: xml.Element, everything: dict[str, Node]) -> None:
        """Connect the nodes; a flow may be written beside the scope that both its ends stand in."""
        defaults = {e.get("default") for e in scope if e.get("default")}
        for element in xml.children(scope, "sequenceFlow"):
            source, target = (everything.get(element.get(end)) for end in ("sourceRef", "targetRef"))
            if source is None or target is None or source.process is not target.process:
                self.problem(
                    element,
                    N_("A sequence flow begins or ends at nothing in its own process."),
                    N_("Connect both its ends, or remove it. Between pools draw a message flow."),
                )
                continue
            if not element.get("id"):
                self.problem(element, N_("The element has no id."), N_("Give each element its own id."))
                continue
            condition = xml.text(xml.child(element, "conditionExpression"))
            flow = Flow(
                element.get("id"), source.name, target.name,
                self.value(element, condition, always_feel=True) if condition else None,
                element.get("id") in defaults,
            )  # fmt: skip
            source.flows.append(flow)
            target.arrivals.append(flow)
        self._check_defaults(process, scope)
        self._attach(process)
        for element in scope:
            node = process.task_specs.get(element.get("id"))
            if element.get("instantiate") == "true" and isinstance(node, ReceiveTask | EventGateway):
                connecting.begins(process, node, self.problem)

    def _check_defaults(self, process: Process, scope: xml.Element) -> None:
        for element in scope:
            node = process.task_specs.get(element.get("id") or "")
            default = element.get("default")
            if node is not None and default and not any(flow.id == default for flow in node.flows):
                self.problem(
                    element, N_("The default flow “{flow}” does not lead out of this element."),
                    N_("Choose one of its own flows as the default."), flow=default,
                )  # fmt: skip

    def _attach(self, process: Process) -> None:
        """Give boundary events to their activities, and links their names."""
        for node in process.task_specs.values():
            if isinstance(node, BoundaryEvent):
                host = process.task_specs.get(node.host)
                if host is None:
                    self.problem(
                        node.name,
                        N_("A boundary event is attached to nothing."),
                        N_("Move it onto the border of an activity, or remove it."),
                    )
                elif node.trigger is not None and node.trigger.kind == "compensation":
                    handlers.boundary(process, node, self.associations.get(node.name, []), self.problem)
                else:
                    host.boundaries.append(node)
            elif isinstance(node, CatchEvent) and node.trigger is not None and node.trigger.kind == "link":
                assert node.trigger.name is not None
                process.links[node.trigger.name.text] = node

    def _info(self, element: xml.Element, process: Process, nodes: dict[str, Node]) -> ProcessInfo:
        details = self._details(element, "process", None)
        none_start = process.none_start()
        starts: dict[str, dict[str, str]] = {"message": {}, "signal": {}, "timer": {}}
        for node in process.starts:
            if node.trigger is not None and node.trigger.kind in starts:
                value = node.trigger.name or node.trigger.value
                starts[node.trigger.kind][node.name] = value.text if value else ""
        tag = xml.extension(element, "versionTag")
        form = xml.extension(self._element(element, none_start.name), "formDefinition") if none_start else None
        return ProcessInfo(
            id=element.get("id"),
            name=element.get("name") or element.get("id"),
            name_en=details.properties.get("name:en", ""),
            none_start=none_start.name if none_start else None,
            start_form=form.get("formId") if form is not None else None,
            message_starts=starts["message"],
            signal_starts=starts["signal"],
            timer_starts=starts["timer"],
            elements={node.name: _element_info(node) for node in nodes.values()},
            version_tag=tag.get("value") or "" if tag is not None else "",
        )

    def _element(self, scope: xml.Element, id: str) -> xml.Element:
        return next(element for element in scope.iter() if element.get("id") == id)


def _element_info(node: Node) -> ElementInfo:
    details = node.details
    return ElementInfo(
        node.name, details.type, details.name, details.properties.get("name:en", ""), details.documentation,
        details.lane, details.properties, node.form if isinstance(node, UserTask) else None,
    )  # fmt: skip
