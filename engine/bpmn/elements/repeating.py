"""Reads how often and when elements run: loops, what a complex gateway waits for, what an ad-hoc part lets begin."""

from __future__ import annotations

from typing import Any

from engine.bpmn.drawn import xml
from engine.bpmn.elements.activities import EventSubProcess, Served
from engine.bpmn.elements.adhoc import AdHocSubProcess
from engine.bpmn.elements.complex import ComplexGateway
from engine.bpmn.elements.directing import DirectedSubProcess
from engine.bpmn.elements.loops import Activity, Loop, Repetition, instances
from engine.bpmn.elements.nodes import Node
from engine.bpmn.elements.values import Fault, Value
from engine.errors import N_

BEHAVIOURS = ("oneBehaviorEventRef", "noneBehaviorEventRef", "complexBehaviorDefinition")
BY_REFERENCE = ("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem")


class Repeating:
    """The part of the builder that reads loops and ad-hoc sub-processes."""

    def problem(self, element: xml.Element | str, message: str, hint: str, **facts: Any) -> None:
        """Note something that keeps the file from running."""
        raise NotImplementedError

    def warning(self, element: str, message: str, hint: str, **facts: Any) -> None:
        """Note something that could run otherwise than meant."""
        raise NotImplementedError

    def value(self, element: xml.Element, text: str | None, *, always_feel: bool = False) -> Value:
        """Compile a value of ``element``."""
        raise NotImplementedError

    def _job(self, node: Served, element: xml.Element) -> None:
        """Read what a handler is told."""
        raise NotImplementedError

    def _loop(self, node: Node, element: xml.Element) -> None:
        multiple = xml.child(element, "multiInstanceLoopCharacteristics")
        standard = xml.child(element, "standardLoopCharacteristics")
        if multiple is None and standard is None:
            return
        if not isinstance(node, Activity) or isinstance(node, EventSubProcess) or None not in (multiple, standard):
            self.problem(
                element, N_("An element of this kind cannot repeat in this way."),
                N_("Put what repeats into a sub-process and choose one marker for it."),
            )  # fmt: skip
        elif standard is not None:
            self._standard(node, element, standard)
        else:
            self._multiple(node, element, multiple)

    def _standard(self, node: Activity, element: xml.Element, standard: xml.Element) -> None:
        condition, maximum = xml.text(xml.child(standard, "loopCondition")), standard.get("loopMaximum")
        if not condition and not maximum:
            self.problem(
                element, N_("The loop would never end."), N_("Give it a loop condition or a largest number of rounds.")
            )
        if maximum and not (maximum.isascii() and maximum.isdigit() and int(maximum)):
            self.problem(
                element, N_("“{value}” is no number of rounds."), N_("Write a whole number above zero."), value=maximum
            )
            maximum = None
        node.repetition = Repetition(
            self.value(element, condition, always_feel=True) if condition else None,
            standard.get("testBefore") == "true",
            int(maximum) if maximum else None,
        )

    def _multiple(self, node: Activity, element: xml.Element, multiple: xml.Element) -> None:
        more = xml.extension(multiple, "loopCharacteristics")
        attributes: Any = more.attrib if more is not None else {}
        cardinality = xml.text(xml.child(multiple, "loopCardinality"))
        completion = xml.text(xml.child(multiple, "completionCondition"))
        self._refuse(element, multiple, attributes, cardinality)

        def feel_of(text: str | None) -> Value | None:
            return self.value(element, text, always_feel=True) if text else None

        node.loop = Loop(
            sequential=multiple.get("isSequential") == "true",
            collection=feel_of(attributes.get("inputCollection")),
            cardinality=None if attributes.get("inputCollection") else feel_of(cardinality),
            item=attributes.get("inputElement"),
            output_collection=attributes.get("outputCollection"),
            output_item=feel_of(attributes.get("outputElement")),
            completion=feel_of(completion),
        )
        self._constant(element, node.loop)

    def _refuse(self, element: xml.Element, multiple: xml.Element, attributes: Any, cardinality: str) -> None:
        """Refuse what would be ignored or has two meanings."""
        collection = attributes.get("inputCollection")
        if multiple.get("behavior", "All") != "All" or any(
            xml.child(multiple, name) is not None for name in BEHAVIOURS
        ):
            self.problem(
                element, N_("Events that single instances throw by themselves are not supported."),
                N_("Put an event at the end of what repeats."),
            )  # fmt: skip
        if not collection and any(xml.child(multiple, name) is not None for name in BY_REFERENCE):
            self.problem(
                element, N_("A collection that is named by reference is not supported."),
                N_("Write it as the input collection in the properties."),
            )  # fmt: skip
        elif not collection and not cardinality:
            self.problem(
                element,
                N_("A multi-instance activity needs a collection to run over."),
                N_("Write the input collection in the properties."),
            )
        elif collection and cardinality:
            self.warning(
                element.get("id"), N_("There is an instance for each item; the number of instances is ignored."),
                N_("Keep one of the two."),
            )  # fmt: skip
        if bool(attributes.get("outputCollection")) != bool(attributes.get("outputElement")):
            self.problem(
                element,
                N_("An output collection and an output element go only together."),
                N_("Fill in both or neither."),
            )

    def _constant(self, element: xml.Element, loop: Loop) -> None:
        """Refuse a number of instances that cannot be right whatever the variables are."""
        text = loop.cardinality.text.removeprefix("=").strip() if loop.cardinality is not None else ""
        if text.lstrip("-").replace(".", "", 1).isdigit():
            try:
                instances(text)
            except Fault as fault:
                self.problem(element, fault.message, N_("Write a whole number of instances."), **fault.facts)

    # -- complex gateways and ad-hoc sub-processes

    def _complex(self, node: ComplexGateway, element: xml.Element) -> None:
        text = xml.text(xml.child(element, "activationCondition"))
        node.activation = self.value(element, text, always_feel=True) if text else None

    def _adhoc(self, node: AdHocSubProcess, element: xml.Element) -> None:
        more = xml.extension(element, "adHoc")
        attributes: Any = more.attrib if more is not None else {}
        completion = xml.text(xml.child(element, "completionCondition"))
        if bool(attributes.get("outputCollection")) != bool(attributes.get("outputElement")):
            self.problem(
                element,
                N_("An output collection and an output element go only together."),
                N_("Fill in both or neither."),
            )
        node.sequential = element.get("ordering") == "Sequential"
        node.cancels_remaining = element.get("cancelRemainingInstances", "true") == "true"
        node.output_collection = attributes.get("outputCollection")

        def feel_of(text: str | None) -> Value | None:
            return self.value(element, text, always_feel=True) if text else None

        node.active = feel_of(attributes.get("activeElementsCollection"))
        node.completion = feel_of(completion)
        node.output_item = feel_of(attributes.get("outputElement"))

    def _directed(self, node: DirectedSubProcess, element: xml.Element) -> None:
        """Read the job as well; refuse what its service decides where the diagram does too, as Camunda 8.8 does."""
        self._job(node, element)
        self._adhoc(node, element)
        for name, given in (
            ("activeElementsCollection", node.active is not None),
            ("completionCondition", node.completion is not None),
            ("cancelRemainingInstances", not node.cancels_remaining),
            ("ordering", node.sequential),
        ):
            if given:
                self.problem(
                    element, N_("A service directs this ad-hoc sub-process, so “{name}” has no meaning."),
                    N_("Take it away, or take the type of job away."), name=name,
                )  # fmt: skip
