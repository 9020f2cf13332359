"""The complex gateway: goes on as soon as its activation condition holds, then takes in what comes late.

BPMN 2.0.2 §13.4.5: it waits for start until the condition holds, then for reset until nothing more is expected by a
flow that brought nothing. What late tokens cause is said by flows with a condition on ``waitingForStart``; a flow
without a condition and the default are for the start alone, so that a discriminator is passed once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from engine import errors
from engine.bpmn.elements.nodes import Flow, InclusiveGateway, holds
from engine.bpmn.elements.values import Fault, Value

if TYPE_CHECKING:
    from engine.bpmn.running.token import Token


class ComplexGateway(InclusiveGateway):
    """Joins by an activation condition, splits by conditions."""

    activation: Value | None = None

    @property
    def gathers(self) -> bool:  # type: ignore[override]
        """It weighs what has come, even by one flow."""
        return self.activation is not None

    def begin(self, token: Token) -> bool | None:
        if not self.gathers:
            return super().begin(token)
        token.workflow.wait(token, "join")
        token.workflow.try_complex(token)
        return None

    def starts(self, waiting: Iterable[str], token: Token) -> bool:
        """Tell whether the tokens that wait, by their flows, are enough to go on.

        Raises
        ------
        Fault
            ``CONDITION_ERROR`` if the condition is neither true nor false.
        """
        assert self.activation is not None
        counts: dict[str, Any] = Counter(waiting)
        seen = {
            **{flow.id: counts[flow.id] for flow in self.arrivals},
            "activationCount": len(counts),
            "waitingForStart": True,
        }
        result = token.workflow.evaluate(self.activation, token, seen)
        if not isinstance(result, bool):
            raise Fault(
                "CONDITION_ERROR", errors.N_("The activation condition “{condition}” is neither true nor false."),
                condition=self.activation.text,
            )  # fmt: skip
        return result

    def choose(self, token: Token) -> list[Flow]:
        if "reset" in token.internal_data:
            known = {"waitingForStart": False}
            return [flow for flow in self.flows if flow.condition is not None and holds(token, flow, known)]
        return super().choose(token)

    def holds(self, token: Token, flow: Flow) -> bool:
        """A condition may ask in which phase it is."""
        return holds(token, flow, {"waitingForStart": True})
