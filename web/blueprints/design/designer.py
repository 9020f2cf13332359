"""The designer's library: process packages, their versions and files, to read and to begin a draft from."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, url_for

from engine import definitions, errors, instances, migration
from engine.design import drafts, packages
from web import database
from web.security import requires
from web.shown.design import workbench

blueprint = Blueprint("designer", __name__, url_prefix="/designer")
may_read = requires("designer", "publisher")


@blueprint.get("", endpoint="packages")
@may_read
def library() -> str:
    """List the packages with the version in force, and the drafts under way."""
    connection = database.connection()
    versions = definitions.versions(connection)
    current = {row.package: row for row in reversed(versions)}
    under_way = drafts.under_way(connection)
    tomls = {row.package: definitions.file(connection, row.id, "package.toml") for row in current.values()}
    running = instances.running(connection)
    return render_template(
        "design/packages.html",
        current=sorted(current.values(), key=lambda row: row.package),
        titles={package: workbench.title_of(toml) for package, toml in tomls.items()},
        running={
            package: sum(running.get(row.id, 0) for row in versions if row.package == package) for package in current
        },
        drafts=under_way,
        people=workbench.people(connection, [*(row.deployed_by for row in versions), *_savers(under_way)]),
    )


@blueprint.get("/packages/<package>")
@may_read
def package(package: str) -> str:
    """Show a package: its versions with the cases that run on each, and its drafts."""
    connection = database.connection()
    versions = definitions.versions(connection, package)
    under_way = drafts.under_way(connection, package)
    if not versions and not under_way:
        raise errors.PackageUnknown(package=package)
    plans = migration.of(connection, package)
    return render_template(
        "design/package.html",
        package=package,
        title=_title(versions),
        versions=versions,
        drafts=under_way,
        running=instances.running(connection),
        plans=plans,
        numbers={row.id: row.version for row in versions},
        people=workbench.people(
            connection, [*(row.deployed_by for row in versions), *_savers(under_way), *_savers(plans)]
        ),
    )


@blueprint.get("/packages/<package>/<int(max=999999):version>")
@may_read
def version(package: str, version: int) -> Response:
    """Show the files of a version; nothing can be changed here."""
    connection = database.connection()
    row = definitions.deployed(connection, package, version)
    content = definitions.package(connection, row.id)
    page = render_template(
        "design/version.html",
        row=row,
        title=workbench.title(content),
        groups=workbench.groups(content.files),
        main=workbench.main_file(content),
        settings=workbench.settings(url_for("designer.file", package=package, version=version, path="")),
        who=workbench.people(connection, [row.deployed_by])[row.deployed_by],
    )
    return make_response(page)


@blueprint.get("/packages/<package>/<int(max=999999):version>/files/", defaults={"path": ""})
@blueprint.get("/packages/<package>/<int(max=999999):version>/files/<path:path>")
@may_read
def file(package: str, version: int, path: str) -> Response:
    """Return a file of a version as text."""
    connection = database.connection()
    row = definitions.deployed(connection, package, version)
    return as_text(definitions.file(connection, row.id, path), path)


@blueprint.get("/packages/<package>/<int(max=999999):version>/export")
@may_read
def export(package: str, version: int) -> Response:
    """Return a version as a ZIP file."""
    connection = database.connection()
    row = definitions.deployed(connection, package, version)
    return as_zip(definitions.package(connection, row.id), f"{package}-{version}.zip")


def as_text(content: bytes, path: str) -> Response:
    """Answer with a file as it is; a browser that is led here saves it and shows nothing."""
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.headers.set("Content-Disposition", "attachment", filename=path.rpartition("/")[2])
    answer.headers["Cache-Control"] = "no-store"
    return answer


def as_zip(package: packages.Package, name: str) -> Response:
    """Answer with a package as a ZIP file."""
    answer = make_response(packages.write_zip(package))
    answer.headers["Content-Type"] = "application/zip"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _title(versions: Any) -> str:
    if not versions:
        return ""
    return workbench.title_of(definitions.file(database.connection(), versions[0].id, "package.toml"))


def _savers(rows: Any) -> list[str]:
    return [row.saved_by for row in rows]
