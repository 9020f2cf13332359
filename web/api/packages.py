"""Process packages: put one into force, list the versions."""

from __future__ import annotations

from typing import Any

from engine import definitions
from engine.cases.items import environment
from engine.design import packages
from web import database, security
from web.api import paging
from web.api.guard import Resource
from web.api.shapes import packages as shapes
from web.shown.design import differing

blueprint = Resource("packages", "Process packages", "List and deploy versions of process packages.")


@blueprint.get("/packages")
@security.requires("designer", "publisher", "administrator")
@blueprint.arguments(shapes.DeploymentQuery, location="query")
@blueprint.response(200, shapes.Deployments)
def versions(query: dict[str, Any]) -> dict[str, Any]:
    """List the versions of process packages, newest first."""
    found = definitions.versions(database.connection(), query["package"] or None)
    start = paging.place(query.get("after"))
    rows = [row for row in found if start is None or (row.package, -row.version) > (start[0], -start[1])]
    page = rows[: query["limit"]]
    last = page[-1] if len(rows) > len(page) else None
    return paging.page(page, f"{last.package}~{last.version}" if last else None)


@blueprint.post("/packages")
@security.requires("publisher")
@blueprint.arguments(shapes.PackageFile, location="files")
@blueprint.response(201, shapes.Deployment)
def deploy(sent: dict[str, Any]) -> Any:
    """Put a package into force as its next version; the same content again gives the version it already is.

    Every finding of a package that is refused stands in `errors`, each with the id of its element.
    """
    package = packages.read(sent["package"].stream.read(packages.MAX_BYTES + 1))
    connection = database.connection()
    return definitions.deploy(connection, security.actor(), package, environment.load(connection))


@blueprint.get("/packages/<package>/differences/<int(max=999999):before>/<int(max=999999):after>")
@security.requires("designer", "publisher", "administrator")
@blueprint.response(200, shapes.Differences)
def differences(package: str, before: int, after: int) -> dict[str, Any]:
    """Tell what changed from one version to another: files, and their elements, rules, fields or lines."""
    connection = database.connection()
    rows = [definitions.deployed(connection, package, number) for number in (before, after)]
    was, now = (definitions.package(connection, row.id) for row in rows)
    return {"files": differing.told(was, now)}
