"""Plays the tokens of one scope without its data and finds joins that wait for what never comes.

Choices are free where conditions decide, so every real run is among those played. Only choices branch: a token whose
next step is fixed takes it at once, which leaves every dead end to be found (nets of BPMN without inclusive joins are
free-choice; for the soundness of such nets see van der Aalst, Workflow Verification, 2000).
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from engine import feel
from engine.bpmn.drawn.ways import INSIDE, SPENT, Place, Undecided, Way, ways
from engine.bpmn.elements.activities import ScriptTask
from engine.bpmn.elements.complex import ComplexGateway
from engine.bpmn.elements.nodes import InclusiveGateway, Node, Process

MAX_MARKINGS = 3_000
"""At how many markings, ways in which tokens may stand, the search gives up."""
MAX_STEPS = 20_000
"""Steps, those of many tokens counted by their number: about half a second."""
MAX_SAME = 3
"""How many tokens may stand at one place before a scope is taken to make ever more of them."""

Marking = tuple[Place, ...]


@dataclass(frozen=True)
class Stuck:
    """A join that may wait for ever, and by which flows nothing comes; ``certain`` if some run surely ends there."""

    join: Node
    missing: tuple[str, ...]
    certain: bool


def stuck(process: Process) -> list[Stuck]:
    """Return the joins of a scope at which a run may come to stand; nothing where that cannot be found out."""
    if any(isinstance(node, ComplexGateway) for node in process.task_specs.values()):
        return []
    game = _Game(process)
    try:
        for start in process.starts:
            game.play((Place(start.name, INSIDE),))
    except Undecided:
        return []
    return list(_verdict(process, game))


def _verdict(process: Process, game: _Game) -> Iterable[Stuck]:
    always = not game.ends
    found: dict[str, Stuck] = {}
    for marking, sure in sorted(game.dead.items(), key=lambda entry: not entry[1]):
        for name in dict.fromkeys(place.node for place in marking):
            join = process.task_specs[name]
            arrived = {place.state for place in marking if place.node == name}
            missing = tuple(flow.id for flow in join.arrivals if flow.id not in arrived)
            found.setdefault(name, Stuck(join, missing, sure or always))
    for name, each in found.items():
        others = [process.task_specs[other] for other in found if other != name]
        if not any(_leads(other, each) for other in others) or any(_leads(each.join, found[o.name]) for o in others):
            yield each  # and not one that only waits for another


def _leads(start: Node, stuck: Stuck) -> bool:
    """Tell whether what a join waits for would come from behind another one."""
    sources = {flow.source for flow in stuck.join.arrivals if flow.id in stuck.missing}
    seen, todo = {start.name}, [start]
    while todo:
        node = todo.pop()
        if node.name in sources:
            return True
        for follower in node.followers():
            if follower.name not in seen:
                seen.add(follower.name)
                todo.append(follower)
    return False


class _Game:
    def __init__(self, process: Process) -> None:
        self.nodes: dict[str, Node] = dict(process.task_specs)
        self.written = {node.result for node in self.nodes.values() if isinstance(node, ScriptTask)}
        self.written |= {mapping.target[0] for node in self.nodes.values() for mapping in node.details.outputs}
        self.known: dict[Place, list[Way]] = {}
        self.ends = False
        self.dead: dict[Marking, bool] = {}
        self.steps = 0

    def play(self, begin: Marking) -> None:
        """Follow every choice, those ways first that need the fewest decisions."""
        seen: set[Marking] = set()
        queue: list[tuple[int, int, Marking, tuple[str, ...], bool]] = [(0, 0, begin, (), True)]
        pushed = 0
        while queue:
            cost, _, marking, decided, sure = heapq.heappop(queue)
            rested = self.run(marking)
            if rested is None or rested in seen:
                continue
            marking = rested
            seen.add(marking)
            if len(seen) > MAX_MARKINGS:
                raise Undecided
            choice = next((place for place in marking if place.state in (INSIDE, SPENT)), None)
            if choice is None:
                self.rest(marking, sure and self.independent(decided))
                continue
            for way in self.ways(choice):
                pushed += 1
                told = (*decided, choice.node) if way.decided else decided
                more = cost + len(told) - len(decided) + 9 * way.doubtful
                heapq.heappush(queue, (more, pushed, self.take(marking, choice, way), told, sure and not way.doubtful))

    def rest(self, marking: Marking, sure: bool) -> None:
        """Note how a run ended."""
        if marking:
            self.dead[marking] = self.dead.get(marking, False) or sure
        else:
            self.ends = True

    def independent(self, decided: tuple[str, ...]) -> bool:
        """Tell whether some data surely makes all these gateways decide so: none has a say in another's condition."""
        seen: set[str] = set()
        for name in decided:
            flows = self.nodes[name].flows
            own = {v for flow in flows if flow.condition and flow.condition.expression for v in _names(flow.condition)}
            if not own or own & seen or own & self.written:
                return False
            seen |= own
        return True

    def run(self, marking: Marking) -> Marking | None:
        """Let every token go on whose next step is fixed, and every join that is complete; None if that never ends."""
        passed: set[Marking] = set()
        while marking not in passed:
            passed.add(marking)
            self.steps += 1 + len(marking) // 8
            if self.steps > MAX_STEPS:
                raise Undecided
            moving = [place for place in marking if place.state in (INSIDE, SPENT)]
            fixed = next((place for place in moving if len(self.ways(place)) == 1), None)
            after = self.take(marking, fixed, self.ways(fixed)[0]) if fixed else self.join(marking, bool(moving))
            if after is None:
                return marking
            marking = after
        return None

    def ways(self, place: Place) -> list[Way]:
        """Return what a token may do; found out once."""
        if place not in self.known:
            self.known[place] = ways(self.nodes[place.node], place.state == SPENT)
        return self.known[place]

    def join(self, marking: Marking, moving: bool) -> Marking | None:
        """Let one join go on, an inclusive one only when no token could move otherwise; None if there is none."""
        arrived: dict[str, set[str]] = {}
        for place in marking:
            if place.state not in (INSIDE, SPENT):
                arrived.setdefault(place.node, set()).add(place.state)
        for name, flows in arrived.items():
            node = self.nodes[name]
            if isinstance(node, InclusiveGateway):
                others = [self.nodes[place.node] for place in marking if place.node != name]
                complete = not moving and node.ready(flows, others)
            else:
                complete = len(flows) == len(node.arrivals)
            if complete:
                return _moved(marking, [Place(name, flow) for flow in flows], [Place(name, INSIDE)])
        return None

    def take(self, marking: Marking, place: Place, way: Way) -> Marking:
        """Return where the tokens stand after one of them has gone a way."""
        if way.ends_scope:
            return ()
        places = [Place(t, flow if self.nodes[t].gathers else INSIDE) for t, flow in way.targets]
        return _moved(marking, [place], [*places, Place(place.node, SPENT)] if way.stays else places)


def _moved(marking: Marking, gone: list[Place], come: list[Place]) -> Marking:
    counted = Counter(marking)
    counted.subtract(gone)
    counted.update(come)
    if counted and max(counted.values()) > MAX_SAME:
        raise Undecided
    return tuple(sorted(counted.elements()))


def _names(condition: object) -> frozenset[str]:
    return feel.variables(condition.expression)  # type: ignore[attr-defined]
