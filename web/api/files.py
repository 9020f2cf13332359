"""Files: stored first, then named by a form with their ids."""

from __future__ import annotations

from typing import Any

from engine.ground import files
from web import database, security
from web.api.guard import Resource
from web.api.shapes import files as shapes

blueprint = Resource("files", "Files", "Store a file that a form then names.")


@blueprint.post("/files")
@blueprint.arguments(shapes.FileUpload, location="files")
@blueprint.response(201, shapes.StoredFile)
def store(sent: dict[str, Any]) -> Any:
    """Store a file of an allowed kind; only its sender may name it in a form."""
    given, limit = sent["file"], security.settings().upload_mb
    return files.store(database.connection(), given.stream, given.filename or "", security.actor(), limit_mb=limit)
