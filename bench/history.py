"""What a step costs late in the life of one instance: the same loop after 20, 200 and 2,000 completed tasks."""

from __future__ import annotations

from collections.abc import Iterator

from bench import workload
from bench.kernel import HEAD, LOOP, TAIL
from bench.measure import Figure, Options, Watch, new_database

AFTER = (20, 200, 2000)
WINDOW = 40
"""How many steps are measured at each point."""


def run(options: Options) -> Iterator[Figure]:
    """Measure the step at each point in turns with the first one."""
    database = new_database(options.folder, "history")
    offered = f'<bpmn:userTask id="u">{workload.OURS_TASK.format(f"assignee={workload.WANG.id!r} ")}</bpmn:userTask>'
    loop = LOOP.replace('<bpmn:userTask id="u"/>', offered).replace("=again", "=amount &gt; 0")
    workload.deploy(database, "p", source=f"{HEAD}{loop}{TAIL}".encode())
    for after in (point for point in AFTER if point <= options.times(AFTER[-1])):
        old, young = f"old-{after}", f"young-{after}"
        for key, steps in ((old, after), (young, 1)):
            task = workload.begin(database, "p", key)
            for _ in range(steps):
                workload.complete(database, task)
                task = workload.open_task(database, key)
        watches = {old: Watch(), young: Watch()}
        for _ in range(WINDOW):
            for key, watch in watches.items():
                task = workload.open_task(database, key)
                watch(lambda task=task: workload.complete(database, task))
                watch.lap()
        yield Figure(f"step after {after} steps", watches[old].ms, "ms CPU")
        ratio = watches[old].ms / watches[young].ms
        yield Figure(f"step after {after} steps, beside a young instance", ratio, "×", 1.3)
