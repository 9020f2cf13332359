"""The draft of a process package: begun from a version, saved with a revision check, put into force by somebody else.

Whoever changes a draft does not put it into force: design and publication are separate (SOD-13).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, definitions, errors
from engine.design import package_check, packages

STREAM = "house:drafts"

package_draft = sa.Table(
    "package_draft",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("package", sa.String(80), nullable=False),
    sa.Column("base_id", sa.ForeignKey(definitions.deployment.c.id)),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("authors", db.Json, nullable=False),
    sa.Column("started_at", db.Utc, nullable=False),
    sa.Column("saved_by", sa.String(80), nullable=False),
    sa.Column("saved_at", db.Utc, nullable=False),
    sa.Column("findings", db.Json),
    sa.Column("deployment_id", sa.ForeignKey(definitions.deployment.c.id)),
    sa.Column("ended_by", sa.String(80)),
    sa.Column("ended_at", db.Utc),
    sa.Index(None, "package", "state"),
    sa.CheckConstraint("state IN ('open', 'deployed', 'discarded')", name="state_known"),
    sa.CheckConstraint("revision > 0", name="revision_positive"),
    sa.CheckConstraint("(deployment_id IS NOT NULL) = (state = 'deployed')", name="deployed_as_a_version"),
    sa.CheckConstraint("(ended_at IS NULL) = (state = 'open')", name="ended_when_over"),
)
"""``findings`` are those of the present revision; NULL: not checked since it was saved."""

package_draft_file = sa.Table(
    "package_draft_file",
    db.metadata,
    sa.Column("draft_id", sa.ForeignKey(package_draft.c.id), primary_key=True),
    sa.Column("path", sa.String(200), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)


def start(
    connection: Connection, actor: audit.Actor, package: packages.Package, base: sa.Row[Any] | None = None
) -> sa.Row[Any]:
    """Begin a draft with the files of ``package``; ``base`` is the deployment that it changes, None for a new package.

    Raises
    ------
    PackageUnreadable
        If the package has no usable name.
    """
    now = clock.now()
    row = connection.execute(
        sa.insert(package_draft)
        .values(
            package=package.name,
            base_id=base.id if base else None,
            state="open",
            revision=1,
            hash=package.hash,
            authors=[actor.id],
            started_at=now,
            saved_by=actor.id,
            saved_at=now,
        )
        .returning(package_draft)
    ).one()
    _write(connection, row.id, package.files)
    _record(connection, actor, "draft.started", row, base_version=base.version if base else None)
    return row


def save(
    connection: Connection,
    actor: audit.Actor,
    draft_id: int,
    revision: int,
    changed: Mapping[str, bytes],
    removed: Sequence[str] = (),
) -> sa.Row[Any]:
    """Write the changed files over those of ``revision``, all or none; the same save again changes nothing.

    Raises
    ------
    DraftUnknown, DraftEnded
        If it is not there to be changed.
    DraftChanged
        If somebody saved it since ``revision``; says who.
    PackageUnreadable, PackageFileUnknown
        If a path, a kind of file or the size is not acceptable, or the draft would lose the name of its package.
    DraftRenamed
        If it would change that name.
    """
    row = _open(connection, draft_id)
    before = files(connection, draft_id)
    after = packages.of({path: content for path, content in {**before, **changed}.items() if path not in removed})
    if after.hash == row.hash:
        return row
    _check_revision(row, revision)
    if after.name != row.package:
        raise errors.DraftRenamed(package=row.package, name=after.name)
    touched = [path for path, content in after.files.items() if before.get(path) != content]
    gone = [path for path in before if path not in after.files]
    connection.execute(
        sa.delete(package_draft_file).where(
            package_draft_file.c.draft_id == draft_id, package_draft_file.c.path.in_(touched + gone)
        )
    )
    _write(connection, draft_id, {path: after.files[path] for path in touched})
    authors = [*row.authors, *({actor.id} - set(row.authors))]
    values = {"revision": row.revision + 1, "hash": after.hash, "authors": authors, "findings": None}
    row = _update(connection, draft_id, **values, saved_by=actor.id, saved_at=clock.now())
    _record(connection, actor, "draft.saved", row, changed=sorted(touched), removed=sorted(gone))
    return row


def check(
    connection: Connection,
    actor: audit.Actor,
    draft_id: int,
    environment: bpmn.Environment,
    read_form: package_check.ReadForm | None = None,
) -> list[bpmn.Finding]:
    """Find what keeps the draft from being put into force, and keep it with the draft until the next save; errors as
    :func:`save`."""
    row = _open(connection, draft_id)
    findings = package_check.check(packages.Package(files(connection, draft_id)), environment, read_form)
    row = _update(connection, draft_id, findings=[_stored(finding) for finding in findings])
    _record(connection, actor, "draft.checked", row, findings=len(findings))
    return findings


def deploy(
    connection: Connection,
    actor: audit.Actor,
    draft_id: int,
    revision: int,
    environment: bpmn.Environment,
    read_form: package_check.ReadForm | None = None,
    *,
    over: int,
) -> sa.Row[Any]:
    """Put the draft into force as the next version and return the deployment.

    Parameters
    ----------
    revision
        What the publisher has looked at.
    over
        The number of the version in force that the publisher has seen it to follow, 0 for none: what came into force
        meanwhile is not undone unseen.

    Raises
    ------
    DraftUnknown, DraftEnded, DraftChanged
        As :func:`save`.
    DraftOwn
        If the publisher had a hand in it.
    DraftOvertaken
        If another version than ``over`` is in force.
    DeploymentRefused
        With every finding.
    DraftUnchanged
        If it is what is already in force.
    """
    row = _open(connection, draft_id)
    _check_revision(row, revision)
    if actor.id in row.authors:
        raise errors.DraftOwn
    now = definitions.latest(connection, row.package, lock=True)
    if over != (now.version if now else 0):
        raise errors.DraftOvertaken(version=now.version if now else 0)
    if now is not None and now.hash == row.hash:
        raise errors.DraftUnchanged(version=now.version)
    deployment = definitions.deploy(
        connection, actor, packages.Package(files(connection, draft_id)), environment, read_form
    )
    row = _end(connection, actor, draft_id, "deployed", findings=[], deployment_id=deployment.id)
    _record(connection, actor, "draft.deployed", row, version=deployment.version)
    return deployment


def discard(connection: Connection, actor: audit.Actor, draft_id: int) -> sa.Row[Any]:
    """Take the draft out of the list; its files stay readable. Errors as :func:`save`."""
    _open(connection, draft_id)
    row = _end(connection, actor, draft_id, "discarded")
    _record(connection, actor, "draft.discarded", row)
    return row


def get(connection: Connection, draft_id: int, *, lock: bool = False) -> sa.Row[Any]:
    """Return a draft.

    Raises
    ------
    DraftUnknown
        If there is none.
    """
    query = sa.select(package_draft).where(package_draft.c.id == draft_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise errors.DraftUnknown
    return row


def under_way(connection: Connection, package: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return the open drafts, of one package or of all, the one saved last first."""
    query = sa.select(package_draft).where(package_draft.c.state == "open").order_by(package_draft.c.saved_at.desc())
    return connection.execute(query.where(package_draft.c.package == package) if package else query).all()


