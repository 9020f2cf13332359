"""One step of a process instance: lock it, let the kernel run, write what it asks for, all in the caller's transaction.

The nouns (task, job, subscription, incident) register how their effects become rows; a step knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, definitions, errors, feel
from engine.flow import items, told
from engine.ground.prepared import Prepared, written

instance = sa.Table(
    "instance",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("business_key", sa.String(80), nullable=False),
    sa.Column("definition_id", sa.ForeignKey(definitions.definition.c.id), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("tokens", sa.Text, nullable=False),
    sa.Column("variables", sa.Text, nullable=False),
    sa.Column("started_at", db.Utc, nullable=False),
    sa.Column("ended_at", db.Utc),
    sa.CheckConstraint("state IN ('active', 'suspended', 'completed', 'terminated')", name="state_known"),
    sa.CheckConstraint("(ended_at IS NULL) = (state IN ('active', 'suspended'))", name="ended_when_over"),
    sa.Index(
        "uq_instance_business_key", "business_key", unique=True, postgresql_ops={"business_key": "text_pattern_ops"}
    ),
)
"""The key's index serves beginnings of keys too, see :func:`db.begins`."""

Action = Callable[[bpmn.Workflow], None]


@dataclass
class Step:
    """What happens to one instance in one transaction."""

    connection: Connection
    actor: audit.Actor
    row: sa.Row[Any]
    definition: definitions.Defined
    workflow: bpmn.Workflow
    begins: bool = False
    """Whether the row is new: it holds the workflow as it is, unless what follows moves it on."""
    trace: list[list[Any]] = field(default_factory=list)
    """What the trail tells, in order: ``["enter", element]``, ``["flow", id]``, ``["set", element, before, after]``…
    Where ``after`` is among the event's own ``values``, the trail leaves it out; :func:`changes` reads both."""

    @property
    def instance_id(self) -> int:
        """The instance's key."""
        return int(self.row.id)


Writer = Callable[[Step, list[Any]], None]
_writers: list[tuple[tuple[type, ...], Writer]] = []
_listeners: list[Callable[[Step], None]] = []
FunctionSource = Callable[[Connection], Mapping[str, feel.Function]]
_function_sources: list[FunctionSource] = []


def writes(*kinds: type) -> Callable[[Writer], Writer]:
    """Register what turns effects of ``kinds`` into rows; it gets all of one round in order."""

    def register(writer: Writer) -> Writer:
        _writers.append((kinds, writer))
        return writer

    return register


def offers(source: FunctionSource) -> FunctionSource:
    """Register FEEL functions for every process besides the library, such as those that count working days."""
    _function_sources.append(source)
    return source


def listens(listener: Callable[[Step], None]) -> Callable[[Step], None]:
    """Register what is called at the end of every step, in its transaction: how the case domain follows."""
    _listeners.append(listener)
    return listener


@dataclass
class _Host:
    connection: Connection
    definition: definitions.Defined
    instance_id: int | None = None
    _models: dict[str, bpmn.Model] = field(default_factory=dict)

    @cached_property
    def functions(self) -> Mapping[str, feel.Function]:
        """Made when first asked for: what counts working days reads the calendar."""
        sources = (source(self.connection) for source in _function_sources)
        return {name: function for functions in sources for name, function in functions.items()}

    def decide(self, reference: str, context: Mapping[str, Any], tag: str = "") -> tuple[Any, Any]:
        for model in definitions.decisions(self.connection, self.definition, reference, tag):
            if reference in model.decisions:
                result = model.evaluate(reference, context, functions=self.functions, explain=True)
                if result.failure is not None:
                    raise bpmn.Fault("DECISION_EVALUATION_ERROR", result.failure.message, **result.failure.facts)
                return result.value, result.explanation
        raise errors.DecisionUnknown(decision=reference)

    def process(self, reference: str, binding: str, tag: str) -> tuple[bpmn.Model, str]:
        if binding == "deployment":
            row = definitions.beside(self.connection, self.definition, reference)
        elif binding == "versionTag":
            row = definitions.tagged(self.connection, reference, tag)
        else:
            row = definitions.current(self.connection, reference)
        if row.suspended:
            raise errors.DefinitionSuspended(process=reference, definition=row.id)
        return definitions.model(self.connection, row), str(row.id)

    def items(self, token: int | None) -> list[bpmn.Item]:
        return items.of(self.connection, self.instance_id, token) if self.instance_id is not None else []

    def model(self, definition: str) -> bpmn.Model:
        """Asked once for each token of a called process, whose definition is read only the first time."""
        if definition not in self._models:
            row = definitions.get(self.connection, int(definition))
            self._models[definition] = definitions.model(self.connection, row)
        return self._models[definition]


