"""Small processes whose one right run follows from BPMN 2.0.2; most of them an engine can get wrong without a word.

Each names its paragraph. ``does`` are the acts from outside in order: ``u`` completes or triggers what waits there,
``u x=1`` brings a variable. ``trace`` is every element that completed, in order; what may come in any order is sorted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from engine.bpmn.running import effects
from tests.engine.bpmn.drawing import Case, drawing, flows, node, zeebe

S, E, AND, XOR, OR = "startEvent", "endEvent", "parallelGateway", "exclusiveGateway", "inclusiveGateway"
SHARED = (
    '<bpmn:error id="E1" errorCode="one"/><bpmn:error id="E2" errorCode="two"/>'
    '<bpmn:escalation id="X1" escalationCode="up"/><bpmn:escalation id="X2" escalationCode="down"/>'
    '<bpmn:signal id="G" name="g"/><bpmn:message id="M" name="m">'
    + zeebe('subscription correlationKey="=1"') + "</bpmn:message>"
)  # fmt: skip


@dataclass(frozen=True)
class Right:
    """A process and its right run."""

    body: str
    trace: str
    does: tuple[str, ...] = ()
    given: dict[str, Any] | None = None
    outcome: str = "completed"
    variables: dict[str, Any] | None = None
    ordered: bool = True


def nodes(**kinds: str) -> str:
    """Nodes by ``id=kind``; ``id="kind default"`` names the default flow."""
    out = ""
    for name, kind in kinds.items():
        kind, _, default = kind.partition(" ")
        out += node(kind, name, **({"default": default} if default else {}))
    return out


def event(kind: str, id: str, what: str, reference: str = "", **attributes: str) -> str:
    ref = f' {what}Ref="{reference}"' if reference else ""
    return node(kind, id, f"<bpmn:{what}EventDefinition{ref}/>", **attributes)


def beside(id: str, host: str, what: str, reference: str = "", *, interrupting: bool = True) -> str:
    return event("boundaryEvent", id, what, reference, attachedToRef=host, cancelActivity=str(interrupting).lower())


def script(id: str, expression: str, result: str) -> str:
    text = expression.replace("<", "&lt;").replace('"', "&quot;")
    return node("scriptTask", id, zeebe(f'script expression="={text}" resultVariable="{result}"'))


def sub(id: str, body: str, **attributes: str) -> str:
    return node("subProcess", id, body, **attributes)


def handler(id: str, start: str, body: str) -> str:
    return node("subProcess", id, start + body, triggeredByEvent="true")


def undo(host: str) -> str:
    """A compensation boundary event of ``host`` with its handler ``undo_<host>``."""
    name = f"undo_{host}"
    return (
        event("boundaryEvent", f"k_{host}", "compensate", attachedToRef=host)
        + node("task", name, isForCompensation="true")
        + f'<bpmn:association id="as_{host}" sourceRef="k_{host}" targetRef="{name}" associationDirection="One"/>'
    )


def condition(id: str, kind: str, text: str, **attributes: str) -> str:
    inside = (
        f"<bpmn:conditionalEventDefinition><bpmn:condition>={text}</bpmn:condition></bpmn:conditionalEventDefinition>"
    )
    return node(kind, id, inside, **attributes)


def many(collection: str, *, sequential: bool = False, completion: str = "", more: str = "") -> str:
    done = f"<bpmn:completionCondition>={completion}</bpmn:completionCondition>" if completion else ""
    loop = zeebe(f'loopCharacteristics inputCollection="={collection}" inputElement="item" {more}')
    return f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">{loop}{done}</bpmn:multiInstanceLoopCharacteristics>'


TWO = nodes(s=S, p=AND, a="userTask", b="userTask", e=E)

RIGHT: dict[str, Right] = {
    # -- §13.4.2 exclusive
    "the first true condition in the order of the file wins": Right(
        nodes(s=S, x=XOR, a="task", b="task", e=E) + flows("s>x", "x>a[n > 1]", "x>b[n > 0]", "a>e", "b>e"),
        "s x a e", given={"n": 5}),
    "the default is taken only if no condition holds, wherever it stands": Right(
        nodes(s=S, x=f"{XOR} x-a", a="task", b="task", e=E) + flows("s>x", "x>a", "x>b[n > 0]", "a>e", "b>e"),
        "s x b e", given={"n": 5}),
    "without a true condition and a default nothing goes on": Right(
        nodes(s=S, x=XOR, a="task", b="task", e=E) + flows("s>x", "x>a[n > 9]", "x>b[n > 8]", "a>e", "b>e"),
        "s", given={"n": 5}, outcome="active"),
    "an exclusive merge lets each token through": Right(
        nodes(s=S, p=AND, m=XOR, t="task", e=E) + flows("s>p", "p>m", "p>m2>m", "m>t>e") + nodes(m2="task"),
        "e e m m m2 p s t t", ordered=False),
    "an exclusive gateway merges and splits at once": Right(
        nodes(s=S, x=f"{XOR} x-a", a="task", e=E) + script("c", "if n = null then 1 else n + 1", "n")
        + flows("s>c>x", "x>a", "a>c", "x>e[n > 2]"),
        "s c x a c x a c x e"),
    # -- §13.4.1 parallel
    "a parallel join lets the second pair through as well": Right(
        nodes(s=S, p=AND, j=AND, t="task", e=E, m=XOR, n=XOR, q=AND, r=AND)
        + flows("s>p", "p>q", "p>r", "q>m", "q>m2>m", "r>n", "r>n2>n", "m>j", "n>j", "j>t>e") + nodes(m2="task", n2="task"),
        "e e j j m m m2 n n n2 p q r s t t", ordered=False),
    "a gateway joins and splits at once": Right(
        nodes(s=S, p=AND, g=AND, a="task", b="task", c="task", d="task", e=E, f=E)
        + flows("s>p", "p>a>g", "p>b>g", "g>c>e", "g>d>f"),
        "a b c d e f g p s", ordered=False),
    # -- §13.4.3 inclusive
    "an inclusive split takes all that hold, and the join waits for just these": Right(
        nodes(s=S, o=OR, a="userTask", b="userTask", c="userTask", j=OR, e=E)
        + flows("s>o", "o>a[n > 1]", "o>b[n > 2]", "o>c[n > 9]", "a>j", "b>j", "c>j", "j>e"),
        "s o a b j e", ("a", "b"), {"n": 5}),
    "an inclusive default is left alone if something holds": Right(
        nodes(s=S, o=f"{OR} o-b", a="task", b="task", j=OR, e=E) + flows("s>o", "o>a[n > 1]", "o>b", "a>j", "b>j", "j>e"),
        "s o a j e", given={"n": 5}),
    "an inclusive join does not wait for a branch that has ended elsewhere": Right(
        nodes(s=S, o=AND, a="userTask", b="userTask", x=f"{XOR} x-f", j=OR, e=E, f=E)
        + flows("s>o", "o>a>j", "o>b>x", "x>j[back]", "x>f", "j>e"),
        "s o a b x f j e", ("a", "b back=false")),
    "an inclusive join without a split goes on at once": Right(
        nodes(s=S, x=f"{XOR} x-b", a="task", b="task", j=OR, e=E) + flows("s>x", "x>a[n > 1]", "x>b", "a>j", "b>j", "j>e"),
        "s x b j e", given={"n": 0}),
    # -- §13.3.1, §10.3.1 flows out of activities and events
    "all unconditional flows out of an activity are taken": Right(
        nodes(s=S, t="task", a="task", b="task", e=E, f=E) + flows("s>t", "t>a>e", "t>b>f"), "a b e f s t", ordered=False),
    "a conditional flow out of an activity is taken beside the others": Right(
        nodes(s=S, t="task", a="task", b="task", c="task") + flows("s>t", "t>a", "t>b[n > 1]", "t>c[n > 9]"),
        "s t a b", given={"n": 5}),
    "the default of an activity is taken if no condition holds": Right(
        nodes(s=S, t="task t-b", a="task", b="task", e=E) + flows("s>t", "t>a[n > 9]", "t>b", "a>e", "b>e"),
        "s t b e", given={"n": 5}),
    "an activity of which no flow can be taken does not end in silence": Right(
        nodes(s=S, t="task", a="task", b="task", e=E) + flows("s>t", "t>a[n > 9]", "t>b[n > 8]", "a>e", "b>e"),
        "s", given={"n": 5}, outcome="active"),
    "several flows out of a start event begin several branches": Right(
        nodes(s=S, a="task", b="task", e=E, f=E) + flows("s>a>e", "s>b>f"), "a b e f s", ordered=False),
    "two flows into a task run it twice": Right(
        nodes(s=S, p=AND, a="task", b="task", t="task", e=E) + flows("s>p", "p>a>t", "p>b>t", "t>e"),
        "a b e e p s t t", ordered=False),
    # -- §13.5.6 ends
    "the process ends only when every branch has": Right(
        TWO + nodes(f=E) + flows("s>p", "p>a>e", "p>b>f"), "s p a e", ("a",), outcome="active"),
    "a terminate end stops every branch of the process": Right(
        nodes(s=S, p=AND, a="userTask", b="userTask", e=E) + event(E, "k", "terminate") + flows("s>p", "p>a>e", "p>b>k"),
        "s p b k", ("b",)),
    "a terminate end within a sub-process leaves the rest alone": Right(
        nodes(s=S, p=AND, u="userTask", e=E, f=E)
        + sub("i", nodes(s2=S, q=AND, c="userTask", d="task", e2=E) + event(E, "k", "terminate")
              + flows("s2>q", "q>c>e2", "q>d>k"))
        + flows("s>p", "p>i>e", "p>u>f"),
        "s p s2 q d k i e u f", ("u",)),
    "an end event with several definitions of none only consumes its token": Right(
        nodes(s=S, p=AND, a="task", b="userTask", e=E) + flows("s>p", "p>a>e", "p>b>e"), "s p a e b e", ("b",)),
    # -- §13.3.4 sub-processes
    "a sub-process ends when its last branch has": Right(
        nodes(s=S, e=E) + sub("i", nodes(s2=S, q=AND, c="userTask", d="task", e2=E, e3=E) + flows("s2>q", "q>c>e2", "q>d>e3"))
        + flows("s>i>e"), "s s2 q d e3 c e2 i e", ("c",)),
    "a sub-process may be entered again by a loop": Right(
        nodes(s=S, x=f"{XOR} x-i", e=E)
        + sub("i", nodes(s2=S, e2=E) + script("c", "if n = null then 1 else n + 1", "n") + flows("s2>c>e2"))
        + flows("s>i>x", "x>i", "x>e[n > 1]"), "s s2 c e2 i x s2 c e2 i x e"),
    # -- §10.5.4, §13.5.3 boundary events
    "an interrupting boundary event ends what runs inside before its own way": Right(
        nodes(s=S, e=E, f=E, n="task") + sub("i", nodes(s2=S, u="userTask", e2=E) + flows("s2>u>e2"))
        + beside("b", "i", "message", "M") + flows("s>i>e", "b>n>f"), "s s2 b n f", ("b",)),
    "one that does not interrupt leaves the activity as it is and may come again": Right(
        nodes(s=S, e=E, f=E, u="userTask") + beside("b", "u", "message", "M", interrupting=False) + flows("s>u>e", "b>f"),
        "s b f b f u e", ("b", "b", "u")),
    "when the activity is over its boundary events are too": Right(
        nodes(s=S, e=E, f=E, u="userTask", v="userTask") + beside("b", "u", "message", "M") + flows("s>u>v>e", "b>f"),
        "s u v e", ("u", "v")),
    "an error goes to the nearest that catches its code": Right(
        nodes(s=S, e=E, f=E)
        + sub("o", nodes(s2=S, e2=E, f2=E) + sub("i", nodes(s3=S) + event(E, "x", "error", "E1") + flows("s3>x"))
              + beside("b2", "i", "error", "E2") + flows("s2>i>e2", "b2>f2"))
        + beside("b1", "o", "error", "E1") + flows("s>o>e", "b1>f"), "s s2 s3 b1 f"),
    "the code counts before the catch-all": Right(
        nodes(s=S, e=E, f=E, g=E) + sub("i", nodes(s3=S) + event(E, "x", "error", "E1") + flows("s3>x"))
        + beside("all", "i", "error") + beside("own", "i", "error", "E1") + flows("s>i>e", "all>f", "own>g"),
        "s s3 own g"),
    "an error that nobody catches does not end in silence": Right(
        nodes(s=S, e=E) + sub("i", nodes(s3=S) + event(E, "x", "error", "E1") + flows("s3>x")) + flows("s>i>e"),
        "s s3", outcome="active"),
    "an error is nothing to the events beside other activities": Right(
        nodes(s=S, p=AND, v="userTask", e=E, f=E) + sub("i", nodes(s2=S, u="userTask", e2=E) + flows("s2>u>e2"))
        + event(E, "x", "error", "E1") + beside("b", "i", "error", "E1") + flows("s>p>i>e", "p>v>x", "b>f"),
        "s p s2 v", ("v",), outcome="active"),
    "an escalation is nothing to the events beside other activities": Right(
        nodes(s=S, p=AND, v="userTask", w="task", e=E, f=E, g=E)
        + sub("i", nodes(s2=S, u="userTask", e2=E) + flows("s2>u>e2")) + event("intermediateThrowEvent", "x", "escalation", "X1")
        + beside("b", "i", "escalation") + flows("s>p>i>e", "p>v>x>w>g", "b>f"),
        "s p s2 v x w g u e2 i e", ("v", "u")),
    "an escalation that is caught without interrupting lets both go on": Right(
        nodes(s=S, e=E, f=E)
        + sub("i", nodes(s3=S, t="task", e3=E) + event("intermediateThrowEvent", "x", "escalation", "X1") + flows("s3>x>t>e3"))
        + beside("b", "i", "escalation", "X1", interrupting=False) + flows("s>i>e", "b>f"),
        "b e e3 f i s s3 t x", ordered=False),
    "an escalation that interrupts stops who threw it": Right(
        nodes(s=S, e=E, f=E)
        + sub("i", nodes(s3=S, t="task", e3=E) + event("intermediateThrowEvent", "x", "escalation", "X1") + flows("s3>x>t>e3"))
        + beside("b", "i", "escalation", "X1") + flows("s>i>e", "b>f"), "s s3 b f"),
    "an escalation that nobody catches is nothing": Right(
        nodes(s=S, e=E)
        + sub("i", nodes(s3=S, e3=E) + event("intermediateThrowEvent", "x", "escalation", "X2") + flows("s3>x>e3"))
        + beside("b", "i", "escalation", "X1") + nodes(f=E) + flows("s>i>e", "b>f"), "s s3 x e3 i e"),
    # -- §13.5.4 event sub-processes
    "an event sub-process that is not triggered does not run": Right(
        nodes(s=S, t="task", e=E) + handler("h", event(S, "hs", "error", "E1"), nodes(he=E) + flows("hs>he")) + flows("s>t>e"),
        "s t e"),
    "one that interrupts stops the scope and then ends it": Right(
        nodes(s=S, u="userTask", e=E) + handler("h", event(S, "hs", "message", "M"), nodes(ht="task", he=E) + flows("hs>ht>he"))
        + flows("s>u>e"), "s hs ht he h", ("hs",)),
    "one that does not interrupt keeps the scope open until it is over": Right(
        nodes(s=S, u="userTask", e=E)
        + handler("h", event(S, "hs", "message", "M", isInterrupting="false"), nodes(ht="userTask", he=E) + flows("hs>ht>he"))
        + flows("s>u>e"), "s hs u e ht he h", ("hs", "u", "ht")),
    "one that does not interrupt can run several times at once": Right(
        nodes(s=S, u="userTask", e=E)
        + handler("h", event(S, "hs", "message", "M", isInterrupting="false"), nodes(ht="userTask", he=E) + flows("hs>ht>he"))
        + flows("s>u>e"), "s hs hs ht he h ht he h u e", ("hs", "hs", "ht", "ht", "u")),
    "an error inside is caught by the scope's own event sub-process before the boundary": Right(
        nodes(s=S, e=E, f=E)
        + sub("i", nodes(s2=S) + event(E, "x", "error", "E1") + flows("s2>x")
              + handler("h", event(S, "hs", "error", "E1"), nodes(he=E) + flows("hs>he")))
        + beside("b", "i", "error", "E1") + flows("s>i>e", "b>f"), "s s2 hs he h i e"),
    "a signal that interrupts its own scope stops who threw it": Right(
        nodes(s=S, e=E, t="task") + event("intermediateThrowEvent", "g", "signal", "G")
        + handler("h", event(S, "hs", "signal", "G"), nodes(ht="task", he=E) + flows("hs>ht>he")) + flows("s>g>t>e"),
        "s hs ht he h"),
    "an end that is a signal is heard by what its own scope listens to": Right(
        nodes(s=S) + event(E, "g", "signal", "G")
        + handler("h", event(S, "hs", "signal", "G", isInterrupting="false"), nodes(ht="task", he=E) + flows("hs>ht>he"))
        + flows("s>g"), "s g hs ht he h"),
    # -- §13.4.4 event-based gateway
    "the first event takes the token and the others are gone": Right(
        nodes(s=S, v="eventBasedGateway", a="userTask", e=E, f=E) + event("intermediateCatchEvent", "m", "message", "M")
        + event("intermediateCatchEvent", "g", "signal", "G") + flows("s>v", "v>m>a>e", "v>g>f"), "s v m a e", ("m", "a")),
    # -- §13.5.1 conditions
    "a conditional event that holds from the beginning goes on at once": Right(
        nodes(s=S, e=E) + condition("c", "intermediateCatchEvent", "n > 1") + flows("s>c>e"), "s c e", given={"n": 5}),
    "a conditional boundary event interrupts as soon as a variable makes it true": Right(
        nodes(s=S, p=AND, u="userTask", v="userTask", e=E, f=E, g=E)
        + condition("c", "boundaryEvent", "n > 1", attachedToRef="u") + flows("s>p", "p>u>e", "p>v>f", "c>g"),
        "c f g p s v", ("v n=5",), {"n": 0}, ordered=False),
    # -- §10.5.4 links
    "a link goes on at its target": Right(
        nodes(s=S, t="task", e=E)
        + node("intermediateThrowEvent", "l1", '<bpmn:linkEventDefinition name="L"/>')
        + node("intermediateCatchEvent", "l2", '<bpmn:linkEventDefinition name="L"/>')
        + flows("s>t>l1", "l2>e")
        , "s t l1 l2 e"),
    # -- §13.3.7 several instances
    "all instances run, their outputs keep the order of the items": Right(
        nodes(s=S, e=E) + node("scriptTask", "t", zeebe('script expression="=item * 2" resultVariable="r"')
                               + many("items", more='outputCollection="out" outputElement="=r"')) + flows("s>t>e"),
        "s t t t e", given={"items": [3, 1, 2]}, variables={"items": [3, 1, 2], "out": [6, 2, 4]}),
    "no items are no instances": Right(
        nodes(s=S, e=E) + node("userTask", "t", many("items")) + flows("s>t>e"), "s t e", given={"items": []}),
    "the instances of a sequence follow one another": Right(
        nodes(s=S, e=E) + node("userTask", "t", many("items", sequential=True)) + flows("s>t>e"),
        "s t t e", ("t", "t"), {"items": [1, 2]}),
    "a completion condition ends the rest": Right(
        nodes(s=S, e=E) + node("userTask", "t", many("items", completion="numberOfCompletedInstances &gt;= 2"))
        + flows("s>t>e"), "s t t e", ("t", "t"), {"items": [1, 2, 3]}),
    "the variables of one instance are not those of another": Right(
        nodes(s=S, e=E) + sub("t", many("items", more='outputCollection="out" outputElement="=mine"')
                              + nodes(s2=S, e2=E) + script("a", "item", "mine") + flows("s2>a>e2")) + flows("s>t>e"),
        "a a e e2 e2 s s2 s2 t t", given={"items": [1, 2]}, ordered=False,
        variables={"items": [1, 2], "out": [1, 2]}),
    "an error of one instance ends them all": Right(
        nodes(s=S, e=E, f=E) + sub("t", many("items") + nodes(s2=S, u="userTask", e2=E, x=f"{XOR} x-e2")
                                   + event(E, "bad", "error", "E1") + flows("s2>u>x", "x>e2", "x>bad[wrong]"))
        + beside("b", "t", "error", "E1") + flows("s>t>e", "b>f"),
        "b f s s2 s2 s2 u x", ("u wrong=true",), {"items": [1, 2, 3]}, ordered=False),
    # -- §10.4, variables
    "two branches that write different variables both survive": Right(
        nodes(s=S, p=AND, j=AND, u="userTask", v="userTask", e=E) + flows("s>p", "p>u>j", "p>v>j", "j>e"),
        "s p u v j e", ("u x=1", "v y=2"), variables={"x": 1, "y": 2}),
    "an input mapping hides a variable and does not change it": Right(
        nodes(s=S, e=E)
        + node("scriptTask", "t", "<bpmn:extensionElements><zeebe:ioMapping><zeebe:input source=\"=x + 1\" target=\"x\"/>"
               '</zeebe:ioMapping><zeebe:script expression="=x" resultVariable="y"/></bpmn:extensionElements>')
        + flows("s>t>e"), "s t e", given={"x": 1}, variables={"x": 1, "y": 2}),
    "an output mapping lets only what it names leave": Right(
        nodes(s=S, e=E)
        + node("userTask", "t", "<bpmn:extensionElements><zeebe:ioMapping><zeebe:output source=\"=a\" target=\"kept\"/>"
               "</zeebe:ioMapping></bpmn:extensionElements>") + flows("s>t>e"),
        "s t e", ("t a=1 b=2",), variables={"kept": 1}),
    # -- §13.5.5 compensation
    "compensation undoes what completed, the last first": Right(
        nodes(s=S, a="task", b="task", e=E) + undo("a") + undo("b") + event("intermediateThrowEvent", "k", "compensate")
        + flows("s>a>b>k>e"), "s a b k_b undo_b k_a undo_a k e"),
    "compensation leaves alone what has not completed": Right(
        nodes(s=S, p=AND, a="task", u="userTask", e=E, f=E) + undo("a") + undo("u")
        + event("intermediateThrowEvent", "k", "compensate") + flows("s>p", "p>a>k>e", "p>u>f"),
        "a e f k k_a p s u undo_a", ("u",), ordered=False),
    "a second compensation does not undo the same again": Right(
        nodes(s=S, a="task", e=E) + undo("a") + event("intermediateThrowEvent", "k", "compensate")
        + event("intermediateThrowEvent", "l", "compensate") + flows("s>a>k>l>e"), "s a k_a undo_a k l e"),
    "what completed in a sub-process is undone from outside when the sub-process has completed": Right(
        nodes(s=S, e=E) + sub("i", nodes(s2=S, a="task", b="task", e2=E) + undo("a") + undo("b") + flows("s2>a>b>e2"))
        + event("intermediateThrowEvent", "k", "compensate") + flows("s>i>k>e"), "s s2 a b e2 i k_b undo_b k_a undo_a k e"),
    "a cancelled transaction is undone before it is left": Right(
        nodes(s=S, e=E, f=E)
        + node("transaction", "i", nodes(s2=S, a="task") + event(E, "x", "cancel") + undo("a") + flows("s2>a>x"))
        + event("boundaryEvent", "b", "cancel", attachedToRef="i") + flows("s>i>e", "b>f"), "s s2 a k_a undo_a b f"),
    "a sub-process within a transaction cancels all of it": Right(
        nodes(s=S, e=E, f=E)
        + node("transaction", "i", nodes(s2=S, a="task") + undo("a")
               + sub("d", nodes(s3=S) + event(E, "x", "cancel") + flows("s3>x")) + flows("s2>a>d"))
        + event("boundaryEvent", "b", "cancel", attachedToRef="i") + flows("s>i>e", "b>f"), "s s2 a s3 k_a undo_a b f"),
    # -- §10.5.1 multiple events
    "of a multiple event the first of its things counts": Right(
        nodes(s=S, e=E)
        + node("intermediateCatchEvent", "c", '<bpmn:messageEventDefinition messageRef="M"/><bpmn:signalEventDefinition signalRef="G"/>')
        + flows("s>c>e"), "s c e", ("c",)),
    "a parallel multiple event waits for all of its things": Right(
        nodes(s=S, u="userTask", e=E, f=E)
        + node("boundaryEvent", "b", '<bpmn:messageEventDefinition messageRef="M"/><bpmn:signalEventDefinition signalRef="G"/>',
               attachedToRef="u", parallelMultiple="true") + flows("s>u>e", "b>f"), "s u e", ("b", "u")),
    # -- several things at once
    "an error out of an event sub-process is for those around its scope": Right(
        nodes(s=S, e=E, f=E)
        + sub("i", nodes(s2=S, u="userTask", e2=E) + flows("s2>u>e2")
              + handler("h", event(S, "hs", "message", "M"), event(E, "x", "error", "E1") + flows("hs>x"))
              + handler("h2", event(S, "hs2", "error", "E1"), nodes(he2=E) + flows("hs2>he2")))
        + beside("b", "i", "error", "E1") + flows("s>i>e", "b>f"), "s s2 hs b f", ("hs",)),
    "a boundary event of a repeated activity ends all its instances": Right(
        nodes(s=S, e=E, f=E) + node("userTask", "t", many("items")) + beside("b", "t", "message", "M") + flows("s>t>e", "b>f"),
        "s t b f", ("t", "b"), {"items": [1, 2, 3]}),
    "of two interrupting events the first decides": Right(
        nodes(s=S, e=E, f=E, g=E, u="userTask") + beside("b", "u", "message", "M") + beside("c", "u", "signal", "G")
        + flows("s>u>e", "b>f", "c>g"), "s c g", ("c",)),
    "a conditional event that does not interrupt happens again when it becomes true again": Right(
        nodes(s=S, p=AND, u="userTask", v="userTask", w="userTask", y="userTask", e=E, f=E, g=E)
        + condition("c", "boundaryEvent", "n > 1", attachedToRef="u", cancelActivity="false")
        + flows("s>p", "p>u>e", "p>v>w>y>f", "c>g"),
        "c c e f g g p s u v w y", ("v n=5", "w n=0", "y n=6", "u"), {"n": 0}, ordered=False),
    "an activity repeats while its condition holds, at least once": Right(
        nodes(s=S, e=E) + node("scriptTask", "t", zeebe('script expression="=if n = null then 1 else n + 1" resultVariable="n"')
                               + "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>=n &lt; 3</bpmn:loopCondition>"
                               "</bpmn:standardLoopCharacteristics>") + flows("s>t>e"),
        "s t t t e", variables={"n": 3}),
    "one that is tested before may not run at all": Right(
        nodes(s=S, e=E) + node("task", "t", '<bpmn:standardLoopCharacteristics testBefore="true">'
                               "<bpmn:loopCondition>=false</bpmn:loopCondition></bpmn:standardLoopCharacteristics>")
        + flows("s>t>e"), "s t e"),
    "a terminate end of an event sub-process ends just that": Right(
        nodes(s=S, u="userTask", e=E)
        + handler("h", event(S, "hs", "message", "M", isInterrupting="false"), event(E, "x", "terminate") + flows("hs>x"))
        + flows("s>u>e"), "s hs x h u e", ("hs", "u")),
}  # fmt: skip


def act(case: Case, text: str) -> None:
    """Complete or trigger what waits at an element, with variables."""
    element, *given = text.split()
    values = {name: {"true": True, "false": False}.get(value) for name, value in (g.split("=") for g in given)}
    values = {n: int(g.split("=")[1]) if values[n] is None else values[n] for n, g in zip(values, given, strict=True)}
    waiting = {name: kind for _, name, kind in case.waiting}
    name = element if element in waiting else next(n for n in waiting if n[0] == element[0])
    (case.complete if waiting[name] in ("task", "job") else case.trigger)(name, **values)


@pytest.mark.parametrize("name", RIGHT)
def test_the_run_is_the_one_that_the_standard_says(name: str) -> None:
    right = RIGHT[name]
    case = Case(drawing(right.body, shared=SHARED), right.given or {})
    for text in right.does:
        act(case, text)
    trace = case.trace if right.ordered else sorted(case.trace)
    assert (trace, case.outcome) == (right.trace.split(), right.outcome)
    stands = bool(case.waiting) or bool(case.of(effects.Incident))
    assert right.outcome == "completed" or stands
    if right.variables is not None:
        assert case.variables == right.variables
