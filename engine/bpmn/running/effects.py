"""What a run of the kernel asks of its caller, in order: rows, timers, messages, a trace.

``token`` is the number of a token in its document, ``element`` the id on the diagram. Nobody changes an effect,
though Python is not told to forbid it: a step makes many of them, and a frozen one takes longer to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(slots=True)
class Entered:
    """A flow node has begun."""

    token: int
    element: str


@dataclass(slots=True)
class Left:
    """A flow node is over."""

    token: int
    element: str
    outcome: Literal["completed", "cancelled"] = "completed"


@dataclass(slots=True)
class Took:
    """A sequence flow was taken."""

    flow: str


@dataclass(slots=True)
class TaskOpened:
    """A person has something to do; ``scope`` is the token in whose scope the element stands."""

    token: int
    scope: int
    element: str
    definition: str
    name: str
    form: str | None
    assignee: str | None
    candidate_users: tuple[str, ...]
    candidate_groups: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    properties: Mapping[str, str]


@dataclass(slots=True)
class ActivitiesOffered:
    """An ad-hoc sub-process is open; these may begin its activities."""

    token: int
    element: str
    candidate_users: tuple[str, ...]
    candidate_groups: tuple[str, ...]
    assignee: str | None = None


@dataclass(slots=True)
class TaskClosed:
    """A task is no longer to be done: an event took it away; ``asks`` if it has listeners that are told so."""

    token: int
    asks: bool = False


@dataclass(slots=True)
class TimerSet:
    """Call :meth:`Workflow.trigger` at ``due_at``."""

    token: int
    element: str
    due_at: datetime


@dataclass(slots=True)
class SubscriptionOpened:
    """Call :meth:`Workflow.trigger` when the message with this key, or the signal, comes."""

    token: int
    element: str
    kind: Literal["message", "signal"]
    name: str
    key: str | None


@dataclass(slots=True)
class Unsubscribed:
    """The timer or subscription of a token is gone."""

    token: int
    kind: Literal["timer", "message", "signal"]


@dataclass(slots=True)
class JobCreated:
    """A handler has something to do; its result comes back through :meth:`Workflow.complete`."""

    token: int
    element: str
    type: str
    headers: Mapping[str, str]
    retries: int


@dataclass(slots=True)
class JobCancelled:
    """A job is no longer to be done."""

    token: int


@dataclass(slots=True)
class MessageThrown:
    """A message for whoever waits for its name and key."""

    token: int
    element: str
    name: str
    key: str
    variables: Mapping[str, Any]


@dataclass(slots=True)
class SignalThrown:
    """A signal for everybody who waits for its name; the tokens ``heard`` of the same instance have it already."""

    name: str
    variables: Mapping[str, Any]
    heard: tuple[int, ...] = ()


@dataclass(slots=True)
class Decided:
    """A decision was evaluated; ``explanation`` is JSON."""

    token: int
    element: str
    decision: str
    result: Any
    explanation: Any


@dataclass(slots=True)
class VariablesSet:
    """Variables changed in the scope that declares them."""

    element: str
    scope: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(slots=True)
class Incident:
    """A token stands still until a person has looked: ``kind`` is one of dialect.md 8's names."""

    token: int
    element: str
    kind: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class IncidentResolved:
    """The token of an incident goes on, or is gone."""

    token: int


@dataclass(slots=True)
class Ended:
    """The instance is over."""

    outcome: Literal["completed", "cancelled"]


@dataclass(slots=True)
class Moved:
    """A token stands at another element, because the instance runs on another version now."""

    token: int
    before: str
    after: str
    entered: bool


@dataclass(slots=True)
class TaskChanged:
    """A task is that of another version now; None: it stays offered to whom it was offered."""

    token: int
    element: str
    definition: str
    name: str
    form: str | None
    properties: Mapping[str, str]
    candidate_groups: tuple[str, ...] | None
    candidate_users: tuple[str, ...] | None


@dataclass(slots=True)
class JobChanged:
    """What a handler has to do is said by another version now."""

    token: int
    element: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class SubscriptionChanged:
    """What waits is another event; None: for the same name and key as before."""

    token: int
    element: str
    name: str | None
    key: str | None


@dataclass(slots=True)
class TimerChanged:
    """A timer is due at another moment."""

    token: int
    due_at: datetime


Effect = (
    Entered
    | Left
    | Took
    | TaskOpened
    | ActivitiesOffered
    | TaskClosed
    | TimerSet
    | SubscriptionOpened
    | Unsubscribed
    | JobCreated
    | JobCancelled
    | MessageThrown
    | SignalThrown
    | Decided
    | VariablesSet
    | Moved
    | TaskChanged
    | JobChanged
    | SubscriptionChanged
    | TimerChanged
    | Incident
    | IncidentResolved
    | Ended
)
