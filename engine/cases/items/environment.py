"""What a process package may refer to in this house: one answer for the command line, the designer and the API."""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy.engine import Connection

from engine import bpmn, definitions, migration
from engine.cases import handlers as services
from engine.flow import handlers
from engine.organisation import post

SERVICES = services
"""Imported so that the service tasks of every case process are registered."""


def load(connection: Connection) -> bpmn.Environment:
    """Return the installed handlers, the processes in force and, once a tenant is loaded, its candidate groups.

    Packages with handlers of their own must have been installed: :func:`engine.flow.handlers.install`.
    """
    return bpmn.Environment(
        handlers=handlers.types(),
        groups=_groups(connection),
        processes=definitions.processes(connection),
        remote=handlers.remote_types(),
    )


@migration.knows_groups
def _groups(connection: Connection) -> Set[str] | None:
    return post.groups(connection) or None
