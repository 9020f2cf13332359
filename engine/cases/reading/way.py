"""The way of a case: the diagrams it runs through, what was entered and taken in each, and where it stands.

A case runs in one process and those it calls, and perhaps in others beside it (a renewal, a remedy) whose business key
begins with its number. The way is read from the trail alone, so it shows what happened under the versions of that day.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, errors, messages, tasks
from engine.cases.reading import beside
from engine.flow import steps
from engine.ground.prepared import Prepared
from engine.ground.together import Question

Known = TypeVar("Known")
BESIDE = "-"
"""What stands between a case's number and the rest of the key of a process beside it."""


@dataclass(frozen=True)
class Diagram:
    """One process that the case came through; ``current`` are the elements where it stands now."""

    key: str
    process: str
    name: str
    name_en: str
    taken: tuple[str, ...]
    current: tuple[str, ...]


@dataclass
class _Trace:
    """What the trail tells of one instance: elements in the order entered, flows, and how many tokens are inside."""

    entered: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    inside: Counter[str] = field(default_factory=Counter)


def instances(connection: Connection, number: str) -> Sequence[sa.Row[Any]]:
    """Return the case's own instance and those beside it, each with the columns of its definition but the key."""
    return INSTANCES.all(connection, number=number)


_NUMBER = sa.bindparam("number", type_=sa.String())
_of_case = beside.belongs(steps.instance.c.business_key, _NUMBER)
INSTANCES = Question(
    sa.select(steps.instance, *(column for column in definitions.definition.c if column.name != "id"))
    .join(definitions.definition, definitions.definition.c.id == steps.instance.c.definition_id)
    .where(_of_case),
    steps.instance.c.id,
)


def events(connection: Connection, number: str, *actions: str) -> Sequence[sa.Row[Any]]:
    """Return the audit events of the case and of the processes beside it, in the order they were written.

    With ``actions`` only those; what else happened is then not even read.
    """
    statement = _EVENTS.get(actions) or _EVENTS.setdefault(actions, _reading(actions))
    return statement.all(connection, number=number)


def _reading(actions: tuple[str, ...]) -> Prepared:
    event = audit.audit_event.c
    streams = sa.union(sa.select(_NUMBER), sa.select(steps.instance.c.business_key).where(_of_case))
    query = sa.select(audit.audit_event).where(event.stream.in_(streams)).order_by(event.id)
    return Prepared(query.where(event.action.in_([sa.literal(name) for name in actions])) if actions else query)


def filled(connection: Connection, number: str) -> list[sa.Row[Any]]:
    """Return the tasks of a case that have a form: each with its name and with the columns of the task's definition."""
    return FILLED.all(connection, number=number)


FILLED = Question(
    sa.select(
        tasks.task.c.id,
        tasks.task.c.form,
        *(column for column in definitions.definition.c if column.name not in ("id", "name", "version")),
    )
    .join(definitions.definition, definitions.definition.c.id == tasks.task.c.definition_id)
    .where(beside.belongs(tasks.task.c.business_key, _NUMBER), tasks.task.c.form.is_not(None)),
    tasks.task.c.id,
)
_EVENTS: dict[tuple[str, ...], Prepared] = {}
_KEPT = 64
_processes: OrderedDict[str, dict[str, tuple[str, bpmn.ProcessInfo]]] = OrderedDict()
_elements: OrderedDict[str, dict[str, bpmn.ElementInfo]] = OrderedDict()


def processes(connection: Connection, definition: definitions.Defined) -> Mapping[str, tuple[str, bpmn.ProcessInfo]]:
    """Return the processes that were deployed together with a definition, by id, each with the path of its file.

    They are kept by the content of the deployment, which never changes.
    """
    if definition.hash not in _processes:
        rows = definitions.together(connection, definition.deployment_id)
        known = {row.process_id: (row.path, definitions.model(connection, row)) for row in rows}
        _processes[definition.hash] = {key: (path, model.processes[key]) for key, (path, model) in known.items()}
    return _recent(_processes, definition.hash)


