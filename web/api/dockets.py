"""The file of a case (案卷): let its parts be bound, and see how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.cases.docket import docket
from engine.cases.people import access
from web import database, security
from web.api.guard import Resource
from web.api.shapes import dockets as shapes
from web.shown import casestory

blueprint = Resource("dockets", "Files of cases", "The bound file (案卷) of a case, PDF/A, in its two parts.")


@blueprint.get("/cases/<number>/dockets")
@blueprint.response(200, shapes.Docket(many=True))
def every(number: str) -> Sequence[sa.Row[Any]]:
    """Read what was bound or is being bound of a case, the newest first; `file` is fetched under `/files/<file>`."""
    case = access.require(database.connection(), security.reader(), "read", number)
    return docket.of(database.connection(), case.id)


@blueprint.post("/cases/<number>/dockets")
@blueprint.arguments(shapes.DocketOrder)
@blueprint.response(202)
def build(sent: dict[str, Any], number: str) -> None:
    """Let a part of the file be bound; while one is being bound, nothing new begins."""
    connection = database.connection()
    case = access.require(connection, security.reader(), "read", number)
    docket.order(connection, security.actor(), case, sent["part"], casestory.printed(connection, case))
