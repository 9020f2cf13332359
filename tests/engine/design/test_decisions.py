"""Decisions of the past, made again under a changed table."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.engine import Connection

from engine import audit, bpmn, definitions, dmn, instances
from engine.design import decisions, packages
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

PROCESS = drawing(
    node("startEvent", "s")
    + node("businessRuleTask", "judge", zeebe('calledDecision decisionId="hearing" resultVariable="hearing"'))
    + node("endEvent", "e")
    + flows("s>judge>e")
)


def table(limit: int) -> bytes:
    """A hearing is needed where the fine is above the limit."""
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        '<decision id="hearing" name="hearing"><decisionTable hitPolicy="FIRST">'
        "<input><inputExpression><text>fine.amount</text></inputExpression></input><output/>"
        f"<rule><inputEntry><text>&gt; {limit}</text></inputEntry><outputEntry><text>true</text></outputEntry></rule>"
        "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>false</text></outputEntry></rule>"
        "</decisionTable></decision></definitions>"
    ).encode()


def test_only_the_results_that_a_changed_table_would_change_are_listed(db_connection: Connection) -> None:
    files = {"package.toml": b'name = "small"', "p.bpmn": PROCESS, "d.dmn": table(20_000)}
    definitions.deploy(db_connection, audit.SYSTEM, packages.Package(files), bpmn.Environment())
    for number, amount in enumerate((5_000, 15_000, 25_000), 1):
        variables = {"fine": {"amount": amount}, "unread": "x"}
        instances.start(db_connection, audit.SYSTEM, "p", business_key=f"A-{number}", variables=variables)
    past = list(decisions.past(db_connection, "hearing"))
    assert [(each.inputs, each.result) for each in past] == [
        ({"fine": {"amount": Decimal(5_000)}}, False),
        ({"fine": {"amount": Decimal(15_000)}}, False),
        ({"fine": {"amount": Decimal(25_000)}}, True),
    ]
    assert list(dmn.backtest(dmn.parse(table(20_000)), "hearing", past)) == []
    (different,) = dmn.backtest(dmn.parse(table(10_000)), "hearing", past)
    assert (different.key, different.before, different.after) == ("A-2 #1", False, True)
    assert [len(audit.trail(db_connection, f"A-{number}")) for number in (1, 2, 3)] == [1, 1, 1]
