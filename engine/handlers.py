"""The handlers that service tasks name: local ones run inside the step's transaction, remote ones outside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from engine import audit


@dataclass(frozen=True)
class Job:
    """What a handler works with. ``headers`` are the designer's static texts, ``variables`` what the element sees."""

    connection: Connection
    actor: audit.Actor
    instance_id: int
    business_key: str
    element: str
    headers: Mapping[str, str]
    variables: Mapping[str, Any]


class BpmnError(Exception):
    """A handler's answer that the diagram is expected to catch with an error event."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.variables = variables or {}


Handler = Callable[[Job], Mapping[str, Any] | None]

_local: dict[str, Handler] = {}


def handler(type: str) -> Callable[[Handler], Handler]:
    """Register a function for the service tasks of ``type``; it runs inside the transaction of the step.

    Raises
    ------
    ValueError
        If the type is taken: a process must not change meaning with the order of imports.
    """

    def register(function: Handler) -> Handler:
        if _local.get(type, function) is not function:
            raise ValueError(f"two handlers are called {type!r}")
        _local[type] = function
        return function

    return register


def find(type: str) -> Handler | None:
    """Return the handler of a type, if one is registered."""
    return _local.get(type)


def types() -> set[str]:
    """Return every registered type, for the deployment check."""
    return set(_local)
