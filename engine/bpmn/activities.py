"""Tasks and sub-processes: what does the work, once or for each item of a collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import errors, feel
from engine.bpmn import effects
from engine.bpmn.nodes import Node, Process
from engine.bpmn.values import Fault, Value, moment, names, whole

if TYPE_CHECKING:
    from engine.bpmn.token import Token

MAX_INSTANCES = 10_000
"""How many instances of an activity may be made at once (engine.md 9)."""

TRIES = 5
"""How often a service is tried where the diagram does not say (engine.md 7)."""


@dataclass(frozen=True)
class Loop:
    """Multi-instance characteristics (dialect.md 5)."""

    sequential: bool
    collection: Value | None = None
    cardinality: Value | None = None
    item: str | None = None
    output_collection: str | None = None
    output_item: Value | None = None
    completion: Value | None = None


class Activity(Node):
    """A node with boundary events that may run once per item of a collection."""

    loop: Loop | None = None

    def begin(self, token: Token) -> bool | None:
        workflow = token.workflow
        if "item" in token.internal_data:
            return self._begin_item(token)
        workflow.arm_boundaries(token)
        if self.loop is None:
            return super().begin(token)
        return self._begin_body(token, self.loop)

    def _begin_body(self, token: Token, loop: Loop) -> bool | None:
        items = self._items(token, loop)
        workflow = token.workflow
        workflow.open_scope(token, {loop.output_collection: [None] * len(items)} if loop.output_collection else {})
        token.internal_data["loop"] = {"total": len(items), "next": 0, "done": 0, "ended": 0}
        if not items:
            workflow.enter(token)
            return self._end_body(token)
        for item in items[: 1 if loop.sequential else None]:
            self._add_item(token, item)
        return None

    def _items(self, token: Token, loop: Loop) -> list[Any]:
        workflow = token.workflow
        if loop.collection is not None:
            items = workflow.evaluate(loop.collection, token)
            if not isinstance(items, list):
                raise Fault(
                    "EXTRACT_VALUE_ERROR",
                    errors.N_("“{collection}” is not a list."),
                    collection=loop.collection.text,
                )
        else:
            assert loop.cardinality is not None
            count = workflow.evaluate(loop.cardinality, token)
            count = feel.evaluate("number(x)", {"x": count}) if isinstance(count, str) else count
            if isinstance(count, bool) or not hasattr(count, "as_integer_ratio") or count < 0 or count != int(count):
                raise Fault(
                    "EXTRACT_VALUE_ERROR", errors.N_("“{count}” is not a number of instances."), count=str(count)
                )
            items = [None] * int(count) if count <= MAX_INSTANCES else range(int(count))
        if len(items) > MAX_INSTANCES:
            raise Fault(
                "EXTRACT_VALUE_ERROR", errors.N_("{count} instances are more than {limit}."),
                count=len(items), limit=MAX_INSTANCES,
            )  # fmt: skip
        return list(items)

    def _add_item(self, body: Token, item: Any) -> None:
        loop, counts = self.loop, body.internal_data["loop"]
        assert loop is not None
        counts["next"] += 1
        values: dict[str, Any] = {"loopCounter": counts["next"]}
        if loop.output_item is not None and loop.output_item.expression is not None:
            path = feel.paths(loop.output_item.expression)
            if len(path) == 1 and len(next(iter(path))) == 1:
                values.setdefault(next(iter(path))[0], None)
        if loop.item:
            values[loop.item] = feel.to_json(item)
        body.workflow.add(self, body, {"item": counts["next"]}, values)

    def _begin_item(self, token: Token) -> bool | None:
        token.workflow.enter(token)
        token.workflow.map_inputs(token)
        return self.work(token)

    def item_done(self, body: Token, child: Token) -> None:
        """Collect the output of a finished instance and go on, or end the body."""
        loop, counts = self.loop, body.internal_data["loop"]
        assert loop is not None
        workflow = body.workflow
        counts["done"] += 1
        if loop.output_collection and loop.output_item is not None:
            self._collect(body, child, loop.output_collection, loop.output_item)
        complete = loop.completion is not None and self._complete(body, child, loop.completion)
        workflow.discard(child)
        if complete:
            workflow.kill_children(body)
            workflow.guarded_completion(body, "end_body")
        elif loop.sequential and counts["next"] < counts["total"]:
            items = self._items(body, loop)
            if counts["next"] < len(items):
                self._add_item(body, items[counts["next"]])
            else:
                workflow.guarded_completion(body, "end_body")
        elif counts["done"] == counts["total"]:
            workflow.guarded_completion(body, "end_body")

    def _collect(self, body: Token, child: Token, collection: str, source: Value) -> None:
        workflow = body.workflow
        result = feel.to_json(workflow.evaluate(source, child))
        collected = workflow.scopes[body.id].get(collection)
        if not isinstance(collected, list):
            raise Fault("IO_MAPPING_ERROR", errors.N_("“{name}” is no longer a list."), name=collection)
        index = child.internal_data["item"] - 1
        workflow.scopes[body.id][collection] = [*collected[:index], result, *collected[index + 1 :]]

    def _complete(self, body: Token, child: Token, condition: Value) -> bool:
        counts = body.internal_data["loop"]
        active = len(body.children) - 1  # the one that has just finished is still there, for its variables
        numbers = {
            "numberOfInstances": counts["total"],
            "numberOfActiveInstances": active,
            "numberOfCompletedInstances": counts["done"],
            "numberOfTerminatedInstances": 0,
        }
        result = body.workflow.evaluate(condition, child, numbers)
        if not isinstance(result, bool):
            raise Fault(
                "EXTRACT_VALUE_ERROR", errors.N_("The completion condition “{condition}” is neither true nor false."),
                condition=condition.text,
            )  # fmt: skip
        return result

    def _end_body(self, token: Token) -> bool:
        workflow, loop = token.workflow, self.loop
        assert loop is not None
        if loop.output_collection:
            collected = workflow.scopes[token.id][loop.output_collection]
            workflow.write(token, {loop.output_collection: collected}, beyond=True)
        token.chosen = self.choose(token)
        return True

    def end_body(self, token: Token) -> bool:
        """Let the collected output leave and go on."""
        return self._end_body(token)


class UserTask(Activity):
    """Somebody has something to do; ``zeebe:userTask`` or not makes no difference."""

    form: str | None = None
    attributes: dict[str, Value]

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow

        def value(name: str) -> Any:
            source = self.attributes.get(name)
            return None if source is None else workflow.evaluate(source, token)

        opened = effects.TaskOpened(
            token=token.id,
            element=self.name,
            definition=workflow.definition_of(token),
            name=self.details.name,
            form=self.form,
            assignee=next(iter(names(value("assignee"))), None),
            candidate_users=names(value("candidateUsers")),
            candidate_groups=names(value("candidateGroups")),
            due_at=moment(value("dueDate")),
            follow_up_at=moment(value("followUpDate")),
            priority=whole(value("priority"), 50, 100),
            properties=self.details.properties,
        )
        workflow.wait(token, "task")
        workflow.emit(opened)
        return None


class JobTask(Activity):
    """A registered handler does the work; its type names it."""

    type: Value
    retries: Value | None = None
    headers: dict[str, str]

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow
        kind = workflow.evaluate(self.type, token)
        retries = TRIES if self.retries is None else whole(workflow.evaluate(self.retries, token), None, 100)
        if not isinstance(kind, str) or not kind:
            raise Fault("EXTRACT_VALUE_ERROR", errors.N_("The handler's type “{type}” is not a name."), type=str(kind))
        workflow.wait(token, "job")
        workflow.emit(effects.JobCreated(token.id, self.name, kind, self.headers, retries))
        return None


class ScriptTask(Activity):
    """Evaluates FEEL and keeps the result."""

    script: Value
    result: str

    def work(self, token: Token) -> bool | None:
        return self.finish(token, {self.result: feel.to_json(token.workflow.evaluate(self.script, token))})


class RuleTask(Activity):
    """Evaluates a decision and keeps the result."""

    decision: Value
    binding: str = "latest"
    result: str

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow
        decision = workflow.evaluate(self.decision, token)
        try:
            value, explanation = workflow.host.decide(decision, workflow.view(token.id))
        except errors.EngineError as error:
            raise Fault("DECISION_EVALUATION_ERROR", error.template, **error.facts) from error
        result = feel.to_json(value)
        workflow.emit(effects.Decided(token.id, self.name, str(decision), result, explanation))
        return self.finish(token, {self.result: result})


class SubProcess(Activity):
    """A process within the process; ends when nothing in it is alive."""

    inner: Process
    result_leaves = False

    def work(self, token: Token) -> bool | None:
        token.workflow.open_scope(token, {})
        token.workflow.begin_scope(token, self.inner, None)
        return None

    def scope_ended(self, token: Token) -> None:
        """Everything inside is over."""
        token.workflow.guarded_completion(token, "finish", {})


class EventSubProcess(SubProcess):
    """Waits in its scope for its start event; what fires runs inside that scope."""

    interrupting = True

    @property
    def start(self) -> Node:
        """Its only start event."""
        return self.inner.starts[0]

    def begin(self, token: Token) -> bool | None:
        workflow = token.workflow
        workflow.enter(token)
        workflow.open_scope(token, {})
        workflow.begin_scope(token, self.inner, self.start, token.internal_data.pop("payload", {}))
        return None


class CallActivity(Activity):
    """Runs another process inside this instance, with its own variables."""

    called: Value
    binding: str = "latest"
    all_down = True
    all_up = True
    result_leaves = True

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow
        reference = workflow.evaluate(self.called, token)
        try:
            model, key = workflow.host.process(reference, self.binding)
        except errors.EngineError as error:
            raise Fault("CALLED_ELEMENT_ERROR", error.template, **error.facts) from error
        inputs = dict(workflow.view(token.id)) if self.all_down else dict(workflow.scopes.get(token.id, {}))
        workflow.call(token, model, key, str(reference), inputs)
        return None

    def scope_ended(self, token: Token, variables: Mapping[str, Any]) -> None:
        """The called process is over; its variables come up if they should."""
        up = dict(variables) if self.all_up or self.details.outputs else {}
        token.workflow.guarded_completion(token, "finish", up)
