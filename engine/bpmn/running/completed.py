"""What has completed and can be compensated, with the variables as they were then (BPMN 2.0.2 §13.5.5).

A record says which activity completed in which scope. The variables around it are not copied: every record keeps what
was overwritten between it and the next one, so that a write costs the same however much has completed. Old records are
stored packed and read only when something is undone or forgotten, so that a step costs the same too.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from engine import db
from engine.bpmn.running.scopes import Values

Record = dict[str, Any]
"""JSON: ``at`` the scope's token, ``node``, ``id`` the token that completed, ``by`` what undoes it (a boundary event or
event sub-process; none: what completed inside), ``local`` its own variables, ``undo`` what was overwritten since, and
``taken`` by which throw event."""
PACK = 16
"""How many records are packed together; as many and more stay readable."""
_KEYS = ("at", "node", "id", "by", "local", "undo", "taken")


class Completed:
    """The completed activities of an instance, oldest first."""

    def __init__(self) -> None:
        self._young: dict[int, Record] = {}
        self._in: dict[int, list[int]] = {}
        self._of: dict[int, int] = {}
        self._packed: list[str] = []
        self._packed_in: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._young)  # the youngest are never packed

    @property
    def records(self) -> dict[int, Record]:
        """All records by their number, oldest first."""
        self._unpack()
        return self._young

    def add(self, number: int, record: Record) -> None:
        """Keep a record under a number that is higher than all before."""
        self._young[number] = record
        self._in.setdefault(record["at"], []).append(number)
        self._of[record["id"]] = number

    def inside(self, scope: int) -> list[int]:
        """Return the numbers of the records of a scope, oldest first."""
        if scope in self._packed_in:
            self._unpack()
        return self._in.get(scope, [])

    def of(self, token: int) -> int | None:
        """Return the number of the record of a token that has completed."""
        if token not in self._of:
            self._unpack()
        return self._of.get(token)

    def plan(self, scopes: Iterable[int], activity: str | None, thrower: int) -> list[int]:
        """Take what a throw event compensates; return it with what comes first at the end.

        An activity without a handler stands for what completed in it: that is compensated in its place.
        """
        found = [number for scope in scopes for number in self.inside(scope)]
        plan: list[int] = []
        for number in sorted(found):
            record = self.records[number]
            if (activity is None or record["node"] == activity) and "taken" not in record:
                plan += self._unit(number)
        for number in plan:
            self.records[number]["taken"] = thrower
        return plan

    def _unit(self, number: int) -> Iterator[int]:
        yield number
        if self.records[number]["by"] is None:
            for inner in self.inside(self.records[number]["id"]):
                yield from self._unit(inner)

    def move(self, scope: int, to: int, values: Values) -> None:
        """Let what completed in a scope that is no activity stand in the one around it."""
        for number in list(self.inside(scope)):
            record = self.records[number]
            record["local"] = {**self.then(number, scope, values), **record["local"]}
            record["at"] = to
            self._in[to] = sorted([*self.inside(to), number])
        self._in.pop(scope, None)

    def release(self, thrower: int, plan: Iterable[int]) -> None:
        """Give back what a throw event took and did not come to."""
        for number in plan:
            if self.records.get(number, {}).get("taken") == thrower:
                del self.records[number]["taken"]

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop records and what completed inside them; what they know of older values goes to the ones before."""
        gone = set(numbers)
        todo = list(gone)
        while todo:
            for inner in self.inside(self.records[todo.pop()]["id"]):
                if inner not in gone:
                    gone.add(inner)
                    todo.append(inner)
        for number in sorted(gone, reverse=True):
            self._drop(number)

    def _drop(self, number: int) -> None:
        record = self.records[number]
        earlier = self._before(number)
        if earlier is not None:
            known = earlier["undo"]
            for scope, values in record["undo"].items():
                known[scope] = {**values, **known.get(scope, {})}
        del self.records[number], self._of[record["id"]]
        self._in[record["at"]].remove(number)
        if not self._in[record["at"]]:
            del self._in[record["at"]]

    def _before(self, number: int) -> Record | None:
        for other in reversed(self.records):
            if other < number:
                return self.records[other]
        return None

    def clear(self) -> None:
        """Drop everything: the instance is over."""
        self._young, self._in, self._of, self._packed, self._packed_in = {}, {}, {}, [], set()

    # -- variables

    def note(self, scope: int, values: Values, name: str) -> None:
        """Remember a variable of a scope before it is written for the first time since the last completion."""
        undo = self._young[next(reversed(self._young))]["undo"].setdefault(str(scope), {})
        undo.setdefault(name, [values[name]] if name in values else [])

    def then(self, number: int, scope: int, now: Values) -> Values:
        """Return the variables that a scope had when a record was made, given those it has now."""
        values = dict(now)
        for other in reversed(self.records):
            if other < number:
                break
            for name, before in self.records[other]["undo"].get(str(scope), {}).items():
                if before:
                    values[name] = before[0]
                else:
                    values.pop(name, None)
        return values

    # -- JSON

    def dump(self) -> list[Any]:
        """Return the records as JSON: the young ones, the packed ones, and the scopes of those."""
        rows: list[Any] = [[number, *(record.get(key) for key in _KEYS)] for number, record in self._young.items()]
        packed, scopes = list(self._packed), set(self._packed_in)
        while len(rows) >= 2 * PACK:
            old, rows = rows[:PACK], rows[PACK:]
            packed.append(base64.b64encode(zlib.compress(db.dumps(old).encode())).decode())
            scopes |= {row[1] for row in old}
        return [rows, packed, sorted(scopes)]

    def load(self, document: list[Any]) -> None:
        """Take the records that :meth:`dump` gave."""
        rows, packed, scopes = document
        self._take(rows)
        self._packed, self._packed_in = packed, set(scopes)

    def _take(self, rows: list[Any]) -> None:
        for number, *values in rows:
            record = dict(zip(_KEYS, values, strict=True))
            if record["taken"] is None:
                del record["taken"]
            self.add(number, record)

    def _unpack(self) -> None:
        """Read all that is packed, ahead of the young records."""
        if not self._packed:
            return
        packed, young = self._packed, self._young
        self.clear()
        for text in packed:
            self._take(db.loads(zlib.decompress(base64.b64decode(text)).decode()))
        for number, record in young.items():
            self.add(number, record)
