"""The naive contestant: SpiffWorkflow as its examples use it, the whole workflow read and written at each step."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench.measure import Watch
from bench.workload import ORDER, VALUES, diagram

_SCRIPT = '<bpmn:scriptTask id="t"><bpmn:script>doubled = amount * 2</bpmn:script></bpmn:scriptTask>'


class Naive:
    """W1 in a file of its own; no permission, no trail, no idempotency key."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "naive.db"
        self.store = sqlite3.connect(self.place, isolation_level=None)
        self.store.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE c(id INTEGER PRIMARY KEY, blob TEXT);"
        )
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(diagram("", _SCRIPT, "amount > 20000")))
        self.spec = parser.get_spec("w1")
        self.serializer = BpmnWorkflowSerializer()
        self.start, self.complete = Watch(), Watch()
        self.cases = 0

    def run(self, cases: int) -> None:
        """Take some cases from their start to their end; one lap."""
        for _ in range(cases):
            case = self.start(self._begin)
            for _ in ORDER:
                self.complete(lambda case=case: self._step(case))
        self.cases += cases
        self.start.lap()
        self.complete.lap()

    @property
    def bytes_per_case(self) -> float:
        """What a finished case leaves in the file."""
        self.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.place.stat().st_size / self.cases

    def _begin(self) -> int:
        workflow = BpmnWorkflow(self.spec)
        workflow.do_engine_steps()
        blob = self.serializer.serialize_json(workflow)
        return self.store.execute("INSERT INTO c(blob) VALUES(?)", (blob,)).lastrowid or 0

    def _step(self, case: int) -> None:
        (blob,) = self.store.execute("SELECT blob FROM c WHERE id=?", (case,)).fetchone()
        workflow = self.serializer.deserialize_json(blob)
        task = next(t for t in workflow.get_tasks(state=TaskState.READY) if t.task_spec.name in ORDER)
        task.data.update(VALUES)
        task.run()
        workflow.do_engine_steps()
        self.store.execute("UPDATE c SET blob=? WHERE id=?", (self.serializer.serialize_json(workflow), case))
