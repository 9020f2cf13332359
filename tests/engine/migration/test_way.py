"""The way of a case through a version that calls its steps otherwise: the diagram is the new one, the past is on it."""

from __future__ import annotations

from engine import audit, db
from engine.cases.reading import way
from tests.engine.bpmn.drawing import node
from tests.engine.migration.conftest import House, line, offered


def test_after_a_migration_the_diagram_of_a_case_is_that_of_its_new_version(house: House) -> None:
    def version(*ids: str) -> bytes:
        return line(*(node("userTask", id, offered("hall"), name=id) for id in ids), way=">".join(["s", *ids, "e"]))

    house.deploy(version("read", "decide"))
    house.begin("A")
    house.complete("A", "read")
    house.deploy(version("study", "judge", "tell"))
    plan = house.plan(mapping={"p": {"read": "study", "decide": "judge"}})
    house.apply(plan)

    def seen() -> tuple[list[str], tuple[str, ...], bytes]:
        with db.reading(house.database) as connection:
            [diagram] = way.diagrams(connection, "A", audit.trail(connection, "A"))
            elements = [name for name in diagram.taken if "-" not in name]
            return elements, diagram.current, way.source(connection, "A", "A", "p")

    elements, current, source = seen()
    assert (elements, current, b"study" in source) == (["s", "study", "judge"], ("judge",), True)
    house.complete("A", "judge")
    assert seen()[1] == ("tell",)
    house.undo(plan)
    assert seen()[1] == ("tell",)


def test_and_after_it_was_undone_that_of_the_old_one_again(house: House) -> None:
    house.deploy(line(node("userTask", "read", offered("hall")), way="s>read>e"))
    house.begin("A")
    house.deploy(line(node("userTask", "study", offered("hall")), way="s>study>e"))
    plan = house.plan(mapping={"p": {"read": "study"}})
    house.apply(plan)
    house.undo(plan)
    with db.reading(house.database) as connection:
        [diagram] = way.diagrams(connection, "A", audit.trail(connection, "A"))
    assert diagram.current == ("read",)