def elements(connection: Connection, definition: definitions.Defined) -> Mapping[str, bpmn.ElementInfo]:
    """Return the elements of all processes deployed together with a definition, by id."""
    if definition.hash not in _elements:
        found: dict[str, bpmn.ElementInfo] = {}
        for _, process in processes(connection, definition).values():
            for info in process.elements.values():
                found.setdefault(info.id, info)
        _elements[definition.hash] = found
    return _recent(_elements, definition.hash)


def _recent(kept: OrderedDict[str, Known], key: str) -> Known:
    kept.move_to_end(key)
    if len(kept) > _KEPT:
        kept.popitem(last=False)
    return kept[key]


def diagrams(connection: Connection, number: str, trail: Sequence[sa.Row[Any]]) -> list[Diagram]:
    """Return the diagrams that the case came through, in the order it first entered them.

    Parameters
    ----------
    trail
        What :func:`events` returned.
    """
    traces = _traces(trail)
    found: list[Diagram] = []
    for row in instances(connection, number):
        trace = traces.get(row.business_key)
        if trace is not None:
            trace.inside.update(_listening(connection, number, row.id))
            found += _of_instance(processes(connection, row), row, trace)
    return found


def source(connection: Connection, number: str, key: str, process: str) -> bytes:
    """Return the BPMN file of a process of the case, in the version that the case runs on.

    Raises
    ------
    DefinitionUnknown
        If the case does not run it.
    """
    for row in instances(connection, number):
        if row.business_key == key:
            known = processes(connection, row)
            if process in known:
                return definitions.file(connection, row.deployment_id, known[process][0])
    raise errors.DefinitionUnknown(process=process)


def _traces(trail: Sequence[sa.Row[Any]]) -> dict[str, _Trace]:
    found: dict[str, _Trace] = {}
    for event in trail:
        if renamed := event.details.get("renamed"):  # another version calls some of the elements otherwise
            trace = found.setdefault(event.stream, _Trace())
            trace.entered = [renamed.get(name) or name for name in trace.entered]
        for entry in event.details.get("steps", ()):
            trace = found.setdefault(event.stream, _Trace())
            if entry[0] == "enter":
                trace.entered.append(entry[1])
                trace.inside[entry[1]] += 1
            elif entry[0] in ("leave", "cancel"):
                trace.inside[entry[1]] -= 1
            elif entry[0] == "moved":
                trace.inside[entry[1]] -= 1
                trace.inside[entry[2]] += 1
            elif entry[0] == "flow":
                trace.flows.append(entry[1])
            elif entry[0] == "end":
                trace.inside.clear()
    return found


def _of_instance(
    known: Mapping[str, tuple[str, bpmn.ProcessInfo]], row: sa.Row[Any], trace: _Trace
) -> Iterator[Diagram]:
    home = {element: process for process, (_, info) in known.items() for element in info.elements}
    order = dict.fromkeys(home[element] for element in trace.entered if element in home)
    for process in order:
        info = known[process][1]
        taken = dict.fromkeys(element for element in trace.entered if home.get(element) == process)
        here = {**taken, **dict.fromkeys(name for name in trace.inside if _waits(info, name))}
        current = tuple(element for element in here if trace.inside[element] > 0)
        yield Diagram(
            row.business_key,
            process,
            info.name or process,
            info.name_en or info.name or process,
            (*taken, *dict.fromkeys(trace.flows)),
            current,
        )


def _listening(connection: Connection, number: str, instance_id: int) -> list[str]:
    """Return the elements that wait for a message: an event behind a gateway is entered only once it has happened."""
    return [row.element for row in LISTENING.all(connection, number=number) if row.instance_id == instance_id]


_subscription = messages.subscription.c
LISTENING = Question(
    sa.select(_subscription.instance_id, _subscription.element)
    .join(steps.instance, steps.instance.c.id == _subscription.instance_id)
    .where(_of_case),
    _subscription.instance_id,
    _subscription.token,
)


def _waits(info: bpmn.ProcessInfo, element: str) -> bool:
    return element in info.elements and info.elements[element].type in ("intermediateCatchEvent", "receiveTask")
