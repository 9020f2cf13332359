"""Draws random processes: blocks of every element within one another."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.engine.bpmn.drawing import HEAD, flows, node, timer, zeebe

SHARED = (
    '<bpmn:error id="E1" errorCode="one"/><bpmn:error id="E2" errorCode="two"/>'
    '<bpmn:escalation id="X1" escalationCode="up"/><bpmn:escalation id="X2" escalationCode="down"/>'
    '<bpmn:signal id="G1" name="g"/><bpmn:signal id="G2" name="h"/><bpmn:message id="M" name="m">'
    + zeebe('subscription correlationKey="=1"') + "</bpmn:message>"
)  # fmt: skip
NAMES = ("x", "y", "z")
"""The variables of a random process: small whole numbers, there from the beginning."""
GATEWAYS = {"and": "parallelGateway", "or": "inclusiveGateway", "xor": "exclusiveGateway", "complex": "complexGateway"}

Block = tuple[str, str, str]
"""The elements of a block, the first of them and the last."""


def event(what: str, reference: str = "", text: str = "") -> str:
    """An event definition."""
    if what == "timer":
        return timer(text or "PT1H", "timeCycle" if text else "timeDuration")
    if what == "conditional":
        inside = f"<bpmn:condition>={text}</bpmn:condition>"
        return f"<bpmn:conditionalEventDefinition>{inside}</bpmn:conditionalEventDefinition>"
    ref = f' {what}Ref="{reference}"' if reference else ""
    return f"<bpmn:{what}EventDefinition{ref}/>"


class Drawer:
    """Draws one process and those that it calls."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # a repeatable drawing, no secret
        self.count = 0
        self.called = ""
        self.owners: list[str] = []
        """What the scope is the inside of that is being drawn, outermost first."""

    def draw(self) -> bytes:
        """Return a file whose process ``p`` begins without an event."""
        size = self.random.choice((2, 3, 3, 4))
        body = self.scope(size)
        process = f'<bpmn:process id="p" isExecutable="true">{body}</bpmn:process>'
        return f"{HEAD}{SHARED}{process}{self.called}</bpmn:definitions>".encode()

    def name(self, kind: str) -> str:
        """A new id."""
        self.count += 1
        return f"{kind}{self.count}"

    def some(self, *shares: tuple[float, Callable[[], Block]]) -> Block:
        """One of several, by their shares."""
        return self.random.choices([draw for _, draw in shares], [share for share, _ in shares])[0]()

    def chance(self, share: float) -> bool:
        """Whether something is to be."""
        return self.random.random() < share

    def condition(self) -> str:
        """Something that a variable decides."""
        name, how, number = (
            self.random.choice(NAMES),
            self.random.choice(("=", "&lt;", "&gt;=", "!=")),
            self.random.randint(0, 2),
        )
        return f"{name} {how} {number}"

    # -- scopes

    def scope(self, depth: int, more: str = "") -> str:
        """The inside of a process or sub-process: a start, a block, its ends, and event sub-processes."""
        inner, first, last = self.block(depth)
        start, end = self.name("s"), self.name("e")
        body = node("startEvent", start) + inner + flows(f"{start}>{first}")
        if self.chance(0.25):
            special, gateway = self.special_end(), self.name("g")
            body += node("exclusiveGateway", gateway, default=f"{gateway}-{end}") + special[0]
            body += flows(f"{last}>{gateway}>{end}") + self.when(gateway, special[1])
        else:
            body += flows(f"{last}>{end}")
        body += node("endEvent", end, event("terminate") if self.chance(0.05) else "")
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2)) if depth > 0 else 0):
            body += self.handler(depth - 1)
        return body + more

    def when(self, source: str, target: str) -> str:
        """A flow with a condition."""
        text = self.condition()
        inside = f"<bpmn:conditionExpression>={text}</bpmn:conditionExpression>"
        return f'<bpmn:sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'

    def special_end(self) -> tuple[str, str]:
        """An end event that does something, with its id."""
        name, kinds = self.name("e"), ["terminate", "error", "escalation", "signal", "compensate"]
        if self.owners and self.owners[-1].startswith("tr"):
            kinds = ["cancel"]
        what = self.random.choice(kinds)
        reference = {"error": "E1", "escalation": "X1", "signal": "G1"}.get(what, "")
        if self.chance(0.3):
            reference = reference.replace("1", "2")
        return node("endEvent", name, event(what, reference)), name

    def handler(self, depth: int) -> str:
        """An event sub-process."""
        name, start, end = self.name("h"), self.name("s"), self.name("e")
        what = self.random.choice(("message", "signal", "timer", "error", "escalation", "conditional"))
        interrupts = what == "error" or self.chance(0.5)
        self.owners.append(name)
        inner, first, last = self.block(max(0, min(depth, 1)))
        self.owners.pop()
        begin = node("startEvent", start, self.trigger(what, interrupts), isInterrupting=str(interrupts).lower())
        body = begin + inner + node("endEvent", end) + flows(f"{start}>{first}", f"{last}>{end}")
        return node("subProcess", name, body, triggeredByEvent="true")

    def trigger(self, what: str, interrupts: bool) -> str:
        """The definition of a catching event."""
        one = {"error": ("", "E1", "E2"), "escalation": ("", "X1", "X2"), "signal": ("G1", "G2"), "message": ("M",)}
        text = self.condition() if what == "conditional" else ""
        if what == "timer" and not interrupts and self.chance(0.5):
            text = "R2/PT1H"
        return event(what, self.random.choice(one.get(what, ("",))), text)

    # -- blocks

    def block(self, depth: int) -> Block:
        """Anything with one way in and one way out."""
        if depth <= 0:
            return self.some(
                (6, self.user), (2, self.plain), (1, self.job), (1, self.script), (1, self.catch), (1, self.throw),
                (0.7, self.receive),
            )  # fmt: skip
        return self.some(
            (2, self.user), (4, lambda: self.sequence(depth)), (2, lambda: self.split("xor", depth)),
            (3, lambda: self.split("and", depth)), (2, lambda: self.split("or", depth)),
            (0.7, lambda: self.split("complex", depth)), (1, lambda: self.race(depth)), (2, lambda: self.loop(depth)),
            (3, lambda: self.sub(depth)), (1, lambda: self.many(depth)), (1, lambda: self.adhoc(depth)),
            (1, lambda: self.transaction(depth)), (1, lambda: self.call(depth)), (1, lambda: self.link(depth)),
            (1.5, lambda: self.undone(depth)), (1.5, lambda: self.undone_together(depth)), (2, lambda: self.guarded(depth)), (1, lambda: self.activity_split(depth)),
        )  # fmt: skip

    def single(self, kind: str, prefix: str, inside: str = "", **attributes: str) -> Block:
        """One element."""
        name = self.name(prefix)
        return node(kind, name, inside, **attributes), name, name

    def user(self) -> Block:
        return self.single("userTask", "u")

    def plain(self) -> Block:
        return self.single("task", "t")

    def job(self) -> Block:
        return self.single("serviceTask", "j", zeebe('taskDefinition type="x"'))

    def script(self) -> Block:
        text = f'script expression="={self.random.randint(0, 2)}" resultVariable="{self.random.choice(NAMES)}"'
        return self.single("scriptTask", "c", zeebe(text))

    def receive(self) -> Block:
        return self.single("receiveTask", "r", messageRef="M")

    def catch(self) -> Block:
        what = self.random.choice(("message", "signal", "timer", "conditional"))
        return self.single("intermediateCatchEvent", "i", self.trigger(what, True))

    def throw(self) -> Block:
        what = self.random.choice(("", "signal", "escalation", "compensate", "message"))
        reference = {"signal": "G1", "escalation": self.random.choice(("X1", "X2")), "message": "M"}.get(what, "")
        return self.single("intermediateThrowEvent", "w", event(what, reference) if what else "")

    def sequence(self, depth: int) -> Block:
        one, two = self.block(depth - 1), self.block(depth - 1)
        return one[0] + two[0] + flows(f"{one[2]}>{two[1]}"), one[1], two[2]

    def split(self, kind: str, depth: int) -> Block:
        branches = [self.block(depth - 1) for _ in range(self.random.randint(2, 3))]
        first, last = self.name("g"), self.name("g")
        asks = kind in ("xor", "or")
        attributes = {"default": f"{first}-{branches[-1][1]}"} if asks else {}
        join = ""
        if kind == "complex":
            number = self.random.randint(1, len(branches))
            join = f"<bpmn:activationCondition>=activationCount &gt;= {number}</bpmn:activationCondition>"
        ends = "inclusiveGateway" if kind in ("xor", "and") and self.chance(0.15) else GATEWAYS[kind]
        out = node(GATEWAYS["and" if kind == "complex" else kind], first, **attributes) + node(ends, last, join)
        for branch in branches:
            asked = asks and branch is not branches[-1]
            out += branch[0] + (self.when(first, branch[1]) if asked else flows(f"{first}>{branch[1]}"))
            out += flows(f"{branch[2]}>{last}")
        return out, first, last

    def race(self, depth: int) -> Block:
        first, last = self.name("v"), self.name("g")
        out = node("eventBasedGateway", first) + node("exclusiveGateway", last)
        for what in self.random.sample(("message", "signal", "timer", "conditional"), self.random.randint(2, 3)):
            wait, inner = self.single("intermediateCatchEvent", "i", self.trigger(what, True)), self.block(depth - 1)
            out += wait[0] + inner[0] + flows(f"{first}>{wait[1]}>{inner[1]}", f"{inner[2]}>{last}")
        return out, first, last

    def loop(self, depth: int) -> Block:
        inner, user = self.block(depth - 1), self.user()
        merge, decide = self.name("g"), self.name("g")
        exit = self.plain()
        out = node("exclusiveGateway", merge) + inner[0] + user[0]
        out += node("exclusiveGateway", decide, default=f"{decide}-{exit[1]}") + exit[0]
        out += flows(f"{merge}>{inner[1]}", f"{inner[2]}>{user[1]}>{decide}>{exit[1]}") + self.when(decide, merge)
        return out, merge, exit[2]

    def activity_split(self, depth: int) -> Block:
        """A task of which several flows lead out, some with a condition, to an inclusive join."""
        branches = [self.block(depth - 1) for _ in range(2)]
        first, last = self.name("u"), self.name("g")
        default = {"default": f"{first}-{branches[0][1]}"} if self.chance(0.5) else {}
        out = node("userTask", first, **default) + node("inclusiveGateway", last)
        out += branches[0][0] + branches[1][0] + flows(f"{first}>{branches[0][1]}")
        out += self.when(first, branches[1][1]) + flows(*(f"{branch[2]}>{last}" for branch in branches))
        return out, first, last

    def sub(self, depth: int, more: str = "") -> Block:
        name = self.name("p")
        self.owners.append(name)
        body = self.scope(depth - 1)
        self.owners.pop()
        return self.beside(node("subProcess", name, more + body), name, depth)

    def transaction(self, depth: int) -> Block:
        name = self.name("tr")
        self.owners.append(name)
        body = self.scope(depth - 1)
        self.owners.pop()
        out, event_name, after, end = node("transaction", name, body), self.name("b"), self.user(), self.name("g")
        out += node("boundaryEvent", event_name, event("cancel"), attachedToRef=name) + after[0]
        out += node("exclusiveGateway", end) + flows(f"{event_name}>{after[1]}>{end}", f"{name}>{end}")
        return out, name, end

    def call(self, depth: int) -> Block:
        if self.owners and self.owners[-1].startswith("q"):
            return self.user()
        name = self.name("q")
        owners, self.owners = self.owners, [name]
        body = self.scope(depth - 1)
        self.called += f'<bpmn:process id="{name}" isExecutable="true">{body}</bpmn:process>'
        self.owners = owners
        block = self.single("callActivity", "k", zeebe(f'calledElement processId="{name}"'))
        return self.beside(*block[:2], depth)

    def link(self, depth: int) -> Block:
        before, after, name = self.block(depth - 1), self.block(depth - 1), self.name("L")
        throw, catch = self.name("w"), self.name("i")
        out = node("intermediateThrowEvent", throw, f'<bpmn:linkEventDefinition name="{name}"/>')
        out += node("intermediateCatchEvent", catch, f'<bpmn:linkEventDefinition name="{name}"/>')
        return out + before[0] + after[0] + flows(f"{before[2]}>{throw}", f"{catch}>{after[1]}"), before[1], after[2]

    def undone(self, depth: int) -> Block:
        """An activity with what undoes it, perhaps followed by what throws."""
        if self.chance(0.4):
            block = self.sub(depth)
            throw = self.single("intermediateThrowEvent", "w", event("compensate"))
            return block[0] + throw[0] + flows(f"{block[2]}>{throw[1]}"), block[1], throw[2]
        kind = self.random.choice(("userTask", "task", "callActivity"))
        inner = (
            self.call(1)
            if kind == "callActivity" and not self.owners
            else self.single(kind.replace("callActivity", "task"), "u")
        )
        host = inner[1]
        compensation, undo = self.name("b"), self.name("undo")
        out = inner[0] + node("boundaryEvent", compensation, event("compensate"), attachedToRef=host)
        out += node(self.random.choice(("task", "userTask")), undo, isForCompensation="true")
        out += f'<bpmn:association id="as{host}" sourceRef="{compensation}" targetRef="{undo}"/>'
        if self.chance(0.4):
            wait = 'waitForCompletion="false"' if self.chance(0.2) else ""
            throw = self.single("intermediateThrowEvent", "w", f"<bpmn:compensateEventDefinition {wait}/>")
            user = self.user()
            out += throw[0] + user[0] + flows(f"{inner[2]}>{user[1]}>{throw[1]}")
            return out, inner[1], throw[2]
        return out, inner[1], inner[2]

    def undone_together(self, depth: int) -> Block:
        """Two things one after or beside the other, of which what completed is undone."""
        one, two = self.undone(depth - 1), self.undone(depth - 1)
        wait, throw = self.user(), self.single("intermediateThrowEvent", "w", event("compensate"))
        out = one[0] + two[0] + wait[0] + throw[0] + flows(f"{wait[1]}>{throw[1]}")
        if self.chance(0.5):
            return out + flows(f"{one[2]}>{two[1]}", f"{two[2]}>{wait[1]}"), one[1], throw[2]
        first, last = self.name("g"), self.name("g")
        out += node("parallelGateway", first) + node("parallelGateway", last)
        out += flows(*(f"{first}>{each[1]}" for each in (one, two)), *(f"{each[2]}>{last}" for each in (one, two)))
        return out + flows(f"{last}>{wait[1]}"), first, throw[2]

    # -- repetition

    def many(self, depth: int) -> Block:
        wide = self.chance(0.04)
        sequential = str(self.chance(0.4) and not wide).lower()
        count = self.random.randint(51, 54) if wide else self.random.choice((0, 1, 2, 3, 3))
        done = ""
        if self.chance(0.3):
            number = self.random.randint(1, 3)
            done = f"<bpmn:completionCondition>=numberOfCompletedInstances &gt;= {number}</bpmn:completionCondition>"
        listed = zeebe(f'loopCharacteristics inputCollection="={list(range(count))}" inputElement="item"')
        cardinality = f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
        inside = cardinality if self.chance(0.3) else listed
        more = f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">{inside}{done}</bpmn:multiInstanceLoopCharacteristics>'
        if self.chance(0.25) and not wide:
            most = self.random.randint(1, 3)
            test = 'testBefore="true"' if self.chance(0.5) else ""
            more = f'<bpmn:standardLoopCharacteristics {test} loopMaximum="{most}"><bpmn:loopCondition>={self.condition()}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>'
        if not wide and self.chance(0.5):
            return self.sub(depth, more)
        kinds = ("userTask",) if wide else ("userTask", "task", "serviceTask")
        kind = self.random.choice(kinds)
        block = self.single(kind, "u", more)
        if kind == "serviceTask":
            block = self.single(kind, "j", zeebe('taskDefinition type="x"') + more)
        return self.beside(*block[:2], depth)

    def adhoc(self, depth: int) -> Block:
        name = self.name("d")
        self.owners.append(name)
        units = [self.user() for _ in range(self.random.randint(1, 3))]
        if depth > 1 and self.chance(0.3):
            units.append(self.sub(depth - 1)[:3])
        body = "".join(unit[0] for unit in units)
        if self.chance(0.3):
            one, two = self.user(), self.plain()
            body += one[0] + two[0] + flows(f"{one[2]}>{two[1]}")
        if self.chance(0.2):
            body += self.handler(0)
        self.owners.pop()
        extension = ""
        if self.chance(0.4):
            wanted = [unit[1] for unit in self.random.choices(units, k=self.random.randint(1, 3))]
            extension = zeebe(
                f'adHoc activeElementsCollection="=[{", ".join(f"&quot;{each}&quot;" for each in wanted)}]"'
            )
        if self.chance(0.3):
            body += f"<bpmn:completionCondition>={self.condition()}</bpmn:completionCondition>"
        attributes = {"ordering": "Sequential"} if self.chance(0.3) else {}
        if self.chance(0.3):
            attributes["cancelRemainingInstances"] = "false"
        return self.beside(node("adHocSubProcess", name, extension + body, **attributes), name, depth)

    # -- boundary events

    def guarded(self, depth: int) -> Block:
        block = self.some((3, self.user), (1, self.job), (1, self.receive))
        return self.beside(block[0], block[1], depth, least=1)

    def beside(self, drawn: str, host: str, depth: int, least: int = 0) -> Block:
        """Attach boundary events: their way joins that of the activity, or has an end of its own."""
        last = host
        speaks = host[0] in "pdk"
        kinds = ["message", "signal", "timer", "timer", "conditional", *(["error"] if host[0] in "pdkju" else [])]
        kinds += ["error", "error", "escalation", "escalation"] if speaks else []
        wanted = [self.random.choice(kinds) for _ in range(max(least, self.random.choice((0, 0, 1, 1, 2))))]
        triggers = [(what, what == "error" or self.chance(0.6)) for what in wanted]
        drawn_triggers = [(self.trigger(what, interrupts), interrupts) for what, interrupts in triggers]
        if speaks and self.chance(0.3):
            drawn_triggers += [(event("error"), True), (event("error", "E1"), True)]
        taken: set[str] = set()
        for trigger, interrupts in drawn_triggers:
            if trigger in taken:
                continue
            taken.add(trigger)
            name, inner = self.name("b"), self.block(min(depth - 1, 1))
            drawn += node("boundaryEvent", name, trigger, attachedToRef=host, cancelActivity=str(interrupts).lower())
            drawn += inner[0] + flows(f"{name}>{inner[1]}")
            if interrupts and self.chance(0.6):
                merge = self.name("g")
                drawn += node("exclusiveGateway", merge) + flows(f"{last}>{merge}", f"{inner[2]}>{merge}")
                last = merge
            else:
                end = self.name("e")
                drawn += node("endEvent", end) + flows(f"{inner[2]}>{end}")
        return drawn, host, last