def host(connection: Connection, definition: definitions.Defined, instance_id: int | None = None) -> bpmn.Host:
    """Return what the kernel asks while it runs an instance of ``definition``, or one that is to begin."""
    return _Host(connection, definition, instance_id)


def load(
    connection: Connection,
    row: sa.Row[Any],
    definition: definitions.Defined | None = None,
    *,
    focus: int | None = None,
) -> bpmn.Workflow:
    """Return the workflow of an instance's row, to look at or to run.

    Parameters
    ----------
    definition : spares looking it up.
    focus : the token that alone is looked at; of a wide multi-instance task the other instances are then not loaded.
    """
    definition = definition or definitions.get(connection, row.definition_id)
    model = definitions.model(connection, definition)
    return bpmn.load(model, row.tokens, row.variables, host=host(connection, definition, row.id), focus=focus)


_LOOKED_AT = "workflow"


def look(
    connection: Connection, row: sa.Row[Any], definition: definitions.Defined | None, token: int
) -> Mapping[str, Any]:  # fmt: skip
    """Return the variables that a token of an instance sees, which are not to be changed; see :func:`load`.

    A step that :func:`act` makes of the same row, with its focus on the token, runs the workflow that was looked at:
    what a form is judged by and what it completes are read once in a unit of work.
    """
    workflow = load(connection, row, definition, focus=token)
    db.known(connection)[_LOOKED_AT, row.id, row.revision, token] = workflow
    return workflow.view(token)


def locking(
    which: sa.ColumnElement[bool], beside: sa.Table | None = None, columns: Sequence[sa.ColumnElement[Any]] = ()
) -> Prepared:
    """Return the statement for :func:`locked`: an instance, and with it the row of a table that belongs to it.

    Definition and head of the trail come along: a step needs both. Only what may change is locked, the instance first.
    """
    kept = definitions.definition.c
    own = [
        *instance.c,
        *(column for column in kept if column is not kept.id),
        *(audit.audit_head.c[name].label(f"audit_{name}") for name in ("seq", "hash")),
    ]
    found = (
        sa.select(*own, *columns)
        .select_from(instance)
        .join(definitions.definition, kept.id == instance.c.definition_id)
        .join(audit.audit_head, audit.audit_head.c.stream == instance.c.business_key)
    )
    tables = [instance, audit.audit_head]
    if beside is not None:
        found = found.join(beside, beside.c.instance_id == instance.c.id)
        tables.append(beside)
    return Prepared(found.where(which).with_for_update(of=tables), own, columns)


_BY_KEY = locking(instance.c.id == sa.bindparam("instance", type_=db.Id))


def locked(connection: Connection, statement: Prepared, **values: Any) -> tuple[sa.Row[Any], sa.Row[Any]] | None:
    """Return the row of an instance that a statement of :func:`locking` finds, and the one beside it, both locked.

    PostgreSQL looks at a row that it had to wait for once more, but joins it with what it had found before: an
    instance that was moved to another definition meanwhile is lost to the first look, not to the second.
    """
    found = statement.together(connection, **values) or statement.together(connection, **values)
    if found is None:
        return None
    row, beside = found
    audit.know(connection, audit.Head(row.business_key, row.audit_seq, row.audit_hash))
    return row, beside


def lock(connection: Connection, instance_id: int) -> sa.Row[Any]:
    """Return the instance's row, locked for this transaction.

    Raises
    ------
    InstanceUnknown
        If there is none.
    """
    found = locked(connection, _BY_KEY, instance=instance_id)
    if found is None:
        raise errors.InstanceUnknown()
    return found[0]


def definition_of(row: sa.Row[Any]) -> definitions.Definition:
    """Return the definition that came along with an instance's locked row."""
    return definitions.Definition(
        row.definition_id, row.deployment_id, row.process_id, row.version, row.name, row.path, row.hash, row.suspended
    )


def require_active(row: sa.Row[Any]) -> None:
    """Refuse to do anything in an instance that does not run.

    Raises
    ------
    InstanceSuspended, InstanceNotActive
    """
    if row.state == "suspended":
        raise errors.InstanceSuspended(instance=row.id)
    if row.state != "active":
        raise errors.InstanceNotActive(state=row.state)


_INSERT = {
    "sqlite": Prepared(sqlite.insert(instance).on_conflict_do_nothing()),
    "postgresql": Prepared(postgresql.insert(instance).on_conflict_do_nothing()),
}
_row = written(instance)


