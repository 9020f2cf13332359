"""What two versions of a package differ in, or a draft from the version in force: in words and on the diagrams."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from engine import definitions
from engine.design import drafts, packages
from web import database
from web.blueprints.design.designer import may_read
from web.shown.design import differing, workbench

blueprint = Blueprint("differences", __name__, url_prefix="/designer")


@blueprint.get("/packages/<package>/differences")
@may_read
def choose(package: str) -> Response:
    """Lead to the difference of the two versions that were chosen."""
    numbers = [request.args.get(name, "") for name in ("before", "after")]
    if not all(number.isdecimal() and len(number) < 7 for number in numbers):
        raise BadRequest
    return redirect(url_for("differences.versions", package=package, before=int(numbers[0]), after=int(numbers[1])))


@blueprint.get("/packages/<package>/differences/<int(max=999999):before>/<int(max=999999):after>")
@may_read
def versions(package: str, before: int, after: int) -> str:
    """Show what changed from one version to another."""
    connection = database.connection()
    old, new = (definitions.deployed(connection, package, number) for number in (before, after))
    was, now = (definitions.package(connection, row.id) for row in (old, new))
    return render_template(
        "design/difference.html",
        package=package,
        title=workbench.title(now),
        before=before,
        after=after,
        versions=[row.version for row in definitions.versions(connection, package)],
        files=differing.told(was, now),
        old_file=lambda path: url_for("designer.file", package=package, version=before, path=path),
        new_file=lambda path: url_for("designer.file", package=package, version=after, path=path),
    )


@blueprint.get("/drafts/<int:draft_id>/difference")
@may_read
def draft(draft_id: int) -> str:
    """Show what a draft would change in the version in force."""
    connection = database.connection()
    row = drafts.get(connection, draft_id)
    latest = definitions.latest(connection, row.package)
    was = definitions.package(connection, latest.id) if latest else packages.Package({})
    now = packages.Package(drafts.files(connection, draft_id))
    number = latest.version if latest else 0
    return render_template(
        "design/difference.html",
        package=row.package,
        title=workbench.title(now),
        row=row,
        before=number,
        files=differing.told(was, now),
        old_file=lambda path: url_for("designer.file", package=row.package, version=number, path=path),
        new_file=lambda path: url_for("drafts.file", draft_id=draft_id, path=path),
    )
