"""Plays a drawing with random acts, written down and read again before each, and lets the token game judge the run."""

from __future__ import annotations

import functools
from collections import Counter
from random import Random

from engine import bpmn, errors
from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Town
from tests.engine.bpmn.game.drawers import NAMES, Drawer
from tests.engine.bpmn.game.playing import Chain, Game
from tests.engine.bpmn.game.reading import read
from tests.engine.bpmn.game.tangles import tangled
from tests.engine.bpmn.game.tokens import WAITS, Token

MAX_ACTS = 30
RUNS_OF_EACH = 2
"""How often each drawing is played, with other acts."""


class Watched(bpmn.Workflow):
    """A workflow that keeps, with what it tells, in which tokens it happened."""

    def emit(self, effect: bpmn.Effect) -> None:
        super().emit(effect)
        seen: list[tuple[bpmn.Effect, Chain]] = self.__dict__.setdefault("seen", [])
        inside = isinstance(effect, effects.Entered | effects.Left | effects.Incident)
        seen.append((effect, self.chain(effect.token) if inside else []))

    def chain(self, number: int) -> Chain:
        """Return a token and those around it, outermost first."""
        found: Chain = []
        token = self.tasks[number]
        while token is not None:
            found.insert(0, (token.id, token.task_spec.name))
            token = token.parent
        return found


class Run:
    """One drawing, played and judged."""

    def __init__(self, source: bytes, model: bpmn.Model, random: Random) -> None:
        self.model = model
        self.town = Town(models=dict.fromkeys(self.model.specs, self.model))
        self.random = random
        self.acts: list[str] = []
        self.taken: Counter[str] = Counter()
        self.incidents: Counter[str] = Counter()
        self.stopped: set[int] = set()
        self.endless = False
        """Whether the process turned without a wait until the kernel stopped it; what it did then is not judged."""
        values = dict.fromkeys(NAMES, 0)
        self.game = Game(read(source), "p", values)
        self._judge(Watched.start(self.model, "p", host=self.town, variables=values))

    def load(self, focus: int | None = None) -> Watched:
        """Read the instance again."""
        workflow = bpmn.load(self.model, self.tokens, self.scopes, host=self.town, focus=focus)
        workflow.__class__ = Watched
        return workflow  # type: ignore[return-value]

    def _judge(self, workflow: Watched) -> None:
        seen = workflow.__dict__.get("seen", [])
        self.endless = any(isinstance(effect, effects.Incident) and effect.kind == "STEP_LIMIT" for effect, _ in seen)
        if self.endless:
            return
        for effect, chain in seen:
            if isinstance(effect, effects.Took):
                self.taken[effect.flow] += 1
            elif isinstance(effect, effects.Incident):
                self.incidents[effect.kind] += 1
                self.stopped.add(effect.token)
                if effect.kind == "CONDITION_ERROR":
                    self.game.stands(chain)
            elif isinstance(effect, effects.Entered):
                self.game.entered(chain)
            elif isinstance(effect, effects.Left):
                self.game.left(chain, effect.outcome)
        workflow.drain()
        self.outcome = workflow.outcome
        self.tokens, self.scopes = bpmn.dump(workflow)
        self.town.keep(workflow.aside())
        self.waiting = self.load().waiting() if workflow.partial else workflow.waiting()
        waiting = Counter((element, kind) for _, element, kind in self.waiting if kind != "spent")
        self.game.rest(waiting, self.incidents, self.taken, self.outcome)

    def act(self) -> bool:
        """Let something happen from outside; False if nothing can."""
        if self.endless:
            return False
        able = [each for each in self.waiting if each[2] in ACTS and each[0] not in self.stopped]
        if not able:
            return False
        number, element, kind = self.random.choice(able)
        self.acts.append(f"{kind} {element}")
        if kind == "adhoc":
            return self._activate(number, element)
        workflow = self.load(number if kind == "task" else None)
        token = self._meant(workflow, number)
        values = {n: self.random.randint(0, 2) for n in NAMES if self.random.random() < 0.4}
        if kind == "job" and self.random.random() < 0.35:
            code = self.random.choice(("one", "two"))
            self.acts[-1] += f" fails {code}"
            self.game.fail(token, code)
            workflow.throw_error(number, code, "")
        else:
            self.acts[-1] += f" {values}"
            self.game.fire(token, values)
            (workflow.complete if kind in ("task", "job") else workflow.trigger)(number, values)
        self._judge(workflow)
        return True

    def _meant(self, workflow: Watched, number: int) -> Token:
        """Return the game's token that a waiting one is."""
        chain = workflow.chain(number)
        above = self.game.find(chain[:-1])
        internal = workflow.tasks[number].internal_data
        host, flow = internal.get("host"), internal.get("flow")
        known = [each for each in above.inside if each.number == number]
        free = [each for each in above.inside if each.number is None and each.at.id == chain[-1][1] and each.kind]
        if flow is not None:  # two flows may lead from one gateway to one event
            free = [each for each in free if each.by is not None and each.by.id == flow]
        if host is not None:
            free = [each for each in free if each.host is not None and each.host.number in (host, None)]
        found = [*known, *free][0]
        if host is not None and found.host is not None:
            found.host.number = host
        if found.state == WAITS:
            found.number = number
        return found

    def _activate(self, number: int, element: str) -> bool:
        workflow = self.load()
        offers = [each.activity for each in workflow.tasks[number].task_spec.offers(workflow.tasks[number])]
        if not offers:
            self.acts.pop()
            return self.random.random() < 0.9
        chosen = self.random.choice(offers)
        self.acts[-1] += f" {chosen}"
        self.game.activate(self.game.find(workflow.chain(number)), chosen)
        workflow.activate(number, chosen)
        self._judge(workflow)
        return True


ACTS = ("task", "job", "timer", "message", "signal", "adhoc")


def drawn(seed: int) -> bytes:
    """The drawing of a seed: a block, or a tangle of one."""
    drawer = Drawer(seed)
    source = drawer.draw()
    return tangled(source, drawer.random) if drawer.chance(0.4) else source


@functools.lru_cache(maxsize=1)
def compiled(seed: int) -> tuple[bytes, bpmn.Model | None]:
    """The drawing of a seed and its model, none if it is refused."""
    source = drawn(seed)
    try:
        return source, bpmn.compile(source)
    except errors.DeploymentRefused:
        return source, None


def judged(run: int) -> str:
    """Play a run of a random drawing; how it ended, or ``refused``.

    Raises
    ------
    AssertionError
        If the run was wrong.
    """
    source, model = compiled(run // RUNS_OF_EACH)
    if model is None:
        return "refused"
    played = Run(source, model, Random(run))
    acts = 0
    while acts < MAX_ACTS and played.act():
        acts += 1
    return "endless" if played.endless else played.outcome
