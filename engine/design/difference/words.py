"""How parts and their features are called; marked for translation, shown by the pages and the API."""

from __future__ import annotations

from engine.errors import N_

HOW = {"added": N_("new"), "removed": N_("taken out"), "changed": N_("modified"), "moved": N_("moved")}

KINDS = {
    "process": N_("process"), "participant": N_("pool"), "lane": N_("lane"), "sequenceFlow": N_("flow"),
    "messageFlow": N_("message flow"), "collaboration": N_("drawing of the pools"),
    "task": N_("task"), "userTask": N_("user task"), "serviceTask": N_("service task"),
    "sendTask": N_("send task"), "receiveTask": N_("receive task"), "scriptTask": N_("script task"),
    "businessRuleTask": N_("business rule task"), "manualTask": N_("manual task"),
    "callActivity": N_("call activity"), "subProcess": N_("sub-process"), "transaction": N_("transaction"),
    "adHocSubProcess": N_("ad-hoc sub-process"), "exclusiveGateway": N_("exclusive gateway"),
    "parallelGateway": N_("parallel gateway"), "inclusiveGateway": N_("inclusive gateway"),
    "complexGateway": N_("complex gateway"), "eventBasedGateway": N_("event-based gateway"),
    "startEvent": N_("start event"), "endEvent": N_("end event"), "boundaryEvent": N_("boundary event"),
    "intermediateCatchEvent": N_("catching event"), "intermediateThrowEvent": N_("throwing event"),
    "textAnnotation": N_("note"), "association": N_("line to a note"), "group": N_("frame"),
    "dataObject": N_("data object"), "dataObjectReference": N_("data object"), "category": N_("frame"),
    "dataStoreReference": N_("data store"), "message": N_("message"), "signal": N_("signal"),
    "error": N_("error"), "escalation": N_("escalation"),
    "decision": N_("decision"), "inputData": N_("input data"), "businessKnowledgeModel": N_("knowledge model"),
    "decisionService": N_("decision service"), "knowledgeSource": N_("knowledge source"), "rule": N_("rule"),
    "input": N_("input column"), "output": N_("output column"), "itemDefinition": N_("data type"),
    "form": N_("form"), "field": N_("field"), "setting": N_("setting"),
}  # fmt: skip
"""Kinds of parts. A field of a form says behind a colon what kind of field it is."""

LABELS = {
    "name": N_("name"), "label": N_("name"), "documentation": N_("description"), "lane": N_("lane"),
    "within": N_("stands in"), "sourceRef": N_("comes from"), "targetRef": N_("leads to"),
    "attachedToRef": N_("attached to"), "default": N_("default flow"), "value": N_("value"),
    "conditionExpression": N_("condition"), "cancelActivity": N_("interrupts"), "isInterrupting": N_("interrupts"),
    "timeDuration": N_("duration"), "timeDate": N_("moment"), "timeCycle": N_("repetition"),
    "messageRef": N_("message"), "signalRef": N_("signal"), "errorRef": N_("error"), "escalationRef": N_("escalation"),
    "correlationKey": N_("correlation key"), "processRef": N_("process"), "formId": N_("form"),
    "candidateGroups": N_("offered to the posts"), "candidateUsers": N_("offered to the persons"),
    "assignee": N_("assigned to"), "dueDate": N_("due"), "followUpDate": N_("follow-up"), "priority": N_("priority"),
    "retries": N_("tries"), "decisionId": N_("decision"), "processId": N_("called process"),
    "resultVariable": N_("result variable"), "expression": N_("expression"), "inputCollection": N_("runs over"),
    "inputElement": N_("one of them is"), "outputCollection": N_("collects into"), "outputElement": N_("collects"),
    "isSequential": N_("one after the other"), "completionCondition": N_("ends when"),
    "loopCardinality": N_("how often"), "bindingType": N_("version called"), "text": N_("text"),
    "hitPolicy": N_("hit policy"), "annotation": N_("note"),
    "annotation_en": N_("note in English"), "typeRef": N_("type"),
    "inputExpression": N_("expression"), "validate.required": N_("required"), "description": N_("help"),
    "defaultValue": N_("default value"), "conditional.hide": N_("hidden when"), "readonly": N_("read only"),
    "disabled": N_("cannot be changed"), "type": N_("type"), "key": N_("variable"),
}  # fmt: skip
"""Features by their name, or by the last part of it."""

NAMED = {
    "property": N_("property “{name}”"), "header": N_("header “{name}”"), "input": N_("input “{name}”"),
    "output": N_("output “{name}”"), "cell": N_("column “{name}”"),
}  # fmt: skip
"""Features of which a part has many, each with a name of its own."""


def kind(part: str) -> str:
    """Return the untranslated word for a kind of part; a kind that has none is its own word."""
    base = part.partition(":")[0]
    return KINDS.get(base, base)


def feature(name: str) -> tuple[str, dict[str, str]]:
    """Return the untranslated text for a feature and its facts; a feature that has none is its own text."""
    prefix, colon, rest = name.partition(":")
    last = prefix.rpartition(".")[2]
    if colon and last in NAMED:
        return NAMED[last], {"name": rest}
    return LABELS.get(name) or LABELS.get(name.rpartition(".")[2]) or name, {}
