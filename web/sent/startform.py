"""The start form of an item's process: what an application says, at a window or from home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import forms
from engine import db, definitions, errors
from engine.cases import opening


def schema(connection: Connection, item: sa.Row[Any], *, without: frozenset[str] = frozenset()) -> forms.Schema:
    """Return the form with which an application for the item begins.

    Parameters
    ----------
    without
        Keys of components to leave out, because the page itself knows their values.

    Raises
    ------
    ItemWithoutProcess
        If no process takes applications for the item.
    """
    whole = source(connection, item)
    return forms.compile({**whole, "components": _left(whole["components"], without)})


def source(connection: Connection, item: sa.Row[Any]) -> dict[str, Any]:
    """Return that form as it was deployed, in form-js; errors as :func:`schema`."""
    try:
        definition = definitions.current(connection, item.body.get("process") or opening.PROCESS)
    except errors.DefinitionUnknown:
        raise errors.ItemWithoutProcess(item=item.name) from None
    form = definitions.model(connection, definition).processes[definition.process_id].start_form
    package = definitions.package(connection, definition.deployment_id)
    bodies = (db.loads(content.decode()) for content in package.under(".form").values())
    found: dict[str, Any] = next((body for body in bodies if body["id"] == form), {"components": []})
    return found


def party(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form says of an applicant or agent as parties are registered."""
    firm = given.get("kind") == "organisation"
    return {
        **{name: given.get(name) or "" for name in ("name", "phone", "address")},
        "kind": given.get("kind") or "person",
        "id_type": "uscc" if firm else "resident",
        "id_number": given.get("uscc" if firm else "id_number") or "",
        "representative": given.get("legal_representative") or "",
    }


def _left(components: list[dict[str, Any]], without: frozenset[str]) -> list[dict[str, Any]]:
    kept = [entry for entry in components if entry.get("key") not in without and entry.get("path") not in without]
    return [
        {**entry, "components": _left(entry["components"], without)} if "components" in entry else entry
        for entry in kept
    ]
