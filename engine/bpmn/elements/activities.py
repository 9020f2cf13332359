"""Tasks and sub-processes: what does the work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine import errors, feel
from engine.bpmn.elements.listening import TRIES, Listener
from engine.bpmn.elements.loops import Activity
from engine.bpmn.elements.nodes import Node, Process
from engine.bpmn.elements.values import Fault, Value, moment, names, whole
from engine.bpmn.running import effects

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token


class UserTask(Activity):
    """Somebody has something to do; ``zeebe:userTask`` or not makes no difference."""

    kept_aside = True
    form: str | None = None
    attributes: dict[str, Value]
    task_listeners: Mapping[str, list[Listener]] = {}

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow

        def value(name: str) -> Any:
            source = self.attributes.get(name)
            return None if source is None else workflow.evaluate(source, token)

        opened = effects.TaskOpened(
            token=token.id,
            scope=(token.parent.parent if "item" in token.internal_data else token.parent).id,
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


class Served:
    """What a registered handler has to do with; its type names it."""

    name: str
    type: Value
    retries: Value | None = None
    headers: dict[str, str]

    def create_job(self, token: Token) -> None:
        """Let the token wait for the handler.

        Raises
        ------
        Fault
            ``EXTRACT_VALUE_ERROR`` if the type is no name or the retries are no number.
        """
        workflow = token.workflow
        kind = workflow.evaluate(self.type, token)
        retries = TRIES if self.retries is None else whole(workflow.evaluate(self.retries, token), None, 100)
        if not isinstance(kind, str) or not kind:
            raise Fault("EXTRACT_VALUE_ERROR", errors.N_("The handler's type “{type}” is not a name."), type=str(kind))
        workflow.wait(token, "job")
        workflow.emit(effects.JobCreated(token.id, self.name, kind, self.headers, retries))


class JobTask(Served, Activity):
    """A registered handler does the work."""

    def work(self, token: Token) -> bool | None:
        self.create_job(token)
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
    tag: Value | None = None
    result: str

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow
        decision = workflow.evaluate(self.decision, token)
        tag = str(workflow.evaluate(self.tag, token) or "") if self.tag is not None else ""
        try:
            value, explanation = workflow.host.decide(decision, workflow.view(token.id), tag)
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

    def is_over(self, token: Token) -> bool:
        """Tell whether the scope ends now that nothing is alive in it."""
        return True

    def interrupted(self, token: Token) -> None:
        """An event sub-process has taken over."""

    def scope_ended(self, token: Token) -> None:
        """Everything inside is over."""
        token.workflow.guarded_completion(token, "finish", {})


class Transaction(SubProcess):
    """A sub-process that a cancel end event undoes as a whole (§10.3.5)."""


class EventSubProcess(SubProcess):
    """Waits in its scope for its start event; what fires runs inside that scope."""

    interrupting = True

    @property
    def start(self) -> Node:
        """Its only start event."""
        return self.inner.starts[0]

    def begin(self, token: Token) -> bool | None:
        token.workflow.enter(token)
        return self.begin_work(token)

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow
        workflow.open_scope(token, {})
        workflow.begin_scope(token, self.inner, self.start, token.internal_data.pop("payload", {}))
        return None


class CallActivity(Activity):
    """Runs another process inside this instance, with its own variables."""

    called: Value
    binding: str = "latest"
    tag: str = ""
    all_down = True
    all_up = True
    result_leaves = True

    def work(self, token: Token) -> bool | None:
        workflow = token.workflow
        reference = workflow.evaluate(self.called, token)
        try:
            model, key = workflow.host.process(reference, self.binding, self.tag)
        except errors.EngineError as error:
            raise Fault("CALLED_ELEMENT_ERROR", error.template, **error.facts) from error
        inputs = dict(workflow.view(token.id)) if self.all_down else dict(workflow.scopes.get(token.id, {}))
        workflow.call(token, model, key, str(reference), inputs)
        return None

    def scope_ended(self, token: Token, variables: Mapping[str, Any]) -> None:
        """The called process is over; its variables come up if they should."""
        up = dict(variables) if self.all_up or self.details.outputs else {}
        token.workflow.guarded_completion(token, "finish", up)
