"""One evaluation of a model: what was decided already, what went wrong, and the explanation as it grows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.feel.limits import DEFAULT, Limits
from engine.feel.printing import to_json
from engine.feel.runtime import MISSING, Notice, State
from engine.feel.values import Function

if TYPE_CHECKING:
    from engine.dmn.table import Rule, Table


class Noted(Mapping[str, Any]):
    """Variables that remember which of them were read."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self._read: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        value = self._given.get(key, MISSING)
        if value is MISSING:
            return default
        self._read[key] = value
        return value

    def __getitem__(self, key: str) -> Any:
        self._read[key] = self._given[key]
        return self._given[key]

    def __iter__(self) -> Any:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def as_json(self) -> dict[str, Any]:
        """Return what was read, by name."""
        return {name: to_json(self._read[name]) for name in sorted(self._read)}


class Evaluation(State):
    """The state of FEEL, plus what decisions share."""

    __slots__ = ("decided", "explains", "failure", "record", "records")

    def __init__(
        self,
        functions: Mapping[str, Function] | None,
        warnings: list[Any],
        explains: bool,
        limits: Limits = DEFAULT,
    ) -> None:
        super().__init__(functions, warnings, limits)
        self.decided: dict[Any, Any] = {}
        self.records: dict[Any, dict[str, Any]] = {}
        self.failure: Notice | None = None
        self.explains = explains
        self.record: dict[str, Any] = {}

    def fail(self, code: str, message: str, **facts: Any) -> None:
        """Note that a decision has no valid result, not merely a null in it."""
        notice = Notice(code, message, facts)
        self.failure = self.failure or notice
        self.warnings.append(notice)

    def explain_table(
        self,
        table: Table,
        values: list[Any],
        matched: list[Rule],
        outputs: list[list[Any]],
        failed: dict[int, int],
        result: Any,
    ) -> None:
        """Tell which inputs a table read, which rules matched, and which condition let the others fail."""
        told = {
            "hit_policy": table.policy,
            "inputs": [
                {"expression": column.text, **column.labels, "value": to_json(value)}
                for column, value in zip(table.inputs, values, strict=True)
            ],
            "outputs": [{"name": column.name, **column.labels} for column in table.outputs],
            "rules": [_rule(rule, table, matched, outputs, failed) for rule in table.rules],
            "output": to_json(result),
        }
        if "rules" in self.record:
            self.record.setdefault("tables", []).append(told)
        else:
            self.record.update(told)


def _rule(
    rule: Rule, table: Table, matched: list[Rule], outputs: list[list[Any]], failed: dict[int, int]
) -> dict[str, Any]:
    told: dict[str, Any] = {"number": rule.number, "id": rule.id, "matched": rule in matched}
    if rule in matched:
        row = outputs[matched.index(rule)]
        told["conditions"] = list(rule.texts)
        told["outputs"] = {
            column.name or "output": to_json(value) for column, value in zip(table.outputs, row, strict=True)
        }
        told["annotations"] = [note.text for note in rule.annotations]
        if any(note.english for note in rule.annotations):
            told["annotations_en"] = [note.english for note in rule.annotations]
    elif rule.number in failed:
        told["failed"] = {"input": failed[rule.number], "condition": rule.texts[failed[rule.number]]}
    return told
