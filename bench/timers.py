"""Ten thousand timers due in one second: how long until all have fired, each in a transaction of its own.

That is mostly waiting for the disk and for neighbours; what as many commits of the limit take meanwhile tells how much.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from bench import workload
from bench.anchor import Limit
from bench.measure import Figure, Options, new_database
from engine import clock, db, instances
from engine.flow import steps
from engine.scheduler.embedded import run_due

TIMERS = 10_000
DRAWING = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">'
    '<bpmn:process id="t" isExecutable="true"><bpmn:startEvent id="s"/>'
    '<bpmn:intermediateCatchEvent id="c"><bpmn:timerEventDefinition>'
    '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    '</bpmn:intermediateCatchEvent><bpmn:endEvent id="e"/><bpmn:sequenceFlow id="a" sourceRef="s" targetRef="c"/>'
    '<bpmn:sequenceFlow id="b" sourceRef="c" targetRef="e"/></bpmn:process></bpmn:definitions>'
)


def run(options: Options) -> Iterator[Figure]:
    """Start an instance per timer, let an hour pass, and run what is due."""
    database, count, begun = new_database(options.folder, "timers"), options.times(TIMERS), clock.now()
    workload.deploy(database, "t", source=DRAWING.encode())
    with clock.frozen(begun), db.transaction(database) as connection:
        for number in range(count):
            instances.start(connection, workload.ACTOR, "t", business_key=f"timer-{number}")
    before = _limit_s(options, count)
    with clock.frozen(begun + timedelta(hours=1, seconds=1)):
        wall, cpu = time.monotonic(), time.process_time()
        run_due(database)
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    limit = (before + _limit_s(options, count)) / 2
    with db.reading(database) as connection:
        over = sa.select(sa.func.count()).where(steps.instance.c.state == "completed")
        assert connection.scalar(over) == count
    yield Figure(f"{count} timers due in one second, all fired within", wall, "s", 60, 20)
    yield Figure("as many commits of the limit", limit, "s")
    yield Figure("a timer", cpu * 1000 / count, "ms CPU")


def _limit_s(options: Options, commits: int) -> float:
    """Return what some commits of the limit would take now, told by a tenth of them."""
    limit, cases = Limit(options.folder), max(1, commits // 10 // (1 + len(workload.ORDER)))
    begin = time.monotonic()
    limit.run(cases)
    took = time.monotonic() - begin
    limit.close()
    return took * commits / cases / (1 + len(workload.ORDER))
