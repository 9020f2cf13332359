"""Stored files, handed out to those who may see the case they lie in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, send_file

from engine.cases.people import file_access
from engine.ground import files
from web import database, security

blueprint = Blueprint("files", __name__, url_prefix="/files")

SHOWN = frozenset({"pdf", "jpg", "png"})
"""Kinds that a browser shows without running anything."""
PREVIEW_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@blueprint.get("/<int:file_id>")
def download(file_id: int) -> Response:
    """Hand a file out as an attachment."""
    return _handed_out(file_access.require(database.connection(), security.reader(), file_id), attached=True)


@blueprint.get("/<int:file_id>/view")
def view(file_id: int) -> Response:
    """Show a picture or a PDF in the browser, which may run nothing of it; anything else is handed out."""
    row = file_access.require(database.connection(), security.reader(), file_id)
    return _handed_out(row, attached=row.kind not in SHOWN)


def _handed_out(row: sa.Row[Any], *, attached: bool) -> Response:
    served = files.serve(row)
    answer = send_file(
        served.path,
        mimetype=served.media_type,
        as_attachment=attached,
        download_name=served.name,
        conditional=True,
        etag=served.sha256,
        last_modified=row.stored_at,
    )
    answer.headers.update(served.headers)
    if not attached:
        answer.headers["Content-Security-Policy"] = _preview_policy(row.kind)
    return answer


def _preview_policy(kind: str) -> str:
    """A picture is locked in wholly; browsers refuse to show a PDF in a sandbox, so it is only kept from fetching."""
    return PREVIEW_POLICY if kind == "pdf" else f"sandbox; {PREVIEW_POLICY}"
