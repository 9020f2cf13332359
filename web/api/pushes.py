"""Pushes: what was sent to my posts, and the confirmation that it arrived or was read."""

from __future__ import annotations

from typing import Any

from engine.cases.papers import push
from engine.cases.people import access
from web import database, security
from web.api import paging
from web.api.guard import Resource
from web.api.shapes import pushes as shapes
from web.shown import receipts

blueprint = Resource("pushes", "Pushes", "What other units have sent to my posts, and its receipt.")


@blueprint.get("/pushes")
@blueprint.arguments(shapes.PushQuery, location="query")
@blueprint.response(200, shapes.Pushes)
def every(query: dict[str, Any]) -> dict[str, Any]:
    """List what was sent to my posts, the newest first."""
    start = paging.place(query.get("after"))
    here = access.pushed_to(security.reader()) & push.viewed(query["view"])
    rows = push.page(database.connection(), here, before=start[1] if start else None, limit=query["limit"] + 1)
    kept = rows[: query["limit"]]
    return paging.page(kept, f"push~{kept[-1].id}" if len(rows) > len(kept) else None)


@blueprint.post("/pushes/<int:push_id>/receipt")
@blueprint.response(200, shapes.Push)
def receipt(push_id: int) -> Any:
    """Confirm that a push has arrived; the first confirmation counts."""
    return receipts.give(push_id)


@blueprint.post("/pushes/<int:push_id>/reading")
@blueprint.response(200, shapes.Push)
def reading(push_id: int) -> Any:
    """Note that a push has been read, which says that it has arrived too."""
    return receipts.give(push_id, seen=True)
