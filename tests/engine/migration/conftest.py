"""A small house in which versions come into force and cases are moved between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, bpmn, db, definitions, instances, jobs, migration, tasks
from engine.design import packages
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

DESIGNER, PUBLISHER = audit.Actor("chen.design"), audit.Actor("wang.publish")
KNOWN = bpmn.Environment(processes=set())
WANG = tasks.Candidate("P040", frozenset({"hall", "office"}))
LIU = tasks.Candidate("P041", frozenset({"hall", "office"}))


def offered(group: str, *more: str) -> str:
    return zeebe(f'assignmentDefinition candidateGroups="{group}"', *more)


def line(*nodes: str, way: str, process: str = "p", shared: str = "") -> bytes:
    """A process from ``s`` to ``e``."""
    body = node("startEvent", "s") + "".join(nodes) + node("endEvent", "e")
    return drawing(body + flows(*way.split()), process=process, shared=shared)


@dataclass
class House:
    """What a test does in a few words; each call is one transaction."""

    database: Engine

    def deploy(self, *sources: bytes, forms: Mapping[str, str] | None = None, package: str = "small") -> int:
        """Put diagrams into force as the package's next version; return its number."""
        files = {f"{number}.bpmn": source for number, source in enumerate(sources)}
        files |= {f"{name}.form": text.encode() for name, text in (forms or {}).items()}
        files["package.toml"] = f'name = "{package}"\n'.encode()
        with db.transaction(self.database) as connection:
            row = definitions.deploy(connection, audit.SYSTEM, packages.of(files), KNOWN)
        return int(row.version)

    def begin(self, *keys: str, process: str = "p", **variables: Any) -> None:
        with db.transaction(self.database) as connection:
            for key in keys:
                instances.start(connection, audit.SYSTEM, process, business_key=key, variables=variables)

    def plan(self, source: int = 1, target: int = 2, mapping: migration.plan.Mapped | None = None, **more: Any) -> int:
        """Make a plan and let every case be looked at."""
        with db.transaction(self.database) as connection:
            plan = migration.start(connection, DESIGNER, "small", source, target)
            said = plan.mapping if mapping is None else mapping
            anew = {"timers_anew": more.get("timers_anew", False)}
            plan = migration.save(connection, DESIGNER, plan.id, plan.revision, said, **anew)
        self.check(plan.id)
        return int(plan.id)

    def check(self, plan: int) -> None:
        with db.transaction(self.database) as connection:
            migration.check(connection, DESIGNER, plan, migration.get(connection, plan).revision)
        self.work()

    def apply(self, plan: int, only: Sequence[str] = (), *, work: bool = True) -> None:
        with db.transaction(self.database) as connection:
            revision = migration.get(connection, plan).revision
            migration.apply(connection, PUBLISHER, plan, revision, "a clerk asked", only)
        if work:
            self.work()

    def undo(self, plan: int) -> None:
        with db.transaction(self.database) as connection:
            migration.undo(connection, PUBLISHER, plan, "it was a mistake")
        self.work()

    def work(self) -> None:
        """Run what is due until nothing is."""
        while due := self.due():
            for job in due:
                jobs.run(self.database, job)

    def due(self) -> Sequence[int]:
        with db.reading(self.database) as connection:
            return jobs.due(connection)

    def complete(self, key: str, element: str, person: tasks.Candidate = WANG, **values: Any) -> None:
        with db.transaction(self.database) as connection:
            row = self._task(connection, key, element)
            if row.assignee is None:
                tasks.claim(connection, audit.Actor(person.id), person, row.id)
            tasks.complete(connection, audit.Actor(person.id), person, row.id, values)

    def _task(self, connection: sa.Connection, key: str, element: str) -> sa.Row[Any]:
        table = tasks.task.c
        mine = table.business_key == key, table.element == element, table.state == "open"
        return connection.execute(sa.select(tasks.task).where(*mine)).one()

    def task(self, key: str, element: str) -> sa.Row[Any]:
        with db.reading(self.database) as connection:
            return self._task(connection, key, element)

    def open(self, key: str) -> list[str]:
        """The elements of the open tasks of a case."""
        with db.reading(self.database) as connection:
            table = tasks.task.c
            mine = table.business_key == key, table.state == "open"
            return list(connection.execute(sa.select(table.element).where(*mine).order_by(table.id)).scalars())

    def version(self, key: str) -> int:
        """The version of the package that a case runs on."""
        with db.reading(self.database) as connection:
            row = definitions.get(connection, instances.get(connection, key).definition_id)
            return int(definitions.deployment_by_id(connection, row.deployment_id).version)

    def state(self, key: str) -> str:
        with db.reading(self.database) as connection:
            return str(instances.get(connection, key).state)

    def progress(self, plan: int) -> dict[str, int]:
        with db.reading(self.database) as connection:
            return migration.progress(connection, plan)

    def said(self, plan: int) -> dict[str, list[str]]:
        """What was found at each case, in English, by case."""
        with db.reading(self.database) as connection:
            rows = migration.entries(connection, plan, ("fits", "refused", "waiting", "migrated", "returned"))
        return {row.business_key: [f["message"].format(**f["facts"]) for f in row.findings] for row in rows}

    def events(self, stream: str, *names: str) -> list[sa.Row[Any]]:
        with db.reading(self.database) as connection:
            return [event for event in audit.trail(connection, stream) if not names or event.action in names]


@pytest.fixture
def house(database: Engine) -> House:
    """An empty house."""
    return House(database)
