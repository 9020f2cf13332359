"""Joins of a running instance: Petri-like, a token waits at its gateway for the flows that are still missing."""

from __future__ import annotations

from collections.abc import Iterable

from engine import errors
from engine.bpmn.elements.complex import ComplexGateway
from engine.bpmn.elements.nodes import InclusiveGateway, Node
from engine.bpmn.elements.values import Fault
from engine.bpmn.running.catching import Catching
from engine.bpmn.running.token import Token


class Joins(Catching):
    """The part of a workflow that lets tokens meet."""

    def try_join(self, token: Token) -> None:
        """Let a parallel gateway go on once every incoming flow has brought a token."""
        # one that has come but not begun yet takes its turn later
        first = _first_by_flow(_waiting_at(token))
        if len(first) == len(token.task_spec.arrivals):
            self._join(list(first.values()))

    def _join(self, arrived: list[Token]) -> None:
        token = arrived[-1]
        for other in arrived[:-1]:
            self._remove(other)
        del token.internal_data["by"], token.internal_data["wait"]
        self.enter(token)
        self.guarded_completion(token, "begin_work")

    # -- complex

    def try_complex(self, token: Token) -> bool:
        """Let a complex gateway that waits for start go on if enough has come; tell whether it did.

        Raises
        ------
        Fault
            If its activation condition is neither true nor false.
        """
        node = token.task_spec
        if any(peer.internal_data.get("wait") == "reset" for peer in _at(token)):
            return False
        waiting = _waiting_at(token)
        if not node.starts([peer.internal_data["by"] for peer in waiting], token):
            return False
        first = _first_by_flow(waiting)
        marker = self.add(node, token.parent, {"armed": 1, "fired": list(first)})
        self._ready.pop()
        self.wait(marker, "reset")
        self._join(list(first.values()))
        return True

    def reset(self, marker: Token) -> bool:
        """Let a complex gateway take in what came late once nothing more is expected; tell whether it did."""
        node, scope, fired = marker.task_spec, marker.parent, set(marker.internal_data["fired"])
        late = {by: t for by, t in _first_by_flow(_waiting_at(marker)).items() if by not in fired}
        if not node.ready(fired | late.keys(), _elsewhere(marker)):
            return False
        for token in (marker, *late.values()):
            self._remove(token)
        token = self.add(node, scope, {"reset": 1})
        self._ready.pop()
        self.guarded_completion(token, "finish", {})
        return True

    # -- when nothing else can run

    def _late_joins(self) -> bool:
        """Let the first gateway go on to which nothing more can come; tell whether one did."""
        first: dict[
            tuple[int, str, str], Token
        ] = {}  # one at each gateway of each scope speaks for all that wait there
        for token in self.tasks.values():
            wait = token.internal_data.get("wait")
            if wait == "reset" or (wait == "join" and isinstance(token.task_spec, InclusiveGateway)):
                first.setdefault((token.parent.id, token.task_spec.name, wait), token)
        return any(self._goes_on(token) for token in first.values())

    def _goes_on(self, token: Token) -> bool:
        node = token.task_spec
        if token.internal_data["wait"] == "reset":
            return self.reset(token)
        return self._complex(token) if isinstance(node, ComplexGateway) else self._inclusive(token, node)

    def _complex(self, token: Token) -> bool:
        """Look again whether variables have changed what is enough."""
        if any("incident" in peer.internal_data for peer in _at(token)):
            return False
        try:
            return self.try_complex(token)
        except Fault as fault:
            self.stop(token, fault, "begin", None)
            return False

    def _inclusive(self, token: Token, node: InclusiveGateway) -> bool:
        arrived = _first_by_flow(peer for peer in _at(token) if "by" in peer.internal_data)
        if not node.ready(set(arrived), _elsewhere(token)):
            return False
        self._join(list(arrived.values()))
        return True

    def _incomplete_joins(self) -> None:
        """Make an incident of a join to which nothing more can come: all that is left in its scope waits at joins."""
        for scope in dict.fromkeys(t.parent for t in self.tasks.values() if t.internal_data.get("wait") == "join"):
            alive = [peer for peer in scope.children if not peer.internal_data.get("armed")]
            if any(peer.internal_data.get("wait") != "join" or "incident" in peer.internal_data for peer in alive):
                continue
            for token in alive[:1]:
                fault = Fault(
                    "JOIN_INCOMPLETE", errors.N_("Nothing more can come to the gateway {gateway}, which still waits."),
                    gateway=token.task_spec.details.name or token.task_spec.name,
                )  # fmt: skip
                self.stop(token, fault, "wait", None)


def _at(token: Token) -> list[Token]:
    """Return the tokens at the same node in the same scope, in the order in which they came."""
    return [peer for peer in token.parent.children if peer.task_spec is token.task_spec]


def _waiting_at(token: Token) -> list[Token]:
    return [peer for peer in _at(token) if peer.internal_data.get("wait") == "join"]


def _elsewhere(token: Token) -> list[Node]:
    """Return where the other tokens of the scope are that may still move."""
    node = token.task_spec
    return [p.task_spec for p in token.parent.children if p.task_spec is not node and not p.internal_data.get("armed")]


def _first_by_flow(tokens: Iterable[Token]) -> dict[str, Token]:
    first: dict[str, Token] = {}
    for token in tokens:
        first.setdefault(token.internal_data["by"], token)
    return first
