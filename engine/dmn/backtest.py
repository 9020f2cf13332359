"""What would have been decided: past inputs run through a changed model, without touching anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.dmn.model import Model
from engine.feel.printing import to_json
from engine.feel.values import Function, equal, normalise


@dataclass(frozen=True, slots=True)
class Difference:
    """A past evaluation that would come out otherwise today."""

    key: str
    before: Any
    after: Any
    explanation: dict[str, Any] | None


def backtest(
    model: Model,
    decision: str,
    past: Iterable[tuple[str, Mapping[str, Any], Any]],
    *,
    functions: Mapping[str, Function] | None = None,
) -> Iterator[Difference]:
    """Yield the past results that a changed model would decide differently.

    Parameters
    ----------
    past : for each evaluation its key (such as the case number), its stored inputs and its stored result as JSON.

    Raises
    ------
    DecisionNotFound
    """
    for key, context, before in past:
        result = model.evaluate(decision, context, functions=functions, explain=True)
        after = to_json(result.value)
        if equal(normalise(before), normalise(after)) is not True:
            yield Difference(key, before, after, result.explanation)
