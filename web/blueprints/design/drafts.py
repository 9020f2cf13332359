"""Drafts of process packages: begin, import, save, check, put into force, discard."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response as AnyResponse

import forms
from engine import definitions, errors
from engine.cases.items import environment
from engine.design import drafts, packages
from web import database, failures, i18n, security
from web.blueprints.design.designer import as_text, as_zip, may_read
from web.security import requires
from web.shown.design import workbench

blueprint = Blueprint("drafts", __name__, url_prefix="/designer/drafts")


@blueprint.post("")
@requires("designer")
def start() -> AnyResponse:
    """Begin a draft from a version."""
    connection = database.connection()
    number = request.form.get("version", "")
    if not number.isdecimal() or len(number) > 9:
        raise BadRequest
    base = definitions.deployed(connection, request.form.get("package", ""), int(number))
    row = drafts.start(connection, security.actor(), definitions.package(connection, base.id), base)
    return redirect(url_for("drafts.draft", draft_id=row.id), 303)


@blueprint.post("/import")
@requires("designer")
def import_() -> AnyResponse:
    """Begin a draft from a ZIP file or a single diagram; its package follows the version in force of the same name."""
    connection = database.connection()
    sent = request.files.get("package")
    if sent is None or not sent.filename:
        raise errors.PackageUnreadable(reason=_("no file was chosen"))
    package = packages.read_one(sent.filename, sent.read())
    row = drafts.start(connection, security.actor(), package, definitions.latest(connection, package.name))
    if package.left_out:
        flash(
            _("Left out, because a package brings no programs: %(files)s", files=", ".join(package.left_out)), "warning"
        )
    return redirect(url_for("drafts.draft", draft_id=row.id), 303)


@blueprint.get("/<int:draft_id>")
@may_read
def draft(draft_id: int) -> Response:
    """Show the workbench."""
    connection = database.connection()
    row = drafts.get(connection, draft_id)
    files = drafts.files(connection, draft_id)
    package = packages.Package(files)
    readonly = row.state != "open" or not security.has_role("designer")
    page = render_template(
        "design/draft.html",
        row=row,
        title=workbench.title(package),
        groups=workbench.groups(files),
        main=workbench.main_file(package),
        settings=workbench.draft_settings(row, files, connection, readonly=readonly),
        base=_base(row),
        latest=definitions.latest(connection, row.package),
        people=workbench.people(connection, [row.saved_by, row.ended_by]),
    )
    return make_response(page)


@blueprint.get("/<int:draft_id>/files/", defaults={"path": ""})
@blueprint.get("/<int:draft_id>/files/<path:path>")
@may_read
def file(draft_id: int, path: str) -> Response:
    """Return a file of the draft as text."""
    connection = database.connection()
    drafts.get(connection, draft_id)
    content = drafts.files(connection, draft_id).get(path)
    if content is None:
        raise errors.DeploymentFileUnknown(path=path)
    return as_text(content, path)


@blueprint.post("/<int:draft_id>/files")
@requires("designer")
@security.repeatable
def save(draft_id: int) -> dict[str, Any]:
    """Save every changed file at once; the revision sees to it that the same request twice is one."""
    sent = _sent()
    row = drafts.save(
        database.connection(), security.actor(), draft_id, sent["revision"], sent["files"], sent["removed"]
    )
    return _answer(row)


@blueprint.post("/<int:draft_id>/check")
@requires("designer")
@security.repeatable
def check(draft_id: int) -> dict[str, Any]:
    """Check the draft as it is saved."""
    connection = database.connection()
    drafts.check(connection, security.actor(), draft_id, environment.load(connection), forms.compile)
    return _answer(drafts.get(connection, draft_id))


@blueprint.post("/<int:draft_id>/copy")
@requires("designer")
@security.repeatable
def copy(draft_id: int) -> dict[str, str]:
    """Keep what could not be saved, because somebody else was first, as a draft of its own."""
    connection = database.connection()
    row, sent = drafts.get(connection, draft_id), _sent()
    files = {**drafts.files(connection, draft_id), **sent["files"]}
    package = packages.of({path: content for path, content in files.items() if path not in sent["removed"]})
    new = drafts.start(connection, security.actor(), package, _base(row))
    return {"location": url_for("drafts.draft", draft_id=new.id)}


@blueprint.get("/<int:draft_id>/publication")
@may_read
def publication(draft_id: int) -> str:
    """Show what would come into force, what is against it, and who may decide."""
    connection = database.connection()
    row = drafts.get(connection, draft_id)
    files = drafts.files(connection, draft_id)
    latest = definitions.latest(connection, row.package)
    before = definitions.package(connection, latest.id).files if latest else {}
    return render_template(
        "design/publication.html",
        row=row,
        title=workbench.title(packages.Package(files)),
        findings=workbench.check(connection, files),
        changed=[path for path in files if path in before and before[path] != files[path]],
        added=[path for path in files if path not in before],
        removed=[path for path in before if path not in files],
        base=_base(row),
        latest=latest,
        own=security.signed_in().id in row.authors,
        publishers=workbench.publishers(connection),
        people=workbench.people(connection, [*row.authors, row.ended_by]),
    )


@blueprint.post("/<int:draft_id>/publication")
@requires("publisher")
def publish(draft_id: int) -> AnyResponse:
    """Put the draft into force."""
    connection = database.connection()
    numbers = [request.form.get(name, "") for name in ("revision", "over")]
    if not all(number.isdecimal() and len(number) < 10 for number in numbers):
        raise BadRequest
    row = drafts.deploy(
        connection,
        security.actor(),
        draft_id,
        int(numbers[0]),
        environment.load(connection),
        forms.compile,
        over=int(numbers[1]),
    )
    flash(
        _("Version %(version)s is in force. New cases use it; running cases stay on theirs.", version=row.version),
        "success",
    )
    return redirect(url_for("designer.package", package=row.package), 303)


@blueprint.post("/<int:draft_id>/discard")
@requires("designer")
def discard(draft_id: int) -> AnyResponse:
    """Take the draft out of the list."""
    drafts.discard(database.connection(), security.actor(), draft_id)
    flash(_("The draft is discarded. Nothing in force has changed."), "success")
    return redirect(url_for("designer.packages"), 303)


@blueprint.get("/<int:draft_id>/export")
@may_read
def export(draft_id: int) -> Response:
    """Return the draft as a ZIP file."""
    connection = database.connection()
    row = drafts.get(connection, draft_id)
    return as_zip(packages.Package(drafts.files(connection, draft_id)), f"{row.package}-draft-{row.id}.zip")


@blueprint.errorhandler(errors.EngineError)
def refused(problem: errors.EngineError) -> Response:
    """Say it as JSON to the workbench, which stays open with what was typed; as a page to everybody else."""
    if "person" in problem.facts:
        who = problem.facts["person"]
        problem.facts["person"] = workbench.people(database.connection(), [who]).get(who, who)
    if not request.is_json:
        return failures.engine_error(problem)
    return _told(failures.status_of(problem), i18n.error_message(problem), problem.code)


@blueprint.errorhandler(HTTPException)
@blueprint.errorhandler(CSRFError)
def not_taken(problem: HTTPException) -> Response:
    """Likewise for errors of the protocol: the session has ended, the request is too large."""
    page = failures.stale_page(problem) if isinstance(problem, CSRFError) else failures.http_error(problem)
    if not request.is_json:
        return page
    said = {
        400: _("This page was open for too long. Download your changed files or copy your text, then load it again."),
        401: workbench.words()["signed_out"],
        413: failures.too_large(),
    }
    return _told(problem.code or 500, said.get(problem.code or 500, workbench.words()["failed"]), problem.name)


def _told(status: int, text: str, code: str) -> Response:
    database.roll_back()
    return make_response({"text": text, "code": code}, status)


def _sent() -> dict[str, Any]:
    """Return the checked body of a save."""
    body: dict[str, Any] = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest
    files, removed = body.get("files", {}), body.get("removed", [])
    if (
        not isinstance(body.get("revision"), int)
        or not isinstance(files, dict)
        or not all(isinstance(text, str) for text in files.values())
        or not isinstance(removed, list)
    ):
        raise BadRequest
    return body | {
        "files": {path: text.encode() for path, text in files.items()},
        "removed": [str(path) for path in removed],
    }


def _answer(row: Any) -> dict[str, Any]:
    facts = {"row": row, "people": workbench.people(database.connection(), [row.saved_by, row.ended_by])}
    return {
        "revision": row.revision,
        "state": render_template("design/_state.html", **facts),
        "findings": render_template("design/_findings.html", **facts),
    }


def _base(row: Any) -> Any:
    return definitions.deployment_by_id(database.connection(), row.base_id) if row.base_id else None
