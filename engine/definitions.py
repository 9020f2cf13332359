"""The process definition: deployed with its package as one version under a content hash, never changed afterwards."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, dmn, errors
from engine.design import package_check, packages
from engine.ground.prepared import Prepared

deployment = sa.Table(
    "deployment",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("package", sa.String(80), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("deployed_at", db.Utc, nullable=False),
    sa.Column("deployed_by", sa.String(80), nullable=False),
    sa.UniqueConstraint("package", "version"),
    sa.CheckConstraint("version > 0", name="version_positive"),
)

deployment_file = sa.Table(
    "deployment_file",
    db.metadata,
    sa.Column("deployment_id", sa.ForeignKey(deployment.c.id), primary_key=True),
    sa.Column("path", sa.String(200), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

definition = sa.Table(
    "definition",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("deployment_id", sa.ForeignKey(deployment.c.id), nullable=False),
    sa.Column("process_id", sa.String(120), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("path", sa.String(200), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("suspended", sa.Boolean, nullable=False, default=False),
    sa.UniqueConstraint("process_id", "version"),
)


class Definition(NamedTuple):
    """A definition's row where it came along with another one."""

    id: int
    deployment_id: int
    process_id: str
    version: int
    name: str
    path: str
    hash: str
    suspended: bool = False


Defined = Definition | sa.Row[Any]
T = TypeVar("T")
Follower = Callable[[Connection, sa.Row[Any], bpmn.Model], None]
_followers: list[Follower] = []
STREAM = "house:deployments"
_MODELS_KEPT = 64
"""How many compiled models, decisions and forms, of each kind, one process of the server keeps."""
_models: OrderedDict[str, bpmn.Model] = OrderedDict()
_decisions: OrderedDict[str, list[dmn.Model]] = OrderedDict()
_forms: OrderedDict[str, Mapping[str, Any]] = OrderedDict()


def follows(follower: Follower) -> Follower:
    """Register what is called when a process comes into force, in its transaction, with its definition and model."""
    _followers.append(follower)
    return follower


def deploy(
    connection: Connection,
    actor: audit.Actor,
    package: packages.Package,
    environment: bpmn.Environment,
    read_form: package_check.ReadForm | None = None,
) -> sa.Row[Any]:
    """Put a package into force as its next version; the content that is in force already gives that version.

    The content of an older version becomes a new one: that is how somebody goes back to it.

    Raises
    ------
    PackageUnreadable
        If ``package.toml`` is missing or wrong.
    DeploymentRefused
        With every finding, each naming its element.
    """
    known = latest(connection, package.name, lock=True)
    if known is not None and known.hash == package.hash:
        return known
    findings = package_check.check(package, environment, read_form)
    if wrong := bpmn.refusing(findings):
        raise errors.DeploymentRefused(count=len(wrong), findings=findings)
    version = 1 + (known.version if known is not None else 0)
    row = connection.execute(
        sa.insert(deployment)
        .values(package=package.name, version=version, hash=package.hash, deployed_at=clock.now(), deployed_by=actor.id)
        .returning(deployment)
    ).one()
    files = [{"deployment_id": row.id, "path": path, "content": data} for path, data in package.files.items()]
    connection.execute(sa.insert(deployment_file), files)
    _define(connection, row, package)
    details = {"package": package.name, "version": version, "hash": package.hash}
    audit.record(connection, STREAM, audit.Event("package.deployed", actor, package.name, details, package.hash))
    return row


def _define(connection: Connection, row: sa.Row[Any], package: packages.Package) -> None:
    for path, source in package.under(".bpmn").items():
        if not bpmn.executable(source):
            continue  # a drawing: kept with the package, never run
        model = bpmn.compile(source)
        for info in model.processes.values():
            latest = connection.execute(
                sa.select(sa.func.max(definition.c.version)).where(definition.c.process_id == info.id)
            ).scalar()
            defined = connection.execute(
                sa.insert(definition)
                .values(
                    deployment_id=row.id,
                    process_id=info.id,
                    version=(latest or 0) + 1,
                    name=info.name,
                    path=path,
                    hash=package.hash,
                )
                .returning(definition)
            ).one()
            for follower in _followers:
                follower(connection, defined, model)