def files(connection: Connection, draft_id: int) -> dict[str, bytes]:
    """Return the draft's files by path."""
    rows = connection.execute(
        sa.select(package_draft_file.c.path, package_draft_file.c.content)
        .where(package_draft_file.c.draft_id == draft_id)
        .order_by(package_draft_file.c.path)
    )
    return {row.path: bytes(row.content) for row in rows}


def _open(connection: Connection, draft_id: int) -> sa.Row[Any]:
    row = get(connection, draft_id, lock=True)
    if row.state != "open":
        raise errors.DraftEnded(person=row.ended_by, at=clock.minute(row.ended_at))
    return row


def _check_revision(row: sa.Row[Any], revision: int) -> None:
    if row.revision != revision:
        raise errors.DraftChanged(person=row.saved_by, at=clock.minute(row.saved_at))


def _write(connection: Connection, draft_id: int, contents: Mapping[str, bytes]) -> None:
    rows = [{"draft_id": draft_id, "path": path, "content": content} for path, content in contents.items()]
    if rows:
        connection.execute(sa.insert(package_draft_file), rows)


def _update(connection: Connection, draft_id: int, **values: Any) -> sa.Row[Any]:
    statement = sa.update(package_draft).where(package_draft.c.id == draft_id).values(**values)
    return connection.execute(statement.returning(package_draft)).one()


def _end(connection: Connection, actor: audit.Actor, draft_id: int, state: str, **values: Any) -> sa.Row[Any]:
    return _update(connection, draft_id, state=state, ended_by=actor.id, ended_at=clock.now(), **values)


def _record(connection: Connection, actor: audit.Actor, action: str, row: sa.Row[Any], **details: Any) -> None:
    told = {"draft": row.id, "package": row.package, "revision": row.revision, "hash": row.hash} | details
    audit.record(connection, STREAM, audit.Event(action, actor, row.package, told, row.hash))


def _stored(finding: bpmn.Finding) -> dict[str, Any]:
    facts = {name: str(value) for name, value in finding.facts.items() if name not in ("findings", "problems")}
    return asdict(finding) | {"facts": facts}
