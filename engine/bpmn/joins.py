"""Joins of a running instance: Petri-like, a token waits at its gateway for the flows that are still missing."""

from __future__ import annotations

from engine import errors
from engine.bpmn.catching import Catching
from engine.bpmn.nodes import InclusiveGateway
from engine.bpmn.token import Token
from engine.bpmn.values import Fault


class Joins(Catching):
    """The part of a workflow that lets tokens meet."""

    def try_join(self, token: Token) -> None:
        """Let a parallel gateway go on once every incoming flow has brought a token."""
        node = token.task_spec
        # one that has come but not begun yet takes its turn later
        peers = [p for p in token.parent.children if p.task_spec is node and p.internal_data.get("wait") == "join"]
        first: dict[str, Token] = {}
        for peer in peers:
            first.setdefault(peer.internal_data["by"], peer)
        if len(first) == len(node.arrivals):
            self._join(list(first.values()))

    def _join(self, arrived: list[Token]) -> None:
        token = arrived[-1]
        for other in arrived[:-1]:
            self._remove(other)
        del token.internal_data["by"], token.internal_data["wait"]
        self.enter(token)
        self.guarded_completion(token, "finish", {})

    def _inclusive_joins(self) -> bool:
        """Let the first inclusive gateway go on to which nothing more can come; tell whether one did."""
        for token in list(self.tasks.values()):
            node = token.task_spec
            if not isinstance(node, InclusiveGateway) or token.internal_data.get("wait") != "join":
                continue
            siblings = [t for t in token.parent.children if not t.internal_data.get("armed")]
            here = [t for t in siblings if t.task_spec is node and "by" in t.internal_data]
            others = [t.task_spec for t in siblings if t.task_spec is not node]
            arrived: dict[str, Token] = {}
            for peer in here:
                arrived.setdefault(peer.internal_data["by"], peer)
            if node.ready(set(arrived), others):
                self._join(list(arrived.values()))
                return True
        return False

    def _incomplete_joins(self) -> None:
        """Make an incident of a join to which nothing more can come: all that is left in its scope waits at joins."""
        for token in list(self.tasks.values()):
            if token.internal_data.get("wait") != "join" or "incident" in token.internal_data:
                continue
            alive = [peer for peer in token.parent.children if not peer.internal_data.get("armed")]
            if all(peer.internal_data.get("wait") == "join" and "incident" not in peer.internal_data for peer in alive):
                fault = Fault(
                    "JOIN_INCOMPLETE", errors.N_("Nothing more can come to the gateway {gateway}, which still waits."),
                    gateway=token.task_spec.details.name or token.task_spec.name,
                )  # fmt: skip
                self.stop(token, fault, "wait", None)
