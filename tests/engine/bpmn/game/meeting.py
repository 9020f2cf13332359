"""Gateways in the token game at which tokens meet (§13.4)."""

from __future__ import annotations

from tests.engine.bpmn.game.catching import Catching
from tests.engine.bpmn.game.reading import Element, Way, value
from tests.engine.bpmn.game.tokens import JOINS, READY, Token


class Meeting(Catching):
    """The part of the game that lets tokens meet."""

    def go(self, way: Way, above: Token) -> None:
        """Take a way."""
        self.taken[way.id] += 1
        Token(way.target, above, JOINS if way.target.gathers else READY, by=way)

    def join(self, above: Token, node: Element) -> Token | None:
        """Let the tokens at a gateway become one, if they may."""
        if node.kind == "complexGateway":
            return self._complex(above, node)
        first = _first(above, node)
        full = len(first) == len(node.comes)
        if not first or not (full if node.kind == "parallelGateway" else self._nothing_more(above, node, set(first))):
            return None
        return self._merge(above, node, list(first.values()))

    def _merge(self, above: Token, node: Element, tokens: list[Token]) -> Token:
        for each in tokens:
            self.remove(each)
        return Token(node, above)

    def _nothing_more(self, above: Token, node: Element, full: set[Way]) -> bool:
        """Tell whether no token can come by an empty way that could not also come by a full one (§13.4.3)."""
        for token in above.living():
            if token.at is node:
                continue
            ways = _ways_to(token.at, node)
            if ways - full and not ways & full:
                return False
        return True

    def _complex(self, above: Token, node: Element) -> Token | None:
        if node in above.fired and not self.reset_one(above, node):
            return None
        come: dict[Way, Token] = {}
        for token in above.inside:
            if token.at is node and token.state == JOINS and token.by is not None:
                come.setdefault(token.by, token)
                if value(node.text, token.seen({"activationCount": len(come)})):
                    above.fired[node] = set(come)
                    return self._merge(above, node, list(come.values()))
        return None

    def reset_all(self, around: Token) -> None:
        for scope in list(around.walk()):
            if scope.fired and scope.alive and not self.reset(scope):
                self.settle(scope)

    def reset(self, above: Token) -> bool:
        """Reset the complex gateways of a scope that can be; tell whether something goes on there."""
        for node in list(above.fired):
            self.reset_one(above, node)
        return bool(above.living())

    def reset_one(self, above: Token, node: Element) -> bool:
        """Take in what came late to a complex gateway, once nothing more is expected (§13.4.5)."""
        fired = above.fired[node]
        late = {way: token for way, token in _first(above, node).items() if way not in fired}
        if not self._nothing_more(above, node, fired | set(late)):
            return False
        del above.fired[node]
        seen = above.seen({"waitingForStart": False})
        for token in late.values():
            self.remove(token)
        for way in [way for way in node.ways if way.condition and not way.default and value(way.condition, seen)]:
            self.go(way, above)
        return True


def _first(above: Token, node: Element) -> dict[Way, Token]:
    first: dict[Way, Token] = {}
    for each in above.inside:
        if each.at is node and each.state == JOINS and each.by is not None:
            first.setdefault(each.by, each)
    return first


def _ways_to(start: Element, node: Element) -> set[Way]:
    seen, todo = {start}, [start]
    while todo:
        for after in todo.pop().after():
            if after is not node and after not in seen:
                seen.add(after)
                todo.append(after)
    return {way for way in node.comes if way.source in seen}
