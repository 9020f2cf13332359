"""The token game: replays what the kernel says it does, and objects to every step that BPMN 2.0.2 does not allow.

It follows the order of the run where the standard leaves that free, and knows by itself what must follow each step:
which tokens arise, which scopes end, who catches what, what is undone. At rest it knows everything that must wait.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.engine.bpmn.game.meeting import Meeting
from tests.engine.bpmn.game.reading import Element, Way, value
from tests.engine.bpmn.game.tokens import ARMED, ENTERED, JOINS, OPEN, READY, WAITS, Token

Chain = list[tuple[int, str]]
"""The numbers that the run gave to a token and those around it, outermost first, with their elements."""
OUTSIDE = {"userTask": "task", "serviceTask": "job", "receiveTask": "message"}


class Wrong(AssertionError):
    """The run did what it may not do, or left out what it must."""


class Game(Meeting):
    """One instance."""

    def __init__(self, processes: dict[str, Element], process: str, values: dict[str, Any]) -> None:
        self.processes = processes
        self.root = Token(processes[process], None, OPEN, values=dict(values))
        self.cancelled: Counter[int] = Counter()
        self.taken: Counter[str] = Counter()
        self.stuck: Counter[str] = Counter()
        self.over = False
        self.dirty = True
        self.begin_scope(self.root)

    # -- what the run tells

    def entered(self, chain: Chain) -> None:
        """A node has begun."""
        self.flush()
        above = self.find(chain[:-1])
        token = self._coming(above, *chain[-1])
        token.number, token.known = chain[-1][0], True
        self._begin(token)
        self.dirty = True

    def left(self, chain: Chain, outcome: str) -> None:
        """A node is over: completed, or cancelled by something that the game must have seen as well."""
        if outcome == "cancelled":
            self.cancelled[chain[-1][0]] -= 1
            return
        token = self.find(chain)
        if token.state == OPEN:
            self.reset_all(token)
        if token.state != ENTERED:
            self.flush()
        if token.state != ENTERED or not token.alive:
            raise Wrong(f"{token.at.id} may not complete: {token.state} {token.kind}")
        self.complete(token)

    def stands(self, chain: Chain) -> None:
        """A node cannot be left, as no condition behind it is true; its result is taken nevertheless."""
        token = self.find(chain)
        if token.told:
            return
        self._take_result(token)
        self.dirty = True
        try:
            self.choose(token)
        except Stuck:
            self.stop(token, "CONDITION_ERROR")
        else:
            raise Wrong(f"{token.at.id} may go on")

    def find(self, chain: Chain) -> Token:
        """Return the token that the run means."""
        if chain[0][1] != self.root.at.id:
            raise Wrong(f"no process {chain[0]}")
        token = self.root
        for number, id in chain[1:]:
            token = self._inner(token, number, id)
        return token

    def _inner(self, token: Token, number: int, id: str) -> Token:
        known = next((each for each in token.inside if each.number == number), None)
        if known is not None:
            return known
        free = (each for each in token.inside if each.number is None and each.at.id == id and each.state != ARMED)
        found = next((each for each in free if each.state != JOINS and (each.at.repeated or each.state != READY)), None)
        if found is None:
            raise Wrong(f"nothing is at {id}, of which the run says something")
        if found.state == READY:
            self.begin_body(found)
            self.dirty = True
            self.flush()
        found.number = number
        return found

    def _coming(self, above: Token, number: int, id: str) -> Token:
        """Return the token that begins at a node, if one may."""
        found = self._ready(above, number, id)
        if found is None:
            self._catch_up(above, id)
            found = self._ready(above, number, id)
        if found is not None:
            return found
        node = next((each for each in above.at.inside if each.id == id), None)
        joined = self.join(above, node) if node is not None and node.gathers else None
        if joined is None:
            raise Wrong(f"{id} may not begin")
        return joined

    def _catch_up(self, above: Token, id: str) -> None:
        """Do what the run does without telling: reset complex gateways, begin an activity that an event ends at once."""
        self.reset(above)
        for token in above.living():
            if token.at.repeated and token.state == READY and id in {event.id for event in token.at.beside}:
                self.begin_body(token)
                self.dirty = True
                self.flush()

    def _ready(self, above: Token, number: int, id: str) -> Token | None:
        ready = [each for each in above.inside if each.at.id == id and each.state == READY]
        return next((each for each in ready if each.number in (number, None)), None)

    # -- nodes begin

    def _begin(self, token: Token) -> None:
        at = token.at
        if at.repeated is not None and token.role != "item":
            self.begin_body(token)
            if token.items or token.inside:
                raise Wrong(f"{at.id} has instances, yet runs as a whole")
            token.state = ENTERED
            return
        if token.role != "item":
            self.arm_beside(token)
        token.state = ENTERED
        if token.released:
            return
        if at.kind in OUTSIDE:
            self.wait(token, OUTSIDE[at.kind])
        elif at.kind == "intermediateCatchEvent" and at.event != "link":
            self.wait(token, at.event)
        elif at.kind == "adHocSubProcess":
            self.begin_adhoc(token)
        elif at.inside:
            self.begin_scope(token)
        elif at.kind == "callActivity":
            token.state = OPEN
            called = Token(self.processes[at.name], token, OPEN, values=token.seen())
            called.given = set(called.values)
            self.begin_scope(called)
        elif at.kind in ("endEvent", "intermediateThrowEvent"):
            self.throw(token)

    def wait(self, token: Token, kind: str) -> None:
        token.state, token.kind = WAITS, kind

    def begin_scope(self, token: Token) -> None:
        """Let the event sub-processes of a scope wait, and begin at its start."""
        token.state = OPEN
        self.arm_inside(token)
        Token(token.at.start, token, brings=token.brings)
        token.brings = {}

    def begin_body(self, body: Token) -> None:
        """Begin the instances of an activity, or its first round."""
        repeated = body.at.repeated
        assert repeated is not None
        self.arm_beside(body)
        body.state, body.role = OPEN, "body"
        if repeated.rounds:
            if not repeated.before or self._once_more(body, body):
                self._next_item(body)
            return
        body.items = list(repeated.items)
        for _ in body.items[: 1 if repeated.sequential else None]:
            self._next_item(body)

    def _next_item(self, body: Token) -> None:
        body.begun += 1
        Token(body.at, body, role="item", values={"loopCounter": body.begun})

    def _once_more(self, body: Token, seen_by: Token) -> bool:
        repeated = body.at.repeated
        assert repeated is not None
        if repeated.maximum is not None and body.begun >= repeated.maximum:
            return False
        return not repeated.condition or value(repeated.condition, seen_by.seen({"loopCounter": body.begun}))

    # -- nodes end

    def complete(self, token: Token) -> None:
        """Go on behind a node that is over."""
        self._take_result(token)
        if token.role == "item":
            self.dirty = True
            self._item_over(token)
            return
        ways = self.choose(token)
        above = token.above
        assert above is not None
        if token.at.kind == "eventBasedGateway":
            self.open_group(token)
        self.remember(token)
        self.remove(token)
        for way in ways:
            self.go(way, above)
        self.dirty = True
        self.settle(above)

    def _take_result(self, token: Token) -> None:
        token.take_in()
        if token.at.kind == "scriptTask":
            token.write(token.at.name, value(token.at.text, token.seen()))

    def choose(self, token: Token) -> list[Way]:
        """Return the ways that a token takes behind its node (§13.4, §13.3.1)."""
        at = token.at
        if at.undoes is not None:
            return [at.undoes]
        if at.link is not None:
            return [Way(f"{at.id}->{at.link.id}", at, at.link)]
        if at.kind in ("eventBasedGateway", "endEvent"):
            return []
        seen = token.seen({"waitingForStart": True})
        holds = [way for way in at.ways if not way.default and (not way.condition or value(way.condition, seen))]
        default = [way for way in at.ways if way.default]
        if at.kind == "exclusiveGateway" and at.ways:
            holds = holds[:1] or default
        elif any(way.condition for way in at.ways):
            free = at.kind not in ("inclusiveGateway", "complexGateway")
            asked = any(way.condition for way in holds) if free else bool(holds)
            holds = holds if asked else holds + default
        else:
            holds = list(at.ways)
        if at.ways and not holds:
            raise Stuck(at.id)
        return holds

    def remove(self, token: Token) -> None:
        """Take a token away, with the events beside it."""
        assert token.above is not None
        token.above.inside.remove(token)
        for other in [each for each in token.above.inside if each.host is token]:
            token.above.inside.remove(other)
        self.forget(token)

    def kill(self, token: Token) -> None:
        """Stop a token and everything in it."""
        if not token.alive:
            return
        for each in list(token.inside):
            self.kill(each)
        if token.known:
            assert token.number is not None
            self.cancelled[token.number] += 1
        self.remove(token)

    def settle(self, scope: Token) -> None:
        """End a scope in which nothing is left."""
        if not scope.alive or scope.living():
            return
        if self.reset(scope):
            return
        at = scope.at
        if scope.plan is not None:
            self.undo_next(scope)
        elif at.kind == "process":
            self._process_over(scope)
        elif scope.role == "activation":
            self.activation_over(scope)
        elif at.kind != "adHocSubProcess" or scope.closing:
            for each in list(scope.inside):
                self.kill(each)
            scope.state = ENTERED

    def _process_over(self, root: Token) -> None:
        for each in list(root.inside):
            self.kill(each)
        if root is self.root:
            self.over = True
            return
        caller = root.above
        assert caller is not None
        self.remove(root)
        for name in sorted(root.values.keys() - root.given):
            caller.write(name, root.values[name])
        caller.state = ENTERED

    def _item_over(self, item: Token) -> None:
        body, repeated = item.above, item.at.repeated
        assert body is not None
        assert repeated is not None
        self.remember(item)
        if repeated.rounds:
            ends = not self._once_more(body, item)
        else:
            body.done += 1
            active = body.begun - body.done
            numbers = {"numberOfInstances": len(body.items), "numberOfCompletedInstances": body.done,
                       "numberOfActiveInstances": active, "numberOfTerminatedInstances": 0}  # fmt: skip
            ends = bool(repeated.condition) and value(repeated.condition, item.seen(numbers))
            ends = ends or body.done == len(body.items)
        self.remove(item)
        if ends:
            for each in list(body.inside):
                self.kill(each)
            try:
                self.complete(body)
            except Stuck:
                self.stop(body, "CONDITION_ERROR")
        elif repeated.rounds or repeated.sequential:
            self._next_item(body)

    # -- at rest

    def rest(
        self, waiting: Counter[tuple[str, str]], incidents: Counter[str], taken: Counter[str], outcome: str
    ) -> None:
        """Compare what waits now with what must wait."""
        self.flush()
        self.reset_all(self.root)
        for token in list(self.root.walk()):
            self._may_rest(token)
        self._dead_joins()
        expected = Counter((t.at.id, t.kind) for t in self.root.walk() if t.waits)
        self._same("waits", expected, waiting)
        self._same("flows", self.taken, taken)
        self._same("incidents", self.stuck, incidents)
        self._same("cancelled", Counter({k: n for k, n in self.cancelled.items() if n}), Counter())
        self._same("outcome", Counter(["completed" if self.over else "active"]), Counter([outcome]))

    def _same(self, what: str, expected: Counter[Any], found: Counter[Any]) -> None:
        if expected != found:
            raise Wrong(f"{what}: lacks {dict(expected - found)}, has {dict(found - expected)}")

    def _may_rest(self, token: Token) -> None:
        if token.state in (READY, ENTERED):
            raise Wrong(f"{token.at.id} does not go on: {token.state}")
        for node in {each.at for each in token.inside if each.state == JOINS}:
            if self.join(token, node) is not None:
                raise Wrong(f"{node.id} does not join")

    def _dead_joins(self) -> None:
        for scope in list(self.root.walk()):
            living = scope.living()
            if living and all(each.state == JOINS for each in living) and not any(each.told for each in living):
                living[0].told = True
                self.stuck["JOIN_INCOMPLETE"] += 1


class Stuck(Exception):
    """No condition holds and there is no default."""