def begin(
    connection: Connection,
    actor: audit.Actor,
    definition: definitions.Defined,
    business_key: str,
    variables: Mapping[str, Any] | None,
    start_event: str | None = None,
    **details: Any,
) -> Step:
    """Make an instance of a definition, run it to its first waits, and write everything that follows.

    Raises
    ------
    BpmnStartUnknown
        If it cannot be started this way.
    BusinessKeyTaken
        If the number is in use.
    DefinitionSuspended
        If no instance of the definition may begin now.
    """
    if definition.suspended:
        raise errors.DefinitionSuspended(process=definition.process_id, definition=definition.id)
    workflow = bpmn.Workflow.start(
        definitions.model(connection, definition),
        definition.process_id,
        host=host(connection, definition),
        start_event=start_event,
        variables=variables,
    )
    tokens, values = bpmn.dump(workflow)
    new = {
        "business_key": business_key,
        "definition_id": definition.id,
        "state": "active",
        "revision": 0,
        "tokens": tokens,
        "variables": values,
        "started_at": clock.now(),
        "ended_at": None,
    }
    key = _INSERT[connection.dialect.name].key(connection, **new)
    if not key:
        raise errors.BusinessKeyTaken(key=business_key)
    step = Step(connection, actor, _row({"id": key, **new}), definition, workflow, begins=True)
    finish(step, "instance.started", process=definition.process_id, version=definition.version, **details)
    return step


def key_taken(connection: Connection, business_key: str) -> bool:
    """Tell whether an instance has this business key."""
    return _TAKEN.one(connection, key=business_key) is not None


_TAKEN = Prepared(sa.select(instance.c.id).where(instance.c.business_key == sa.bindparam("key")))


def act(
    connection: Connection,
    actor: audit.Actor,
    row: sa.Row[Any],
    action: Action,
    event: str,
    *,
    focus: int | None = None,
    **details: Any,
) -> Step:
    """Run ``action`` on a locked instance, write everything that follows and one audit event; see :func:`load`.

    Raises
    ------
    InstanceSuspended, InstanceNotActive
        If the instance does not run.
    """
    require_active(row)
    definition = definition_of(row)
    workflow = db.known(connection).pop((_LOOKED_AT, row.id, row.revision, focus), None)
    step = Step(connection, actor, row, definition, workflow or load(connection, row, definition, focus=focus))
    action(step.workflow)
    finish(step, event, **details)
    return step


def finish(step: Step, event: str, *, element: str | None = None, form_hash: str | None = None, **details: Any) -> None:
    """Write what the kernel asked for, the instance and the audit event."""
    rounds = 0
    while batch := step.workflow.drain():
        rounds += 1
        _note(step, batch)
        present = {type(effect) for effect in batch}
        for kinds, writer in _writers:
            if not present.isdisjoint(kinds):
                writer(step, [effect for effect in batch if isinstance(effect, kinds)])
    for listener in _listeners:
        listener(step)
    if rounds > 1 or not step.begins or step.workflow.outcome != "active":
        _save(step)
    items.write(step.connection, step.instance_id, step.workflow.aside())
    body = {**details, "steps": [told.once(entry, element, details.get("values")) for entry in step.trace]}
    happened = audit.Event(event, step.actor, element, body, step.definition.hash, form_hash)
    audit.record(step.connection, step.row.business_key, happened)


def changes(details: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield what an event's step changed: the element, the variables before and after."""
    for kind, *entry in details.get("steps", ()):
        if kind == "set":
            element, before, *after = entry
            yield element, before, after[0] if after else {name: details["values"][name] for name in before}


_UPDATE = Prepared(
    sa.update(instance)
    .where(instance.c.id == sa.bindparam("key"), instance.c.revision == sa.bindparam("before"))
    .values({name: sa.bindparam(name) for name in ("revision", "tokens", "variables", "state", "ended_at")})
)


def _save(step: Step) -> None:
    row, outcome = step.row, step.workflow.outcome
    tokens, variables = bpmn.dump(step.workflow)
    changed = _UPDATE.run(
        step.connection,
        key=row.id,
        before=row.revision,
        revision=row.revision + 1,
        tokens=tokens,
        variables=variables,
        state=outcome,
        ended_at=None if outcome == "active" else clock.now(),
    )
    if changed != 1:
        raise errors.Conflict()


def _note(step: Step, batch: list[bpmn.Effect]) -> None:
    for effect in batch:
        entry = told.entry(effect)
        if entry:
            step.trace.append(entry)
