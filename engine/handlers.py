"""The handlers that service tasks name: local ones run inside the step's transaction, remote ones outside it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

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
    before = dict(_local)
    try:
        if known is not None:
            raise ImportError(f"{name} is {known.__file__} already")
        _load(name, file)
    except Exception as error:  # whatever it raises, the package cannot be used
        _local.clear()
        _local.update(before)
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
