"""The migration plan: from one version of a package to another, element by element; made by one, applied by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, bpmn, clock, db, definitions, errors
from engine.bpmn.running import migration as kernel
from engine.errors import N_

STREAM = "house:migrations"

migration_plan = sa.Table(
    "migration_plan",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("package", sa.String(80), nullable=False),
    sa.Column("source_id", sa.ForeignKey(definitions.deployment.c.id), nullable=False),
    sa.Column("target_id", sa.ForeignKey(definitions.deployment.c.id), nullable=False),
    sa.Column("mapping", db.Json, nullable=False),
    sa.Column("timers_anew", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("authors", db.Json, nullable=False),
    sa.Column("started_at", db.Utc, nullable=False),
    sa.Column("saved_by", sa.String(80), nullable=False),
    sa.Column("saved_at", db.Utc, nullable=False),
    sa.Column("checked_at", db.Utc),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("applied_by", sa.String(80)),
    sa.Column("applied_at", db.Utc),
    sa.Column("ended_by", sa.String(80)),
    sa.Column("ended_at", db.Utc),
    sa.Index(None, "package", "state"),
    sa.CheckConstraint("state IN ('open', 'applied', 'undone', 'discarded')", name="state_known"),
    sa.CheckConstraint("revision > 0", name="revision_positive"),
    sa.CheckConstraint("source_id <> target_id", name="leads_elsewhere"),
    sa.CheckConstraint("(ended_at IS NULL) = (state IN ('open', 'applied'))", name="ended_when_over"),
    sa.CheckConstraint("(applied_at IS NULL) = (state IN ('open', 'discarded'))", name="applied_once_applied"),
)
"""``mapping``: by process, elements of the source and where each goes; an element that is not named keeps its id, one
that leads to "" goes nowhere. ``checked_at``: when every instance was last looked at; NULL: not since it was saved."""

Mapped = Mapping[str, Mapping[str, str]]

CHOOSE = N_("Choose another element in the plan.")
ABSENT = N_("“{element}” is no element of version {version}.")
KIND = N_("“{element}” cannot become “{other}”, which is of another kind.")


def start(connection: Connection, actor: audit.Actor, package: str, source: int, target: int) -> sa.Row[Any]:
    """Begin a plan; elements of one name and kind that have new ids are mapped already.

    Raises
    ------
    PackageUnknown
        If there is no such version.
    PlanLeadsNowhere
        If both are the same version.
    """
    old, new = (definitions.deployed(connection, package, number) for number in (source, target))
    if old.id == new.id:
        raise errors.PlanLeadsNowhere(version=source)
    now = clock.now()
    values = {
        "package": package,
        "source_id": old.id,
        "target_id": new.id,
        "mapping": _obvious(nodes(connection, old.id), nodes(connection, new.id)),
        "timers_anew": False,
        "state": "open",
        "revision": 1,
        "authors": [actor.id],
        "started_at": now,
        "saved_by": actor.id,
        "saved_at": now,
    }
    row = connection.execute(sa.insert(migration_plan).values(values).returning(migration_plan)).one()
    record(connection, actor, "migration.planned", row, source=source, target=target, mapping=row.mapping)
    return row


def save(
    connection: Connection, actor: audit.Actor, plan_id: int, revision: int, mapping: Mapped, *, timers_anew: bool
) -> sa.Row[Any]:
    """Write where elements go, over ``revision``; whatever was found by looking at the instances is forgotten.

    Raises
    ------
    PlanUnknown, PlanEnded
        If it is not there to be changed.
    PlanChanged
        If somebody saved it since ``revision``; says who.
    PlanMappingRefused
        With every element that cannot go where it should.
    """
    row = locked(connection, plan_id, "open")
    require_revision(row, revision)
    said = {process: {one: other for one, other in pairs.items() if one != other} for process, pairs in mapping.items()}
    findings = _faults(connection, row, said)
    if findings:
        raise errors.PlanMappingRefused(count=len(findings), findings=findings)
    authors = [*row.authors, *({actor.id} - set(row.authors))]
    values = {"mapping": said, "timers_anew": timers_anew, "revision": revision + 1, "authors": authors}
    row = change(connection, plan_id, **values, saved_by=actor.id, saved_at=clock.now(), checked_at=None)
    record(connection, actor, "migration.saved", row, mapping=said, timers_anew=timers_anew)
    return row


def discard(connection: Connection, actor: audit.Actor, plan_id: int) -> sa.Row[Any]:
    """Take a plan out of the list that was not applied; errors as :func:`save`."""
    locked(connection, plan_id, "open")
    row = change(connection, plan_id, state="discarded", ended_by=actor.id, ended_at=clock.now())
    record(connection, actor, "migration.discarded", row)
    return row


def get(connection: Connection, plan_id: int, *, lock: bool = False) -> sa.Row[Any]:
    """Return a plan.

    Raises
    ------
    PlanUnknown
        If there is none.
    """
    query = sa.select(migration_plan).where(migration_plan.c.id == plan_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise errors.PlanUnknown
    return row


def of(connection: Connection, package: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return the plans, of one package or of all, the newest first; discarded ones are left out."""
    query = sa.select(migration_plan).where(migration_plan.c.state != "discarded").order_by(migration_plan.c.id.desc())
    return connection.execute(query.where(migration_plan.c.package == package) if package else query).all()