def latest(connection: Connection, package: str, *, lock: bool = False) -> sa.Row[Any] | None:
    """Return the deployment of a package that is in force, if any; ``lock`` holds others back from the next."""
    query = sa.select(deployment).where(deployment.c.package == package).order_by(deployment.c.version.desc()).limit(1)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is not None and lock and connection.dialect.name == "postgresql":
        row = connection.execute(query).one()  # whoever held the lock before may have put a newer one into force
    return row


def current(connection: Connection, process_id: str) -> sa.Row[Any]:
    """Return the latest version of a process.

    Raises
    ------
    DefinitionUnknown
        If no such process is in force.
    """
    row = _CURRENT.one(connection, process=process_id)
    if row is None:
        raise errors.DefinitionUnknown(process=process_id)
    return row


_CURRENT = Prepared(
    sa.select(definition)
    .where(definition.c.process_id == sa.bindparam("process"))
    .order_by(definition.c.version.desc())
    .limit(1)
)


def beside(connection: Connection, row: Defined, process_id: str) -> sa.Row[Any]:
    """Return the process that was deployed together with a definition; errors as :func:`current`."""
    found = connection.execute(
        sa.select(definition).where(
            definition.c.deployment_id == row.deployment_id, definition.c.process_id == process_id
        )
    ).one_or_none()
    if found is None:
        raise errors.DefinitionUnknown(process=process_id)
    return found


def together(connection: Connection, deployment_id: int) -> Sequence[sa.Row[Any]]:
    """Return the definitions that one deployment put into force, in the order of their keys."""
    query = sa.select(definition).where(definition.c.deployment_id == deployment_id)
    return connection.execute(query.order_by(definition.c.id)).all()


def tagged(connection: Connection, process_id: str, tag: str) -> sa.Row[Any]:
    """Return the latest version of a process that carries a version tag; errors as :func:`current`."""
    rows = connection.execute(
        sa.select(definition).where(definition.c.process_id == process_id).order_by(definition.c.version.desc())
    )
    for row in rows.all():
        if model(connection, row).processes[process_id].version_tag == tag:
            return row
    raise errors.DefinitionUnknown(process=f"{process_id} ({tag})")


def get(connection: Connection, definition_id: int) -> sa.Row[Any]:
    """Return a definition by its key, read once in a unit of work; errors as :func:`current`."""
    known, key = db.known(connection), (_READ, definition_id)
    row: sa.Row[Any] | None = known.get(key) or _BY_KEY.one(connection, key=definition_id)
    if row is None:
        raise errors.DefinitionUnknown(process=str(definition_id))
    known[key] = row
    return row


_READ = "definition"
_BY_KEY = Prepared(sa.select(definition).where(definition.c.id == sa.bindparam("key")))


def mark(connection: Connection, definition_id: int, *, suspended: bool) -> None:
    """Note on a definition whether it is suspended; :mod:`engine.flow.standstills` says why."""
    connection.execute(sa.update(definition).where(definition.c.id == definition_id).values(suspended=suspended))
    db.known(connection).pop((_READ, definition_id), None)


def processes(connection: Connection) -> frozenset[str]:
    """Return the ids of all processes in force."""
    return frozenset(connection.execute(sa.select(definition.c.process_id).distinct()).scalars())


