"""The handlers that service tasks name: local ones run inside the step's transaction, remote ones outside it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from engine import audit, errors


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


@dataclass(frozen=True)
class Call:
    """What a remote handler works with: no connection, for it runs outside any transaction, at least once.

    ``idempotency_key`` is the same whenever the same service of the same case is tried again: give it to the other
    system, so that it does once what it is asked twice.
    """

    idempotency_key: str
    actor: audit.Actor
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


class Denied(Exception):
    """A task listener's answer that a person may not do this to the task, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Handler = Callable[[Job], Mapping[str, Any] | None]
RemoteHandler = Callable[[Call], Mapping[str, Any] | None]
Function = TypeVar("Function", bound=Callable[..., Any])

_local: dict[str, Handler] = {}
_remote: dict[str, RemoteHandler] = {}


def handler(type: str, *, remote: bool = False) -> Callable[[Function], Function]:
    """Register a function for the service tasks of ``type``.

    A local one gets a :class:`Job` and runs inside the transaction of the step. A remote one, which calls another
    system, gets a :class:`Call` and runs after it; what it raises is tried again, but a :class:`BpmnError` is thrown.

    Raises
    ------
    ValueError
        If the type is taken: a process must not change meaning with the order of imports.
    """

    def register(function: Function) -> Function:
        if (_local | _remote).get(type, function) is not function:
            raise ValueError(f"two handlers are called {type!r}")
        (_remote if remote else _local)[type] = function
        return function

    return register


@contextmanager
def standing_in(type: str, function: Handler) -> Iterator[None]:
    """Let another local handler do the work of a type within the block: for scenarios of what happens if it fails."""
    before = _local.get(type)
    _local[type] = function
    try:
        yield
    finally:
        if before is None:
            del _local[type]
        else:
            _local[type] = before


def find(type: str) -> Handler | None:
    """Return the local handler of a type, if one is registered."""
    return _local.get(type)


def is_remote(type: str) -> bool:
    """Tell whether a type is served by a remote handler."""
    return type in _remote


def find_remote(type: str) -> RemoteHandler:
    """Return the remote handler of a type.

    Raises
    ------
    HandlerMissing
        If none is installed here.
    """
    if type not in _remote:
        raise errors.HandlerMissing(type=type)
    return _remote[type]


def types() -> set[str]:
    """Return every registered type, for the deployment check."""
    return {*_local, *_remote}


def remote_types() -> set[str]:
    """Return the types that are served by remote handlers."""
    return set(_remote)


def install(folder: Path) -> list[str]:
    """Import the ``handlers.py`` of every process package below a folder, each once; return those packages' names.

    A module takes the name under which Python would import it (``workflows.one_window_approval.handlers``), so that
    whoever imports it in the ordinary way gets the same one and nothing is registered twice.

    Raises
    ------
    HandlersBroken
        If a module cannot be imported; nothing of it stays registered.
    """
    files = [place.parent / "handlers.py" for place in sorted(folder.glob("*/package.toml"))]
    installed = [file for file in files if file.is_file()]
    for file in installed:
        _install(file.resolve())
    return [file.parent.name for file in installed]


def _install(file: Path) -> None:
    name = _module_name(file)
    known = sys.modules.get(name)
    if known is not None and Path(known.__file__ or "").resolve() == file:
        return
    before = set(_local), set(_remote)
    try:
        if known is not None:
            raise ImportError(f"{name} is {known.__file__} already")
        _load(name, file)
    except Exception as error:  # whatever it raises, the package cannot be used
        for registered, names in ((_local, before[0]), (_remote, before[1])):
            for name in set(registered) - names:
                del registered[name]
        raise errors.HandlersBroken(file=str(file), reason=f"{type(error).__name__}: {error}") from error


def _load(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _module_name(file: Path) -> str:
    """The dotted name of a module, from the topmost folder that is a Python package; else from its own folder."""
    parts, folder = [file.stem, file.parent.name], file.parent.parent
    while (folder / "__init__.py").is_file():
        parts.append(folder.name)
        folder = folder.parent
    return ".".join(reversed(parts))