def locked(connection: Connection, plan_id: int, *states: str) -> sa.Row[Any]:
    """Return a plan, locked, that is in one of the states.

    Raises
    ------
    PlanUnknown, PlanEnded
    """
    row = get(connection, plan_id, lock=True)
    if row.state not in states:
        raise errors.PlanEnded(person=row.ended_by or row.applied_by, at=clock.minute(row.ended_at or row.applied_at))
    return row


def require_revision(row: sa.Row[Any], revision: int) -> None:
    """Refuse to act on what somebody else has saved meanwhile; raises ``PlanChanged``."""
    if row.revision != revision:
        raise errors.PlanChanged(person=row.saved_by, at=clock.minute(row.saved_at))


def change(connection: Connection, plan_id: int, **values: Any) -> sa.Row[Any]:
    """Write values of a plan that is locked."""
    statement = sa.update(migration_plan).where(migration_plan.c.id == plan_id).values(**values)
    return connection.execute(statement.returning(migration_plan)).one()


def record(connection: Connection, actor: audit.Actor, action: str, row: sa.Row[Any], **details: Any) -> None:
    """Tell in the trail of migrations what was done with a plan."""
    told = {"plan": row.id, "package": row.package, "revision": row.revision, **details}
    audit.record(connection, STREAM, audit.Event(action, actor, row.package, told))


# -- elements


def nodes(connection: Connection, deployment_id: int) -> dict[str, Mapping[str, Any]]:
    """Return the elements of every process of a version, by process and id."""
    table = definitions.definition
    rows = connection.execute(sa.select(table).where(table.c.deployment_id == deployment_id).order_by(table.c.id)).all()
    return {row.process_id: definitions.model(connection, row).nodes[row.process_id] for row in rows}


def suggestions(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return for the elements of a process that have no counterpart by id what could be one, the likeliest first."""
    fresh = {id: node for id, node in new.items() if id not in old}
    missing = [id for id, node in old.items() if id not in new or not kernel.same_kind(node, new[id])]
    return {id: kernel.suggestions(old[id], fresh or new) for id in missing}


def _obvious(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for process, elements in old.items():
        for id, likely in suggestions(elements, new.get(process, {})).items():
            named = [one for one in likely if new[process][one].details.name == elements[id].details.name != ""]
            if len(named) == 1:
                found.setdefault(process, {})[id] = named[0]
    return found


def _faults(connection: Connection, row: sa.Row[Any], mapping: Mapped) -> list[bpmn.Finding]:
    old, new = nodes(connection, row.source_id), nodes(connection, row.target_id)
    numbers = [definitions.deployment_by_id(connection, id).version for id in (row.source_id, row.target_id)]
    found = []
    for process, pairs in mapping.items():
        for one, other in pairs.items():
            before, after = old.get(process, {}).get(one), new.get(process, {}).get(other)
            if before is None:
                found.append(bpmn.Finding(one, ABSENT, CHOOSE, {"element": one, "version": numbers[0]}))
            elif other and after is None:
                found.append(bpmn.Finding(one, ABSENT, CHOOSE, {"element": other, "version": numbers[1]}))
            elif after is not None and not kernel.same_kind(before, after):
                names = {"element": before.details.name or one, "other": after.details.name or other}
                found.append(bpmn.Finding(one, KIND, CHOOSE, names))
    return found