def versions(connection: Connection, package: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return the deployments, newest first; of one package or of all."""
    query = sa.select(deployment).order_by(deployment.c.package, deployment.c.version.desc())
    return connection.execute(query.where(deployment.c.package == package) if package else query).all()


def by_hash(connection: Connection, content_hash: str) -> sa.Row[Any] | None:
    """Return the deployment that has this content hash."""
    return connection.execute(sa.select(deployment).where(deployment.c.hash == content_hash)).first()


def deployed(connection: Connection, package: str, version: int) -> sa.Row[Any]:
    """Return one version of a package.

    Raises
    ------
    PackageUnknown
        If there is none.
    """
    row = connection.execute(
        sa.select(deployment).where(deployment.c.package == package, deployment.c.version == version)
    ).one_or_none()
    if row is None:
        raise errors.PackageUnknown(package=package)
    return row


def deployment_by_id(connection: Connection, deployment_id: int) -> sa.Row[Any]:
    """Return a deployment that something of ours refers to."""
    return connection.execute(sa.select(deployment).where(deployment.c.id == deployment_id)).one()


def file(connection: Connection, deployment_id: int, path: str) -> bytes:
    """Return a deployed file.

    Raises
    ------
    DeploymentFileUnknown
        If the deployment holds no such file.
    """
    content = connection.execute(
        sa.select(deployment_file.c.content).where(
            deployment_file.c.deployment_id == deployment_id, deployment_file.c.path == path
        )
    ).scalar()
    if content is None:
        raise errors.DeploymentFileUnknown(path=path)
    return bytes(content)


def package(connection: Connection, deployment_id: int) -> packages.Package:
    """Return a whole deployed package, for export or as the beginning of the next version."""
    rows = connection.execute(
        sa.select(deployment_file.c.path, deployment_file.c.content).where(
            deployment_file.c.deployment_id == deployment_id
        )
    )
    return packages.Package({row.path: bytes(row.content) for row in rows})


def model(connection: Connection, row: Defined) -> bpmn.Model:
    """Return the model of a definition row; compiled once per process and content."""
    key = f"{row.hash}/{row.path}"
    if key not in _models:
        _models[key] = bpmn.compile(file(connection, row.deployment_id, row.path))
    return _recent(_models, key)


def decisions(connection: Connection, row: Defined, decision: str = "", tag: str = "") -> list[dmn.Model]:
    """Return the decision models deployed together with a definition, or the latest that has a decision so tagged."""
    if tag:
        return list(_tagged_decision(connection, decision, tag))
    if row.hash not in _decisions:
        paths = connection.execute(
            sa.select(deployment_file.c.path).where(
                deployment_file.c.deployment_id == row.deployment_id, deployment_file.c.path.like("%.dmn")
            )
        ).scalars()
        _decisions[row.hash] = [dmn.parse(file(connection, row.deployment_id, path)) for path in sorted(paths)]
    return _recent(_decisions, row.hash)


def _tagged_decision(connection: Connection, decision: str, tag: str) -> Iterator[dmn.Model]:
    for _, content in _newest(connection, ".dmn"):
        if dmn.tags(content).get(decision) == tag:
            yield dmn.parse(content)
            return


def _newest(connection: Connection, ending: str) -> Iterator[tuple[int, bytes]]:
    """Yield the deployed files of one kind with their deployments, the newest first."""
    kept = deployment_file.c
    query = sa.select(kept.deployment_id, kept.content).where(kept.path.like(f"%{ending}"))
    for deployment_id, content in connection.execute(query.order_by(kept.deployment_id.desc(), kept.path)):
        yield deployment_id, bytes(content)


def pinned(connection: Connection, form_key: str) -> str:
    """Return the key of the form that is meant now, for good: the latest that carries the tag of ``form_key``.

    Raises
    ------
    FormUnknown
        If no deployed form of that id carries the tag.
    """
    tag, _, form_id = form_key.removeprefix(bpmn.TAGGED).partition(":")
    for deployment_id, content in _newest(connection, ".form"):
        schema = db.loads(content.decode())
        if schema["id"] == form_id and schema.get("versionTag") == tag:
            return f"{_PINNED}{deployment_id}:{form_id}"
    raise errors.FormUnknown(form=f"{form_id} ({tag})")


_PINNED = "deployed:"
"""What the key of a form begins with that is one of another deployment than the task's own."""


def form(connection: Connection, row: Defined, form_id: str) -> Mapping[str, Any]:
    """Return the form-js schema of a form that was deployed together with a definition.

    Raises
    ------
    FormUnknown
        If that deployment holds no such form.
    """
    if form_id.startswith(bpmn.EMBEDDED):
        return _known_form(model(connection, row).forms, form_id)
    of: Any = row
    number = row.deployment_id
    if form_id.startswith(_PINNED):
        number, _, form_id = form_id.removeprefix(_PINNED).partition(":")
        of = deployment_by_id(connection, int(number))
    if of.hash not in _forms:
        within = deployment_file.c.deployment_id == int(number)
        query = sa.select(deployment_file.c.content).where(within, deployment_file.c.path.like("%.form"))
        files = connection.execute(query).scalars()
        schemas = [db.loads(bytes(content).decode()) for content in files]
        _forms[of.hash] = {schema["id"]: schema for schema in schemas}
    return _known_form(_recent(_forms, of.hash), form_id)


def _known_form(known: Mapping[str, Any], form_id: str) -> Mapping[str, Any]:
    if form_id not in known:
        raise errors.FormUnknown(form=form_id)
    found: Mapping[str, Any] = known[form_id]
    return found


def _recent(cache: OrderedDict[str, T], key: str) -> T:
    cache.move_to_end(key)
    if len(cache) > _MODELS_KEPT:
        cache.popitem(last=False)
    return cache[key]
